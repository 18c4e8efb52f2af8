"""Columns as a network reads them: numbers as they are, categories as 0/1 columns or places, texts as counts.

A block is one or more columns that are treated alike. It says what its stored columns are for all folds
together, and what each fold takes of them: a level or a word without training rows is no column of that fold.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.columns import Column
from trainlab.data.preparing.fitted_steps import fit_steps
from trainlab.data.preparing.fitting import InputColumn
from trainlab.data.preparing.preparation import MISSING, Step, Steps
from trainlab.data.preparing.words import count_words, most_frequent, rows_with, smooth_idf

BYTE = 255
ROWS_AT_ONCE = 4_096
Folds = Sequence[NDArray[Any]]
"""Row numbers that train, of each fold."""


@dataclass(frozen=True, eq=False)
class Taken:
    """What one fold takes of a block: numbers of its columns, ascending, and one number each for the rest."""

    columns: NDArray[Any]
    fill: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]
    shift: NDArray[Any]
    factor: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Block:
    """Columns that are treated alike.

    Args:
        columns: what its stored columns mean.
        write: writes them into a ``(row, column)`` array.
        taken: what each fold takes of them.
        byte: whether all of its values are whole numbers from 0 to 255.
        fills: whether missing values are filled.
        clips: whether values are bounded.
        scales: whether values are shifted or multiplied.
        unit: whether the columns of a row are divided by their length.
    """

    columns: tuple[InputColumn, ...]
    write: Callable[[NDArray[Any]], None]
    taken: tuple[Taken, ...]
    byte: bool
    fills: bool = False
    clips: bool = False
    scales: bool = False
    unit: bool = False


def number_block(
    values: NDArray[Any], columns: Sequence[InputColumn], steps: Steps, folds: Folds, scale: float = 1.0
) -> Block:
    """Make a block of columns of numbers.

    Args:
        values: ``(row, column)``; NaN is missing.
        columns: what they mean.
        steps: what is done to each.
        folds: row numbers that train, of each fold.
        scale: what numbers are multiplied with where no step scales them.
    """
    names = {step.name for step in steps} - {"none"}
    width = values.shape[1]
    taken = [_plain(np.arange(width), factor=np.full(width, scale))] * (0 if names else len(folds))
    lying = np.ascontiguousarray(values.T) if names else values
    for rows in folds if names else ():
        fitted = fit_steps(np.take(lying, rows, axis=1), steps, scale)
        kept = np.flatnonzero(fitted.kept)
        arrays = (fitted.fill, fitted.low, fitted.high, fitted.shift, fitted.factor)
        taken.append(Taken(kept, *(array[kept] for array in arrays)))
    return Block(
        tuple(columns),
        lambda out: np.copyto(out, values, casting="unsafe"),
        tuple(taken),
        byte=values.dtype == np.uint8,
        fills="impute" in names,
        clips="clip" in names,
        scales=bool(names & {"rescale", "standardize", "min_max"}),
    )


def level_block(codes: NDArray[Any], column: Column, steps: Steps, folds: Folds) -> Block:
    """Make 0/1 columns of a category, one for each level; a row of a level that a fold lacks is all zeros.

    Args:
        codes: ``(row,)`` places in the levels of the column; NaN is missing.
        column: the category.
        steps: ``impute`` if anything before ``one_hot``.
        folds: row numbers that train, of each fold.
    """
    from scipy.sparse import csr_array  # it takes a while to load

    fill = next((step.value for step in steps if step.name == "impute"), None)
    bad = np.isnan(codes) if codes.dtype.kind == "f" else np.zeros(len(codes), np.bool_)
    places = np.where(bad, len(column.levels), codes).astype(np.int32)
    levels = len(column.levels)
    shape = (len(codes), levels + 1)
    ones = csr_array((np.ones(len(codes), np.int8), places, np.arange(len(codes) + 1)), shape=shape)
    fills = fill not in {None, MISSING}
    taken = []
    for rows in rows_with(ones, folds):
        counts = rows.copy()
        stands = np.zeros(levels + 1)
        if fills:
            seen = counts[:levels]
            chosen = int(seen.argmax()) if fill == "most_frequent" else column.levels.index(str(fill))
            stands[chosen] = 1.0
            # Missing rows count as the level that they are filled with, once there is one.
            counts[chosen] += counts[levels] if fill != "most_frequent" or seen.any() else 0
        if fill != MISSING:
            counts[levels] = 0
        there = np.flatnonzero(counts)
        taken.append(_plain(there, fill=stands[there] if fills else None))
    meant: list[str | None] = [*column.levels, None]
    kept = _union(taken)

    def write(out: NDArray[Any]) -> None:
        out[:] = places[:, None] == kept
        if fills:
            out[bad] = np.nan

    return Block(
        tuple(InputColumn(column.name, "level", meant[place]) for place in kept),
        write,
        _renumbered(taken, kept),
        byte=not (fills and bad.any()),
        fills=fills,
    )


def order_block(codes: NDArray[Any], column: Column, steps: Steps, folds: Folds) -> Block:
    """Make one column of a category: the place of its level in their order, counted from 0.

    Args:
        codes: ``(row,)`` places in the levels of the column; NaN is missing.
        column: the category.
        steps: ``ordinal``, with what stands before and after it.
        folds: row numbers that train, of each fold.
    """
    written = next(step.value for step in steps if step.name == "ordinal")
    order = written if isinstance(written, tuple) else column.levels
    places = np.array([order.index(level) for level in column.levels], np.float32)
    bad = np.isnan(codes) if codes.dtype.kind == "f" else np.zeros(len(codes), np.bool_)
    values = np.where(bad, np.float32(np.nan), places[np.where(bad, 0, codes).astype(np.int64)])
    chain = tuple(_in_order(step, order) for step in steps if step.name != "ordinal")
    meant = InputColumn(column.name, "order", tuple(str(level) for level in order))
    return number_block(values[:, None].astype(np.float32), [meant], chain, folds)


def word_block(codes: NDArray[Any], column: Column, steps: Steps, folds: Folds) -> Block:
    """Make a column for each frequent word of a text: how often it stands there, weighted for ``tf_idf``.

    Args:
        codes: ``(row,)`` places in the texts of the column; NaN is missing and has no words.
        column: the texts.
        steps: ``impute`` if anything before the step that counts.
        folds: row numbers that train, of each fold.
    """
    counter = steps[-1]
    assert isinstance(counter.value, (int, float))  # noqa: S101  # a `Step` has seen to it
    most, weighted = int(counter.value), counter.name == "tf_idf"
    # The last text is that of a missing value: it has no words.
    words, by_text = count_words((*column.levels, ""))
    bad = np.isnan(codes) if codes.dtype.kind == "f" else np.zeros(len(codes), np.bool_)
    counts = by_text[np.where(bad, len(column.levels), codes).astype(np.int64)]
    taken = []
    for rows, trained in zip(rows_with(counts, folds), folds, strict=True):
        chosen = most_frequent(rows, most)
        weights = smooth_idf(rows[chosen], len(trained)) if weighted else None
        taken.append(_plain(chosen, factor=weights))
    kept = _union(taken)
    stored = counts[:, kept]

    def write(out: NDArray[Any]) -> None:
        for at in range(0, len(out), ROWS_AT_ONCE):
            out[at : at + ROWS_AT_ONCE] = stored[at : at + ROWS_AT_ONCE].toarray()

    return Block(
        tuple(InputColumn(column.name, "word", words[place]) for place in kept),
        write,
        _renumbered(taken, kept),
        byte=not stored.nnz or int(stored.data.max()) <= BYTE,
        scales=weighted,
        unit=weighted,
    )


def _in_order(step: Step, order: tuple[Any, ...]) -> Step:
    """Say a level as its place in the order."""
    if step.name != "impute" or step.value == "most_frequent":
        return step
    return Step("impute", float(order.index(step.value)))


def _plain(
    columns: NDArray[Any], fill: NDArray[Any] | None = None, factor: NDArray[Any] | None = None
) -> Taken:
    width = len(columns)
    return Taken(
        columns,
        np.full(width, np.nan) if fill is None else fill,
        np.full(width, -np.inf),
        np.full(width, np.inf),
        np.zeros(width),
        np.ones(width) if factor is None else factor,
    )


def _union(taken: Sequence[Taken]) -> NDArray[Any]:
    return np.unique(np.concatenate([fold.columns for fold in taken]))


def _renumbered(taken: Sequence[Taken], kept: NDArray[Any]) -> tuple[Taken, ...]:
    """Count columns among those that are stored."""
    return tuple(
        Taken(np.searchsorted(kept, one.columns), one.fill, one.low, one.high, one.shift, one.factor)
        for one in taken
    )
