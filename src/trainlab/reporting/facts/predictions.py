"""What predictions on validation rows come to, as facts: all measures, confusion, classes, reliability.

Of a few variants, since a reader looks at each by itself. A run is measured on the rows that validated it,
which over folds are out of fold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.measured import VariantMeasures, all_measures
from trainlab.comparison.over_runs import over_runs
from trainlab.comparison.splits import Splits, splits_of
from trainlab.experiment.metrics import Metric
from trainlab.measures.confusion import confusion, per_class
from trainlab.reporting.facts.variants import known
from trainlab.reporting.wording.names import labels
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

_LABEL = 40

Interval = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class MeasureFacts:
    """One measure of one variant: the mean over runs, with the ends of its interval."""

    metric: Metric
    value: Interval


@dataclass(frozen=True)
class ClassFacts:
    """How one class is told.

    Args:
        name: of the class.
        rows: how many rows of it were scored, all runs together.
        precision: mean over runs of the share of answers that are right, with its interval.
        recall: of the share of rows that are told right.
        f1: of their harmonic mean.
    """

    name: str
    rows: int
    precision: Interval
    recall: Interval
    f1: Interval


@dataclass(frozen=True)
class Sureness:
    """How sure answers are against how often they are right.

    Args:
        bins: of each bin that has rows: mean probability, share that is right, and share of all rows.
        error: calibration error over all rows of all runs.
        by_chance: what a perfectly calibrated network would show on so many rows.
    """

    bins: tuple[tuple[float, float, float], ...]
    error: float
    by_chance: float


@dataclass(frozen=True)
class PredictionFacts:
    """What the predictions of one variant come to.

    Args:
        variant: its place among the variants.
        runs: how many runs were measured.
        measures: all that fit the task.
        classes: one for each class; empty for a regression.
        shares: of the rows of each class, the share that is said to be each class, all runs together.
        sureness: None for a regression.
    """

    variant: int
    runs: int
    measures: tuple[MeasureFacts, ...]
    classes: tuple[ClassFacts, ...]
    shares: tuple[tuple[float, ...], ...]
    sureness: Sureness | None


def prediction_facts(results: Results, places: Sequence[int]) -> tuple[PredictionFacts, ...]:
    """Measure the predictions of some variants; those without a completed run are left out.

    Args:
        results: with the outputs of the runs.
        places: which variants.
    """
    splits = splits_of(results)
    measured = all_measures(results, [results.variants[place] for place in places])
    numbers = {name: place for place, name in enumerate(results.variants)}
    return tuple(_of_variant(results, splits, numbers[one.variant], one) for one in measured if one.runs)


def _of_variant(results: Results, splits: Splits, place: int, measured: VariantMeasures) -> PredictionFacts:
    values = tuple(
        MeasureFacts(one.measure.metric, (known(one.mean), known(one.low), known(one.high)))
        for one in measured.values
    )
    if measured.confusion is None:
        return PredictionFacts(place, measured.runs, values, (), (), None)
    counts = measured.confusion
    rows = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(rows, 1)
    sure = measured.reliability
    return PredictionFacts(
        place,
        measured.runs,
        values,
        _classes(results, splits, place, counts),
        tuple(tuple(row) for row in shares.tolist()),
        None
        if sure is None
        else Sureness(
            tuple(
                (float(said), float(right), float(count / max(sure.counts.sum(), 1)))
                for said, right, count in zip(sure.confidence, sure.accuracy, sure.counts, strict=True)
                if count
            ),
            float(sure.error),
            float(sure.by_chance),
        ),
    )


def _classes(
    results: Results, splits: Splits, place: int, counts: NDArray[np.int64]
) -> tuple[ClassFacts, ...]:
    """Give precision, recall and F1 of each class with what runs differ by."""
    classes = len(counts)
    values = np.full((len(results.seeds), results.folds, 3, classes), np.nan)
    for fold in range(results.folds):
        for seed, outputs in enumerate(results.rows("outputs", results.variants[place], fold)):
            if outputs is None or results.outcomes[place, seed, fold] == Outcome.DIVERGED:
                continue
            told = per_class(confusion(outputs, results.validation_targets[fold], classes))
            values[seed, fold] = np.stack([told.precision, told.recall, told.f1])
    means = over_runs(values, splits)
    together = per_class(counts)
    said = (results.facts.get("data") or {}).get("classes") or ()
    said = said if len(said) == classes else range(classes)  # a file of others may say anything
    names = labels([str(name) for name in said], _LABEL)
    found = []
    for one in range(classes):
        # A class that some run never named has no mean of its own: then the runs are taken together.
        intervals = [
            (known(float(pooled[one])), None, None)
            if not np.isfinite(means.mean[kind, one])
            else (
                float(means.mean[kind, one]),
                known(max(float(means.low[kind, one]), 0.0)),
                known(min(float(means.high[kind, one]), 1.0)),
            )
            for kind, pooled in enumerate((together.precision, together.recall, together.f1))
        ]
        found.append(ClassFacts(names[one], int(counts[one].sum()), *intervals))
    return tuple(found)
