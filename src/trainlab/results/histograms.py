"""Histograms that can be laid over each other exactly: their bins are halves of one another.

A histogram is kept in 128 equal bins from minus to plus a power of two. Two of them, of different moments or
runs, fit into the bins of the wider one without a value changing sides. Nothing is known of what is counted.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 128
"""Bins in which values are counted."""

SHOWN = 32
"""Bins in which they are given."""

# Wider ranges than that hold no finite number of 32 bits; further apart than 7 halves, bins are a point.
_LARGEST, _FURTHEST = 128, 30


def count_values(values: NDArray[Any]) -> tuple[int, NDArray[np.uint32]]:
    """Count the finite values of an array in equal bins between minus and plus a power of two.

    Args:
        values: numbers, in any shape.

    Returns:
        The power, and ``(128,)`` counts.

    >>> power, counts = count_values(np.array([0.3, 0.4, -0.1]))
    >>> power, counts.sum().item(), counts[:64].sum().item()
    (-1, 3, 1)
    """
    flat = np.asarray(values, np.float64).reshape(-1)
    if not np.isfinite(flat).all():
        flat = flat[np.isfinite(flat)]
    largest = float(np.abs(flat).max(initial=0.0))
    # Strictly above the largest, so that no value stands on the last edge, which would belong to two bins.
    power = min(math.frexp(largest)[1], _LARGEST) if largest else 0
    counts, _ = np.histogram(flat, BINS, (-(2.0**power), 2.0**power))
    return power, counts.astype(np.uint32)


def in_common_bins(
    powers: NDArray[Any], counts: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Put histograms of several moments into the same bins, as narrow as what was counted.

    Args:
        powers: ``(..., moment)`` as `count_values` gives them; NaN where nothing was counted.
        counts: ``(..., moment, 128)``.

    Returns:
        ``(..., moment, 32)`` counts and ``(..., 33)`` edges.

    >>> histograms = [count_values(np.array(values)) for values in ([0.2, 0.3], [0.2, 0.9, 1.7])]
    >>> powers, counts = (np.array(part) for part in zip(*histograms))
    >>> common, edges = in_common_bins(powers, counts)
    >>> common.sum(axis=1).tolist(), np.histogram([0.2, 0.9, 1.7], edges)[0].tolist() == common[1].tolist()
    ([2, 3], True)
    """
    there = np.isfinite(powers)
    known = np.where(there, powers, -np.inf)
    widest = known.max(axis=-1, initial=-np.inf)
    widest = np.where(np.isfinite(widest), widest, 0.0)
    finer = np.where(there, np.clip(widest[..., None] - np.where(there, powers, 0), 0, _FURTHEST), 0)
    factor = 2.0**finer
    below = np.concatenate(
        [np.zeros((*counts.shape[:-1], 1)), np.cumsum(counts, axis=-1, dtype=float)], axis=-1
    )
    whole = np.diff(_at(below, np.arange(BINS + 1), factor[..., None]), axis=-1).sum(axis=-2) > 0
    first = np.where(whole.any(axis=-1), whole.argmax(axis=-1), BINS // 2)
    last = np.where(whole.any(axis=-1), BINS - whole[..., ::-1].argmax(axis=-1), BINS // 2 + 1)
    step = -(-(last - first) // SHOWN)
    start = np.minimum(first, BINS - step * SHOWN)
    edges = start[..., None] + step[..., None] * np.arange(SHOWN + 1)
    common = np.diff(_at(below, edges[..., None, :], factor[..., None]), axis=-1)
    unit = 2.0 ** (widest[..., None] + 1) / BINS
    return common.astype(np.int64), (edges - BINS // 2) * unit


def _at(below: NDArray[Any], edges: NDArray[Any], factor: NDArray[Any]) -> NDArray[Any]:
    """Give how many values lie below edges of the widest histogram, by the bins of finer ones."""
    own = np.clip(BINS // 2 + (edges - BINS // 2) * factor, 0, BINS).astype(np.int64)
    own = np.broadcast_to(own, (*below.shape[:-1], own.shape[-1]))
    found: NDArray[Any] = np.take_along_axis(below, own, axis=-1)
    return found
