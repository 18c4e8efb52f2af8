"""Who trains and who validates: rows shared out from the split seed alone, each class in its share.

One idea carries everything: an *order* of the rows in which every beginning holds each class in proportion.
The n-th of the k rows of a class stands at (n - 1/2) / k, and rows are sorted by that; which row of its class
is the n-th is drawn from the split seed. So validation rows are a beginning of it, a small training set
lies inside every larger one, and the smallest legal share is found by counting, the same for every seed.
scikit-learn's stratified splitter, with 8 of 4 + 4 + 42 rows validating, leaves one of the small classes out,
and chance says which (tried with 1.9); here both are in from 7 rows on.

Knows nothing of inputs: of a data set only its targets are looked at.

Source:
    The shares are those of A. Sainte-Laguë, *La représentation proportionnelle* (1910).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.data.arguments import finite_number, whole_number
from trainlab.data.arrays import row_numbers, sealed
from trainlab.data.dataset import Dataset
from trainlab.data.draws import Purpose, draws
from trainlab.errors import DataError, UsageError


@dataclass(frozen=True)
class Holdout:
    """Validate once, on one share of the rows.

    Args:
        fraction: share of the rows that validate, above 0 and below 1; rounded up to whole rows.

    Raises:
        UsageError: for a fraction that is no number between 0 and 1.

    >>> Holdout(0.1)
    Holdout(fraction=0.1)
    >>> Holdout(10)
    Traceback (most recent call last):
    trainlab.errors.UsageError: validation: holdout: not a share of the rows (got 10). Give a number \
between 0 and 1, as 0.1.
    """

    fraction: float

    def __post_init__(self) -> None:
        fraction = finite_number(self.fraction)
        if not 0 < fraction < 1:
            cure = "Give a number between 0 and 1, as 0.1."
            raise UsageError("not a share of the rows", "validation: holdout", self.fraction, cure)
        object.__setattr__(self, "fraction", fraction)


@dataclass(frozen=True, eq=False)
class Fold:
    """Rows that train, rows that validate, and two halves of the latter for cross-fitting chosen epochs.

    Args:
        train: ``(training row,)`` row numbers.
        validation: ``(validation row,)`` row numbers, none of them in ``train``.
        halves: ``(validation row,)`` false for the first half, true for the second.

    Attributes:
        train: int32, read-only.
        validation: int32, read-only.
        halves: bool, read-only.

    Raises:
        UsageError: for numbers that are no row numbers, a row in two roles, a role without rows, and halves
            of another length.

    >>> fold = Fold([0, 2, 3], [1, 4], [False, True])
    >>> fold.train
    array([0, 2, 3], dtype=int32)
    >>> Fold([0, 1], [1, 2], [False, True])
    Traceback (most recent call last):
    trainlab.errors.UsageError: fold: 1 row both trains and validates (got 1). Give each row one role.
    """

    train: NDArray[Any]
    validation: NDArray[Any]
    halves: NDArray[Any]

    def __post_init__(self) -> None:
        train = row_numbers(self.train, "fold: train")
        validation = row_numbers(self.validation, "fold: validation")
        both = np.intersect1d(train, validation)
        if len(both):
            verb = "row both trains and validates" if len(both) == 1 else "rows both train and validate"
            message = f"{len(both)} {verb}"
            raise UsageError(message, "fold", both[0].item(), "Give each row one role.")
        halves = np.asarray(self.halves)
        if halves.dtype != bool or halves.shape != validation.shape:
            cure = "Give one truth value for each validation row."
            raise UsageError("the halves do not fit", "fold: halves", halves.shape, cure)
        object.__setattr__(self, "train", sealed(train, np.int32))
        object.__setattr__(self, "validation", sealed(validation, np.int32))
        object.__setattr__(self, "halves", sealed(halves, np.bool_))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fold):
            return NotImplemented
        return self._bytes() == other._bytes()

    def __hash__(self) -> int:
        return hash(self._bytes())

    def __repr__(self) -> str:
        return f"Fold({len(self.train)} training rows, {len(self.validation)} validation rows)"

    def __setstate__(self, state: dict[str, Any]) -> None:
        # NumPy does not keep the seal when an array is copied deeply or pickled.
        self.__dict__.update(state)
        for rows in (self.train, self.validation, self.halves):
            rows.setflags(write=False)

    def _bytes(self) -> tuple[bytes, bytes, bytes]:
        return self.train.tobytes(), self.validation.tobytes(), self.halves.tobytes()


def split(dataset: Dataset, validation: Holdout, split_seed: int = 0) -> tuple[Fold, ...]:
    """Share out all rows between training and validation.

    Every class keeps its share in both, to a row; so do the two halves of the validation rows. A smaller
    holdout of the same split seed lies inside a larger one.

    Args:
        dataset: the rows; only its targets are looked at.
        validation: how to validate.
        split_seed: what the split is drawn from, from 0 on; a run's seed has no say.

    Returns:
        One fold for a holdout; rows ascend.

    Raises:
        UsageError: for a share that leaves a class without training or validation rows; the smallest or
            largest legal share is said.
        DataError: where no share is legal: a class of fewer than two rows, a regression of fewer than three.

    >>> data = Dataset(np.arange(20.0), [0, 1] * 10)
    >>> split(data, Holdout(0.2))
    (Fold(16 training rows, 4 validation rows),)
    >>> split(data, Holdout(0.05))
    Traceback (most recent call last):
    trainlab.errors.UsageError: validation: holdout: 1 of 20 rows validate, too few to have a row of each \
class: the smallest, '0', has 10 rows (got 0.05). Give a fraction of at least 0.1 (2 rows).
    """
    whole_number(split_seed, "split_seed", 0)
    _check_validation(validation)
    labels = _labels(dataset)
    wanted = _rounded_up(validation.fraction, dataset.rows)
    _check_holdout(dataset, wanted, validation.fraction)
    order = _stratified_order(labels, draws(split_seed, Purpose.HOLDOUT))
    rows = np.sort(order[:wanted])
    train = np.setdiff1d(np.arange(dataset.rows), rows)
    return (Fold(train, rows, _halves(labels[rows], draws(split_seed, Purpose.HALVES))),)


def training_subset(dataset: Dataset, rows: ArrayLike, count: int, split_seed: int = 0) -> NDArray[np.int32]:
    """Choose some of the training rows, each class in its share; a smaller choice lies inside a larger one.

    Args:
        dataset: the rows; only its targets are looked at.
        rows: ``(training row,)`` row numbers to choose from, in any order.
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
    pool = np.sort(row_numbers(rows, "rows", dataset.rows))
    whole_number(count, "train_rows", 1)
    if count > len(pool):
        cure = f"Give at most {len(pool)}."
        raise UsageError(f"there are {len(pool)} training rows", "train_rows", count, cure)
    labels = _labels(dataset)[pool]
    least = _legal(np.bincount(labels))[0]
    if count < least:
        raise UsageError(_too_few(labels), "train_rows", count, f"Give at least {least}.")
    return _chosen(pool, labels, count, split_seed)


def training_share(
    dataset: Dataset, rows: ArrayLike, fraction: float, split_seed: int = 0
) -> NDArray[np.int32]:
    """Choose a share of the training rows: the `training_subset` of `share_rows` rows.

    Args:
        dataset: the rows; only its targets are looked at.
        rows: ``(training row,)`` row numbers to choose from, in any order.
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
    pool = np.sort(row_numbers(rows, "rows", dataset.rows))
    count = share_rows(len(pool), fraction)
    labels = _labels(dataset)[pool]
    least = _legal(np.bincount(labels))[0]
    if count < least:
        cure = f"Give at least {_as_share(least, len(pool))} ({least} rows)."
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
    return max(_rounded_up(share, available), 1)


def _rounded_up(fraction: float, total: int) -> int:
    # 0.07 * 100 is 7.000000000000001: that is 7 rows, not 8.
    return math.ceil(fraction * total - 1e-9)


def _as_share(rows: int, total: int) -> float:
    """Write rows as a share with few digits that is rounded up to exactly these rows."""
    # Cut, not rounded, after so many digits: what is cut off is less than one row.
    digits: int = 10 ** len(str(total))
    return math.floor(rows / total * digits + 1e-9) / digits


def _too_few(labels: NDArray[Any]) -> str:
    counts = np.bincount(labels)
    return (
        f"too few to have a row of each class: the smallest has {counts[counts > 0].min()} of {len(labels)}"
    )


def _chosen(pool: NDArray[Any], labels: NDArray[Any], count: int, split_seed: int) -> NDArray[np.int32]:
    order = _stratified_order(labels, draws(split_seed, Purpose.SUBSET))
    chosen: NDArray[np.int32] = sealed(np.sort(pool[order[:count]]), np.int32)
    return chosen


def _labels(dataset: Dataset) -> NDArray[Any]:
    """Give class numbers; amounts count as one class, whose order is a plain shuffle."""
    return dataset.y if dataset.classes else np.zeros(dataset.rows, np.int32)


def _standing(count: int) -> NDArray[np.float64]:
    """Say where the rows of a class of this size stand in the order, between 0 and 1."""
    standing: NDArray[np.float64] = (np.arange(count) + 0.5) / count
    return standing


def _stratified_order(labels: NDArray[Any], random: np.random.Generator) -> NDArray[Any]:
    """Order rows so that every beginning holds each class in proportion; ties between classes by chance."""
    shuffled = random.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    standing = np.concatenate([_standing(count) for count in np.bincount(labels)])
    order: NDArray[Any] = by_class[np.lexsort((random.random(len(labels)), standing))]
    return order


def _halves(labels: NDArray[Any], random: np.random.Generator) -> NDArray[np.bool_]:
    """Deal the rows of each class in turn to two halves, which differ by one row at most."""
    shuffled = random.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    halves = np.empty(len(labels), np.bool_)
    halves[by_class] = np.arange(len(labels)) % 2 == 1
    return halves


def _legal(counts: NDArray[Any]) -> tuple[int, int]:
    """Give the shortest and longest beginning of the order that has a row of each class and leaves one."""
    present = counts[counts > 0]
    standing = np.concatenate([_standing(count) for count in present])
    # The smallest class is the last to come in and the first to be used up.
    smallest = _standing(int(present.min()))
    return int((standing <= smallest[0]).sum()), int((standing < smallest[-1]).sum())


def _check_validation(validation: object) -> None:
    if not isinstance(validation, Holdout):
        raise UsageError("unknown validation", "validation", validation, "Pass `Holdout(0.1)`.")


def _check_holdout(dataset: Dataset, wanted: int, fraction: float) -> None:
    where = "validation: holdout"
    total = dataset.rows
    if dataset.classes:
        counts = np.array(dataset.class_counts)
        smallest = int(counts.argmin())
        name, rows = dataset.classes[smallest], int(counts[smallest])
        if rows < 2:
            message = f"class {name!r} has {rows} of {total} rows, and training and validation need one each"
            cure = "Gather more rows of it, join it with another class, or drop it."
            raise DataError(message, where, fraction, cure)
        least, most = _legal(counts)
        role = f"a row of each class: the smallest, {name!r}, has {rows} rows"
    else:
        if total < 3:
            raise DataError("too few rows to train and validate on", where, total, "Gather at least 3 rows.")
        # Two rows, so that each half has one.
        least, most = 2, total - 1
        role = "two rows to validate and one to train on"
    if least <= wanted <= most:
        return
    side, bound, legal = (
        ("few to have", "least", least) if wanted < least else ("many to leave", "most", most)
    )
    share = _as_share(legal, total)
    message = f"{wanted} of {total} rows validate, too {side} {role}"
    raise UsageError(message, where, fraction, f"Give a fraction of at {bound} {share} ({legal} rows).")
