"""Training rows drawn with replacement, within classes or as whole groups; the rows never drawn validate."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.groups import Groups, groups_of
from trainlab.data.splitting.order import labels_of
from trainlab.errors import DataError

WHERE = "validation: bootstrap"
# Two groups of a class are drawn as needed every second time: a thousand failures are no bad luck.
MOST_TRIES = 1_000


def bootstrapped(dataset: Dataset, random: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
    """Draw training rows with replacement.

    Args:
        dataset: the rows; only its targets and groups are looked at.
        random: what they are drawn from.

    Returns:
        ``(training row,)`` row numbers, ascending, some of them several times, and ``(validation row,)`` the
        others. Each class has as many training rows as it has rows; with groups about as many, since those
        are drawn whole.

    Raises:
        DataError: for a class of one row or in one group, which cannot train and validate.

    >>> data = Dataset(np.arange(6.0), [0, 0, 0, 1, 1, 1])
    >>> train, validation = bootstrapped(data, np.random.default_rng(0))
    >>> np.bincount(data.y[train]).tolist(), bool(np.isin(validation, train).any())
    ([3, 3], False)
    """
    if dataset.groups is not None:
        return _groups_drawn(dataset, random)
    labels = labels_of(dataset)
    counts = np.bincount(labels, minlength=max(len(dataset.classes), 1))
    least = 2 if dataset.classes else 3
    if counts.min() < least:
        smallest = int(counts.argmin())
        named = f"class {dataset.classes[smallest]!r} has" if dataset.classes else "there are"
        cure = f"A bootstrap needs {least}: gather more rows, join the class with another, or drop it."
        raise DataError(f"{named} {counts[smallest]} of {len(labels)} rows", WHERE, None, cure)
    by_class = np.split(np.argsort(labels, kind="stable"), np.cumsum(counts)[:-1])
    train = np.concatenate([_drawn(members, least - 1, random) for members in by_class])
    return np.sort(train), np.setdiff1d(np.arange(len(labels)), train)


def _drawn(members: NDArray[Any], spare: int, random: np.random.Generator) -> NDArray[Any]:
    """Draw as many as there are, again until so many are left over."""
    while True:
        drawn = random.choice(members, len(members))
        if len(np.unique(drawn)) <= len(members) - spare:
            return drawn


def _groups_drawn(dataset: Dataset, random: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
    groups = groups_of(dataset)
    _check_groups(dataset, groups)
    strata = groups.rarest
    by_stratum = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    for _ in range(MOST_TRIES):
        times = np.bincount(
            np.concatenate([random.choice(members, len(members)) for members in by_stratum]),
            minlength=len(groups.table),
        )
        inside, outside = groups.table[times > 0].sum(axis=0), groups.table[times == 0].sum(axis=0)
        if inside.min() > 0 and outside.min() > 0 and outside.sum() > 1:
            train = np.repeat(np.arange(dataset.rows), times[groups.of])
            return train, np.flatnonzero(times[groups.of] == 0)
    message = f"{MOST_TRIES} draws of whole groups left a class without rows on one side each time"
    raise DataError(message, WHERE, None, "Gather rows of other groups, or leave the groups out.")


def _check_groups(dataset: Dataset, groups: Groups) -> None:
    in_groups = (groups.table > 0).sum(axis=0)
    if in_groups.min() < 2:
        smallest = int(in_groups.argmin())
        named = f"class {dataset.classes[smallest]!r} is" if dataset.classes else "all rows are"
        message = f"{named} in {in_groups[smallest]} of {len(groups.table)} groups"
        cure = "A bootstrap needs two: gather rows of another group, or leave the groups out."
        raise DataError(message, WHERE, None, cure)
