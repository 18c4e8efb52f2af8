"""Means over what is counted: seeds on one split, folds (their seeds averaged) over several, with intervals.

How large the means are for one variant, on validation and on training rows, is told here too.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.comparison.over_folds import corrected_t, percentiles
from trainlab.comparison.splits import Splits
from trainlab.results.table import Results

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


def mean_with_ends(values: Floats, splits: Splits) -> tuple[float | None, float | None, float | None]:
    """Give the mean of ``(seed, fold)`` values over units, with its interval; None where there is none.

    >>> mean_with_ends(np.array([[1.0], [np.nan]]), Splits("one split", (80,), (20,), 20))
    (1.0, None, None)
    """
    units = by_unit(values, splits)
    known = units[np.isfinite(units)]
    if not known.size:
        return None, None, None
    low, high = unit_interval(known, splits) or (None, None)
    return float(known.mean()), low, high


def both_scores(results: Results, variant: str, splits: Splits) -> tuple[Any, ...]:
    """Give a variant's mean score with its ends, the same of training rows, its runs, and those asked for."""
    place = results.variants.index(variant)
    ends = [mean_with_ends(results.endings[what][place], splits) for what in ("score", "train_score")]
    return *ends[0], *ends[1], int(np.isfinite(results.scores[place]).sum()), results.scores[place].size
