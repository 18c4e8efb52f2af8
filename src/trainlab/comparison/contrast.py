"""A weighted sum of variants' scores with its interval, paired by seed, fold and row as any difference is.

The same machinery that compares two variants measures it: on one split seeds by rows, over several fold by
fold. Knows nothing of what the sum means.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.crossed import Floats, crossed
from trainlab.comparison.over_folds import corrected_t, percentiles
from trainlab.comparison.question import Arm, Question
from trainlab.comparison.steps import joined, step_of
from trainlab.comparison.units import by_group


@dataclass(frozen=True)
class Measured:
    """A weighted sum of scores.

    Args:
        value: the sum, mean over seeds, rows and folds, in the unit of the metric.
        interval: its interval; None where nothing shows a spread, and for a time series.
        p: for this one by itself; None where there is no interval that claims something.
        seeds: seeds that ended in every variant, on one split; else pairs of seed and fold.
    """

    value: float
    interval: tuple[float, float] | None
    p: float | None
    seeds: int


def contrast(
    question: Question,
    arms: Mapping[str, Arm],
    weights: Mapping[str, float],
    alpha: float,
    *,
    completed: bool = False,
) -> Measured | None:
    """Measure a weighted sum of scores on the runs that ended in every variant; None where no seed has.

    Args:
        question: what comparisons share.
        arms: name of a variant -> its runs.
        weights: name of a variant -> what its score counts.
        alpha: probability left outside the interval.
        completed: whether runs that diverged are left out, instead of counted as the trivial predictor.
    """
    kept = [arms[name].completed if completed else arms[name].ended for name in weights]
    there: NDArray[np.bool_] = np.asarray(np.logical_and.reduce(kept), bool)
    if not there.any():
        return None
    results, splits = question.results, question.splits
    # A row of a kind that was not met may move every part of the sum at once.
    most = sum(abs(weight) for weight in weights.values()) / 2
    largest = max(abs(weight) for weight in weights.values())
    if splits.kind == "one split":
        table = _table(question, arms, weights, 0, there[:, 0])
        step = most * step_of(results.metric, results.validation_targets[0], table / largest)
        table, unit = by_group(table, results.validation_groups[0])
        seeds_and_rows = crossed(table, step=step * unit)
        return Measured(
            seeds_and_rows.mean, seeds_and_rows.interval(1 - alpha), seeds_and_rows.p, int(there.sum())
        )
    tables = {
        fold: _table(question, arms, weights, fold, seeds)
        for fold, seeds in enumerate(there.T)
        if seeds.any()
    }
    targets = np.concatenate([results.validation_targets[fold] for fold in tables])
    moved = joined(tables.values()) / largest
    means = [float(table.mean()) for table in tables.values()]
    over = corrected_t(
        means,
        ratio=splits.ratio,
        rows=splits.scored_rows,
        step=most * step_of(results.metric, targets, moved),
    )
    if splits.describes:
        middle = percentiles(means) if splits.kind == "resamples" else None
        return Measured(over.mean, middle, None, int(there.sum()))
    return Measured(over.mean, over.interval(1 - alpha), over.p, int(there.sum()))


def _table(
    question: Question,
    arms: Mapping[str, Arm],
    weights: Mapping[str, float],
    fold: int,
    seeds: NDArray[np.bool_],
) -> Floats:
    table = np.zeros((int(seeds.sum()), len(question.trivial[fold])))
    for name, weight in weights.items():
        table += weight * question.table(arms[name], fold, seeds)
    return table
