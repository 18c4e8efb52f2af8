"""The score of each row in NumPy: the same definitions as ``recipe.scores`` has in compiled code.

Knows nothing of folds and of what made the predictions.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LEAST = 1e-7
"""Where Keras clips probabilities: a sure mistake costs 16 nats instead of infinity."""


def row_scores(metric: str, predicted: NDArray[Any], wanted: NDArray[Any]) -> Floats:
    """Score each row by one metric.

    Args:
        metric: name of the metric, one of ``METRICS``; ``loss`` is the log loss of classes and the squared
            error of amounts, as networks are trained on where no other loss is asked for.
        predicted: ``(row, class)`` probabilities, or ``(row, target)`` amounts.
        wanted: ``(row,)`` class numbers, or ``(row, target)`` amounts.

    Returns:
        ``(row,)`` scores, whose mean is the metric.

    >>> row_scores("accuracy", np.array([[0.2, 0.8], [0.6, 0.4]]), np.array([1, 1])).tolist()
    [1.0, 0.0]
    >>> row_scores("loss", np.array([[1.0], [2.0]]), np.array([[1.5], [2.0]])).tolist()
    [0.25, 0.0]
    """
    guess = np.asarray(predicted, np.float64)
    if np.ndim(wanted) == 2:
        off = guess - wanted
        distances: Floats = (np.abs(off) if metric == "mae" else off**2).mean(axis=1)
        return distances
    labels = np.asarray(wanted, np.int64)
    if metric == "accuracy":
        right = (guess.argmax(axis=1) == labels) & np.isfinite(guess).all(axis=1)
        return np.asarray(right, np.float64)
    given = guess[np.arange(len(labels)), labels]
    if metric == "brier":
        gaps: Floats = (guess**2).sum(axis=1) - 2 * given + 1
        return gaps
    nats: Floats = -np.log(np.clip(given, _LEAST, 1.0))
    return nats
