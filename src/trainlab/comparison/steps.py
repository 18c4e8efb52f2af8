"""The one step by which an answer moves a row's score: what the interval allows for rows of a kind not met.

Where answers are right or wrong, none of n rows may differ although a share of all rows does (the "rule of
three", ``crossed.half_width``). Where a score moves by any amount, rows that never differ are no accident.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.experiment.metrics import Metric

_BY_CLASS = ("balanced_accuracy", "f1_macro")

# An answer that changes moves its row by a whole step, under macro F1 by half of one and half of that of the
# class said; other rows of the class move by a small part, as the means move.
_STILL = 0.25


def step_of(metric: Metric, targets: NDArray[Any], scores: NDArray[Any]) -> float:
    """Say by how much an answer of a kind that was not met moves the score of its row.

    Accuracy's rows are 1 or 0. Balanced accuracy and macro F1 average over classes: one of the ``n_c`` rows
    of a class moves them by about ``1 / (classes x n_c)``. Allowed for are classes in which no row differs:
    of ten rows of a rare disease that two networks answer alike, little is known. Where rows of each class
    differ, what they differ by is known from them: allowing for the rarest class all the same would make
    intervals half as wide again at 10 of 100 rows, where they cover as often as they promise without
    (tests/comparison/test_measure_coverage.py). The area under the curve moves by any amount; only where no
    row moves at all (two perfect rankings) is its step that of one row which falls from first to last.

    Args:
        metric: what is compared.
        targets: ``(row,)`` class numbers of the rows scored, or amounts.
        scores: ``(seed, row)`` scores of these rows, or differences of them; in place of all seeds the least
            and the largest will do.

    Returns:
        The step in the unit of the metric; 0 where there is none.

    >>> from trainlab.experiment.metrics import METRICS
    >>> labels, differences = np.array([0] * 90 + [1] * 10), np.zeros((2, 100))
    >>> step_of(METRICS["accuracy"], labels, differences)
    1.0
    >>> step_of(METRICS["balanced_accuracy"], labels, differences)
    5.0
    >>> step_of(METRICS["log_loss"], labels, differences)
    0.0
    """
    if metric.right_or_wrong:
        return 1.0
    if metric.name != "auc" and metric.name not in _BY_CLASS:
        return 0.0
    classes, labels, counts = np.unique(targets, return_inverse=True, return_counts=True)
    if metric.name == "auc":
        # Of two classes one area is taken, which either class moves alone.
        averaged = 1 if len(classes) == 2 else len(classes)
        return 0.0 if np.ptp(scores) else float(counts.sum() / (averaged * counts.min()))
    steps = counts.sum() / (len(classes) * counts)
    still = [np.ptp(scores[:, labels == place]) < _STILL * step for place, step in enumerate(steps)]
    return float(np.max(steps, where=still, initial=0.0))


def joined(tables: Iterable[NDArray[Any]]) -> NDArray[np.float64]:
    """Set ``(seed, row)`` scores of several folds side by side, as the least and the largest over seeds.

    >>> joined([np.array([[1.0, 2.0], [0.0, 3.0]]), np.array([[5.0]])]).tolist()
    [[0.0, 2.0, 5.0], [1.0, 3.0, 5.0]]
    """
    return np.concatenate([np.stack([table.min(axis=0), table.max(axis=0)]) for table in tables], axis=1)
