"""Training sets that all leave the same rows out: disjoint ones, and resamples of the other rows.

Bias and variance are told apart on rows that every training set leaves out. The common rows are drawn once,
as a holdout is; here stands who trains on the others.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.draws import Purpose, draws
from trainlab.data.splitting.bootstrap import MOST_TRIES
from trainlab.data.splitting.groups import groups_of, lacking, shared_out
from trainlab.data.splitting.order import dealt, labels_of
from trainlab.data.splitting.shares import Asked, held_out
from trainlab.errors import DataError, UsageError

WHERE = "validation: common"
DISJOINT = "validation: disjoint"
FEWEST_SETS = 2
# A regression on one row has nothing to learn from.
LEAST_AMOUNTS = 2


def common_rows(dataset: Dataset, fraction: float, split_seed: int) -> NDArray[Any]:
    """Draw the rows that validate in every fold: each class in its share, groups whole.

    Args:
        dataset: the rows; only its targets and groups are looked at.
        fraction: share of the rows, rounded as a holdout's is.
        split_seed: what they are drawn from.

    Returns:
        ``(common row,)`` row numbers, ascending.

    Raises:
        UsageError: for a share that leaves a class without rows on one side; the nearest legal one is said.
        DataError: where no share is legal.

    >>> len(common_rows(Dataset(np.arange(20.0), [0, 1] * 10), 0.3, 0))
    6
    """
    (rows,) = held_out(dataset, Asked(fraction, WHERE), [draws(split_seed, Purpose.COMMON)])
    return rows


def disjoint_sets(
    dataset: Dataset, common: NDArray[Any], sets: int, split_seed: int
) -> tuple[NDArray[Any], ...]:
    """Deal the rows that are not common to training sets that share none.

    Args:
        dataset: the rows; only its targets and groups are looked at.
        common: ``(common row,)`` rows that train nowhere.
        sets: how many sets.
        split_seed: what the deal is drawn from.

    Returns:
        For each set ``(training row,)`` row numbers, ascending. Sets differ by one row at most, in each class
        and in all; with groups, which stay whole, as little as those allow.

    Raises:
        UsageError: for more sets than have a row of each class; the largest legal number is said.
        DataError: where not even two can be had.

    >>> data = Dataset(np.arange(20.0), [0, 1] * 10)
    >>> [np.bincount(data.y[rows]).tolist() for rows in disjoint_sets(data, np.arange(4), 2, 0)]
    [[4, 4], [4, 4]]
    """
    others = np.setdiff1d(np.arange(dataset.rows), common)
    if dataset.groups is not None:
        hands = _groups_dealt(dataset, others, sets, split_seed)
    else:
        labels = labels_of(dataset)[others]
        most, reason = _most(dataset, labels)
        _refuse(sets, most, reason)
        hands = dealt(labels, sets, draws(split_seed, Purpose.DISJOINT))
    return tuple(others[hands == number] for number in range(sets))


def resample(dataset: Dataset, common: NDArray[Any], random: np.random.Generator) -> NDArray[Any]:
    """Draw training rows with replacement from the rows that are not common.

    Args:
        dataset: the rows; only its targets and groups are looked at.
        common: ``(common row,)`` rows that train nowhere.
        random: what is drawn from.

    Returns:
        ``(training row,)`` row numbers, ascending, some of them several times; each class has as many as it
        has rows, with groups about as many, since those are drawn whole.

    Raises:
        DataError: where whole groups leave a class out each time.

    >>> data = Dataset(np.arange(12.0), [0, 1] * 6)
    >>> rows = resample(data, np.array([0, 1]), np.random.default_rng(0))
    >>> np.bincount(data.y[rows]).tolist(), bool((rows > 1).all())
    ([5, 5], True)
    """
    others = np.setdiff1d(np.arange(dataset.rows), common)
    if dataset.groups is None:
        labels = labels_of(dataset)[others]
        by_class = [others[labels == label] for label in np.unique(labels)]
        return np.sort(np.concatenate([random.choice(members, len(members)) for members in by_class]))
    groups = groups_of(dataset, others)
    strata = groups.rarest
    by_stratum = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    for _ in range(MOST_TRIES):
        drawn = np.concatenate([random.choice(members, len(members)) for members in by_stratum])
        times = np.bincount(drawn, minlength=len(groups.table))
        if groups.table[times > 0].sum(axis=0).min() > 0:
            return np.repeat(others, times[groups.of])
    message = f"{MOST_TRIES} draws of whole groups left a class without training rows each time"
    cure = "Gather rows of other groups, or leave the groups out."
    raise DataError(message, "validation: bootstrap", None, cure)


def _groups_dealt(dataset: Dataset, others: NDArray[Any], sets: int, split_seed: int) -> NDArray[Any]:
    """Deal whole groups; where that fails, find the largest number of sets that does not."""
    groups = groups_of(dataset, others)
    count = len(groups.table)
    in_groups = (groups.table > 0).sum(axis=0)
    most, reason = count, f"{count} groups are left beside the common rows, and each set needs one"
    if dataset.classes and in_groups.min() < count:
        rarest = int(in_groups.argmin())
        most = int(in_groups[rarest])
        reason = (
            f"class {dataset.classes[rarest]!r} is in {most} of the {count} groups beside the common rows, "
            "and each set needs one of them"
        )
    found = _shared(groups.table, sets, split_seed) if sets <= most else None
    if found is not None:
        hands: NDArray[Any] = found[groups.of]
        return hands
    if sets <= most:
        role = "a row of each class" if dataset.classes else "two rows"
        reason = f"no way was found to give each of {sets} sets whole groups with {role}"
    fewer = range(min(sets - 1, most), 1, -1)
    legal = next((number for number in fewer if _shared(groups.table, number, split_seed) is not None), 0)
    _refuse(sets, legal, reason)
    raise AssertionError(reason)  # pragma: no cover  (what is found now was not found before)


def _shared(table: NDArray[Any], sets: int, split_seed: int) -> NDArray[Any] | None:
    hands = shared_out(table, sets, draws(split_seed, Purpose.DISJOINT))
    rows = np.bincount(hands, weights=table.sum(axis=1), minlength=sets)
    return None if rows.min() < LEAST_AMOUNTS or lacking(table, hands, sets) else hands


def _most(dataset: Dataset, labels: NDArray[Any]) -> tuple[int, str]:
    """Give the most sets that the rows allow, and why."""
    if not dataset.classes:
        reason = f"{len(labels)} rows are left beside the common ones, and each set needs two"
        return len(labels) // LEAST_AMOUNTS, reason
    counts = np.bincount(labels, minlength=len(dataset.classes))
    smallest = int(counts.argmin())
    reason = (
        f"the smallest class, {dataset.classes[smallest]!r}, has {counts[smallest]} of {len(labels)} rows "
        "beside the common ones, and each set needs one"
    )
    return int(counts[smallest]), reason


def _refuse(sets: int, most: int, reason: str) -> None:
    if most < FEWEST_SETS:
        cure = "Gather more rows, or give a smaller share to `common`."
        raise DataError(f"two disjoint training sets cannot be had: {reason}", DISJOINT, sets, cure)
    if sets > most:
        raise UsageError(
            f"too many disjoint training sets: {reason}", DISJOINT, sets, f"Give at most {most}."
        )
