"""Which rows hold the same inputs: a number for each content, hashed once for all checks that ask.

Rows are the same where every input is bit for bit the same (minus zero is zero, every NaN is NaN). Whether
equal rows are copies, or meet by chance because few different rows are possible, is judged here too.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset

CHUNK = 2_000
"""Rows at a time: larger pieces leave the cache of the processor, and are no faster."""

FEW = 10
"""Rows that hold the same, on average, from which on a data set is a table of few different rows."""

CHANCE = 0.5
"""Where more than half of the pairs that agree in half of the columns agree in all, they are copies."""


@dataclass(frozen=True, eq=False)
class RowContents:
    """What rows hold the same.

    Args:
        numbers: ``(row,)`` number of the row's content, from 0 on.
        counts: ``(content,)`` how many rows hold it.
        half_pairs: pairs of rows that agree in one random half of the columns that vary: in the half where
            they are fewer. All pairs where a single column varies; none where there are texts.
    """

    numbers: NDArray[np.int64]
    counts: NDArray[np.int64]
    half_pairs: float

    @property
    def pairs(self) -> float:
        """Pairs of rows that agree in all columns."""
        return _pairs(self.counts)

    @property
    def crowded(self) -> bool:
        """Whether equal rows meet by chance, since few different rows are possible.

        Copies agree in every column, so whoever agrees in half of them agrees in the rest. Where rows meet by
        chance, most that agree in one half differ in the other.
        """
        if len(self.numbers) >= FEW * len(self.counts):
            return True
        return self.half_pairs > 0 and self.pairs <= CHANCE * self.half_pairs


@lru_cache(maxsize=2)
def row_contents(data: Dataset) -> RowContents:
    """Say which rows of a data set hold the same inputs.

    Args:
        data: the rows; the last two data sets are kept in memory with what was found.

    Source:
        A row's hash is the sum of its numbers' bits times odd random factors, modulo 2^64: Dietzfelbinger,
        *Universal Hashing and k-Wise Independent Random Variables via Integer Arithmetic without Primes*,
        STACS 1996. Each half of the columns is summed apart, so that a half has its hash at no cost.

    >>> row_contents(Dataset([[0.0, 1.0], [2.0, 3.0], [0.0, 1.0]], [0, 1, 0])).numbers.tolist()
    [0, 1, 0]
    """
    random = np.random.default_rng(0)
    halves = np.zeros((data.rows, 2), np.uint64)
    varying = 0
    for part in data.parts:
        flat = part.reshape(data.rows, -1)
        factors = random.integers(0, 2**63, flat.shape[1], np.uint64) * np.uint64(2) + np.uint64(1)
        varies = _varies(flat)
        # Turn by turn in a random order, so that each half has as many of the columns that vary.
        in_first = np.zeros(flat.shape[1], bool)
        in_first[random.permutation(np.flatnonzero(varies))[varying % 2 :: 2]] = True
        varying += int(varies.sum())
        weights = np.column_stack([np.where(in_first, factors, 0), np.where(in_first, 0, factors)])
        for start in range(0, data.rows, CHUNK):
            halves[start : start + CHUNK] += _bits(flat[start : start + CHUNK]) @ weights.astype(np.uint64)
    _, first, numbers = np.unique(halves.sum(axis=1), return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    numbers = rank[numbers]
    by_half = [np.unique(halves[:, half], return_counts=True)[1] for half in (0, 1)]
    half_pairs = min(map(_pairs, by_half)) if varying > 1 else _pairs([data.rows])
    if any(column.kind == "text" for column in data.columns):
        half_pairs = 0.0  # the same sentences twice are no chance
    return RowContents(numbers, np.bincount(numbers), half_pairs)


def _pairs(counts: Any) -> float:
    sizes = np.asarray(counts, np.float64)
    return float((sizes * (sizes - 1)).sum() / 2)


def _varies(flat: NDArray[Any]) -> NDArray[np.bool_]:
    low, high = flat.min(axis=0), flat.max(axis=0)
    differs: NDArray[np.bool_] = ~(low == high)  # NaN differs from everything, as it should here
    return differs


def _bits(flat: NDArray[Any]) -> NDArray[np.uint64]:
    if flat.dtype == np.uint8:
        return flat.astype(np.uint64)
    exact = flat.astype(np.float32) + np.float32(0.0)
    exact[np.isnan(exact)] = np.nan
    bits = exact.view(np.uint32).astype(np.uint64)
    # Small whole numbers end in many zero bits: their differences would fill few bits of the hash.
    mixed: NDArray[np.uint64] = bits ^ (bits >> np.uint64(16))
    return mixed
