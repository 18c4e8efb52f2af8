"""What is known of rows beside inputs and targets: which belong together, and when they were taken."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.data.arrays import read_array, refuse, sealed
from trainlab.errors import DataError


def read_groups(given: ArrayLike | None, rows: int) -> NDArray[np.int32] | None:
    """Number the groups that rows belong to, in sorted order of their labels.

    Args:
        given: ``(row,)`` labels: texts or numbers.
        rows: how many rows there are.

    Raises:
        DataError: for another number of labels, and for missing ones.

    >>> read_groups(["b", "a", "b"], 3).tolist()
    [1, 0, 1]
    """
    if given is None:
        return None
    numbers: NDArray[np.int32] = sealed(_ranks(given, "groups", rows), np.int32)
    return numbers


def read_time(given: ArrayLike | None, rows: int) -> NDArray[np.int64] | None:
    """Rank the times at which rows were taken; equal times have equal ranks.

    Args:
        given: ``(row,)`` numbers, dates, or texts that sort as times do (2026-11-21).
        rows: how many rows there are.

    Raises:
        DataError: for another number of times, and for missing ones.

    >>> read_time(["2026-01-02", "2025-12-31", "2026-01-02"], 3).tolist()
    [1, 0, 1]
    """
    if given is None:
        return None
    ranks: NDArray[np.int64] = sealed(_ranks(given, "time", rows), np.int64)
    return ranks


def _ranks(given: ArrayLike, name: str, rows: int) -> NDArray[Any]:
    array = read_array(given, name)
    if array.ndim != 1 or len(array) != rows:
        cure = f"Give one entry for each of {rows} rows."
        raise DataError(f"{name} has the shape {array.shape}", name, cure=cure)
    missing = np.array([value is None or value != value for value in array.tolist()])  # noqa: PLR0124  # NaN
    if array.dtype.kind == "M":
        missing = np.isnat(array)
    if missing.any():
        refuse(name, array, missing, "has missing entries", "Fill them in, or drop these rows.")
    if array.dtype == object:
        array = array.astype(str)
    return np.unique(array, return_inverse=True)[1]
