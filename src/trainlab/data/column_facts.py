"""What can be said of one column: range, mean, gaps, different values, and how they are spread."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.columns import Column

BINS = 24
"""Of a histogram; fewer where the values are few whole numbers."""

MOST_LEVELS = 12
"""So many levels of a category are told one by one, the most frequent first."""

_NEAR = 0.99


@dataclass(frozen=True)
class ColumnFacts:
    """One column.

    Args:
        name: what it is called.
        kind: ``"number"``, ``"category"`` or ``"text"``.
        missing: share of the rows without a value.
        low: smallest value; of a text column, of words in a text. None for categories, and without a value.
        high: largest value.
        mean: their mean.
        distinct: how many different values there are among the rows; None where that was not counted.
        bins: ``(bin,)`` rows in equal parts of the range, or at each whole number; empty for categories.
        levels: names and rows of the most frequent levels of a category.
        more_levels: rows of all other levels.
        near_constant: whether 99 % of the rows with a value have the same.
    """

    name: str
    kind: str
    missing: float
    low: float | None
    high: float | None
    mean: float | None
    distinct: int | None
    bins: tuple[int, ...]
    levels: tuple[tuple[str, int], ...]
    more_levels: int
    near_constant: bool

    def document(self) -> dict[str, Any]:
        """Give plain values."""
        return {
            **vars(self),
            "bins": list(self.bins),
            "levels": [{"name": name, "rows": rows} for name, rows in self.levels],
        }


def describe_column(column: Column, values: NDArray[Any], *, counted: bool) -> ColumnFacts:
    """Tell what can be said of a column.

    Args:
        column: what it is called, and its levels.
        values: ``(row,)`` numbers, or places in the levels; NaN where missing.
        counted: whether different numbers are counted, which takes sorting them.

    >>> told = describe_column(Column("age"), np.array([1.0, 2.0, 2.0, np.nan]), counted=True)
    >>> told.missing, told.low, told.high, told.distinct, told.bins
    (0.25, 1.0, 2.0, 2, (1, 2))
    """
    present = values[~np.isnan(values)] if values.dtype.kind == "f" else values
    missing = 1 - len(present) / max(len(values), 1)
    if column.kind == "number":
        distinct, most = _different(present) if counted else (None, 0)
        low, high, mean = span_and_mean(present)
        return ColumnFacts(
            column.name,
            "number",
            missing,
            low,
            high,
            mean,
            distinct,
            bins=_bins(present),
            levels=(),
            more_levels=0,
            near_constant=_near(low, high, most, len(present)),
        )
    counts = np.bincount(present.astype(np.int64), minlength=len(column.levels))
    most = int(counts.max(initial=0))
    same = bool(len(present)) and most >= _NEAR * len(present)
    distinct = int((counts > 0).sum())
    if column.kind == "text":
        words = np.array([len(text.split()) for text in column.levels])[present.astype(np.int64)]
        low, high, mean = span_and_mean(words)
        return ColumnFacts(
            column.name,
            "text",
            missing,
            low,
            high,
            mean,
            distinct,
            bins=_bins(words),
            levels=(),
            more_levels=0,
            near_constant=same,
        )
    order = np.argsort(-counts, kind="stable")[:MOST_LEVELS]
    levels = tuple((column.levels[place], int(counts[place])) for place in order if counts[place])
    rest = len(present) - sum(rows for _, rows in levels)
    return ColumnFacts(
        column.name,
        "category",
        missing,
        None,
        None,
        None,
        distinct,
        bins=(),
        levels=levels,
        more_levels=rest,
        near_constant=same,
    )


def span_and_mean(present: NDArray[Any]) -> tuple[float, float, float] | tuple[None, None, None]:
    """Give the smallest and largest of some numbers, and their mean; None three times where there are none.

    >>> span_and_mean(np.array([1.0, 2.0, 6.0]))
    (1.0, 6.0, 3.0)
    """
    if not len(present):
        return None, None, None
    return float(present.min()), float(present.max()), float(present.mean(dtype=np.float64))


def _different(present: NDArray[Any]) -> tuple[int, int]:
    """Count different values, and the rows of the most frequent one."""
    _, counts = np.unique(present, return_counts=True)
    return len(counts), int(counts.max(initial=0))


def _near(low: float | None, high: float | None, most: int, rows: int) -> bool:
    return low is not None and (low == high or most >= _NEAR * rows)


def _bins(present: NDArray[Any]) -> tuple[int, ...]:
    """Count rows in equal parts of the range, which NumPy refuses where it is narrower than its numbers."""
    if not len(present):
        return ()
    values = present.astype(np.float64)
    low, high = values.min(), values.max()
    if low == high:
        return (len(values),)
    if high - low < BINS and (values == np.floor(values)).all():
        parts = int(high - low) + 1
        places = (values - low).astype(np.int64)
    else:
        parts = BINS
        places = np.minimum(((values - low) / (high - low) * BINS).astype(np.int64), BINS - 1)
    return tuple(np.bincount(places, minlength=parts).tolist())
