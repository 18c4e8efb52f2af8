"""Who trains and who validates: rows shared out by a way to validate, from the split seed alone.

The ways are values in ``validations``; how each shares out rows stands in a file of its own beside this one.
Groups of the data stay whole in everything that is drawn. Nothing here looks at inputs.
"""

from collections.abc import Iterable, Iterator
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from trainlab.data.arguments import finite_number, whole_number
from trainlab.data.arrays import sealed
from trainlab.data.dataset import Dataset
from trainlab.data.draws import Purpose, draws
from trainlab.data.splitting.bootstrap import bootstrapped
from trainlab.data.splitting.common_rows import common_rows, disjoint_sets, resample
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.in_time import forward
from trainlab.data.splitting.kfold import kfold, left_out
from trainlab.data.splitting.making import made_fold
from trainlab.data.splitting.own import own_folds
from trainlab.data.splitting.shares import Asked, held_out, last_rows
from trainlab.data.splitting.validations import (
    MOST_LISTED,
    Bootstrap,
    Disjoint,
    GroupKFold,
    Holdout,
    KFold,
    LeaveOneOut,
    MonteCarlo,
    RepeatedKFold,
    Splitter,
    TimeSeries,
    Validation,
)
from trainlab.errors import UsageError


def split(dataset: Dataset, validation: Validation, split_seed: int = 0) -> tuple[Fold, ...]:
    """Share out rows between training and validation, as often as a way to validate says.

    Every class keeps its share in both, to a row, in all that is drawn by rows; so do the two halves of the
    validation rows. Where the data have groups, they stay whole. A smaller holdout of the same split seed
    lies inside a larger one.

    Args:
        dataset: the rows; only its targets, groups and time are looked at.
        validation: how to validate.
        split_seed: what the split is drawn from, from 0 on; a run's seed has no say.

    Returns:
        The folds in their order; rows ascend.

    Raises:
        UsageError: for a way to validate that leaves a class without training or validation rows, a fold
            without rows, or asks for groups of data that have none; the nearest legal number is said.
        DataError: where no number is legal: a class of fewer than two rows, a regression of fewer than three.

    >>> data = Dataset(np.arange(20.0), [0, 1] * 10)
    >>> split(data, Holdout(0.2))
    (Fold(16 training rows, 4 validation rows),)
    >>> len(split(data, KFold(5)))
    5
    >>> split(data, Holdout(0.05))
    Traceback (most recent call last):
    trainlab.errors.UsageError: validation: holdout: 1 of 20 rows validate, too few to have a row of each \
class: the smallest, '0', has 10 rows (got 0.05). Give a fraction of at least 0.1 (2 rows).
    """
    whole_number(split_seed, "split_seed", 0)
    # A splitter has to be asked for its folds to count them, and is stopped where they are too many.
    count = 1 if isinstance(validation, Splitter) else fold_count(dataset, validation)
    if count * dataset.rows > MOST_LISTED:
        most = MOST_LISTED // dataset.rows
        cure = f"{dataset.rows} rows allow {most} folds: ask for fewer, as `KFold(10)`."
        raise UsageError(f"{count} folds are more than memory holds", "validation", None, cure)
    return tuple(
        made_fold(dataset, rows, split_seed, number, train)
        for number, (train, rows) in enumerate(_shared(dataset, validation, split_seed))
    )


def fold_count(dataset: Dataset, validation: Validation) -> int:
    """Say how many folds there will be, before any is made.

    Args:
        dataset: the rows.
        validation: how to validate.

    Raises:
        UsageError: for what is no way to validate, and for a splitter that fails.

    >>> data = Dataset(np.arange(20.0), [0, 1] * 10)
    >>> fold_count(data, RepeatedKFold(5, 3)), fold_count(data, LeaveOneOut())
    (15, 20)
    """
    match validation:
        case Holdout():
            return 1
        case KFold(folds=count) | GroupKFold(folds=count) | TimeSeries(folds=count):
            return count
        case RepeatedKFold(folds=count, repeats=repeats):
            return count * repeats
        case MonteCarlo(splits=count) | Bootstrap(samples=count) | Disjoint(sets=count):
            return count
        case LeaveOneOut():
            return dataset.rows if dataset.groups is None else len(np.unique(dataset.groups))
        case Splitter():
            return len(own_folds(dataset, validation))
    known = ", ".join(kind.__name__ for kind in get_args(Validation))
    cure = f"Pass `Holdout(0.1)`, or one of: {known}."
    raise UsageError("unknown validation", "validation", validation, cure)


def sealed_rows(dataset: Dataset, fraction: float, split_seed: int = 0) -> NDArray[np.int32]:
    """Choose the rows that stay sealed until the end: each class in its share, groups whole.

    Where the data have a time they are the last rows, since a model is used on what comes after. Which rows
    validate is drawn independently.

    Args:
        dataset: the rows; only its targets, groups and time are looked at.
        fraction: share of the rows, above 0 and below 1, rounded as a holdout's is.
        split_seed: what the choice is drawn from, from 0 on.

    Returns:
        ``(sealed row,)`` row numbers, ascending, read-only.

    Raises:
        UsageError: for a fraction that is no such share, and for one that leaves a class without rows on one
            side; the nearest legal one is said.
        DataError: where no share is legal.

    >>> sealed_rows(Dataset(np.arange(10.0), [0, 1] * 5, time=range(10)), 0.2)
    array([8, 9], dtype=int32)
    """
    whole_number(split_seed, "split_seed", 0)
    where = "test: holdout"
    if not 0 < finite_number(fraction) < 1:
        cure = "Give a number between 0 and 1, as 0.2."
        raise UsageError("not a share of the rows", where, fraction, cure)
    asked = Asked(float(fraction), where, held="are sealed", to="to seal")
    if dataset.time is not None:
        rows = last_rows(dataset, asked)
    else:
        (rows,) = held_out(dataset, asked, [draws(split_seed, Purpose.SEALED)])
    chosen: NDArray[np.int32] = sealed(rows, np.int32)
    return chosen


def _shared(
    dataset: Dataset, validation: Validation, split_seed: int
) -> Iterator[tuple[NDArray[Any] | None, NDArray[Any]]]:
    """Give training rows, where they are not simply the others, and validation rows, fold by fold."""
    match validation:
        case TimeSeries(folds=folds, gap=gap):
            return iter(forward(dataset, folds, gap))
        case Splitter():
            return iter(own_folds(dataset, validation))
        case Bootstrap(samples=count, common=share):
            streams = [draws(split_seed, Purpose.BOOTSTRAP, number) for number in range(count)]
            if share is None:
                return (bootstrapped(dataset, random) for random in streams)
            common = common_rows(dataset, share, split_seed)
            return ((resample(dataset, common, random), common) for random in streams)
        case Disjoint(sets=count, common=share):
            common = common_rows(dataset, share, split_seed)
            return ((rows, common) for rows in disjoint_sets(dataset, common, count, split_seed))
        case Holdout() | MonteCarlo():
            validating: Iterable[NDArray[Any]] = _held_out(dataset, validation, split_seed)
        case LeaveOneOut():
            validating = left_out(dataset)
        case _:
            validating = _kfold(dataset, validation, split_seed)
    return ((None, rows) for rows in validating)


def _held_out(
    dataset: Dataset, validation: Holdout | MonteCarlo, split_seed: int
) -> tuple[NDArray[Any], ...]:
    if isinstance(validation, Holdout):
        asked, streams = (
            Asked(validation.fraction, "validation: holdout"),
            [draws(split_seed, Purpose.HOLDOUT)],
        )
    else:
        asked = Asked(validation.fraction, "validation: fraction")
        streams = [draws(split_seed, Purpose.MONTE_CARLO, number) for number in range(validation.splits)]
    return held_out(dataset, asked, streams)


def _kfold(
    dataset: Dataset, validation: KFold | RepeatedKFold | GroupKFold, split_seed: int
) -> Iterator[NDArray[Any]]:
    if isinstance(validation, RepeatedKFold):
        return kfold(dataset, validation.folds, validation.repeats, split_seed, "repeated_kfold")
    if isinstance(validation, KFold):
        return kfold(dataset, validation.folds, 1, split_seed, "kfold")
    if dataset.groups is None:
        cure = "Name the column of `groups` in the data, or ask for `kfold`."
        raise UsageError("the data have no groups", "validation: group_kfold", None, cure)
    return kfold(dataset, validation.folds, 1, split_seed, "group_kfold")
