"""Some of the training rows, each class in its share: a number of them, or a share.

A smaller choice of the same split seed lies inside a larger one, so that learning curves grow by adding rows.
Of a data set only its targets are looked at.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.data.arguments import finite_number, whole_number
from trainlab.data.arrays import sealed
from trainlab.data.dataset import Dataset
from trainlab.data.draws import Purpose, draws
from trainlab.data.splitting.folds import listed_rows
from trainlab.data.splitting.order import as_share, labels_of, legal, rounded_up, stratified_order
from trainlab.errors import UsageError


def training_subset(dataset: Dataset, rows: ArrayLike, count: int, split_seed: int = 0) -> NDArray[np.int32]:
    """Choose some of the training rows, each class in its share; a smaller choice lies inside a larger one.

    Args:
        dataset: the rows; only its targets are looked at.
        rows: ``(training row,)`` row numbers to choose from, in any order. One that is listed again, as a
            bootstrap does, may be chosen again.
        count: how many to choose.
        split_seed: what the choice is drawn from, from 0 on.

    Returns:
        ``(count,)`` row numbers, ascending, read-only.

    Raises:
        UsageError: for more rows than there are, and for so few that a class of ``rows`` would vanish; the
            smallest legal count is said.

    >>> data = Dataset(np.arange(20.0), [0, 1] * 10)
    >>> few, more = training_subset(data, range(10), 4), training_subset(data, range(10), 6)
    >>> len(few), set(few) <= set(more)
    (4, True)
    """
    whole_number(split_seed, "split_seed", 0)
    pool = np.sort(listed_rows(rows, "rows", dataset.rows))
    whole_number(count, "train_rows", 1)
    if count > len(pool):
        cure = f"Give at most {len(pool)}."
        raise UsageError(f"there are {len(pool)} training rows", "train_rows", count, cure)
    labels = labels_of(dataset)[pool]
    least = legal(np.bincount(labels))[0]
    if count < least:
        raise UsageError(_too_few(labels), "train_rows", count, f"Give at least {least}.")
    return _chosen(pool, labels, count, split_seed)


def training_share(
    dataset: Dataset, rows: ArrayLike, fraction: float, split_seed: int = 0
) -> NDArray[np.int32]:
    """Choose a share of the training rows: the `training_subset` of `share_rows` rows.

    Args:
        dataset: the rows; only its targets are looked at.
        rows: ``(training row,)`` row numbers to choose from, in any order. One that is listed again, as a
            bootstrap does, may be chosen again.
        fraction: share of them, above 0 and at most 1; rounded up to whole rows.
        split_seed: what the choice is drawn from, from 0 on.

    Returns:
        ``(chosen row,)`` row numbers, ascending, read-only.

    Raises:
        UsageError: for a fraction that is no such share, and for one so small that a class of ``rows`` would
            vanish; the smallest legal share is said.

    >>> data = Dataset(np.arange(20.0), [0, 1] * 10)
    >>> len(training_share(data, range(10), 0.35))
    4
    >>> training_share(data, range(10), 0.1)
    Traceback (most recent call last):
    trainlab.errors.UsageError: train_fraction: too few to have a row of each class: the smallest has 5 of \
10 (got 0.1). Give at least 0.2 (2 rows).
    """
    whole_number(split_seed, "split_seed", 0)
    pool = np.sort(listed_rows(rows, "rows", dataset.rows))
    count = share_rows(len(pool), fraction)
    labels = labels_of(dataset)[pool]
    least = legal(np.bincount(labels))[0]
    if count < least:
        cure = f"Give at least {as_share(least, len(pool))} ({least} rows)."
        raise UsageError(_too_few(labels), "train_fraction", fraction, cure)
    return _chosen(pool, labels, count, split_seed)


def share_rows(available: int, fraction: float) -> int:
    """Say how many rows a share of them is: rounded up, as a holdout is.

    Args:
        available: training rows of a fold.
        fraction: share of them, above 0 and at most 1.

    Raises:
        UsageError: for a fraction that is no such share.

    >>> share_rows(100, 0.07), share_rows(100, 0.071), share_rows(100, 1)
    (7, 8, 100)
    >>> share_rows(100, 50)
    Traceback (most recent call last):
    trainlab.errors.UsageError: train_fraction: not a share of the training rows (got 50). Give a number \
above 0 and at most 1, as 0.5.
    """
    share = finite_number(fraction)
    if not 0 < share <= 1:
        cure = "Give a number above 0 and at most 1, as 0.5."
        raise UsageError("not a share of the training rows", "train_fraction", fraction, cure)
    return max(rounded_up(share, available), 1)


def _too_few(labels: NDArray[Any]) -> str:
    counts = np.bincount(labels)
    return (
        f"too few to have a row of each class: the smallest has {counts[counts > 0].min()} of {len(labels)}"
    )


def _chosen(pool: NDArray[Any], labels: NDArray[Any], count: int, split_seed: int) -> NDArray[np.int32]:
    order = stratified_order(labels, draws(split_seed, Purpose.SUBSET))
    chosen: NDArray[np.int32] = sealed(np.sort(pool[order[:count]]), np.int32)
    return chosen
