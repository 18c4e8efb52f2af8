"""From validation rows to a fold: who trains, the two halves, and that no class is lost to training."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.draws import Purpose, draws
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.groups import groups_of, shared_out
from trainlab.data.splitting.order import dealt, labels_of


def made_fold(
    dataset: Dataset,
    validation: ArrayLike,
    split_seed: int,
    number: int,
    train: NDArray[Any] | None = None,
) -> Fold:
    """Make a fold from its validation rows.

    Args:
        dataset: the rows.
        validation: ``(validation row,)`` row numbers.
        split_seed: what the halves are drawn from.
        number: number of the fold; each has halves of its own.
        train: ``(training row,)`` row numbers; left out, all the others.

    Returns:
        The fold; rows ascend.

    >>> made_fold(Dataset(np.arange(5.0), [0, 1, 0, 1, 0]), [1, 2], 0, 0).train
    array([0, 3, 4], dtype=int32)
    """
    rows = np.sort(np.asarray(validation))
    if train is None:
        trains = np.ones(dataset.rows, np.bool_)
        trains[rows] = False
        train = np.flatnonzero(trains)
    others = np.sort(train)
    return Fold(others, rows, _halves(dataset, rows, draws(split_seed, Purpose.HALVES, number)))


def absent(dataset: Dataset, rows: NDArray[Any]) -> int | None:
    """Give the first class that has none of these rows; nothing for amounts.

    >>> absent(Dataset(np.arange(3.0), [0, 1, 0]), np.array([0, 2]))
    1
    """
    counts = np.bincount(labels_of(dataset)[rows], minlength=len(dataset.classes))
    without = np.flatnonzero(counts == 0)
    return int(without[0]) if dataset.classes and len(without) else None


def _halves(dataset: Dataset, rows: NDArray[Any], random: np.random.Generator) -> NDArray[np.bool_]:
    """Deal the rows of each class to two halves that differ by one row at most; groups stay whole.

    A group that validates alone is halved row by row: there is no other way to choose an epoch on it.
    """
    if dataset.groups is not None:
        groups = groups_of(dataset, rows)
        if len(groups.table) > 1:
            of_group: NDArray[np.bool_] = shared_out(groups.table, 2, random)[groups.of] == 1
            return of_group
    halves: NDArray[np.bool_] = dealt(labels_of(dataset)[rows], 2, random) == 1
    return halves
