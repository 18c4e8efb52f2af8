"""R²: the share of the spread of amounts that predictions explain, and what it is without any one row."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.measures.rows import Floats


def r2(outputs: NDArray[Any], targets: NDArray[Any]) -> tuple[float, Floats]:
    """Give 1 minus squared errors by squared distances from the mean of these rows; below 0 for worse ones.

    Of several targets each has its own, and they are averaged; targets that are the same in every row have
    nothing to explain and are left out. (scikit-learn gives those 0 or 1.)

    Args:
        outputs: ``(row, target)`` amounts.
        targets: ``(row, target)`` amounts.

    Returns:
        The measure, and ``(row,)`` what it is without each row; NaN where there are not two unlike amounts.

    >>> value, without = r2(np.array([[1.0], [2.0], [4.0]]), np.array([[1.0], [2.0], [3.0]]))
    >>> value, without.tolist()
    (0.5, [-1.0, 0.5, 1.0])
    """
    wanted = np.asarray(targets, np.float64).reshape(len(targets), -1)
    errors = (np.asarray(outputs, np.float64).reshape(wanted.shape) - wanted) ** 2
    rows = len(wanted)
    whole, alone = _constant(wanted)
    distances = (wanted - wanted.mean(axis=0)) ** 2
    spread = distances.sum(axis=0)
    value = _mean_explained(errors.sum(axis=0)[None], spread[None], whole[None])
    # Without a row the mean moves too, which takes more off the spread than the row's own distance.
    left = spread - distances * (rows / max(rows - 1, 1))
    return float(value[0]), _mean_explained(errors.sum(axis=0) - errors, left, alone)


def _constant(wanted: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell of which targets all rows are the same, and ``(row, target)`` all rows but this one."""
    if len(wanted) < 3:
        return np.ptp(wanted, axis=0) == 0, np.ones(wanted.shape, bool)
    # Exactly, by order: a sum of squares that should be 0 is rounded to a little more.
    ordered = np.sort(wanted, axis=0)
    without_last, without_first = ordered[0] == ordered[-2], ordered[1] == ordered[-1]
    alone = ((wanted == ordered[-1]) & without_last) | ((wanted == ordered[0]) & without_first)
    return ordered[0] == ordered[-1], alone


def _mean_explained(errors: Floats, spread: Floats, constant: NDArray[np.bool_]) -> Floats:
    """Average ``(row, target)`` over the targets that are not constant."""
    explained = np.where(constant, 0.0, 1 - errors / np.where(constant, 1.0, spread))
    counts = (~constant).sum(axis=1)
    means: Floats = np.where(counts > 0, explained.sum(axis=1) / np.maximum(counts, 1), np.nan)
    return means
