"""The area under the receiver's curve, and what it would be without any one of the rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.measures.rows import Floats


def auc(outputs: NDArray[Any], targets: NDArray[Any]) -> tuple[float, Floats]:
    """Give the probability that a row of a class is ranked above a row that is not of it; ties count half.

    With two classes it is that of the second. With more, each class is held against all others by its own
    probability, and the areas are averaged (macro, one against the rest); a class that no row has, or every
    row, has no area and is left out of the average.

    Args:
        outputs: ``(row, class)`` probabilities.
        targets: ``(row,)`` class numbers.

    Returns:
        The measure, and ``(row,)`` what it is without each row; NaN where there are not two classes, and
        throughout where an output is no number.

    Source:
        Hanley & McNeil, *The Meaning and Use of the Area under a ROC Curve*, Radiology 143 (1982). What a row
        adds: DeLong, DeLong & Clarke-Pearson, *Biometrics* 44 (1988), whose placements give the area without
        a row in one pass over the sorted rows.

    >>> shares = np.array([[0.9, 0.1], [0.6, 0.4], [0.65, 0.35], [0.2, 0.8]])
    >>> value, without = auc(shares, np.array([0, 0, 1, 1]))
    >>> value, without.tolist()
    (0.75, [0.5, 1.0, 1.0, 0.5])
    """
    given, labels = np.asarray(outputs, np.float64), np.asarray(targets, np.int64)
    rows, classes = given.shape
    if not np.isfinite(given).all():
        return np.nan, np.full(rows, np.nan)
    asked = [1] if classes == 2 else range(classes)
    total, present, sums, counts = 0.0, 0, np.zeros(rows), np.zeros(rows)
    for place in asked:
        value, without = _one_against_rest(given[:, place], labels == place)
        there = np.isfinite(without)
        sums += np.where(there, without, 0.0)
        counts += there
        if np.isfinite(value):
            total, present = total + value, present + 1
    left_out: Floats = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return (total / present if present else np.nan), left_out


def _one_against_rest(scores: Floats, inside: NDArray[np.bool_]) -> tuple[float, Floats]:
    """Give the area of one class, and ``(row,)`` the area without each row; NaN where there is none."""
    without = np.full(len(scores), np.nan)
    ours, others = np.sort(scores[inside]), np.sort(scores[~inside])
    if not (ours.size and others.size):
        return np.nan, without
    # Pairs that each row wins: a tie is half of one.
    won = _below(others, scores[inside])
    lost = ours.size - _below(ours, scores[~inside])
    pairs = float(won.sum())
    if ours.size > 1:
        without[inside] = (pairs - won) / ((ours.size - 1) * others.size)
    if others.size > 1:
        without[~inside] = (pairs - lost) / (ours.size * (others.size - 1))
    return pairs / (ours.size * others.size), without


def _below(ordered: Floats, scores: Floats) -> Floats:
    """Count for each score the others that are below it, and half of those that equal it."""
    below, not_above = (np.searchsorted(ordered, scores, side) for side in ("left", "right"))
    counts: Floats = (below + not_above) / 2
    return counts
