"""Whole groups shared out to folds: as equal in rows as they allow, with each class in its share.

To find the most equal way is a partition problem, for which no quick exact way is known. So groups are dealt
one by one to the fold that lacks them most, and then moved and swapped as long as that makes the folds more
equal. A fold that lacks a class counts as worse than any inequality.

Source:
    Dealing by falling size is R. Graham, *Bounds on multiprocessing timing anomalies*, SIAM J. Appl. Math. 17
    (1969). We depart from it: groups of the rarest class go first, and their sizes are blurred by chance, so
    that another seed gives other folds; swapping mends what that costs.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.order import labels_of

# Every pair of groups is looked at in each round: 200 groups are 40,000 pairs, a few milliseconds.
MOST_SWAPPED = 200
MOST_ROUNDS = 200


@dataclass(frozen=True, eq=False)
class Groups:
    """What stays together: the groups of the data, or the rows one by one where there are none.

    Args:
        of: ``(row,)`` the group of each row, from 0 on.
        table: ``(group, class)`` rows of each class; one class for amounts.
    """

    of: NDArray[Any]
    table: NDArray[Any]

    @property
    def rarest(self) -> NDArray[Any]:
        """The class of each group's rows that the fewest groups have: what is stratified by."""
        present = self.table > 0
        in_groups = present.sum(axis=0)
        rarest: NDArray[Any] = np.where(present, in_groups, len(present) + 1).argmin(axis=1)
        return rarest


def groups_of(dataset: Dataset, rows: NDArray[Any] | None = None) -> Groups:
    """Count the rows of each class in each group of the data, or of some rows of them.

    >>> data = Dataset(np.zeros((4, 1)), [0, 1, 1, 1], groups=["a", "a", "b", "b"])
    >>> groups_of(data).table.tolist()
    [[1, 1], [0, 2]]
    """
    labels = labels_of(dataset)
    marks = np.arange(dataset.rows) if dataset.groups is None else dataset.groups
    if rows is not None:
        labels, marks = labels[rows], marks[rows]
    of = np.unique(marks, return_inverse=True)[1]
    classes = max(len(dataset.classes), 1)
    count = int(of.max()) + 1
    table = np.bincount(of * classes + labels, minlength=count * classes).reshape(count, classes)
    return Groups(of, table)


def shared_out(table: NDArray[Any], folds: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Give each group a fold.

    Args:
        table: ``(group, class)`` rows of each class in each group.
        folds: how many; whether each gets a group and a row of each class is the caller's to look at.
        random: what is left open is drawn from this.

    Returns:
        ``(group,)`` the fold of each group, from 0 on.

    >>> hands = shared_out(np.array([[4], [3], [3], [2]]), 2, np.random.default_rng(0))
    >>> np.bincount(hands, weights=[4, 3, 3, 2]).tolist()
    [6.0, 6.0]
    """
    return _mended(table, _dealt(table, folds, random), folds)


def lacking(table: NDArray[Any], hands: NDArray[Any], folds: int) -> int:
    """Count the classes that folds lack: 0 where each class has a row in each fold.

    >>> lacking(np.array([[2, 0], [1, 1]]), np.array([0, 1]), 2)
    1
    """
    return int((_loads(table, hands, folds)[:, table.any(axis=0)] == 0).sum())


def _measures(table: NDArray[Any], folds: int) -> NDArray[np.float64]:
    """Measure groups in units of what a fold should hold: their rows, and those of each class.

    The classes together weigh as much as the size, so that neither is had at any price of the other.
    """
    sizes = table.sum(axis=1, keepdims=True)
    present = table[:, table.any(axis=0)]
    wanted = present.sum(axis=0) / folds
    by_class: NDArray[np.float64] = present / wanted / np.sqrt(present.shape[1])
    return np.concatenate([sizes / (sizes.sum() / folds), by_class], axis=1)


def _loads(values: NDArray[Any], hands: NDArray[Any], folds: int) -> NDArray[Any]:
    loads = np.zeros((folds, values.shape[1]), values.dtype)
    np.add.at(loads, hands, values)
    return loads


def _dealt(table: NDArray[Any], folds: int, random: np.random.Generator) -> NDArray[np.int64]:
    measures, present = _measures(table, folds), table > 0
    in_groups = present.sum(axis=0)
    rarity = np.where(present, in_groups, len(table) + 1).min(axis=1)
    blurred = table.sum(axis=1) * random.uniform(0.5, 1, len(table))
    loads = np.zeros((folds, measures.shape[1]))
    without = np.ones((folds, table.shape[1]))
    hands = np.empty(len(table), np.int64)
    for group in np.lexsort((-blurred, rarity)):
        mended = without @ present[group]
        # The squares of the loads grow least where load and group point in different directions.
        growth = np.where(mended == mended.max(), loads @ measures[group], np.inf)
        hand = int(growth.argmin())
        hands[group] = hand
        loads[hand] += measures[group]
        without[hand, present[group]] = 0
    return hands


def _mended(table: NDArray[Any], hands: NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    """Move or swap, always what mends most, until nothing does: first classes that lack, then inequality."""
    hands = hands.copy()
    measures = _measures(table, folds)
    present = (table > 0).astype(np.float64)
    groups = np.arange(len(table))
    for _ in range(MOST_ROUNDS):
        loads, bearers = _loads(measures, hands, folds), _loads(present, hands, folds)
        moves = _moving(measures, present, hands, loads, bearers)
        move = np.unravel_index(int(moves.argmin()), moves.shape)
        best, taken = float(moves[move]), [(int(move[0]), int(move[1]))]
        if len(groups) <= MOST_SWAPPED:
            swaps = _swapping(measures, present, hands, loads, bearers)
            one, other = (int(number) for number in np.unravel_index(int(swaps.argmin()), swaps.shape))
            if swaps[one, other] < best:
                best = float(swaps[one, other])
                taken = [(one, int(hands[other])), (other, int(hands[one]))]
        if best > -1e-9:
            break
        for group, hand in taken:
            hands[group] = hand
    return hands


# One class that a fold lacks outweighs any inequality that can be had for it.
LACK = 1e6


def _moving(
    measures: NDArray[Any],
    present: NDArray[Any],
    hands: NDArray[Any],
    loads: NDArray[Any],
    bearers: NDArray[Any],
) -> NDArray[np.float64]:
    """``(group, fold)`` how much worse it gets when a group moves to a fold."""
    groups = np.arange(len(hands))
    along = measures @ loads.T
    worse = 2 * (along - along[groups, hands][:, None]) + 2 * (measures**2).sum(axis=1)[:, None]
    lost = (present * (bearers == 1)[hands]).sum(axis=1)
    gained = present @ (bearers == 0).T
    moving: NDArray[np.float64] = worse + LACK * (lost[:, None] - gained)
    moving[groups, hands] = 0
    return moving


def _swapping(
    measures: NDArray[Any],
    present: NDArray[Any],
    hands: NDArray[Any],
    loads: NDArray[Any],
    bearers: NDArray[Any],
) -> NDArray[np.float64]:
    """``(group, group)`` how much worse it gets when two groups of different folds change places."""
    along = (measures @ loads.T)[:, hands]
    own = np.diag(along)
    # Row i, column j: what j brings to the fold of i, less what i took from there, and the other way round.
    first_order = along.T - own[:, None] - own[None, :] + along
    products = measures @ measures.T
    squares = np.diag(products)
    worse = 2 * (first_order + squares[:, None] + squares[None, :] - 2 * products)
    only = present * (bearers == 1)[hands]
    lost = only.sum(axis=1)[:, None] - only @ present.T
    gained = (present @ (bearers == 0).T)[:, hands]
    swapping: NDArray[np.float64] = worse + LACK * (lost + lost.T - gained - gained.T)
    swapping[hands[:, None] == hands[None, :]] = 0
    return swapping
