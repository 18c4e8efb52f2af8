"""Measures that are averages over rows: the row scores that compiled code has in ``recipe.scores``."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LEAST = 1e-7
"""Where Keras clips probabilities: a sure mistake costs 16 nats instead of infinity."""


def row_scores(name: str, outputs: NDArray[Any], targets: NDArray[Any]) -> Floats:
    """Score each row by a measure that is an average over rows.

    Args:
        name: ``accuracy``, ``log_loss`` or ``brier``; ``mse`` or ``mae``; ``loss`` is the log loss of classes
            and the squared error of amounts, as networks are trained on where no other loss is asked for.
        outputs: ``(row, class)`` probabilities, or ``(row, target)`` amounts.
        targets: ``(row,)`` class numbers, or ``(row, target)`` amounts.

    Returns:
        ``(row,)`` scores, whose mean is the measure.

    >>> row_scores("accuracy", np.array([[0.2, 0.8], [0.6, 0.4]]), np.array([1, 1])).tolist()
    [1.0, 0.0]
    >>> row_scores("loss", np.array([[1.0], [2.0]]), np.array([[1.5], [2.0]])).tolist()
    [0.25, 0.0]
    """
    given = np.asarray(outputs, np.float64)
    if np.ndim(targets) == 2:
        off = given - targets
        distances: Floats = (np.abs(off) if name == "mae" else off**2).mean(axis=1)
        return distances
    labels = np.asarray(targets, np.int64)
    if name == "accuracy":
        return np.asarray(said(given) == labels, np.float64)
    of_label = given[np.arange(len(labels)), labels]
    if name == "brier":
        gaps: Floats = (given**2).sum(axis=1) - 2 * of_label + 1
        return gaps
    nats: Floats = -np.log(np.clip(of_label, _LEAST, 1.0))
    return nats


def said(outputs: NDArray[Any]) -> NDArray[np.int64]:
    """Give the likeliest class of each row, of several the first; -1 where an output is no number.

    >>> said(np.array([[0.2, 0.8], [0.5, 0.5], [0.9, np.nan]])).tolist()
    [1, 0, -1]
    """
    classes: NDArray[np.int64] = np.where(np.isfinite(outputs).all(axis=1), np.argmax(outputs, axis=1), -1)
    return classes
