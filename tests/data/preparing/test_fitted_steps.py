"""Fitting steps for numbers: closed forms, and what far or equal values do."""

import numpy as np
import pytest

from trainlab.data.preparing import fitted_steps
from trainlab.data.preparing.fitted_steps import fit_steps, shift_and_factor
from trainlab.data.preparing.preparation import Step


def fitted(values, *steps, scale=1.0):
    """One column, fitted."""
    return fit_steps(np.array([values]), steps, scale)


def test_steps_act_on_what_the_steps_before_them_made():
    """
    Quantiles are taken after filling, and the mean after clipping.
    """
    values = [0.0, 1.0, 2.0, 3.0, np.nan, 1000.0]
    found = fitted(values, Step("impute", 2.0), Step("clip", (0.2, 0.8), quantiles=True), Step("standardize"))
    filled = np.array([0.0, 1.0, 2.0, 3.0, 2.0, 1000.0])
    low, high = np.quantile(filled, [0.2, 0.8])
    clipped = np.clip(filled, low, high)

    assert (found.low[0], found.high[0]) == (low, high)
    np.testing.assert_allclose(found.shift, clipped.mean())
    np.testing.assert_allclose(found.factor, 1 / clipped.std())


def test_two_clips_are_both_kept():
    """
    The inner of two bounds stands, also where they do not meet.
    """
    found = fitted([0.0, 10.0], Step("clip", (2, 8)), Step("clip", (3, 20)))
    apart = fitted([0.0, 10.0], Step("clip", (2, 8)), Step("clip", (20, 30)))

    assert (found.low[0], found.high[0]) == (3, 8)
    assert (apart.low[0], apart.high[0]) == (20, 20)


def test_the_constant_scale_counts_only_where_no_step_scales():
    """
    A step that scales takes the place of the data's own scale; clipping does not, and is in stored units.
    """
    clipped = fitted([0.0, 200.0], Step("clip", (0, 100)), scale=1 / 255)

    assert (clipped.high[0], clipped.factor[0]) == (100, 1 / 255)
    assert fitted([0.0, 200.0], Step("rescale", 100), scale=1 / 255).factor[0] == 0.01


@pytest.mark.parametrize("kind", ["standardize", "min_max"])
def test_rounding_is_no_spread(kind):
    """
    A column that differs by rounding alone, as one filled with its own mean does, is constant.
    """
    tenths = np.float32(0.1)
    values = np.array([[tenths] * 7 + [np.mean([np.float64(tenths)] * 7) * (1 + 1e-15)]])

    assert shift_and_factor(values, kind)[1][0] == 1


@pytest.mark.parametrize("kind", ["standardize", "min_max"])
def test_a_spread_beyond_float32_stays_finite(kind):
    """
    Values so close to zero that their spread has no inverse in float32 count as constant.
    """
    assert shift_and_factor(np.array([[0.0, 1e-40]]), kind)[1][0] == 1


def test_small_spread_on_a_large_value_is_kept():
    """
    Two-pass deviations do not lose a spread of one on a mean of ten million.
    """
    values = np.array([[1e7, 1e7 + 1, 1e7 + 2]], np.float32)

    np.testing.assert_allclose(shift_and_factor(values, "standardize")[1], 1 / np.sqrt(2 / 3), 1e-14)


def test_pieces_do_not_change_the_result(monkeypatch):
    """
    Many columns and many rows are fitted piece by piece, to the same numbers.
    """
    values = np.random.default_rng(0).normal(size=(7, 50)).astype(np.float32)
    steps = (Step("impute", "median"), Step("standardize"))
    whole = fit_steps(values, steps)
    monkeypatch.setattr(fitted_steps, "AT_ONCE", 60)
    pieces = fit_steps(values, steps)

    np.testing.assert_array_equal(pieces.fill, whole.fill)
    np.testing.assert_allclose(pieces.factor, whole.factor, 1e-14)


def test_bytes_are_counted_as_the_numbers_that_they_are():
    """
    Bytes do not overflow in sums, medians and most frequent values.
    """
    values = np.array([[250, 252, 252, 254, 255]], np.uint8)

    assert fit_steps(values, (Step("impute", "median"),)).fill[0] == 252
    assert fit_steps(values[:, :4], (Step("impute", "median"),)).fill[0] == 252
    assert fit_steps(values, (Step("impute", "most_frequent"),)).fill[0] == 252
    assert fit_steps(values, (Step("impute", "mean"),)).fill[0] == pytest.approx(252.6)
    assert fit_steps(values, (Step("standardize"),)).factor[0] == pytest.approx(1 / values.std())
