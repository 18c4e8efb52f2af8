"""Training strictly before validation: blocks of rows in the order of time, with a gap between.

Rows of one time stay together, so the edge of a block moves to the nearest change of time.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.making import absent
from trainlab.errors import DataError, UsageError

WHERE = "validation: time_series"
Rows = tuple[NDArray[Any], NDArray[Any]]


def forward(dataset: Dataset, folds: int, gap: int) -> list[Rows]:
    """Cut the rows into one block more than there are folds, and let all but the first validate in turn.

    Args:
        dataset: the rows; only its targets and its time are looked at. Without a time, rows stand in order.
        folds: how many.
        gap: how many rows at least are left out between training and validation.

    Returns:
        For each fold, training and validation rows, ascending.

    Raises:
        UsageError: for more folds, or a larger gap, than leave each class a row in each role; the largest
            legal number is said.
        DataError: where no number is legal.

    >>> data = Dataset(np.arange(6.0), [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    >>> [(train.tolist(), rows.tolist()) for train, rows in forward(data, 2, 0)]
    [([0, 1], [2, 3]), ([0, 1, 2, 3], [4, 5])]
    """
    found, problem = _cut(dataset, folds, gap)
    if not problem:
        return found
    if gap and not _cut(dataset, folds, 0)[1]:
        legal, illegal = 0, gap
        # A larger gap takes rows from training alone, so what is legal is so for every smaller one.
        while illegal - legal > 1:
            middle = (legal + illegal) // 2
            legal, illegal = (legal, middle) if _cut(dataset, folds, middle)[1] else (middle, illegal)
        raise UsageError(f"the gap is too large: {problem}", "validation: gap", gap, f"Give at most {legal}.")
    fewer = _most_folds(dataset, folds, gap)
    if fewer:
        cure = f"Give at most {fewer}{f' with a gap of {gap}' if gap else ''}."
        raise UsageError(f"too many folds: {problem}", WHERE, folds, cure)
    _, problem = _cut(dataset, 1, 0)
    if problem:
        cure = "Gather more rows, or share them out without regard to time."
        raise DataError(f"not even one fold can be had: {problem}", WHERE, folds, cure)
    fewer = _most_folds(dataset, folds, 0) or 1
    problem = f"with a gap of {gap} not even one fold can be had"
    raise UsageError(
        problem, "validation: gap", gap, f"Give a smaller gap: without one, {fewer} folds can be had."
    )


def _most_folds(dataset: Dataset, folds: int, gap: int) -> int:
    """Give the largest smaller number of folds that is legal, or 0."""
    # More folds than rows are out of the question; below, more are not harder in every case.
    for fewer in range(min(folds - 1, dataset.rows), 0, -1):
        if not _cut(dataset, fewer, gap)[1]:
            return fewer
    return 0


def _cut(dataset: Dataset, folds: int, gap: int) -> tuple[list[Rows], str]:
    """Give the folds, or in what they are impossible."""
    total = dataset.rows
    block = total // (folds + 1)
    if block < 1:
        return [], f"{total} rows make no {folds + 1} blocks"
    time = np.arange(total) if dataset.time is None else dataset.time
    order = np.argsort(time, kind="stable")
    changes = np.concatenate([[0], np.flatnonzero(np.diff(time[order])) + 1, [total]])
    edges = _nearest(changes, total - np.arange(folds, -1, -1) * block)
    made = []
    for fold, (start, end) in enumerate(pairwise(edges)):
        last = start - gap
        # A time of which some rows would train and others fall into the gap falls into it whole.
        stop = int(changes[np.searchsorted(changes, last, side="right") - 1]) if last > 0 else 0
        train, validation = np.sort(order[:stop]), np.sort(order[start:end])
        problem = _problem(dataset, fold, train, validation)
        if problem:
            return [], problem
        made.append((train, validation))
    return made, ""


def _nearest(changes: NDArray[Any], edges: NDArray[Any]) -> list[int]:
    """Move each edge to the nearest change of time, the earlier of two that are equally near."""
    after = np.searchsorted(changes, edges)
    before = np.maximum(after - 1, 0)
    earlier = edges - changes[before] <= changes[after] - edges
    moved: list[int] = np.where(earlier, changes[before], changes[after]).tolist()
    return moved


def _problem(dataset: Dataset, fold: int, train: NDArray[Any], validation: NDArray[Any]) -> str:
    if not len(train):
        return f"fold {fold} has no rows to train on"
    if len(validation) < 2:
        return f"fold {fold} has {_counted(len(validation), 'row')} to validate, and needs two"
    roles: Sequence[tuple[str, NDArray[Any]]] = (("train", train), ("validate", validation))
    for role, rows in roles:
        missing = absent(dataset, rows)
        if missing is not None:
            count = dataset.class_counts[missing]
            return (
                f"none of the {_counted(len(rows), 'row')} that {role} in fold {fold} is of class "
                f"{dataset.classes[missing]!r}, which has {count} of {dataset.rows}"
            )
    return ""


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
