"""Rows of several classes put in an order, or dealt out, so that each class keeps its share.

One idea carries what is drawn as a share: an *order* of the rows in which every beginning holds each class in
proportion. The n-th of the k rows of a class stands at (n - 1/2) / k, and rows are sorted by that; which row
of its class is the n-th is drawn. So validation rows are a beginning of it, a small training set lies inside
every larger one, and the smallest legal share is found by counting, the same for every seed.
scikit-learn's stratified splitter, with 8 of 4 + 4 + 42 rows validating, leaves one of the small classes out,
and chance says which (tried with 1.9); here both are in from 7 rows on.

Source:
    The shares are those of A. Sainte-Laguë, *La représentation proportionnelle* (1910).
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset


def labels_of(dataset: Dataset) -> NDArray[Any]:
    """Give class numbers; amounts count as one class, whose order is a plain shuffle.

    >>> labels_of(Dataset([[0.0], [1.0]], [0.5, 1.5])).tolist()
    [0, 0]
    """
    return dataset.y if dataset.classes else np.zeros(dataset.rows, np.int32)


def stratified_order(labels: NDArray[Any], random: np.random.Generator) -> NDArray[Any]:
    """Order rows so that every beginning holds each class in proportion; ties between classes by chance.

    Args:
        labels: ``(row,)`` class numbers.
        random: what the order within a class is drawn from.

    >>> labels = np.array([0, 0, 0, 0, 1, 1])
    >>> np.bincount(labels[stratified_order(labels, np.random.default_rng(0))[:3]]).tolist()
    [2, 1]
    """
    by_class = _shuffled_by_class(labels, random)
    standing = np.concatenate([_standing(count) for count in np.bincount(labels)])
    order: NDArray[Any] = by_class[np.lexsort((random.random(len(labels)), standing))]
    return order


def dealt(labels: NDArray[Any], hands: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Deal the rows of each class in turn: hands differ by one row at most, in each class and in all.

    Args:
        labels: ``(row,)`` class numbers.
        hands: to how many.
        random: what the order within a class is drawn from.

    Returns:
        ``(row,)`` the hand of each row, from 0 on.

    >>> np.bincount(dealt(np.zeros(7, int), 3, np.random.default_rng(0))).tolist()
    [3, 2, 2]
    """
    hand = np.empty(len(labels), np.int64)
    hand[_shuffled_by_class(labels, random)] = np.arange(len(labels)) % hands
    return hand


def legal(counts: NDArray[Any]) -> tuple[int, int]:
    """Give the shortest and longest beginning of the order that has a row of each class and leaves one.

    >>> legal(np.array([96, 4]))
    (13, 87)
    """
    present = counts[counts > 0]
    standing = np.concatenate([_standing(count) for count in present])
    # The smallest class is the last to come in and the first to be used up.
    smallest = _standing(int(present.min()))
    return int((standing <= smallest[0]).sum()), int((standing < smallest[-1]).sum())


def rounded_up(fraction: float, total: int) -> int:
    """Say how many of so many rows a share is, rounded up to whole rows.

    >>> rounded_up(0.07, 100), rounded_up(0.071, 100)
    (7, 8)
    """
    # 0.07 * 100 is 7.000000000000001: that is 7 rows, not 8.
    return math.ceil(fraction * total - 1e-9)


def as_share(rows: int, total: int) -> float:
    """Write rows as a share with few digits that is rounded up to exactly these rows.

    >>> as_share(13, 100), as_share(1, 3)
    (0.13, 0.3)
    """
    # Cut, not rounded, after so many digits: what is cut off is less than one row.
    digits: int = 10 ** len(str(total))
    return math.floor(rows / total * digits + 1e-9) / digits


def _standing(count: int) -> NDArray[np.float64]:
    """Say where the rows of a class of this size stand in the order, between 0 and 1."""
    standing: NDArray[np.float64] = (np.arange(count) + 0.5) / count
    return standing


def _shuffled_by_class(labels: NDArray[Any], random: np.random.Generator) -> NDArray[Any]:
    shuffled = random.permutation(len(labels))
    by_class: NDArray[Any] = shuffled[np.argsort(labels[shuffled], kind="stable")]
    return by_class
