"""Means over runs: the same figures as SciPy's t, the corrected t and percentiles give one by one."""

import numpy as np
import pytest
from scipy import stats

from trainlab.comparison.over_folds import corrected_t, percentiles
from trainlab.comparison.over_runs import claim_of, over_runs
from trainlab.comparison.splits import Splits

ONE = Splits("one split", (80,), (20,), 20)
FOLDS = Splits("folds", (80,) * 4, (20,) * 4, 80)


def test_on_one_split_it_is_the_t_over_seeds():
    """
    For every quantity at once it is SciPy's interval, at any level.
    """
    values = np.random.default_rng(17).normal(size=(6, 1, 3))

    found = over_runs(values, ONE, 0.01)

    expected = stats.ttest_1samp(values[:, 0], 0).confidence_interval(0.99)
    np.testing.assert_allclose(found.low, expected.low)
    np.testing.assert_allclose(found.high, expected.high)
    assert claim_of(ONE) == "for this network on exactly these validation rows"


def test_over_folds_it_is_the_corrected_t():
    """
    Seeds are averaged within a fold first.
    """
    values = np.random.default_rng(18).normal(size=(3, 4, 2))

    found = over_runs(values, FOLDS)

    for place in range(2):
        expected = corrected_t(values[:, :, place].mean(axis=0), ratio=20 / 80).interval()
        assert (found.low[place], found.high[place]) == pytest.approx(expected)
    assert claim_of(FOLDS) == "for training sets of this size drawn like these"


def test_runs_that_are_left_out_are_not_missed():
    """
    A run without any value changes nothing; one that lacks a single quantity takes that mean away.
    """
    values = np.array([[[1.0, 2.0]], [[3.0, np.nan]], [[np.nan, np.nan]]])

    found = over_runs(values, ONE)

    assert found.mean[0] == 2.0
    assert np.isnan(found.mean[1])
    assert np.isfinite(found.low[0])


def test_a_time_series_has_means_only_and_resamples_their_middle():
    """
    The first has no interval, and the second that of its percentiles.
    """
    values = np.random.default_rng(19).normal(size=(1, 30, 1))
    series, resamples = (Splits(kind, (80,) * 30, (20,) * 30, 100) for kind in ("time series", "resamples"))

    described = over_runs(values, resamples)

    assert np.isnan(over_runs(values, series).low).all()
    assert (described.low[0], described.high[0]) == pytest.approx(percentiles(values[0, :, 0]))


def test_nothing_has_no_mean():
    """
    Without any run everything is missing.
    """
    found = over_runs(np.full((2, 1, 3), np.nan), ONE)

    assert np.isnan(found.mean).all()
    assert found.mean.shape == (3,)
