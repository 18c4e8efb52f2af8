"""Which classes are taken for which, and what each class makes of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.measures.rows import Floats, said


@dataclass(frozen=True, eq=False)
class PerClass:
    """How each class is told, from a confusion matrix.

    Args:
        precision: ``(class,)`` share of the answers that are right; NaN where the class was never said.
        recall: ``(class,)`` share of the rows that are told right; NaN where the class has no rows.
        f1: ``(class,)`` their harmonic mean; NaN where the class has no rows and was never said.
        support: ``(class,)`` rows.
    """

    precision: Floats
    recall: Floats
    f1: Floats
    support: NDArray[np.int64]


def confusion(outputs: NDArray[Any], targets: NDArray[Any], classes: int) -> NDArray[np.int64]:
    """Count rows by their class and the class that is said.

    Rows whose outputs are no numbers name no class and are left out.

    Args:
        outputs: ``(row, class)`` probabilities.
        targets: ``(row,)`` class numbers.
        classes: how many classes there are.

    Returns:
        ``(true, said)`` counts. Matrices of several runs may be added.

    >>> confusion(np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]), np.array([0, 0, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    answers, labels = said(outputs), np.asarray(targets, np.int64)
    there = answers >= 0
    cells = np.bincount(labels[there] * classes + answers[there], minlength=classes * classes)
    return cells.reshape(classes, classes).astype(np.int64)


def per_class(counts: NDArray[np.int64]) -> PerClass:
    """Give precision, recall and F1 of each class.

    Args:
        counts: ``(true, said)`` as ``confusion`` counts them, also added up over runs.

    >>> found = per_class(np.array([[1, 1], [0, 1]]))
    >>> found.precision.tolist(), found.recall.tolist(), found.support.tolist()
    ([1.0, 0.5], [0.5, 1.0], [2, 1])
    """
    hits, rows, answers = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    return PerClass(_shares(hits, answers), _shares(hits, rows), _shares(2 * hits, rows + answers), rows)


def _shares(above: NDArray[np.int64], below: NDArray[np.int64]) -> Floats:
    shares: Floats = above / np.where(below > 0, below, np.nan)
    return shares
