"""Which rows a cohort trains on and looks at, as arrays of row numbers: rows stay, numbers travel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.splits import Fold, training_subset
from trainlab.engine.orders import fixed_sample

# Groups that sums are taken over; padding falls outside.
TRAIN, FIRST_HALF, SECOND_HALF, GROUPS, PADDING = 0, 1, 2, 3, 3
MOST_ROWS_AT_ONCE = 1024


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


@dataclass(frozen=True, eq=False)
class CohortRows:
    """The rows of a cohort's folds.

    Args:
        training: for each fold, the training rows.
        validation: for each fold, the validation rows.
        block: rows evaluated at once.
        each_epoch: the fixed sample of training rows and the validation rows in halves.
        all_training: all training rows, in arrays of the same shape.
        predicted: ``(fold, row)`` validation rows, padded.
    """

    training: tuple[NDArray[np.int32], ...]
    validation: tuple[NDArray[np.int32], ...]
    block: int
    each_epoch: Watched
    all_training: Watched
    predicted: NDArray[np.int32]


def cohort_rows(dataset: Dataset, folds: Sequence[Fold], train_rows: int, split_seed: int) -> CohortRows:
    """Lay out the rows of a cohort.

    Args:
        dataset: the data.
        folds: which rows train and validate.
        train_rows: how many training rows each run of the cohort uses.
        split_seed: what subsets and samples are drawn from.
    """
    training = tuple(
        fold.train
        if train_rows == len(fold.train)
        else training_subset(dataset, fold.train, train_rows, split_seed)
        for fold in folds
    )
    samples = [
        fixed_sample(rows, len(fold.validation), split_seed=split_seed, fold=place)
        for place, (rows, fold) in enumerate(zip(training, folds, strict=True))
    ]
    watched = [
        (
            np.concatenate([sample, fold.validation]),
            np.concatenate([np.full(len(sample), TRAIN), np.where(fold.halves, FIRST_HALF, SECOND_HALF)]),
        )
        for sample, fold in zip(samples, folds, strict=True)
    ]
    whole = [(rows, np.full(len(rows), TRAIN)) for rows in training]
    longest = max(len(rows) for rows, _ in (*watched, *whole))
    block = min(MOST_ROWS_AT_ONCE, longest)
    predicted = _padded([fold.validation for fold in folds], block, 0)
    return CohortRows(
        training=training,
        validation=tuple(fold.validation for fold in folds),
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
