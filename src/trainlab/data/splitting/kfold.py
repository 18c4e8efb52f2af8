"""Every row validates once: k-fold by rows or by whole groups, repeated, and one left out at a time."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.draws import Purpose, draws
from trainlab.data.splitting.groups import groups_of, lacking, shared_out
from trainlab.data.splitting.order import dealt, labels_of
from trainlab.errors import DataError, UsageError


def kfold(dataset: Dataset, folds: int, repeats: int, split_seed: int, key: str) -> Iterator[NDArray[Any]]:
    """Share out the rows to folds, several times; groups of the data stay whole.

    Args:
        dataset: the rows; only its targets and groups are looked at.
        folds: of one repeat.
        repeats: how often.
        split_seed: what is drawn from.
        key: what the way to validate is called in a file.

    Returns:
        The validation rows of each fold, ascending, repeat by repeat.

    Raises:
        UsageError: for more folds than give each a row of each class, and for more repeats than differ; the
            largest legal number is said.
        DataError: where not even two folds can be had.
    """
    where = f"validation: {key}"
    if dataset.groups is None:
        _check_rows(dataset, folds, where)
        labels = labels_of(dataset)
        hands = [dealt(labels, folds, draws(split_seed, Purpose.KFOLD, one)) for one in range(repeats)]
    else:
        hands = _by_groups(dataset, folds, repeats, split_seed, where)
    _check_repeats(hands, where)
    return (np.flatnonzero(hand == fold) for hand in hands for fold in range(folds))


def left_out(dataset: Dataset) -> Iterator[NDArray[Any]]:
    """Leave out one row at a time, or one group where the data have groups.

    Raises:
        DataError: where a class would have nothing left to train on.

    >>> [rows.tolist() for rows in left_out(Dataset(np.zeros((3, 1)), [0.5, 1.5, 2.5]))]
    [[0], [1], [2]]
    """
    groups = groups_of(dataset)
    in_groups = (groups.table > 0).sum(axis=0)
    if in_groups.min() < 2:
        smallest = int(in_groups.argmin())
        named = f"class {dataset.classes[smallest]!r}" if dataset.classes else "the target"
        what = "rows" if dataset.groups is None else "groups"
        message = f"{named} is in {in_groups[smallest]} of {len(groups.table)} {what}"
        cure = "Left out, nothing of it is left to train on: gather more, or join it with another class."
        raise DataError(message, "validation: leave_one_out", None, cure)
    by_group = np.argsort(groups.of, kind="stable")
    ends = np.cumsum(groups.table.sum(axis=1))
    return iter(np.split(by_group, ends[:-1]))


def _check_rows(dataset: Dataset, folds: int, where: str) -> None:
    most, reason = _most_rows(dataset)
    if most < 2:
        cure = "Gather more rows of it, join it with another class, or drop it."
        raise DataError(f"two folds cannot be had: {reason}", where, folds, cure)
    if folds > most:
        raise UsageError(f"too many folds: {reason}", where, folds, f"Give at most {most}.")


def _most_rows(dataset: Dataset) -> tuple[int, str]:
    """Give the most folds that the rows allow, and why."""
    if not dataset.classes:
        return dataset.rows // 2, f"there are {dataset.rows} rows, and each fold needs two to validate"
    counts = dataset.class_counts
    name, rows = dataset.classes[int(np.argmin(counts))], min(counts)
    return rows, f"the smallest class, {name!r}, has {rows} of {dataset.rows} rows, and each fold needs one"


def _by_groups(dataset: Dataset, folds: int, repeats: int, split_seed: int, where: str) -> list[NDArray[Any]]:
    """Share out whole groups; where that fails, find the largest number of folds that does not."""
    groups = groups_of(dataset)
    count = len(groups.table)
    most, reason = count, f"there are {count} groups, and each fold needs one"
    in_groups = (groups.table > 0).sum(axis=0)
    if dataset.classes and in_groups.min() < count:
        rarest = int(in_groups.argmin())
        most = int(in_groups[rarest])
        reason = (
            f"class {dataset.classes[rarest]!r}, with {dataset.class_counts[rarest]} of {dataset.rows} rows, "
            f"is in {most} of {count} groups, and each fold needs one of them"
        )
    found = _shared(groups.table, folds, repeats, split_seed) if folds <= most else None
    if found is not None:
        return [hands[groups.of] for hands in found]
    if folds <= most:
        role = "a row of each class" if dataset.classes else "two rows"
        reason = f"no way was found to give each of {folds} folds whole groups with {role}"
    # Downwards, and not by halves: more folds are not harder in every case.
    for fewer in range(min(folds - 1, most), 1, -1):
        if _shared(groups.table, fewer, repeats, split_seed) is not None:
            raise UsageError(f"too many folds: {reason}", where, folds, f"Give at most {fewer}.")
    cure = "Gather rows of other groups, or leave the groups out."
    raise DataError(f"two folds of whole groups cannot be had: {reason}", where, folds, cure)


def _shared(table: NDArray[Any], folds: int, repeats: int, split_seed: int) -> list[NDArray[np.int64]] | None:
    """Share groups out for each repeat; nothing where a fold lacks a class, or has fewer than two rows."""
    sizes = table.sum(axis=1)
    found = []
    for repeat in range(repeats):
        hands = shared_out(table, folds, draws(split_seed, Purpose.KFOLD, repeat))
        rows = np.bincount(hands, weights=sizes, minlength=folds)
        if rows.min() < 2 or lacking(table, hands, folds):
            return None
        found.append(hands)
    return found


def _check_repeats(hands: list[NDArray[Any]], where: str) -> None:
    """Refuse a repeat that shares the rows out as another does: it would count one measurement twice."""
    seen: dict[bytes, int] = {}
    for repeat, hand in enumerate(hands):
        first, numbers = np.unique(hand, return_index=True)[1], hand
        # Folds by their first row, whatever their numbers.
        ranked = np.argsort(np.argsort(first))[numbers]
        before = seen.setdefault(ranked.astype(np.int32).tobytes(), repeat)
        if before < repeat:
            message = (
                f"repeat {repeat} shares out the rows as repeat {before} does: there is little to choose"
            )
            raise UsageError(message, where, len(hands), f"Give at most {repeat} repeats.")
