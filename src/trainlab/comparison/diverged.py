"""Runs that diverged: never dropped, scored as a predictor that has learned nothing, and counted.

Dropping them would reward the variant that fails most often and keeps its lucky runs.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.measures.measure import pseudo_values
from trainlab.measures.rows import Floats


@dataclass(frozen=True)
class Diverged:
    """How many runs diverged in each of two variants, on the seeds that ended in both.

    Args:
        variant: runs of the variant that diverged.
        against: runs of the reference that diverged.
        seeds: seeds that ended in both.
        p: exact paired test that one diverges as often as the other.
    """

    variant: int
    against: int
    seeds: int
    p: float

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return self.variant + self.against > 0


def compare_diverged(variant: NDArray[np.bool_], against: NDArray[np.bool_]) -> Diverged:
    """Count diverged runs and test whether one variant diverges more often.

    Only seeds on which one diverged and the other did not can tell; under no difference each is a fair coin.

    Args:
        variant: ``(seed,)`` whether the variant's run diverged.
        against: ``(seed,)`` the same for the reference, same seeds.

    Source:
        McNemar, *Psychometrika* 12 (1947), in its exact form: a two-sided sign test.

    >>> compare_diverged(np.array([True] * 6), np.array([False] * 6)).p
    0.03125
    """
    first, second = int((variant & ~against).sum()), int((against & ~variant).sum())
    told = first + second
    outside = sum(math.comb(told, count) for count in range(min(first, second) + 1)) / 2**told
    return Diverged(int(variant.sum()), int(against.sum()), len(variant), min(1.0, 2 * outside))


def trivial_predictor(task: str) -> str:
    """Name the predictor that has learned nothing but what is usual.

    >>> trivial_predictor("regression")
    'the mean predictor'
    """
    return "the mean predictor" if task == "regression" else "the class-prior predictor"


def trivial_rows(metric: str, data: Mapping[str, Any], targets: NDArray[Any]) -> Floats:
    """Score each row by the predictor that knows only how often each class is, or the mean target.

    Args:
        metric: name of the metric, one of ``METRICS``. ``loss`` is the one that Keras trains on here: log
            loss, or mean squared error. Where the metric is no average over rows, these are pseudo-values.
        data: facts of the data: ``task``, and ``class_counts`` ``(class,)`` or ``target_mean`` ``(target,)``.
        targets: ``(row,)`` class numbers, or ``(row, target)`` amounts.

    Returns:
        ``(row,)`` scores in the unit of the metric.

    >>> facts = {"task": "classification", "class_counts": [30, 10]}
    >>> trivial_rows("accuracy", facts, np.array([0, 1, 0]))
    array([1., 0., 1.])
    >>> trivial_rows("mae", {"task": "regression", "target_mean": [2.0]}, np.array([[1.0], [4.0]]))
    array([1., 2.])
    """
    if data["task"] == "regression":
        amounts = np.asarray(targets, np.float64).reshape(len(targets), -1)
        answer = np.asarray(data["target_mean"], np.float64).reshape(-1)
        return pseudo_values(metric, np.broadcast_to(answer, amounts.shape), amounts)
    counts = np.asarray(data["class_counts"], np.float64)
    shares = np.broadcast_to(counts / counts.sum(), (len(targets), len(counts)))
    return pseudo_values(metric, shares, np.asarray(targets, np.int64))
