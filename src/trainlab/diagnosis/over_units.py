"""Means over what is counted: seeds on one split, folds (their seeds averaged) over several, with intervals.

Knows nothing of variants and of what is averaged.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.comparison.over_folds import corrected_t, percentiles
from trainlab.comparison.splits import Splits

Floats = NDArray[np.float64]
Range = tuple[float, float]

LEAST_UNITS = 3


def by_unit(values: Floats, splits: Splits) -> Floats:
    """Average ``(seed, fold)`` values to one for each unit; NaN where a unit has none.

    >>> one = Splits("one split", (80,), (20,), 20)
    >>> by_unit(np.array([[1.0], [3.0], [np.nan]]), one)
    array([ 1.,  3., nan])
    >>> by_unit(np.array([[1.0, 2.0], [3.0, np.nan]]), Splits("folds", (80, 80), (20, 20), 40))
    array([2., 2.])
    """
    if splits.kind == "one split":
        seeds: Floats = values[:, 0]
        return seeds
    counts = np.isfinite(values).sum(axis=0)
    return np.where(counts > 0, np.nansum(values, axis=0) / np.maximum(counts, 1), np.nan)


def unit_interval(units: ArrayLike, splits: Splits) -> Range | None:
    """Give what the kind of splits allows for the mean over units: a t interval, percentiles, or none.

    Args:
        units: ``(unit,)`` values; those that are no numbers are left out.
        splits: how rows were shared out.

    >>> low, high = unit_interval([1.0, 2.0, 3.0], Splits("one split", (80,), (20,), 20))
    >>> round(low, 2), round(high, 2)
    (-0.48, 4.48)
    """
    given = np.asarray(units, np.float64)
    known = given[np.isfinite(given)]
    if splits.kind == "time series" or len(known) < 2:
        return None
    if splits.kind == "resamples":
        return percentiles(known)
    ratio = 0.0 if splits.kind == "one split" else splits.ratio
    return corrected_t(known, ratio=ratio).interval()
