"""Texts that go with their rows: a part of a data set knows the texts of its own rows, and no others.

What levels a category has is known before rows are looked at. A text is what its row says, so that the texts
of sealed rows must not stand in the columns of the others.
"""

import hashlib
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


def spelled(columns: Columns, x: NDArray[Any]) -> NDArray[Any]:
    """Put for every text a few numbers that are made of its letters, the same wherever it is numbered.

    Args:
        columns: of the rows.
        x: ``(row, column)`` the rows.

    Returns:
        ``(row, more columns)`` float32; the rows themselves where there is no text.

    >>> one = spelled((Column("said", "text", ("a", "b")),), np.array([[1.0]]))
    >>> bool((one == spelled((Column("said", "text", ("b",)),), np.array([[0.0]]))).all())
    True
    """
    texts = _texts(columns)
    if not texts:
        return x
    parts = [np.delete(x, texts, axis=1).astype(np.float32)]
    for place in texts:
        letters = [hashlib.blake2b(level.encode(), digest_size=8).digest() for level in columns[place].levels]
        # Two bytes at a time, which float32 holds exactly; a missing text is no text.
        numbers = np.frombuffer(b"".join(letters), np.uint16).reshape(-1, 4).astype(np.float32)
        codes = np.nan_to_num(x[:, place], nan=len(letters)).astype(np.int64)
        parts.append(np.concatenate([numbers, np.full((1, 4), -1, np.float32)])[codes])
    return np.concatenate(parts, axis=1)


def _texts(columns: Columns) -> list[int]:
    return [place for place, column in enumerate(columns) if column.kind == "text"]
