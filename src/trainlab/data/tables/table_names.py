"""Names of columns as they stand in a table: trimmed, told apart, and columns that nobody named."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trainlab.data.tables.table_inputs import without_nan
from trainlab.errors import DataError

if TYPE_CHECKING:
    import polars as pl

_UNNAMED = re.compile(r"|Unnamed: \d+(_level_\d+)?|__index_level_\d+__")
"""No name at all, and what pandas writes for its row numbers."""


def tidy_names(given: Sequence[str]) -> tuple[tuple[str, ...], frozenset[str], tuple[str, ...]]:
    """Trim the names of columns, and make one space of every white space within.

    Args:
        given: one for each column, as it stands there.

    Returns:
        The names; those that stand for a missing one; and a note where spaces were taken away.

    Raises:
        DataError: where two columns have one name, and for a name with control characters.

    >>> tidy_names(["", " age", "ill"])[:2]
    (('column 1', 'age', 'ill'), frozenset({'column 1'}))
    >>> tidy_names(["age", "ill", "age "])
    Traceback (most recent call last):
    trainlab.errors.DataError: columns 1 and 3: two columns of one name (got 'age'). Rename one of them.
    """
    names = [" ".join(str(name).split()) for name in given]
    unnamed = set()
    for number, name in enumerate(names):
        if _UNNAMED.fullmatch(name):
            names[number] = f"column {number + 1}"
            unnamed.add(names[number])
    seen: dict[str, int] = {}
    for number, name in enumerate(names):
        if not name.isprintable():  # a terminal would obey it
            raise DataError("a name with control characters", f"column {number + 1}", name, "Rename it.")
        if name in seen:
            where = f"columns {seen[name] + 1} and {number + 1}"
            raise DataError("two columns of one name", where, name, "Rename one of them.")
        seen[name] = number
    changed = [name for name, old in zip(names, given, strict=True) if name != old and name not in unnamed]
    notes = [f"names of columns: white space in {len(changed)} of them was left out"] if changed else []
    return tuple(names), frozenset(unnamed), tuple(notes)


def without_unnamed(frame: "pl.DataFrame", unnamed: frozenset[str]) -> tuple["pl.DataFrame", tuple[str, ...]]:
    """Leave out columns without a name that are empty or count the rows.

    Args:
        frame: the columns.
        unnamed: which of them have no name of their own.

    Raises:
        DataError: for such a column that holds something.

    >>> import polars
    >>> frame, notes = without_unnamed(
    ...     polars.DataFrame({"column 1": [0, 1], "age": [3, 4]}), frozenset({"column 1"})
    ... )
    >>> frame.columns, notes
    (['age'], ('column 1 has no name and counts the rows: left out',))
    """
    notes = []
    for name in (one for one in frame.columns if one in unnamed):
        why = _nothing(without_nan(frame[name]))
        if not why:
            cure = "Give it a name in the first line, or delete it."
            raise DataError("the column has no name and is not empty", name, frame[name][0], cure)
        notes.append(f"{name} has no name and {why}: left out")
    return frame.drop([name for name in frame.columns if name in unnamed]), tuple(notes)


def _nothing(values: "pl.Series") -> str:
    import polars as pl

    if values.dtype == pl.String:
        values = values.str.strip_chars().replace("", None)
    if values.null_count() == len(values):
        return "is empty"
    if not (values.dtype == pl.String or values.dtype.is_numeric()):
        return ""
    numbers = values.cast(pl.Float64, strict=False)
    first = numbers[0]
    counting = pl.Series(range(len(numbers)), dtype=pl.Float64) + first if first in {0, 1} else None
    return (
        "counts the rows"
        if counting is not None and bool((numbers == counting).all()) and not numbers.null_count()
        else ""
    )
