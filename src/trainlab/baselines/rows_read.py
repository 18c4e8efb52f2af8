"""Reading prepared rows as a matrix, in blocks, so that wide rows never stand in memory all at once.

Every input is flattened, and several stand side by side. Where most numbers are 0, as in counts of words,
only the others are kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = Callable[[int, NDArray[Any]], Any]
"""Gives prepared inputs, an array or one for each of several inputs, for a fold and row numbers."""

_BLOCK_VALUES = 2**22
_WIDE = 256
_THIN = 0.1


@dataclass(frozen=True, eq=False)
class Layout:
    """How rows become a matrix.

    Args:
        parts: for each input its first column, the one after its last, and whether these are the columns of
            a table: others, as pixels, share one unit.
        fill: share of the numbers that are not 0, where the matrix is kept sparse; else 1.
    """

    parts: tuple[tuple[int, int, bool], ...]
    fill: float

    @property
    def columns(self) -> int:
        """How many columns the matrix has."""
        return self.parts[-1][1]

    @property
    def sparse(self) -> bool:
        """Whether only the numbers that are not 0 are kept."""
        return self.fill < 1


def look(given: Any) -> Layout:
    """Tell from a few rows how all are to be read.

    >>> look(np.zeros((2, 8, 8)))
    Layout(parts=((0, 64, False),), fill=1.0)
    """
    parts, start = [], 0
    for part in _listed(given):
        width = part[0].size
        parts.append((start, start + width, part.ndim == 2))
        start += width
    shares = [np.count_nonzero(part) / max(len(part), 1) for part in _listed(given)]
    fill = sum(shares) / max(start, 1)
    return Layout(tuple(parts), max(fill, 1e-6) if start >= _WIDE and fill < _THIN else 1.0)


def matrix(rows: Rows, fold: int, numbers: NDArray[Any], layout: Layout) -> Any:
    """Read rows as one matrix: ``(row, column)`` float32, a SciPy CSR array where the layout is sparse."""
    read = list(blocks(rows, fold, numbers, layout))
    if len(read) == 1:
        return read[0]
    if layout.sparse:
        from scipy import sparse

        return sparse.vstack(read, format="csr")
    return np.concatenate(read)


def blocks(rows: Rows, fold: int, numbers: NDArray[Any], layout: Layout) -> Iterator[Any]:
    """Read rows block by block, in their order; what is given may be written into."""
    step = max(_BLOCK_VALUES // layout.columns, 1)
    for start in range(0, len(numbers), step):
        parts = _listed(rows(fold, numbers[start : start + step]))
        flat = np.concatenate([np.asarray(part, np.float32).reshape(len(part), -1) for part in parts], axis=1)
        if layout.sparse:
            from scipy import sparse

            yield sparse.csr_array(flat)
        else:
            yield flat


def _listed(given: Any) -> list[NDArray[Any]]:
    several = given if isinstance(given, tuple | list) else (given,)
    return [np.asarray(part) for part in several]
