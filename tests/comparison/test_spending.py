"""What each look may spend, against published bounds and simulated processes."""

import numpy as np
import pytest
from scipy.stats import norm

from trainlab.comparison.spending import level, spent


def chain(informations, shares, alpha=0.05):
    """The level of each look, one after the other."""
    found = []
    for look in range(1, len(informations) + 1):
        found.append(level(informations[:look], found, shares[look - 1], alpha))
    return found


def alarms(informations, levels, worlds=200_000):
    """How often some look of a process without drift lies outside its level."""
    rng = np.random.default_rng(8)
    steps = np.sqrt(np.diff([0.0, *informations]))
    process = np.cumsum(rng.normal(size=(worlds, len(informations))) * steps, axis=1)
    outside = np.abs(process) / np.sqrt(informations) > norm.isf(np.array(levels) / 2)
    return outside.any(axis=1).mean()


def test_five_equal_looks_have_the_published_bounds():
    """
    Lan and DeMets's bounds for five equal looks, as ldbounds and gsDesign print them, to the third place.
    """
    bounds = norm.isf(np.array(chain([1, 2, 3, 4, 5], [0.2, 0.4, 0.6, 0.8, 1.0])) / 2)

    np.testing.assert_allclose(bounds, [2.438, 2.427, 2.410, 2.397, 2.386], atol=6e-4)


@pytest.mark.parametrize(
    "informations",
    [
        [1.0, 2.0, 4.0, 8.0],  # nothing but seeds
        [1.0, 1.3, 1.5, 1.6],  # rows soon take over
        [1.0, 1.02, 1.03, 4.0],  # a look that is all but the one before
        [1.0, 1.005, 1.012, 1.02],
    ],
)
def test_all_looks_together_keep_the_promise(informations):
    """
    Processes without drift leave at some look as often as promised, and never more.
    """
    shares = [information / informations[-1] for information in informations]

    found = alarms(informations, chain(informations, shares))

    assert 0.044 < found < 0.0515


def test_looking_with_one_level_would_break_the_promise():
    """
    The plain 5 % interval at four doubling looks is wrong more than twice as often.
    """
    assert alarms([1.0, 2.0, 4.0, 8.0], [0.05] * 4) > 0.1


def test_one_look_spends_all():
    """
    A single look with all the information has the whole level.
    """
    assert level([3.0], [], 1.0, 0.05) == pytest.approx(0.05)


def test_nothing_is_spent_twice():
    """
    Where all was spent when little more was expected, nothing is left for another look.
    """
    assert level([1.0, 2.0], [0.05], 1.0, 0.05) == 0.0


def test_spending_never_leaves_its_ends():
    """
    A share that an estimate puts below 0 or above 1 spends nothing, or all.
    """
    assert (spent(-0.5, 0.05), spent(1.7, 0.05)) == (0.0, pytest.approx(0.05))
