"""The columns that a check looks at, with the name that it calls each by.

A table is a two-dimensional input; what an image has is no column. Knows no check.
"""

from collections.abc import Iterator
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.data.columns import Kind
from trainlab.data.dataset import Dataset

LEAST_PIXELS = 49
FIRST_ROWS = 100


class SeenColumn(NamedTuple):
    """One column of a table.

    Args:
        said: what it is called, in quotation marks, or which one it is.
        name: its name; empty where it has none.
        kind: how its numbers are read.
        values: ``(row,)`` its numbers, NaN where one is missing.
    """

    said: str
    name: str
    kind: Kind
    values: NDArray[Any]


def columns_seen(data: Dataset) -> Iterator[SeenColumn]:
    """Go through the columns of all tables among the inputs; flattened images are no tables.

    >>> data = Dataset([[1.0, 2.0], [3.0, 4.5]], [0, 1], columns=["age", "height"])
    >>> [column.said for column in columns_seen(data)]
    ['`age`', '`height`']
    >>> [column.said for column in columns_seen(Dataset([[1.0, 2.0], [3.0, 4.5]], [0, 1]))]
    ['column 0', 'column 1']
    """
    for index, part in enumerate(data.parts):
        if part.ndim != 2 or is_flattened(data, part):
            continue
        for at in range(part.shape[1]):
            yield _seen(data, index, at)


def is_flattened(data: Dataset, part: NDArray[Any]) -> bool:
    """Tell whether the columns of a table are pixels: many bytes without names, a square of them.

    >>> pixels = Dataset(np.zeros((3, 784), np.uint8), [0, 1, 0])
    >>> is_flattened(pixels, pixels.x)
    True
    """
    width = part.shape[1] if part.ndim == 2 else 0
    if data.columns or part.dtype != np.uint8 or width < LEAST_PIXELS:
        return False
    sides = [width // depth for depth in (1, 3) if width % depth == 0]
    return any(isqrt(side) ** 2 == side for side in sides)


def whole_so_far(column: SeenColumn) -> bool:
    """Tell from the first rows whether a column may hold whole numbers alone: a look that costs nothing.

    >>> [column] = columns_seen(Dataset([0.5, 1.0], [0, 1]))
    >>> whole_so_far(column)
    False
    """
    first = column.values[:FIRST_ROWS]
    known = first[np.isfinite(first)]
    return bool((known == np.round(known)).all())


def _seen(data: Dataset, index: int, at: int) -> SeenColumn:
    values = data.parts[index][:, at]
    if data.columns:
        column = data.columns[at]
        return SeenColumn(f"`{column.name}`", column.name, column.kind, values)
    inside = f" of `{data.inputs[index]}`" if data.inputs else ""
    return SeenColumn(f"column {at}{inside}", "", "number", values)
