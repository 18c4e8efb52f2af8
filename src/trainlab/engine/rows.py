"""Which rows a cohort trains on and looks at, as arrays of row numbers: rows stay, numbers travel."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.resampling import Resampling, resampled
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.subsets import training_share, training_subset
from trainlab.engine.orders import fixed_sample

# Groups that sums are taken over; padding falls outside.
TRAIN, FIRST_HALF, SECOND_HALF, GROUPS, PADDING = 0, 1, 2, 3, 3
MOST_ROWS_AT_ONCE = 1024
# On a CPU more rows leave the caches; maps of an image are many times the image (docs/diary.md).
ROWS_AT_ONCE_ON_CPU, IMAGES_AT_ONCE_ON_CPU = 256, 128


@dataclass(frozen=True)
class RowChoice:
    """Which training rows of a fold a run uses.

    Args:
        count: how many; None for all.
        fraction: which share, where no number is given.
        resample: ``"over"`` or ``"under"``, to as many rows of every class; None for as they are.
    """

    count: int | None = None
    fraction: float = 1.0
    resample: Resampling | None = None

    @property
    def plain(self) -> "RowChoice":
        """The choice before resampling."""
        return RowChoice(self.count, self.fraction)


def choose_rows(
    dataset: Dataset, fold: Fold, choice: RowChoice, split_seed: int, number: int
) -> NDArray[np.int32]:
    """Give the training rows of a fold that a run's epochs go through.

    Args:
        dataset: the data.
        fold: which rows train.
        choice: which of them are used.
        split_seed: what subsets are drawn from.
        number: number of the fold.

    Raises:
        UsageError: where there are not as many.
    """
    rows: NDArray[np.int32] = fold.train
    if choice.count is not None and choice.count != len(rows):
        rows = training_subset(dataset, rows, choice.count, split_seed)
    elif choice.fraction < 1:
        rows = training_share(dataset, rows, choice.fraction, split_seed)
    if choice.resample is not None:
        rows = resampled(dataset, rows, choice.resample, split_seed, number).astype(np.int32)
    return rows


@dataclass(frozen=True, eq=False)
class Watched:
    """Rows to evaluate, fold by fold, in blocks of equal size.

    Args:
        rows: ``(fold, row)`` row numbers, padded with row 0.
        groups: ``(fold, row)`` the group each belongs to.
        blocks: how many blocks hold all that is not padding.
    """

    rows: NDArray[np.int32]
    groups: NDArray[np.int8]
    blocks: int

    @functools.cached_property
    def shown(self) -> NDArray[np.int32]:
        """``(fold, row)`` row numbers up to the last that is not padding in some fold."""
        return self.rows[:, : int((self.groups != PADDING).any(axis=0).sum())]


@dataclass(frozen=True, eq=False)
class CohortRows:
    """The rows of a cohort's folds.

    Args:
        training: for each fold, the rows that an epoch goes through.
        validation: for each fold, the validation rows.
        halves: for each fold, which of them are in the first half.
        block: rows evaluated at once.
        each_epoch: the fixed sample of training rows and the validation rows in halves.
        all_training: all training rows, in arrays of the same shape.
        predicted: ``(fold, row)`` validation rows, padded.
    """

    training: tuple[NDArray[np.int32], ...]
    validation: tuple[NDArray[np.int32], ...]
    halves: tuple[NDArray[np.bool_], ...]
    block: int
    each_epoch: Watched
    all_training: Watched
    predicted: NDArray[np.int32]


def cohort_rows(
    dataset: Dataset,
    folds: Sequence[Fold],
    choice: RowChoice,
    split_seed: int,
    at_once: int = MOST_ROWS_AT_ONCE,
) -> CohortRows:
    """Lay out the rows of a cohort.

    What is looked at is never resampled: rows that are repeated to train on count once.

    Args:
        dataset: the data.
        folds: which rows train and validate.
        choice: which training rows are used.
        split_seed: what subsets and samples are drawn from.
        at_once: how many rows are evaluated at once, at most.
    """
    training, plain = (
        tuple(choose_rows(dataset, fold, asked, split_seed, place) for place, fold in enumerate(folds))
        for asked in (choice, choice.plain)
    )
    # A bootstrap lists rows several times, too.
    seen = tuple(np.unique(rows) for rows in plain)
    samples = [
        fixed_sample(rows, len(fold.validation), split_seed=split_seed, fold=place)
        for place, (rows, fold) in enumerate(zip(seen, folds, strict=True))
    ]
    watched = [
        (
            np.concatenate([sample, fold.validation]),
            np.concatenate([np.full(len(sample), TRAIN), np.where(fold.halves, FIRST_HALF, SECOND_HALF)]),
        )
        for sample, fold in zip(samples, folds, strict=True)
    ]
    whole = [(rows, np.full(len(rows), TRAIN)) for rows in seen]
    longest = max(len(rows) for rows, _ in (*watched, *whole))
    block = min(at_once, longest)
    predicted = _padded([fold.validation for fold in folds], block, 0)
    return CohortRows(
        training=training,
        validation=tuple(fold.validation for fold in folds),
        halves=tuple(fold.halves for fold in folds),
        block=block,
        each_epoch=_watched(watched, block, longest),
        all_training=_watched(whole, block, longest),
        predicted=predicted.astype(np.int32),
    )


def _watched(pairs: list[tuple[NDArray[np.int32], NDArray[np.int64]]], block: int, longest: int) -> Watched:
    count = -(-longest // block) * block
    rows = np.zeros((len(pairs), count), np.int32)
    groups = np.full((len(pairs), count), PADDING, np.int8)
    for place, (numbers, kinds) in enumerate(pairs):
        rows[place, : len(numbers)] = numbers
        groups[place, : len(kinds)] = kinds
    return Watched(rows, groups, -(-max(len(numbers) for numbers, _ in pairs) // block))


def _padded(lists: list[NDArray[np.int32]], block: int, filler: int) -> NDArray[np.int32]:
    count = -(-max(map(len, lists)) // block) * block
    padded = np.full((len(lists), count), filler, np.int32)
    for place, numbers in enumerate(lists):
        padded[place, : len(numbers)] = numbers
    return padded
