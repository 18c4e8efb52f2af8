"""The interval of a baseline's mean: over rows, over folds, or none where nothing may be claimed."""

import numpy as np
import pytest
from scipy import stats

from trainlab.baselines.spread import interval
from trainlab.data.splitting.folds import Fold


def fold(train, validation):
    """A fold with halves of no importance."""
    return Fold(train, validation, np.arange(len(validation)) % 2 == 1)


def test_on_one_split_rows_are_what_varies():
    """
    The interval is SciPy's t interval of the mean over validation rows.
    """
    rows = np.random.default_rng(0).random(40)

    low, high = interval([fold([40, 41], range(40))], [rows.mean()], [rows])

    wanted = stats.t.interval(0.95, 39, rows.mean(), stats.sem(rows))
    assert (low, high) == pytest.approx(wanted)


def test_over_folds_the_variance_is_widened():
    """
    The interval is Nadeau and Bengio's: the variance times 1/5 + 1/4 for five folds.
    """
    parts = np.arange(20).reshape(5, 4)
    folds = [fold(np.delete(parts, place, axis=0).ravel(), parts[place]) for place in range(5)]
    scores = np.array([0.8, 0.9, 0.85, 0.7, 0.95])

    low, high = interval(folds, list(scores), [])

    half = stats.t.ppf(0.975, 4) * np.sqrt(scores.var(ddof=1) * (1 / 5 + 1 / 4))
    assert (low, high) == pytest.approx((scores.mean() - half, scores.mean() + half))


def test_disjoint_training_sets_need_no_correction():
    """
    Sets that share no row, scored on the same rows, have SciPy's t interval over the sets.
    """
    folds = [fold(range(10 * place, 10 * place + 10), range(90, 95)) for place in range(5)]
    scores = [0.8, 0.9, 0.85, 0.7, 0.95]

    assert interval(folds, scores, []) == pytest.approx(
        stats.t.interval(0.95, 4, np.mean(scores), stats.sem(scores))
    )


def test_resamples_only_describe():
    """
    Where training rows repeat, as in a bootstrap, the middle part of the scores is given.
    """
    folds = [fold([0, 0, 1], [2, 3])] * 41

    assert interval(folds, list(range(41)), []) == pytest.approx((1, 39))


def test_a_series_has_no_interval():
    """
    Where each training set goes on from the last one, no interval is given; nor is one without scores.
    """
    folds = [fold(range(2), [2, 3]), fold(range(4), [4, 5]), fold(range(6), [6, 7])]

    assert interval(folds, [0.5, 0.6, 0.7], []) is None
    assert interval(folds, [], []) is None
