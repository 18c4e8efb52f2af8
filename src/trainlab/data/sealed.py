"""Sealed rows: rows that nobody looks at before the test set is opened.

What can be asked without opening them is how many there are, and what a check of the protocol needs to see
whether training rows are among them: hashes of inputs and the range of each column. Rows and targets come out
through ``unsealing`` alone, which only the room that records every opening may import.
"""

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.data.text_levels import spelled

if TYPE_CHECKING:
    from trainlab.data.dataset import Dataset


ROWS_AT_ONCE = 4096


class Profile(NamedTuple):
    """Smallest, largest and mean value of each column of the inputs, all ``(column,)``; NaN left out."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: NDArray[np.float64]


class Sealed:
    """Rows under seal.

    Args:
        data: the rows.
        numbers: ``(row,)`` which rows of the whole they were; None where they came apart from the others.
        how: how they were chosen, in words.

    >>> from trainlab.data.dataset import Dataset
    >>> whole = Dataset([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1])
    >>> whole.seal([1, 2]).sealed
    Sealed(2 rows)
    """

    __slots__ = ("__data", "how", "numbers")

    def __init__(
        self, data: "Dataset", numbers: NDArray[np.int64] | None = None, how: str = "the data set's own"
    ) -> None:
        self.__data = data
        self.numbers = numbers
        self.how = how

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.__data.rows

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what they hold."""
        return self.__data.fingerprint

    def digests(self, decimals: int | None = None) -> tuple[bytes, ...]:
        """Give a hash of the inputs of each row, rounded where ``decimals`` is given."""
        return row_digests(self.__data, decimals)

    def profile(self) -> tuple[Profile, ...]:
        """Give the range of each column, for each input."""
        return tuple(profile(part) for part in self.__data.parts)

    def holes(self) -> tuple[NDArray[np.bool_], ...]:
        """For each input, ``(column,)`` whether a value is missing, which preparation has to fill."""
        return tuple(
            np.isnan(part.reshape(len(part), -1)).any(axis=0)
            if part.dtype.kind == "f"
            else np.zeros(_width(part), bool)
            for part in self.__data.parts
        )

    def __repr__(self) -> str:
        return f"Sealed({self.rows} rows)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __getstate__(self) -> dict[str, Any]:
        return {"data": self.__data, "numbers": self.numbers, "how": self.how}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # made by pickle, without arguments


def row_digests(data: "Dataset", decimals: int | None = None) -> tuple[bytes, ...]:
    """Hash the inputs of each row: equal rows have equal hashes, whatever type or data set they stand in.

    Args:
        data: the rows.
        decimals: digits after the point that count; left out, all.

    >>> from trainlab.data.dataset import Dataset
    >>> data = Dataset([[0.123, 1.0], [0.124, 1.0], [0.123, 1.0]], [0, 1, 0])
    >>> len(set(row_digests(data))), len(set(row_digests(data, 2)))
    (2, 1)
    """
    parts = (spelled(data.columns, data.parts[0]), *data.parts[1:])
    found: list[bytes] = []
    for first in range(0, data.rows, ROWS_AT_ONCE):
        # Inputs are bytes or float32, so float32 holds them all.
        some = [part[first : first + ROWS_AT_ONCE].reshape(-1, _width(part)) for part in parts]
        rows = np.concatenate([part.astype(np.float32) for part in some], axis=1)
        if decimals is not None:
            rows = rows.round(decimals)
        # Minus zero is zero.
        found += [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in rows + np.float32(0)]
    return tuple(found)


def _width(part: NDArray[Any]) -> int:
    return int(np.prod(part.shape[1:], dtype=np.int64))


def profile(part: NDArray[Any]) -> Profile:
    """Give smallest, largest and mean value of each column of ``(row, ...)`` inputs."""
    flat = part.reshape(len(part), -1)
    if flat.dtype.kind != "f":
        low, high = flat.min(axis=0), flat.max(axis=0)
        mean = flat.mean(axis=0, dtype=np.float64)
    else:
        gone = np.isnan(flat)
        counts = (~gone).sum(axis=0)
        low = np.where(counts, np.where(gone, np.inf, flat).min(axis=0), np.nan)
        high = np.where(counts, np.where(gone, -np.inf, flat).max(axis=0), np.nan)
        total = np.where(gone, 0.0, flat).sum(axis=0, dtype=np.float64)
        mean = np.where(counts, total / np.maximum(counts, 1), np.nan)
    return Profile(low.astype(np.float64), high.astype(np.float64), mean)
