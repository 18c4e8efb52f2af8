"""p from an interval: the least level at which it still leaves out zero, whatever makes it that wide."""

import math
from collections.abc import Callable

LEAST_P = 1e-100


def least_alpha(mean: float, half_width: Callable[[float], float]) -> float:
    """Give the least ``alpha`` whose interval leaves out zero.

    It is 1 where the mean is 0, and 0 where no interval is wide enough for any doubt.

    Args:
        mean: the middle of the interval.
        half_width: ``alpha`` -> half the width of the interval; it must not grow with ``alpha``.

    >>> from scipy.stats import norm
    >>> round(least_alpha(1.96, lambda alpha: norm.isf(alpha / 2)), 3)
    0.05
    """
    if mean == 0:
        return 1.0
    widest = half_width(LEAST_P)
    if widest < abs(mean):
        return LEAST_P if widest > 0 else 0.0
    low, high = math.log(LEAST_P), 0.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        reaches_zero = half_width(math.exp(middle)) >= abs(mean)
        low, high = (middle, high) if reaches_zero else (low, middle)
    return math.exp(low)
