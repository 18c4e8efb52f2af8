"""A power law through means: ``loss = a + b n^-c``, bounded, by weighted least squares.

Losses of networks fall with the training rows about so: to a level ``a`` that more rows do not get below.
Knows nothing of variants and runs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# Below, the curve is a line in log n and its level is anywhere; 0.05 halves the rest with each million-fold.
# Above 2 nothing is known to fall (Hestness et al. 2017: networks 0.07 to 0.35; well-specified models 1).
LEAST_RATE, MOST_RATE = 0.05, 2.0
LEAST_SIZES = 3
_COARSE = 60
_ROUNDS = 40
_SAMPLED = 120
_AROUND = 37
_RADII = np.array([0.5, 1.0])


@dataclass(frozen=True)
class PowerLaw:
    """``level + scale * rows ** -rate``, in the unit of the loss.

    Args:
        level: what more rows do not get below, at least 0.
        scale: loss above the level at one row, at least 0.
        rate: how fast it falls, 0.05 to 2.

    >>> PowerLaw(level=0.1, scale=2.0, rate=0.5).at(400)
    0.2
    """

    level: float
    scale: float
    rate: float

    def at(self, rows: float) -> float:
        """Give the loss at so many rows."""
        powered: float = float(rows) ** -self.rate
        return self.level + self.scale * powered


def fit_power_law(rows: ArrayLike, losses: ArrayLike, weights: ArrayLike | None = None) -> PowerLaw:
    """Fit a power law to losses at some numbers of rows.

    For a given rate the best level and scale, neither below zero, are known in closed form; so only the rate
    is searched, over all that it may be, and no start can mislead the search.

    Args:
        rows: ``(size,)`` numbers of rows, above 0; three different ones at least, or the law is not told.
        losses: ``(size,)`` mean losses, at least 0.
        weights: ``(size,)`` weight of each, as one over its variance; left out, all alike.

    Source:
        J. Hestness et al., *Deep learning scaling is predictable, empirically*, arXiv:1712.00409 (2017).

    >>> rows = np.array([100.0, 200.0, 400.0, 800.0])
    >>> law = fit_power_law(rows, 0.1 + 3 * rows**-0.5)
    >>> round(law.level, 4), round(law.scale, 3), round(law.rate, 4)
    (0.1, 3.0, 0.5)
    """
    sizes, means = np.asarray(rows, np.float64), np.asarray(losses, np.float64)
    given = np.ones(len(sizes)) if weights is None else np.asarray(weights, np.float64)
    unit = _unit(sizes)
    rates = np.geomspace(LEAST_RATE, MOST_RATE, _COARSE)
    misfits = _solved(sizes / unit, means, given, rates)[2]
    best = int(misfits.argmin())
    low, high = float(rates[max(best - 1, 0)]), float(rates[min(best + 1, _COARSE - 1)])
    for _ in range(_ROUNDS):
        thirds = np.array([low + (high - low) / 3, high - (high - low) / 3])
        first, second = _solved(sizes / unit, means, given, thirds)[2]
        low, high = (low, float(thirds[1])) if first <= second else (float(thirds[0]), high)
    # An end of what the rate may be is a candidate of its own: thirds come near it and never there.
    rates = np.array([(low + high) / 2, LEAST_RATE, MOST_RATE])
    levels, scales, misfits = _solved(sizes / unit, means, given, rates)
    best = int(misfits.argmin())
    rate = float(rates[best])
    return PowerLaw(float(levels[best]), float(scales[best]) * unit**rate, rate)


@dataclass(frozen=True, eq=False)
class Laws:
    """Many power laws.

    Args:
        levels: ``(law,)``.
        scales: ``(law,)``.
        rates: ``(law,)``.
    """

    levels: Floats
    scales: Floats
    rates: Floats

    def at(self, rows: float) -> Floats:
        """Give the loss of each at so many rows."""
        losses: Floats = self.levels + self.scales * float(rows) ** -self.rates
        return losses


def laws_within(
    rows: ArrayLike, losses: ArrayLike, weights: ArrayLike, law: PowerLaw, allowed: float
) -> Laws:
    """Give laws that fit nearly as well as the best one, over all that do.

    The least and the largest value that a number takes among them are its profile interval.

    Args:
        rows: ``(size,)`` numbers of rows.
        losses: ``(size,)`` mean losses.
        weights: ``(size,)`` weight of each.
        law: the one that fits best.
        allowed: by how much the weighted sum of squares may be larger.

    Source:
        D. Venzon, S. Moolgavkar, *A method for computing profile-likelihood-based confidence intervals*,
        Applied Statistics 37 (1988). Here the region is sampled instead of followed.

    >>> rows, losses = np.array([100.0, 200.0, 400.0, 800.0]), np.array([0.40, 0.31, 0.25, 0.206])
    >>> law = fit_power_law(rows, losses)
    >>> near = laws_within(rows, losses, np.full(4, 1e4), law, 3.84)
    >>> bool(near.at(1600).min() < law.at(1600) < near.at(1600).max())
    True
    """
    sizes, means = np.asarray(rows, np.float64), np.asarray(losses, np.float64)
    given = np.asarray(weights, np.float64)
    unit = _unit(sizes)
    sizes = sizes / unit
    most = float((means - [law.at(size) for size in sizes * unit]) ** 2 @ given) + allowed
    rates = np.geomspace(LEAST_RATE, MOST_RATE, _SAMPLED)
    for _ in range(2):  # the second time, only where the first found some
        rates = np.union1d(rates, [law.rate])
        kept = np.flatnonzero(_solved(sizes, means, given, rates)[2] <= most * (1 + 1e-9))
        ends = rates[max(kept[0] - 1, 0)], rates[min(kept[-1] + 1, len(rates) - 1)]
        rates = np.linspace(*ends, _SAMPLED)
    rates = np.union1d(rates, [law.rate])
    powers, whole = sizes[None, :] ** -rates[:, None], given.sum()
    power, mean = powers @ given / whole, float(means @ given) / whole
    spread = np.maximum((powers - power[:, None]) ** 2 @ given, np.finfo(float).tiny)
    # For one rate the laws that miss by as much lie on an ellipse around the best one, bounds left aside.
    scale = (powers - power[:, None]) * (means - mean) @ given / spread
    level = mean - scale * power
    misfits = (level[:, None] + scale[:, None] * powers - means) ** 2 @ given
    radius = np.sqrt(np.maximum(most - misfits, 0.0))[:, None, None] * _RADII[None, :, None]
    turn = np.linspace(0, 2 * np.pi, _AROUND)
    scales = scale[:, None, None] + radius * np.cos(turn) / np.sqrt(spread)[:, None, None]
    levels = mean - scales * power[:, None, None] + radius * np.sin(turn) / np.sqrt(whole)
    # What lies beyond a bound is moved onto it, and kept where it still fits.
    tried, levels = np.maximum(scales, 0.0).reshape(len(rates), -1), np.maximum(levels, 0.0)
    levels = levels.reshape(len(rates), -1)
    missed = (levels[..., None] + tried[..., None] * powers[:, None, :] - means) ** 2 @ given
    near = missed <= most * (1 + 1e-9)
    rate = np.broadcast_to(rates[:, None], tried.shape)[near]
    return Laws(
        np.append(levels[near], law.level),
        np.append(tried[near] * unit**rate, law.scale),
        np.append(rate, law.rate),
    )


def _unit(sizes: Floats) -> float:
    # Rows in units of their geometric mean: powers of large numbers would leave no digits for the level.
    return float(np.exp(np.log(sizes).mean()))


def _solved(sizes: Floats, means: Floats, weights: Floats, rates: Floats) -> tuple[Floats, Floats, Floats]:
    """Give for each rate the best level and scale, neither below zero, and the weighted sum of squares."""
    powers = sizes[None, :] ** -rates[:, None]
    whole = weights.sum()
    power, mean = powers @ weights / whole, float(means @ weights) / whole
    spread = (powers - power[:, None]) ** 2 @ weights
    along = (powers - power[:, None]) * (means - mean) @ weights
    scale = np.maximum(along / np.maximum(spread, np.finfo(float).tiny), 0.0)
    level = mean - scale * power
    # Where the level would be negative it is zero, and the scale alone is fitted.
    alone = np.maximum(powers * means @ weights / (powers**2 @ weights), 0.0)
    scale, level = np.where(level < 0, alone, scale), np.maximum(level, 0.0)
    misfit = (level[:, None] + scale[:, None] * powers - means) ** 2 @ weights
    return level, scale, misfit
