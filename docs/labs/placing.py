"""Where a printed number falls among runs of the same setting: one number against a small sample.

A printed number is one run more, so it is asked whether one run more would fall there: the prediction
interval of a normal sample. Knows nothing of sheets, networks and files.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import t

CONFIDENCE = 0.95
ROUNDED = 5e-5
"""Printed numbers have four digits: so much is rounding."""


@dataclass(frozen=True)
class Placed:
    """A printed number among runs.

    Args:
        runs: how many runs there are.
        mean: of the runs.
        deviation: their standard deviation; None for one run.
        smallest: the smallest of them.
        largest: the largest of them.
        low: lower end of the interval in which one run more falls with 95 %; None for one run.
        high: upper end.
        below: how many runs are below the printed number.
        deviations: how many standard deviations it lies above their mean; None where there are none.
        inside: whether it lies in the interval; None for one run.
        points_inside: of a curve, how many of its points lie between the smallest and the largest run.
        points: of how many.
    """

    runs: int
    mean: float
    deviation: float | None
    smallest: float
    largest: float
    low: float | None
    high: float | None
    below: int
    deviations: float | None
    inside: bool | None
    points_inside: int = 0
    points: int = 0

    def document(self) -> dict[str, Any]:
        """Give plain values."""
        return asdict(self)


def placed(
    value: float,
    runs: Sequence[float],
    curve: Sequence[float] = (),
    curves: Sequence[Sequence[float]] = (),
) -> Placed:
    """Place a number among runs, and the points of its curve among theirs.

    Args:
        value: the printed number.
        runs: the same number of each run; those that are no numbers are left out.
        curve: the printed curve, if there is one.
        curves: that of each run, at least as long.

    Source:
        The prediction interval of a normal sample: Hahn & Meeker, *Statistical Intervals* (1991), section 4.

    >>> found = placed(0.85, [0.84, 0.85, 0.86, 0.85])
    >>> found.below, found.inside, f"{found.low:.3f} to {found.high:.3f}"
    (1, True, '0.821 to 0.879')
    >>> placed(0.90, [0.84, 0.85, 0.86, 0.85]).inside
    False
    """
    values = np.array([run for run in runs if math.isfinite(run)])
    mean, count = float(values.mean()), len(values)
    low = high = deviation = deviations = inside = None
    if count > 1:
        deviation = float(values.std(ddof=1))
        half = float(t.ppf((1 + CONFIDENCE) / 2, count - 1)) * deviation * math.sqrt(1 + 1 / count)
        low, high = mean - half, mean + half
        inside = low - ROUNDED <= value <= high + ROUNDED
        deviations = (value - mean) / deviation if deviation else None
    points = 0
    if curve:
        band = np.array([one[: len(curve)] for one in curves])
        points = int(
            ((band.min(axis=0) - ROUNDED <= curve) & (np.array(curve) <= band.max(axis=0) + ROUNDED)).sum()
        )
    return Placed(
        runs=count,
        mean=mean,
        deviation=deviation,
        smallest=float(values.min()),
        largest=float(values.max()),
        low=low,
        high=high,
        below=int((values < value).sum()),
        deviations=deviations,
        inside=inside,
        points_inside=points,
        points=len(curve),
    )
