"""The order of rows in each epoch: drawn from (seed, fold, epoch) alone, the same for every variant.

No generator is carried along, so any epoch of any run can be replayed by itself.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Apart from the purposes of `model.functional`, which draw from the same seeds.
ORDER, SAMPLE = 11, 12


def epoch_order(rows: NDArray[np.int32], *, seed: int, fold: int, epoch: int) -> NDArray[np.int32]:
    """Shuffle the training rows for one epoch.

    Args:
        rows: the training rows of the fold.
        seed: the run's seed.
        fold: the run's fold.
        epoch: the epoch, from 1.

    >>> epoch_order(np.arange(6, dtype=np.int32), seed=0, fold=0, epoch=1)
    array([4, 0, 2, 1, 5, 3], dtype=int32)
    """
    words = np.random.SeedSequence((ORDER, seed, fold, epoch))
    return np.random.Generator(np.random.Philox(words)).permutation(rows)


def epoch_orders(
    training: Sequence[NDArray[np.int32]], asked: Sequence[tuple[int, int, int]], count: int
) -> NDArray[np.int32]:
    """Draw the orders that lanes follow, each once.

    Args:
        training: for each fold, the training rows.
        asked: seed, fold and epoch of each order.
        count: how many there are in the end; the first stands in for those that nobody asks for, so that
            arrays keep their shape.

    Returns:
        ``(order, row)`` row numbers.

    >>> rows = [np.arange(4, dtype=np.int32)]
    >>> epoch_orders(rows, [(0, 0, 1)], 2).shape
    (2, 4)
    """
    drawn = [epoch_order(training[fold], seed=seed, fold=fold, epoch=epoch) for seed, fold, epoch in asked]
    return np.stack(drawn + [drawn[0]] * (count - len(drawn)))


def fixed_sample(rows: NDArray[np.int32], count: int, *, split_seed: int, fold: int) -> NDArray[np.int32]:
    """Take the training rows that are looked at after every epoch: the same for every run of a fold."""
    if count >= len(rows):
        return rows
    words = np.random.SeedSequence((SAMPLE, split_seed, fold))
    return np.sort(np.random.Generator(np.random.Philox(words)).choice(rows, count, replace=False))
