"""Balanced accuracy and macro F1, and what each would be without any one of the rows.

Both are averages over classes, of numbers that depend on the classes said alone.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.measures.rows import Floats, said


def balanced_accuracy(outputs: NDArray[Any], targets: NDArray[Any]) -> tuple[float, Floats]:
    """Average over classes the share of a class's rows that are told right.

    Classes without rows are left out of the average. A row whose outputs are no numbers is told wrong.

    Args:
        outputs: ``(row, class)`` probabilities.
        targets: ``(row,)`` class numbers.

    Returns:
        The measure, and ``(row,)`` what it is without each row; NaN where no other row is left.

    Source:
        Brodersen and others, *The Balanced Accuracy and Its Posterior Distribution*, ICPR 2010.

    >>> shares = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])
    >>> value, without = balanced_accuracy(shares, np.array([0, 0, 0, 1]))
    >>> value, without.tolist()
    (0.5, [0.5, 0.5, 0.5, 1.0])
    """
    labels = np.asarray(targets, np.int64)
    right = said(outputs) == labels
    classes = np.shape(outputs)[1]
    rows = np.bincount(labels, minlength=classes)
    hits = np.bincount(labels[right], minlength=classes)
    recalls = _ratio(hits, rows)
    total, present = recalls.sum(), np.count_nonzero(rows)
    left = rows[labels] - 1
    # A class whose only row is taken away drops out of the average.
    changed = total - recalls[labels] + _ratio(hits[labels] - right, left)
    return float(_ratio(total, present, np.nan)), _ratio(changed, present - (left == 0), np.nan)


def f1_macro(outputs: NDArray[Any], targets: NDArray[Any]) -> tuple[float, Floats]:
    """Average over classes the harmonic mean of precision and recall: 2 hits / (rows + answers).

    Classes that no row has and no answer names are left out of the average, as scikit-learn leaves them out.
    A row whose outputs are no numbers has no answer.

    Args:
        outputs: ``(row, class)`` probabilities.
        targets: ``(row,)`` class numbers.

    Returns:
        The measure, and ``(row,)`` what it is without each row; NaN where no other row is left.

    Source:
        The mean of the classes' F1, not the F1 of mean precision and recall: Opitz & Burst, *Macro F1 and
        Macro F1*, 2019.

    >>> shares = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.4, 0.6]])
    >>> value, _ = f1_macro(shares, np.array([0, 0, 0, 1]))
    >>> round(value, 4)
    0.7333
    """
    labels, answers = np.asarray(targets, np.int64), said(outputs)
    classes = np.shape(outputs)[1]
    right, answered = answers == labels, answers >= 0
    hits = np.bincount(labels[right], minlength=classes)
    sizes = np.bincount(labels, minlength=classes) + np.bincount(answers[answered], minlength=classes)
    scores = _ratio(2 * hits, sizes)
    total, present = scores.sum(), np.count_nonzero(sizes)
    # Without the row its class is smaller by one row, and the class that was said by one answer.
    left = sizes[labels] - 1 - right
    changed = total - scores[labels] + _ratio(2 * (hits[labels] - right), left)
    remain = present - (left == 0)
    mistaken = answered & ~right
    others = sizes[answers] - 1
    changed += np.where(mistaken, _ratio(2 * hits[answers], others) - scores[answers], 0.0)
    remain = remain - (mistaken & (others == 0))
    return float(_ratio(total, present, np.nan)), _ratio(changed, remain, np.nan)


def _ratio(above: Any, below: Any, otherwise: float = 0.0) -> Floats:
    """Divide, and give something else where the divisor is 0."""
    divisor = np.asarray(below, np.float64)
    quotient: Floats = np.where(divisor > 0, above / np.where(divisor > 0, divisor, 1.0), otherwise)
    return quotient
