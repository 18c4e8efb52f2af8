"""One share of the rows held out: a holdout, several that are drawn independently, and rows that are sealed.

The rows stand in an order that is drawn (or in that of time), and a beginning of it is held out. Where rows
stay together, in groups or at equal times, only some beginnings are possible, and the nearest one is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.groups import groups_of
from trainlab.data.splitting.order import as_share, labels_of, legal, rounded_up, stratified_order
from trainlab.errors import DataError, UsageError


@dataclass(frozen=True)
class Asked:
    """A share that was asked for, and the words in which it is refused.

    Args:
        fraction: of the rows.
        where: the key.
        held: what is done with the rows: "validate", "are sealed".
        to: the same, as a purpose: "to validate", "to seal".
    """

    fraction: float
    where: str
    held: str = "validate"
    to: str = "to validate"


@dataclass(frozen=True, eq=False)
class Beginnings:
    """An order of rows, and how many of its first rows may be held out together.

    Args:
        order: ``(row,)`` row numbers.
        sizes: ``(beginning,)`` ascending numbers of rows.
        legal: ``(beginning,)`` those that have each class and leave each class.
    """

    order: NDArray[Any]
    sizes: NDArray[Any]
    legal: NDArray[np.bool_]


def held_out(
    dataset: Dataset, asked: Asked, streams: Sequence[np.random.Generator]
) -> tuple[NDArray[Any], ...]:
    """Draw the same share of the rows several times.

    Args:
        dataset: the rows; only its targets and groups are looked at.
        asked: which share.
        streams: one for each time.

    Returns:
        For each time, ``(held out row,)`` row numbers, ascending.

    Raises:
        UsageError: for a share that leaves a class without rows on one side; the nearest legal one is said.
        DataError: where no share is legal.
    """
    labels = labels_of(dataset)
    if dataset.groups is None:
        wanted = rounded_up(asked.fraction, dataset.rows)
        _check_rows(dataset, wanted, asked)
        return tuple(np.sort(stratified_order(labels, random)[:wanted]) for random in streams)
    groups = groups_of(dataset)
    for label, count in enumerate((groups.table > 0).sum(axis=0).tolist()):
        if count < 2:
            named = f"class {dataset.classes[label]!r} is" if dataset.classes else "all rows are"
            message = f"{named} in {count} of {len(groups.table)} groups, and two sides need one each"
            cure = "Gather rows of another group, or leave the groups out."
            raise DataError(message, asked.where, asked.fraction, cure)
    strata, sizes = groups.rarest, groups.table.sum(axis=1)
    by_group = np.argsort(groups.of, kind="stable")
    starts = np.cumsum(sizes) - sizes
    drawn = []
    for random in streams:
        order = stratified_order(strata, random)
        rows = np.concatenate([by_group[starts[group] : starts[group] + sizes[group]] for group in order])
        drawn.append(_beginnings(labels[rows], rows, np.cumsum(sizes[order])[:-1]))
    return _taken(dataset, asked, drawn, "groups whole")


def last_rows(dataset: Dataset, asked: Asked) -> NDArray[Any]:
    """Take the share of the rows that come last in time; equal times stay together, and so do groups.

    Raises:
        UsageError: for a share that leaves a class without rows on one side; the nearest legal one is said.
        DataError: where no share is legal.
    """
    if dataset.time is None:
        raise UsageError("the data have no time", asked.where, None, "Pass `Dataset(..., time=...)`.")
    order = np.argsort(dataset.time, kind="stable")[::-1]
    open_cuts = np.diff(dataset.time[order]) != 0
    whole = "equal times together"
    if dataset.groups is not None:
        open_cuts &= ~_straddled(dataset.groups[order])
        whole += " and groups whole"
    sizes = np.flatnonzero(open_cuts) + 1
    return _taken(dataset, asked, [_beginnings(labels_of(dataset)[order], order, sizes)], whole)[0]


def _straddled(groups: NDArray[Any]) -> NDArray[np.bool_]:
    """Say between which neighbours a group has rows on both sides."""
    first = np.unique(groups, return_index=True)[1]
    last = len(groups) - 1 - np.unique(groups[::-1], return_index=True)[1]
    change = np.zeros(len(groups), np.int64)
    np.add.at(change, first, 1)
    np.add.at(change, last, -1)
    straddled: NDArray[np.bool_] = np.cumsum(change)[:-1] > 0
    return straddled


def _beginnings(labels: NDArray[Any], order: NDArray[Any], sizes: NDArray[Any]) -> Beginnings:
    firsts = np.unique(labels, return_index=True)[1]
    lasts = len(labels) - 1 - np.unique(labels[::-1], return_index=True)[1]
    # Two rows at least, so that each half of those that validate has one.
    least, most = max(int(firsts.max()) + 1, 2), int(lasts.min())
    return Beginnings(order, sizes, (sizes >= least) & (sizes <= most))


def _taken(
    dataset: Dataset, asked: Asked, drawn: Sequence[Beginnings], whole: str
) -> tuple[NDArray[Any], ...]:
    """Take the beginning that is nearest to the share, the larger of two that are equally near."""
    total = dataset.rows
    wanted = rounded_up(asked.fraction, total)
    ranges = [_range(one, total) for one in drawn]
    least, most = max(low for low, _ in ranges), min(high for _, high in ranges)
    side = f"with a row of each class on both sides and {whole}" if dataset.classes else f"with {whole}"
    if least > most:
        cure = "Gather more rows, take another `split_seed`, or leave the groups or the time out."
        raise DataError(f"no share can be held out {side}", asked.where, asked.fraction, cure)
    if not least <= wanted <= most:
        bound, nearest = ("least", least) if wanted < least else ("most", most)
        message = f"{wanted} of {total} rows {asked.held}, too {'few' if wanted < least else 'many'} {side}"
        cure = f"Give a fraction of at {bound} {as_share(nearest, total)} ({nearest} rows)."
        raise UsageError(message, asked.where, asked.fraction, cure)
    return tuple(np.sort(one.order[: one.sizes[_nearest(one.sizes, wanted)]]) for one in drawn)


def _nearest(sizes: NDArray[Any], wanted: int) -> int:
    distance = np.abs(sizes - wanted)
    return int(np.flatnonzero(distance == distance.min())[-1])


def _range(beginnings: Beginnings, total: int) -> tuple[int, int]:
    """Give the fewest and the most rows that, when asked for, have a legal beginning as the nearest."""
    sizes, places = beginnings.sizes, np.flatnonzero(beginnings.legal)
    if not len(places):
        return total, 0
    first, last = int(places[0]), int(places[-1])
    least = 1 if first == 0 else int(-(-(sizes[first - 1] + sizes[first]) // 2))
    most = total if last + 1 == len(sizes) else int(-(-(sizes[last] + sizes[last + 1]) // 2)) - 1
    return least, min(most, total - 1)


def _check_rows(dataset: Dataset, wanted: int, asked: Asked) -> None:
    total = dataset.rows
    if dataset.classes:
        counts = np.array(dataset.class_counts)
        smallest = int(counts.argmin())
        name, rows = dataset.classes[smallest], int(counts[smallest])
        if rows < 2:
            roles = "training and validation need" if asked.held == "validate" else "both sides need"
            message = f"class {name!r} has {rows} of {total} rows, and {roles} one each"
            cure = "Gather more rows of it, join it with another class, or drop it."
            raise DataError(message, asked.where, asked.fraction, cure)
        least, most = legal(counts)
        role = f"a row of each class: the smallest, {name!r}, has {rows} rows"
    else:
        if total < 3:
            cure = "Gather at least 3 rows."
            raise DataError("too few rows to train and validate on", asked.where, total, cure)
        # Two rows, so that each half has one.
        least, most = 2, total - 1
        role = f"two rows {asked.to} and one to train on"
    if least <= wanted <= most:
        return
    side, bound, nearest = (
        ("few to have", "least", least) if wanted < least else ("many to leave", "most", most)
    )
    share = as_share(nearest, total)
    message = f"{wanted} of {total} rows {asked.held}, too {side} {role}"
    raise UsageError(
        message, asked.where, asked.fraction, f"Give a fraction of at {bound} {share} ({nearest} rows)."
    )
