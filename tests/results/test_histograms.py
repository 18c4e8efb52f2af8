"""Histograms of different moments fit into the same bins without a value changing sides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.results.histograms import BINS, SHOWN, count_values, in_common_bins

numbers = st.floats(-1e6, 1e6, width=32)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(numbers, min_size=1, max_size=30), min_size=1, max_size=4))
def test_common_bins_count_as_numpy_does(moments):
    """
    In the bins that moments share each is counted as NumPy counts its values, and none is lost.
    """
    counted = [count_values(np.array(values)) for values in moments]

    common, edges = in_common_bins(
        np.array([power for power, _ in counted], float), np.array([counts for _, counts in counted])
    )

    assert common.shape == (len(moments), SHOWN)
    for values, counts in zip(moments, common, strict=True):
        assert counts.tolist() == np.histogram(values, edges)[0].tolist()
        assert counts.sum() == len(values)


def test_bins_are_as_narrow_as_the_values():
    """
    Values on one side of zero are shown on that side, in bins of at most an eighth of their range.
    """
    values = np.linspace(0.6, 1.0, 50)
    power, counts = count_values(values)

    _, edges = in_common_bins(np.array([float(power)]), counts[None])

    assert edges[0] >= 0
    assert np.diff(edges).max() <= 0.4 / 8


def test_a_moment_that_was_not_seen_counts_nothing():
    """
    A moment without a range has no counts, and does not widen the bins of the others.
    """
    power, counts = count_values(np.array([0.25, 0.5]))

    common, edges = in_common_bins(np.array([np.nan, power]), np.stack([np.zeros(BINS), counts]))
    nothing, _ = in_common_bins(np.array([np.nan]), np.zeros((1, BINS)))

    assert common.sum(axis=1).tolist() == [0, 2]
    assert edges[-1] <= 1
    assert nothing.sum() == 0


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [np.nan, np.inf, 0.5], [3e38], [1e-42]])
def test_odd_values_are_counted_where_they_are_finite(values):
    """
    Zeros, the smallest and the largest numbers are counted; what is no number is not.
    """
    _, counts = count_values(np.array(values, np.float32))

    assert counts.sum() == np.isfinite(values).sum()
