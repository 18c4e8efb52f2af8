"""The mean over seeds with its plain t interval: for this network on exactly these validation rows.

One variant's score is shown so, and beside the crossed interval the narrower one of a difference.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

CLAIM = "for this network on exactly these validation rows"


@dataclass(frozen=True)
class OverSeeds:
    """A mean over seeds, and its standard error; None for fewer than two seeds.

    Args:
        mean: mean of the values; None where there are none.
        standard_error: its standard error.
        seeds: how many values.
    """

    mean: float | None
    standard_error: float | None
    seeds: int

    def interval(self, confidence: float = 0.95) -> tuple[float, float] | None:
        """Give the t interval of the mean; None for fewer than two seeds.

        >>> low, high = over_seeds([0.90, 0.92, 0.94]).interval()
        >>> round(low, 3), round(high, 3)
        (0.87, 0.97)
        """
        if self.mean is None or self.standard_error is None:
            return None
        from scipy.special import stdtrit

        half = -float(stdtrit(self.seeds - 1, (1 - confidence) / 2)) * self.standard_error
        return self.mean - half, self.mean + half


def over_seeds(values: ArrayLike) -> OverSeeds:
    """Average over seeds.

    Args:
        values: ``(seed,)`` scores of one variant, or differences between two on the same seeds and rows.

    >>> over_seeds([0.9]).interval() is None
    True
    """
    given = np.asarray(values, np.float64)
    seeds = len(given)
    mean = float(given.mean()) if seeds else None
    error = float(given.std(ddof=1)) / math.sqrt(seeds) if seeds > 1 else None
    return OverSeeds(mean, error, seeds)
