"""Every measure that fits the task, of every variant, from the stored predictions on rows that validated.

A network is measured only on rows it was not trained on; over folds that is what "out of fold" says. Verdicts
are read off one metric, named beforehand: what stands here describes, and decides nothing.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.comparison import Score
from trainlab.comparison.crossed import Floats
from trainlab.comparison.one_split import score_on_one_split
from trainlab.comparison.question import Arm, arm_of
from trainlab.comparison.several_splits import score_over_splits
from trainlab.comparison.splits import Splits, splits_of
from trainlab.measures.calibration import BINS, Reliability, reliability
from trainlab.measures.confusion import PerClass, confusion, per_class
from trainlab.measures.measure import MEASURES, Measure, value
from trainlab.results.store import Reader
from trainlab.results.table import Results

SCHEMA = "trainlab/measures/1"


@dataclass(frozen=True)
class Measured:
    """One measure of one variant.

    Args:
        measure: what was measured.
        mean: mean over the runs; None where none has a number.
        low: lower end of its 95 % interval, of the kind that the comparison's scores have: over seeds on one
            split, corrected over folds; None where there is none.
        high: upper end.
        n: runs that were measured.
    """

    measure: Measure
    mean: float | None
    low: float | None
    high: float | None
    n: int

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "measure": self.measure.name,
            "mean": self.mean,
            "low": self.low,
            "high": self.high,
            "n": self.n,
        }


@dataclass(frozen=True, eq=False)
class VariantMeasures:
    """What the predictions of one variant come to.

    Args:
        variant: its name.
        values: one for each measure that fits the task, in the order of ``MEASURES``.
        confusion: ``(true, said)`` counts over all rows of all runs that were completed; None for amounts and
            where no run was.
        per_class: precision, recall and F1 of each class from these counts.
        reliability: how sure against how often right, over all rows of all runs.
        runs: runs that were completed.
    """

    variant: str
    values: tuple[Measured, ...]
    confusion: NDArray[np.int64] | None
    per_class: PerClass | None
    reliability: Reliability | None
    runs: int

    def document(self) -> dict[str, Any]:
        """Give plain values; None where a share has nothing it is a share of."""
        told, sure = self.per_class, self.reliability
        return {
            "variant": self.variant,
            "runs": self.runs,
            "values": [one.document() for one in self.values],
            "confusion": None if self.confusion is None else self.confusion.tolist(),
            "per_class": None
            if told is None
            else {
                "precision": _plain(told.precision),
                "recall": _plain(told.recall),
                "f1": _plain(told.f1),
                "support": told.support.tolist(),
            },
            "reliability": None
            if sure is None
            else {
                "confidence": _plain(sure.confidence),
                "accuracy": _plain(sure.accuracy),
                "counts": sure.counts.tolist(),
                "error": sure.error,
                "by_chance": sure.by_chance,
            },
        }


@dataclass(frozen=True, eq=False)
class _Run:
    """One completed run: where it stands, what it said, and what was wanted."""

    seed: int
    fold: int
    outputs: NDArray[Any]
    targets: NDArray[Any]


def all_measures(results: Results, variants: Sequence[str] = ()) -> tuple[VariantMeasures, ...]:
    """Measure every variant in every way that fits the task.

    The experiment's own metric is taken as it was scored in training; the others are told from the stored
    predictions, which for classes are probabilities rounded to half precision (three digits).

    Args:
        results: what is stored, finished or not.
        variants: names of those that are measured; left out, all.

    Returns:
        One for each of these variants, in the order of the experiment.
    """
    splits = splits_of(results)
    asked = variants or results.variants
    return tuple(_variant(results, splits, name) for name in results.variants if name in asked)


def _variant(results: Results, splits: Splits, name: str) -> VariantMeasures:
    arm = arm_of(results, name)
    runs = _runs(results, arm)
    task = results.facts["data"]["task"]
    asked = [measure for measure in MEASURES.values() if measure.task == task]
    values = tuple(_measured(results, splits, arm, runs, measure) for measure in asked)
    if task != "classification" or not runs:
        return VariantMeasures(name, values, None, None, None, len(runs))
    classes = runs[0].outputs.shape[1]
    counts = sum((confusion(run.outputs, run.targets, classes) for run in runs), np.zeros((), np.int64))
    outputs = np.concatenate([run.outputs for run in runs])
    targets = np.concatenate([run.targets for run in runs])
    return VariantMeasures(
        variant=name,
        values=values,
        confusion=counts,
        per_class=per_class(counts),
        reliability=reliability(outputs, targets, BINS),
        runs=len(runs),
    )


def _runs(results: Results, arm: Arm) -> list[_Run]:
    numbers = results.run_numbers[results.variants.index(arm.name)]
    found = []
    with Reader(results.folder) as reader:
        for seed, fold in np.argwhere(arm.completed).tolist():
            outputs = reader.array(f"run/{numbers[seed, fold]}", "outputs")
            if outputs is not None:
                targets = results.validation_targets[fold]
                found.append(_Run(seed, fold, np.asarray(outputs, np.float64), targets))
    return found


def _measured(results: Results, splits: Splits, arm: Arm, runs: list[_Run], measure: Measure) -> Measured:
    if measure.name == results.metric.name:
        return _shown(measure, splits, arm)
    scores = np.full(arm.scores.shape, np.nan)
    for run in runs:
        scores[run.seed, run.fold] = value(measure.name, run.outputs, run.targets)
    known = arm.completed & np.isfinite(scores)
    return _shown(measure, splits, dataclasses.replace(arm, scores=scores, completed=known))


def _shown(measure: Measure, splits: Splits, arm: Arm) -> Measured:
    one = splits.kind == "one split"
    score: Score = score_on_one_split(arm) if one else score_over_splits(splits, arm)
    if score.low is None or score.high is None:
        return Measured(measure, score.mean, None, None, score.n)
    return Measured(measure, score.mean, *measure.metric.cut(score.low, score.high), score.n)


def _plain(values: Floats) -> list[float | None]:
    return [float(one) if np.isfinite(one) else None for one in values]
