"""Means over seeds, against the t tests of SciPy."""

import numpy as np
import pytest
from scipy import stats

from trainlab.comparison.over_seeds import over_seeds


def test_a_score_has_the_t_interval_of_its_seeds():
    """
    It equals SciPy's, at any confidence.
    """
    scores = np.array([0.91, 0.93, 0.90, 0.94, 0.92])
    expected = stats.ttest_1samp(scores, 0).confidence_interval(0.9)

    assert over_seeds(scores).interval(0.9) == pytest.approx((expected.low, expected.high))


def test_a_difference_has_the_interval_of_the_paired_t_test():
    """
    Differences between two variants on the same seeds give what SciPy's paired test gives.
    """
    first, second = np.array([0.91, 0.93, 0.90]), np.array([0.90, 0.93, 0.88])
    expected = stats.ttest_rel(first, second).confidence_interval(0.95)

    assert over_seeds(first - second).interval() == pytest.approx((expected.low, expected.high))


def test_one_seed_has_a_mean_and_no_interval():
    """
    Nothing is made up where no spread can be seen.
    """
    measured = over_seeds([0.9])

    assert (measured.mean, measured.interval(), measured.seeds) == (0.9, None, 1)


def test_no_seed_has_neither():
    """
    Where no run has ended there is no mean, and no NaN.
    """
    measured = over_seeds([])

    assert (measured.mean, measured.interval(), measured.seeds) == (None, None, 0)
