"""Random numbers from the split seed: one stream for each purpose, so that no draw repeats another.

A purpose keeps its number for life: another one would give other rows to experiments that are stored.
"""

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What is drawn from a split seed."""

    HOLDOUT = 1
    HALVES = 2
    SUBSET = 3
    RESAMPLE = 4
    IRRELEVANT = 5
    KFOLD = 6
    MONTE_CARLO = 7
    BOOTSTRAP = 8
    SEALED = 9
    WATCHED = 10
    COMMON = 11
    DISJOINT = 12


def draws(split_seed: int, purpose: Purpose, fold: int | None = None) -> np.random.Generator:
    """Give the stream of a purpose, and of a fold where each has its own.

    >>> one, same = draws(0, Purpose.RESAMPLE, 2), draws(0, Purpose.RESAMPLE, 2)
    >>> bool(one.integers(1000) == same.integers(1000))
    True
    """
    key = (int(split_seed), int(purpose))
    return np.random.default_rng(key if fold is None else (*key, int(fold)))
