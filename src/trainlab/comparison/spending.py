"""Sharing out the probability of a false alarm over several looks at growing results.

Whoever looks again and again, and stops at the first interval that leaves out zero, is fooled more often than
each interval promises. Here every look gets its own level, so that all looks together keep the promise.
Knows information and levels, nothing of seeds, rows and variants.
"""

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Below this growth of information a look is all but the one before: what it may still spend is added up
# without counting on their agreement, which only errs to the safe side and spares a very fine grid.
LEAST_GROWTH = 1.01
_POINTS = 96
_TAIL = 8.3  # a normal number is further out once in 1e16


def spent(share: float, alpha: float) -> float:
    """Give how much of ``alpha`` may be spent when this share of the information is in.

    Args:
        share: information now by information at the end, between 0 and 1.
        alpha: what all looks may spend together.

    Source:
        Lan & DeMets, *Discrete sequential boundaries for clinical trials*, Biometrika 70 (1983): the function
        whose boundaries are nearly those of Pocock, *Group sequential methods in the design and analysis of
        clinical trials*, Biometrika 64 (1977).

    >>> [round(spent(share, 0.05), 4) for share in (0.0, 0.5, 1.0)]
    [0.0, 0.031, 0.05]
    """
    return alpha * math.log1p((math.e - 1) * min(max(share, 0.0), 1.0))


def level(informations: Sequence[float], earlier: Sequence[float], share: float, alpha: float) -> float:
    """Give the level of the interval at the newest look.

    Without any difference, estimates at several looks are normal with independent increments of information,
    also where one part of their error (the rows that were scored) is the same at every look: the covariance
    of two of them is the variance of the later one. What earlier looks have taken is integrated over these
    increments, and the newest look takes what spending allows beyond it.

    Args:
        informations: ``(look,)`` one over the variance of the estimate at each look, the newest last.
        earlier: ``(look - 1,)`` levels that earlier intervals had.
        share: information at the newest look by information at the end, between 0 and 1.
        alpha: what all looks may spend together.

    Returns:
        The probability that the interval at the newest look may leave out, both sides together; 0 where
        nothing is left to spend.

    Source:
        Armitage, McPherson & Rowe, *Repeated significance tests on accumulating data*, JRSS A 132 (1969), for
        the integration; Lan & DeMets (1983) for the spending. Levels rather than bounds, so that they serve
        intervals with any t: Jennison & Turnbull, *Group Sequential Methods* (2000), section 4.4.

    Five equal looks have levels near that of Pocock's one constant, 0.0158:

    >>> found = []
    >>> for look in range(1, 6):
    ...     found.append(level(range(1, look + 1), found, look / 5, 0.05))
    >>> [round(value, 4) for value in found]
    [0.0148, 0.0152, 0.0159, 0.0165, 0.017]
    """
    if not earlier:
        return spent(share, alpha)
    gone, inside = _gone(tuple(informations[:-1]), tuple(earlier))
    left = spent(share, alpha) - gone
    if left <= 0:
        return 0.0
    if informations[-1] < LEAST_GROWTH * inside.information:
        return left
    from scipy.optimize import brentq
    from scipy.special import ndtr

    def too_much(bound: float) -> float:
        return _leaves(inside, informations[-1], bound) - left

    if too_much(_TAIL) >= 0:
        return 0.0
    return float(2 * ndtr(-brentq(too_much, 0.0, _TAIL, xtol=1e-10)))


class _Inside(NamedTuple):
    """Where the process is that has left at no look so far: weighted points of estimate times information."""

    information: float
    points: Floats
    weights: Floats


@functools.lru_cache(maxsize=4096)
def _gone(informations: tuple[float, ...], levels: tuple[float, ...]) -> tuple[float, _Inside]:
    """Give how likely one of these looks left out zero, and where the process is otherwise."""
    from scipy.special import ndtri

    gone = levels[0]
    inside = _first(informations[0], -ndtri(levels[0] / 2))
    for information, one in zip(informations[1:], levels[1:], strict=True):
        if one <= 0:
            continue
        if information < LEAST_GROWTH * inside.information:
            gone += one
            continue
        bound = -ndtri(one / 2)
        gone += _leaves(inside, information, bound)
        inside = _next(inside, information, bound)
    return gone, inside


def _first(information: float, bound: float) -> _Inside:
    points, weights = _grid(min(bound, _TAIL) * math.sqrt(information))
    return _Inside(information, points, weights * _density(points, information))


def _next(inside: _Inside, information: float, bound: float) -> _Inside:
    points, weights = _grid(min(bound, _TAIL) * math.sqrt(information))
    apart = points[:, None] - inside.points[None, :]
    reached = _density(apart, information - inside.information) @ inside.weights
    return _Inside(information, points, weights * reached)


def _leaves(inside: _Inside, information: float, bound: float) -> float:
    """Give the probability of leaving at this look and at none before."""
    from scipy.special import ndtr

    edge, spread = bound * math.sqrt(information), math.sqrt(information - inside.information)
    outside = ndtr((inside.points - edge) / spread) + ndtr((-inside.points - edge) / spread)
    return float(outside @ inside.weights)


def _density(values: Floats, variance: float) -> Floats:
    found: Floats = np.exp(-(values**2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
    return found


def _grid(edge: float) -> tuple[Floats, Floats]:
    points, weights = _legendre()
    return points * edge, weights * edge


@functools.cache
def _legendre() -> tuple[Floats, Floats]:
    points, weights = np.polynomial.legendre.leggauss(_POINTS)
    return points, weights
