"""Reading what a person passes as an array: rectangular, without holes, and every refusal with its place.

Knows rows and columns, but not what their values mean: that is said in ``inputs`` and ``targets``.
"""

from collections.abc import Iterable
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from trainlab.errors import DataError, UsageError

EXACT = 2**24
"""float32 holds every whole number up to this one."""


def place(name: str, index: tuple[int, ...]) -> str:
    """Name one value of an array as a person would look for it.

    >>> place("x", (4, 2))
    'x, row 4, column 2 (counted from 0)'
    >>> place("x", (4, 3, 5, 0))
    'x, row 4, position (3, 5, 0) (counted from 0)'
    """
    row, *rest = (int(number) for number in index)
    inside = "" if not rest else f", column {rest[0]}" if len(rest) == 1 else f", position {tuple(rest)}"
    return f"{name}, row {row}{inside} (counted from 0)"


def refuse(name: str, values: NDArray[Any], bad: NDArray[np.bool_], problem: str, cure: str) -> NoReturn:
    """Refuse an array for its bad values: the first one is named, and the rows that have one are counted.

    Args:
        name: what the array is called, ``"x"`` or ``"y"``.
        values: ``(row, ...)`` the array.
        bad: true where a value is refused; of the shape of ``values`` or of its first axes.
        problem: what is wrong, after "x " and before "in 3 of 10 rows".
        cure: what to do next.

    Raises:
        DataError: always.

    >>> numbers = np.array([[1.0, 2.0], [np.nan, 3.0]])
    >>> refuse("x", numbers, np.isnan(numbers), "has NaN", "Fill.")
    Traceback (most recent call last):
    trainlab.errors.DataError: x, row 1, column 0 (counted from 0): x has NaN in 1 of 2 rows (got nan). Fill.
    """
    first = tuple(int(number) for number in np.unravel_index(int(bad.argmax()), bad.shape))
    rows = int(bad.reshape(len(bad), -1).any(axis=1).sum())
    value = values[first]
    plain = value.tolist() if isinstance(value, (np.generic, np.ndarray)) else value
    # None would read as "no value": the missing one is exactly what has to be seen.
    shown = "None" if plain is None else plain
    raise DataError(f"{name} {problem} in {rows} of {len(bad)} rows", place(name, first), shown, cure)


def read_array(given: ArrayLike, name: str) -> NDArray[Any]:
    """Read rows of values as they were given; only their shape is judged.

    A list that holds text stays a list of objects: NumPy would turn the missing value of
    ``["cat", float("nan")]`` into the text "nan".

    Args:
        given: rows of values: an array, lists in lists, a table that NumPy can read.
        name: what the array is called in errors.

    Raises:
        DataError: for rows of different lengths, masked values, a sparse matrix, a single value, or no value.

    >>> read_array([[1, 2], [3, 4]], "x").shape
    (2, 2)
    >>> read_array([[1, 2], [3]], "x")
    Traceback (most recent call last):
    trainlab.errors.DataError: x, row 1 (counted from 0): x has rows of different shapes (got (1,)). \
Give every row the shape of row 0, which is (2,).
    """
    if hasattr(given, "toarray"):
        raise DataError(f"{name} is a sparse matrix", name, type(given).__name__, f"Pass `{name}.toarray()`.")
    if isinstance(given, np.ma.MaskedArray) and np.ma.getmaskarray(given).any():
        masked = np.ma.getmaskarray(given)
        refuse(
            name, given.data, masked, "has masked values", f"Pass `{name}.filled(...)` or drop these rows."
        )
    try:
        array = np.asarray(given)
        if array.dtype.kind == "U" and not isinstance(given, np.ndarray):
            array = np.asarray(given, dtype=object)
    except ValueError as error:
        if isinstance(given, Iterable):
            _refuse_ragged(list(given), name)
        raise DataError(f"{name} cannot be read as an array: {error}", name) from error
    if (
        array.dtype == object
        and array.ndim == 1
        and any(isinstance(row, (list, tuple, np.ndarray)) for row in array)
    ):
        _refuse_ragged(list(array), name)
    if array.ndim == 0:
        cure = "Pass a list or an array with one entry for each row."
        raise DataError(f"{name} is one thing, not rows of values", name, given, cure)
    if array.size == 0:
        missing = "rows" if len(array) == 0 else "columns"
        raise DataError(
            f"{name} has no {missing}: its shape is {array.shape}", name, cure="Check how it was loaded."
        )
    return array


def sealed(array: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """Copy an array so that nobody can change it; one that is sealed already is passed on.

    >>> sealed(np.array([1.0, 2.0]), np.float32).flags.writeable
    False
    """
    if array.dtype == dtype and array.base is None and array.flags.c_contiguous and not array.flags.writeable:
        return array
    copy = np.array(array, dtype=dtype, order="C")
    copy.setflags(write=False)
    return copy


def row_numbers(given: ArrayLike, where: str, total: int | None = None) -> NDArray[np.int64]:
    """Read a list of different row numbers, in the order in which they were given.

    Args:
        given: ``(chosen row,)`` whole numbers, counted from 0.
        where: what the list is called in errors.
        total: how many rows there are, where it is known.

    Raises:
        UsageError: for other values, for none, for a row that is not there, and for one listed twice.

    >>> row_numbers([0, 7], "rows", 5)
    Traceback (most recent call last):
    trainlab.errors.UsageError: rows: no such row (got 7). Row numbers go from 0 to 4.
    """
    rows = np.asarray(given)
    if rows.ndim != 1 or rows.dtype.kind not in "iu" or len(rows) == 0:
        raise UsageError("not a list of row numbers", where, given, "Give whole numbers, as `[0, 5, 7]`.")
    if (rows < 0).any():
        raise UsageError("negative row number", where, rows.min().item(), "Rows are counted from 0.")
    if total is not None and (rows >= total).any():
        cure = f"Row numbers go from 0 to {total - 1}."
        raise UsageError("no such row", where, rows.max().item(), cure)
    values, times = np.unique(rows, return_counts=True)
    if (times > 1).any():
        raise UsageError("a row is listed twice", where, values[times > 1][0].item(), "List each row once.")
    return rows.astype(np.int64)


def _refuse_ragged(rows: list[Any], name: str) -> None:
    first = None
    for number, row in enumerate(rows):
        try:
            shape = np.asarray(row).shape
        except ValueError:
            cure = "Give every row of it the same length, or cut and pad them."
            raise DataError(
                f"{name} has a row that is ragged in itself", place(name, (number,)), row, cure
            ) from None
        first = shape if first is None else first
        if shape != first:
            cure = f"Give every row the shape of row 0, which is {first}."
            raise DataError(f"{name} has rows of different shapes", place(name, (number,)), shape, cure)
    raise DataError(f"{name} is a list of separate arrays", name, cure=f"Pass `numpy.stack({name})`.")
