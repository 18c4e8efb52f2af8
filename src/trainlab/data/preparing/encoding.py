"""Preparing data inside the folds: what is stored for all of them, and what each takes and fits.

Everything fitted comes from the training rows of one fold. What is stored for all folds together is only what
the rows say themselves, as numbers: the columns that some fold takes.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.preparing.blocks import Block, Folds, level_block, number_block, order_block, word_block
from trainlab.data.preparing.fitted_steps import fit_steps, shift_and_factor
from trainlab.data.preparing.fitting import NUMBERS, Fitted, FoldPreparation, InputColumn, TargetScale
from trainlab.data.preparing.preparation import Prepare
from trainlab.data.preparing.steps_in_force import ColumnSteps, steps_in_force
from trainlab.data.splitting.folds import Fold
from trainlab.errors import DataError, UsageError

MOST_BYTES = 4 * 10**9
"""Encoded inputs of more bytes are refused: they stand on each device, and once here."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """Data whose inputs are numbers, and what was fitted in each fold.

    Args:
        data: the same rows; categories as 0/1 columns or places, texts as counts of words.
        folds: for each fold, how it prepares these inputs and the targets.
    """

    data: Dataset
    folds: tuple[FoldPreparation, ...]


def prepare_data(
    dataset: Dataset, prepare: Prepare, folds: Sequence[Fold], *, scale_target: bool = False
) -> Prepared:
    """Prepare data for folds, each by its own training rows.

    A number is fitted on the training rows of its fold, and on a row as often as the fold lists it. A column
    of numbers without a value among them, and a level or word without a training row, is no column in that
    fold; narrower folds are padded with columns of zeros, so that all share a program.

    Args:
        dataset: the rows.
        prepare: what the experiment says; the rest goes by the type of a column.
        folds: which rows train and which validate.
        scale_target: whether the targets of a regression are standardized where nothing is written.

    Raises:
        UsageError: for steps that do not fit the data, see `steps_in_force`; and where no fold is given.
        DataError: for missing values that no step fills, a fold without any column, and for words and levels
            that make more than 4 GB.

    >>> from trainlab.data.preparing.preparation import Step
    >>> data = Dataset([[0.0], [2.0], [10.0], [90.0]], [0, 1, 0, 1])
    >>> fold = Fold([0, 1, 2], [3], [False])
    >>> part = prepare_data(data, Prepare(numbers=(Step("min_max"),)), [fold]).folds[0].parts[0]
    >>> part.applied(data.x).tolist()
    [[0.0], [0.2], [1.0], [9.0]]
    """
    if not folds:
        cure = "Pass the folds of `split`: without training rows there is nothing to fit on."
        raise UsageError("no fold to prepare the data in", "folds", None, cure)
    force = steps_in_force(dataset, prepare, scale_target=scale_target)
    trained = [fold.train for fold in folds]
    parts = [
        _prepared(part, columns, trained, scale)
        for part, columns, scale in zip(dataset.parts, force.inputs, dataset.scales, strict=True)
    ]
    by_fold = tuple(
        FoldPreparation(
            tuple(part.fitted[number] for part in parts),
            _target(dataset, force.target, rows),
            dataset.inputs,
            tuple(part.columns for part in parts),
        )
        for number, rows in enumerate(trained)
    )
    return Prepared(_stored(dataset, parts), by_fold)


@dataclass(frozen=True, eq=False)
class _Part:
    """One input: what is stored of it, what its columns mean, and how each fold prepares it."""

    values: NDArray[Any]
    columns: tuple[InputColumn, ...]
    fitted: tuple[Fitted, ...]


def _prepared(part: NDArray[Any], given: tuple[ColumnSteps, ...], trained: Folds, scale: float) -> _Part:
    if part.ndim > 2:
        return _by_channel(part, given[0], trained, scale)
    blocks = _blocks(part, given, trained, scale)
    columns = tuple(column for block in blocks for column in block.columns)
    # Where all columns are numbers, they are stored as they are.
    numbers = all(column.kind == "number" for column in columns)
    values = part if numbers else _encoded(blocks, len(part))
    return _Part(values, columns, _together(blocks, len(trained), scaled=scale != 1 and not numbers))


def _blocks(part: NDArray[Any], given: tuple[ColumnSteps, ...], trained: Folds, scale: float) -> list[Block]:
    if given[0].column is None:
        columns = [InputColumn(place) for place in range(part.shape[1])]
        return [number_block(part, columns, given[0].steps, trained, scale)]
    blocks, at = [], 0
    while at < len(given):
        column, steps = given[at].column, given[at].steps
        assert column is not None  # noqa: S101  # an input names all of its columns or none
        end = at + 1
        if column.kind == "number":
            while end < len(given) and _alike(given[at], given[end]):
                end += 1
            names = [InputColumn(one.column.name) for one in given[at:end] if one.column]
            blocks.append(number_block(part[:, at:end], names, steps, trained, scale))
        elif column.kind == "text":
            blocks.append(word_block(part[:, at], column, steps, trained))
        else:
            ordered = any(step.name == "ordinal" for step in steps)
            blocks.append((order_block if ordered else level_block)(part[:, at], column, steps, trained))
        at = end
    return blocks


def _alike(one: ColumnSteps, other: ColumnSteps) -> bool:
    return other.column is not None and other.column.kind == "number" and one.steps == other.steps


def _encoded(blocks: list[Block], rows: int) -> NDArray[Any]:
    """Store what all folds take, in the smallest type that holds it."""
    kind = np.uint8 if all(block.byte for block in blocks) else np.float32
    widths = [len(block.columns) for block in blocks]
    size = rows * sum(widths) * np.dtype(kind).itemsize
    if size > MOST_BYTES:
        widest = int(np.argmax(widths))
        name = blocks[widest].columns[0].column
        message = f"words and levels make {rows} x {sum(widths)} numbers, {size / 1e9:.1f} GB"
        cure = (
            f"Most, {widths[widest]}, come from {name!r}: take fewer words, as `{{tf_idf: 500}}`, or leave "
            "out a category of so many levels."
        )
        raise DataError(message, "prepare", None, cure)
    stored = np.empty((rows, sum(widths)), kind)
    for block, end in zip(blocks, np.cumsum(widths), strict=True):
        block.write(stored[:, end - len(block.columns) : end])
    stored.setflags(write=False)
    return stored


def _together(blocks: list[Block], folds: int, *, scaled: bool) -> tuple[Fitted, ...]:
    """Put the columns of all blocks side by side, for each fold, and make all folds equally wide.

    Args:
        blocks: in their order.
        folds: how many there are.
        scaled: whether some numbers are multiplied with the constant scale of the data.
    """
    starts = np.cumsum([0, *(len(block.columns) for block in blocks)])
    widths = [sum(len(block.taken[fold].columns) for block in blocks) for fold in range(folds)]
    if not all(widths):
        message = f"fold {widths.index(0)} (counted from 0) has no column with a value in its training rows"
        raise DataError(message, "prepare", None, "Fill missing values with a number, or use fewer folds.")
    padded = min(widths) < max(widths)
    there = {
        "fill": any(block.fills for block in blocks),
        "low": padded or any(block.clips for block in blocks),
        "shift": padded or scaled or any(block.scales for block in blocks),
    }
    there |= {"high": there["low"], "factor": there["shift"]}
    takes = any(width < starts[-1] for width in widths)
    unit = any(block.unit for block in blocks)
    made = []
    for fold, width in enumerate(widths):
        padding = max(widths) - width
        # Padding is bounded to zero, and so stays where a network scales its inputs itself.
        none = np.zeros(padding)
        arrays: dict[str, Any] = {
            name: np.concatenate([*(getattr(block.taken[fold], name) for block in blocks), none])
            for name in NUMBERS
            if there[name]
        }
        chosen = [start + block.taken[fold].columns for start, block in zip(starts, blocks, strict=False)]
        take = np.concatenate([*chosen, none]).astype(np.uint32)
        units = [np.full(len(block.taken[fold].columns), block.unit) for block in blocks]
        made.append(
            Fitted(
                take=take if takes else None,
                unit=np.concatenate([*units, none > 0]) if unit else None,
                padding=padding,
                **arrays,
            )
        )
    return tuple(made)


def _by_channel(part: NDArray[Any], given: ColumnSteps, trained: Folds, scale: float) -> _Part:
    """Fit images and sequences: one number for each channel, which is the last axis.

    Images of bytes without an axis of channels have one channel.
    """
    grey = part.ndim == 3 and part.dtype == np.uint8
    channels = 1 if grey else part.shape[-1]
    names = {step.name for step in given.steps} - {"none"}
    if not names:
        return _Part(part, (), (Fitted(),) * len(trained))
    scaled = bool(names & {"rescale", "standardize", "min_max"})
    there = {"fill": "impute" in names, "low": "clip" in names, "high": "clip" in names}
    there |= {"shift": scaled, "factor": scaled}
    made = []
    for rows in trained:
        flat = part[rows].reshape(-1, channels)
        fits = [fit_steps(flat[:, [channel]].T, given.steps, scale) for channel in range(channels)]
        arrays: dict[str, Any] = {
            name: np.concatenate([getattr(fit, name) for fit in fits]) for name in NUMBERS if there[name]
        }
        made.append(Fitted(**arrays))
    return _Part(part, (), tuple(made))


def _target(dataset: Dataset, kind: str, rows: NDArray[Any]) -> TargetScale | None:
    if kind == "none":
        return None
    return TargetScale(*shift_and_factor(np.ascontiguousarray(dataset.y[rows].T), kind))


def _stored(dataset: Dataset, parts: list[_Part]) -> Dataset:
    if all(part.values is own for part, own in zip(parts, dataset.parts, strict=True)):
        return dataset
    (part,) = parts
    names: dict[str, None] = {}
    for column in part.columns:
        name = column.name
        # `a = b` can be a column, and a level of `a` too.
        while name in names:
            name += " "
        names[name] = None
    return dataclasses.replace(
        dataset, x=part.values, columns=tuple(map(Column, names)), missing=True, raw=False
    )
