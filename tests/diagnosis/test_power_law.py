"""A power law is found again, stays within its bounds, and is the best there is within them."""

import numpy as np
import pytest
from scipy.optimize import least_squares, minimize

from trainlab.diagnosis.power_law import LEAST_RATE, MOST_RATE, fit_power_law, laws_within

ROWS = np.array([100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0])


@pytest.mark.parametrize("level, scale, rate", [(0.1, 3, 0.5), (0, 2, 0.3), (5e4, 1e6, 1.0), (0.02, 40, 1.9)])
def test_a_law_without_noise_is_found_again(level, scale, rate):
    """
    Level, scale and rate are those of the law, whatever the unit.
    """
    found = fit_power_law(ROWS, level + scale * ROWS**-rate)

    assert found.rate == pytest.approx(rate, rel=1e-4)
    assert found.scale == pytest.approx(scale, rel=1e-3)
    assert found.level == pytest.approx(level, rel=1e-3, abs=1e-5)
    assert found.at(6400) == pytest.approx(level + scale * 6400**-rate, rel=1e-4)


def test_no_general_solver_finds_a_better_one():
    """
    SciPy's bounded solver, started from many places, has no smaller weighted sum of squares.
    """
    random = np.random.default_rng(0)
    for _ in range(5):
        rate = random.uniform(0.1, 1.5)
        losses = np.abs(
            random.uniform(0, 0.3) + ROWS**-rate * 100**rate * 0.3 + 0.02 * random.standard_normal(6)
        )
        weights = random.uniform(0.5, 4, 6)

        found = fit_power_law(ROWS, losses, weights)

        def residuals(law, losses=losses, weights=weights):
            return np.sqrt(weights) * (law[0] + law[1] * (ROWS / 500) ** -law[2] - losses)

        bounds = ([0, 0, LEAST_RATE], [np.inf, np.inf, MOST_RATE])
        theirs = [
            least_squares(residuals, [0.1, 0.1, start], bounds=bounds, xtol=1e-12, ftol=1e-12).cost
            for start in (0.1, 0.5, 1.5)
        ]
        ours = residuals([found.level, found.scale * 500**-found.rate, found.rate])
        assert (ours**2).sum() / 2 <= min(theirs) * (1 + 1e-6) + 1e-15


def test_losses_that_rise_with_the_rows_are_flat():
    """
    The law never rises and is never below zero.
    """
    rising = fit_power_law(ROWS, ROWS / 1000)
    falling = fit_power_law(ROWS, np.maximum(0.3 - ROWS / 10_000, 0))

    assert rising.scale == 0
    assert rising.at(1e6) == pytest.approx((ROWS / 1000).mean())
    assert falling.level >= 0
    assert LEAST_RATE <= falling.rate <= MOST_RATE


def test_laws_that_fit_as_well_are_found_and_no_others():
    """
    Each lies within what is allowed, and for one prediction none that a solver finds reaches further.
    """
    losses = 0.1 + 3 * ROWS**-0.5 + np.array([0.004, -0.006, 0.003, 0.002, -0.003, 0.001])
    weights = np.full(6, 4e4)
    law = fit_power_law(ROWS, losses, weights)

    near = laws_within(ROWS, losses, weights, law, allowed=4.0)

    def misfit(level, scale, rate):
        return (weights * (level + scale * ROWS**-rate - losses) ** 2).sum()

    best = misfit(law.level, law.scale, law.rate)
    missed = [
        misfit(*one) for one in zip(near.levels[::50], near.scales[::50], near.rates[::50], strict=True)
    ]
    assert max(missed) <= (best + 4) * (1 + 1e-6)
    for sign in (-1, 1):
        # What is wanted is pulled to one side, and what is not allowed costs much.
        def cost(given, sign=sign):
            level, scale, rate = given[0], given[1] * 500 ** given[2], given[2]
            beyond = max(misfit(level, scale, rate) - best - 4, 0)
            return -sign * (level + scale * 6400.0**-rate) + beyond

        start = [law.level, law.scale * 500**-law.rate, law.rate]
        solved = minimize(cost, start, method="Nelder-Mead", options={"maxiter": 1500, "xatol": 1e-10}).x
        reached = solved[0] + solved[1] * (6400 / 500) ** -solved[2]
        furthest = near.at(6400).max() if sign > 0 else near.at(6400).min()
        assert furthest == pytest.approx(reached, abs=0.0005)
        assert abs(furthest - law.at(6400)) > 0.001
