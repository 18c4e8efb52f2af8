"""Texts that go with their rows: a part of a data set knows the texts of its own rows, and no others.

What levels a category has is known before rows are looked at. A text is what its row says, so that the texts
of sealed rows must not stand in the columns of the others.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.columns import Column

Columns = tuple[Column, ...]


def own_texts(columns: Columns, x: NDArray[Any]) -> tuple[Columns, NDArray[Any]]:
    """Keep the texts that occur in the rows, and number them anew.

    Args:
        columns: of the whole.
        x: ``(row, column)`` some of its rows.

    >>> columns, x = own_texts((Column("said", "text", ("a", "b", "c")),), np.array([[2.0], [0.0]]))
    >>> columns[0].levels, x.tolist()
    (('a', 'c'), [[1.0], [0.0]])
    """
    kept, rows = list(columns), x
    for place in _texts(columns):
        present = ~np.isnan(x[:, place]) if x.dtype.kind == "f" else np.ones(len(x), bool)
        numbers, again = np.unique(x[present, place].astype(np.int64), return_inverse=True)
        if len(numbers) in {0, len(columns[place].levels)}:
            continue
        rows = rows.copy() if rows is x else rows
        rows[present, place] = again
        levels = tuple(columns[place].levels[number] for number in numbers)
        kept[place] = Column(columns[place].name, "text", levels)
    return tuple(kept), rows


def joined_texts(
    one: Columns, x: NDArray[Any], other: Columns, y: NDArray[Any]
) -> tuple[Columns, NDArray[Any]]:
    """Join rows whose texts were numbered apart.

    Args:
        one: columns of the first rows.
        x: ``(row, column)`` the first rows.
        other: columns of the others, which differ in their texts alone.
        y: the others.

    >>> first, second = Column("said", "text", ("b",)), Column("said", "text", ("a", "b"))
    >>> columns, rows = joined_texts((first,), np.array([[0.0]]), (second,), np.array([[0.0], [1.0]]))
    >>> columns[0].levels, rows.tolist()
    (('a', 'b'), [[1.0], [0.0], [1.0]])
    """
    kept, parts = list(one), [x.astype(np.float32), y.astype(np.float32)]
    for place in _texts(one):
        levels = tuple(sorted({*one[place].levels, *other[place].levels}))
        number = {level: index for index, level in enumerate(levels)}
        for part, columns in zip(parts, (one, other), strict=True):
            renumbered = np.array([number[level] for level in columns[place].levels], np.float32)
            present = ~np.isnan(part[:, place])
            part[present, place] = renumbered[part[present, place].astype(np.int64)]
        kept[place] = Column(one[place].name, "text", levels)
    return tuple(kept), np.concatenate(parts)


def _texts(columns: Columns) -> list[int]:
    return [place for place, column in enumerate(columns) if column.kind == "text"]
