"""The guess that knows no inputs: what a training set's targets alone say, right for the metric at hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Predict = Callable[[Any], NDArray[Any]]
"""Takes a matrix of rows, gives ``(row, class)`` probabilities or ``(row, target)`` amounts."""

# They see which class is said, and not how surely.
_BY_CLASS = ("accuracy", "balanced_accuracy", "f1_macro")


def guess(metric: str, targets: NDArray[Any], classes: int) -> NDArray[np.float64]:
    """Give the one answer that scores best on these targets.

    Args:
        metric: name of the metric. Accuracy and F1 are best served by the most frequent class (of several the
            first; balanced accuracy by any), the absolute error by the median; all others by the share of
            each class, or by the mean.
        targets: ``(training row,)`` class numbers, or ``(training row, target)`` amounts.
        classes: how many classes there are; 0 for a regression.

    Returns:
        ``(class,)`` probabilities or ``(target,)`` amounts.

    >>> labels = np.array([0, 2, 2, 2])
    >>> guess("accuracy", labels, 3).tolist(), guess("log_loss", labels, 3).tolist()
    ([0.0, 0.0, 1.0], [0.25, 0.0, 0.75])
    >>> guess("mae", np.array([[0.0], [1.0], [8.0]]), 0).tolist()
    [1.0]
    """
    if not classes:
        amounts = np.asarray(targets, np.float64)
        middle = np.median(amounts, axis=0) if metric == "mae" else amounts.mean(axis=0)
        return np.asarray(middle, np.float64)
    counts = np.bincount(targets, minlength=classes)
    if metric in _BY_CLASS:
        counts = np.eye(classes)[counts.argmax()]
    return np.asarray(counts / counts.sum(), np.float64)


def guess_label(metric: str, classes: int) -> str:
    """Say in words what is guessed.

    >>> guess_label("accuracy", 3), guess_label("mae", 0)
    ('guess: the most frequent class', 'guess: the median')
    """
    if not classes:
        return f"guess: the {'median' if metric == 'mae' else 'mean'}"
    return f"guess: {'the most frequent class' if metric in _BY_CLASS else 'the share of each class'}"


def always(answer: NDArray[Any]) -> Predict:
    """Predict the same for every row."""
    return lambda given: np.broadcast_to(answer, (given.shape[0], len(answer)))


def spread_over(shares: NDArray[Any], present: NDArray[Any], classes: int) -> NDArray[Any]:
    """Put probabilities of the classes that a model has met among those of all classes.

    >>> spread_over(np.array([[0.25, 0.75]]), np.array([0, 2]), 3).tolist()
    [[0.25, 0.0, 0.75]]
    """
    whole = np.zeros((len(shares), classes), shares.dtype)
    whole[:, present] = shares
    return whole
