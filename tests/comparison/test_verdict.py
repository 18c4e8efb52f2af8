"""Verdicts read off intervals."""

import pytest

from trainlab.comparison.verdict import decide, smallest_difference
from trainlab.experiment.metrics import METRICS

CASES = [
    ((0.001, 0.020), "better"),
    ((0.001, 0.004), "better"),
    ((-0.020, -0.001), "worse"),
    ((-0.005, 0.005), "equivalent"),
    ((0.0, 0.0), "equivalent"),
    ((0.0, 0.004), "equivalent"),
    ((-0.006, 0.001), "undecided"),
    ((-0.001, 0.006), "undecided"),
    (None, "undecided"),
]


@pytest.mark.parametrize("interval, verdict", CASES)
def test_an_interval_has_one_verdict(interval, verdict):
    """
    Without zero it is better or worse; within what matters it is equivalent; else it is undecided.
    """
    assert decide(interval, 0.005, higher_is_better=True) == verdict


@pytest.mark.parametrize("interval, verdict", CASES)
def test_of_a_loss_less_is_better(interval, verdict):
    """
    The same interval turned around has the same verdict where the metric is a loss.
    """
    turned = None if interval is None else (-interval[1], -interval[0])

    assert decide(turned, 0.005, higher_is_better=False) == verdict


@pytest.mark.parametrize("name", ["log_loss", "mse", "mae", "brier", "loss"])
def test_a_hundredth_of_the_trivial_loss_matters(name):
    """
    For every loss the smallest difference follows its scale.
    """
    assert smallest_difference(METRICS[name], 20.0) == pytest.approx(0.2)


def test_half_a_point_of_a_rate_matters():
    """
    For a rate it does not depend on how well guessing does.
    """
    assert smallest_difference(METRICS["accuracy"], 0.9) == 0.005
