"""One fold: the rows that train, the rows that validate, and the two halves of the latter.

Knows nothing of how rows are shared out, of inputs and of targets.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.data.arrays import row_numbers, sealed
from trainlab.errors import UsageError


@dataclass(frozen=True, eq=False)
class Fold:
    """Rows that train, rows that validate, and two halves of the latter for cross-fitting chosen epochs.

    Args:
        train: ``(training row,)`` row numbers; one that is listed again, as a bootstrap does, trains again.
        validation: ``(validation row,)`` different row numbers, none of them in ``train``.
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
        train = listed_rows(self.train, "fold: train")
        validation = row_numbers(self.validation, "fold: validation")
        both = np.sort(validation[np.isin(validation, train)])
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


def halvable(fold: Fold) -> bool:
    """Say whether both halves of the validation rows have a row, so that an epoch can be cross-fitted.

    >>> halvable(Fold([0, 1], [2, 3], [False, True])), halvable(Fold([0, 1], [2], [False]))
    (True, False)
    """
    return bool(fold.halves.any() and not fold.halves.all())


def listed_rows(given: ArrayLike, where: str, total: int | None = None) -> NDArray[np.int64]:
    """Read a list of row numbers, of which some may stand several times, in the order that was given.

    Args:
        given: ``(listed row,)`` whole numbers, counted from 0.
        where: what the list is called in errors.
        total: how many rows there are, where it is known.

    Raises:
        UsageError: for other values, for none, and for a row that is not there.

    >>> listed_rows([3, 0, 3], "train", 4)
    array([3, 0, 3])
    """
    rows = np.asarray(given)
    if rows.ndim == 1 and rows.dtype.kind in "iu" and len(rows):
        # What numbers must be is judged in one place; that holds for all where it holds for the extremes.
        row_numbers(np.array(sorted({rows.min(), rows.max()})), where, total)
    else:
        row_numbers(rows, where, total)
    return rows.astype(np.int64)
