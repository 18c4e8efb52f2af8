"""Trials and studies as values, read from the store in which every trial is a variant.

A study is what was tried for one variant in one outer fold. Which trial is chosen stands in ``choosing``; how
points come about in ``quasi_random`` and ``proposals``. Knows nothing of how trials were trained.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.crossed import crossed
from trainlab.experiment.metrics import Metric
from trainlab.experiment.parameter import Parameter, Point, read_parameter
from trainlab.results.outcome import Outcome
from trainlab.results.remembered import remembered
from trainlab.results.store import FILE, Reader
from trainlab.results.table import Results, open_results

Floats = NDArray[np.float64]

FOLDER = "tuning"
"""The folder of trials, inside the folder of the experiment that they were tried for."""

# How a trial ended follows from its runs: the first of these that one of them did.
_WORST_FIRST = (
    Outcome.DIVERGED,
    Outcome.PRUNED,
    Outcome.RUNNING,
    Outcome.INTERRUPTED,
    Outcome.STOPPED_EARLY,
    Outcome.FINISHED,
)


@dataclass(frozen=True, eq=False)
class Trial:
    """One setting of a study's numbers, and what it gave.

    Args:
        number: its number in the study, from 0.
        point: name of a parameter -> value.
        changes: what it changes of the recipe, as a document.
        outcome: how it ended: ``"finished"``, ``"stopped_early"``, ``"diverged"``, ``"pruned"`` or
            ``"running"``, as the worst of its runs did.
        epochs: epochs trained, the most of its runs.
        scores: ``(seed, fold)`` metric on the rows of the inner folds; NaN where there is none.
        halves: ``(2,)`` metric on the first and the second half of those rows, mean over its runs; NaN where
            it is not known. They are averages over rows (pseudo-values of metrics that are none).
        error: standard error of its mean score, over rows and, from two seeds on, over seeds; None where
            the scores of rows are not stored.
        parameters: trainable numbers of its network; None where it is not known.
        curve: ``(epoch,)`` metric on the rows of the inner folds, mean over its runs.
        train_losses: ``(run, epoch)`` loss on the training rows after each epoch; NaN after the last.
        generation: how many cohorts were asked for before it.
    """

    number: int
    point: Point
    changes: Mapping[str, Any]
    outcome: str
    epochs: int
    scores: Floats
    halves: Floats
    error: float | None
    parameters: int | None
    curve: Floats
    train_losses: Floats
    generation: int

    @property
    def scored(self) -> bool:
        """Whether it can be chosen: all its runs ended with a score."""
        return self.outcome in {"finished", "stopped_early"} and math.isfinite(self.mean)

    @property
    def mean(self) -> float:
        """Mean score over the runs that have one; NaN where none has."""
        there = self.scores[np.isfinite(self.scores)]
        return float(there.mean()) if there.size else math.nan

    @property
    def spread(self) -> float | None:
        """Standard deviation over its runs; None for fewer than two."""
        there = self.scores[np.isfinite(self.scores)]
        return float(there.std(ddof=1)) if there.size > 1 else None


@dataclass(frozen=True, eq=False)
class Study:
    """What was tried for one variant in one outer fold.

    Args:
        variant: name of the variant.
        fold: the outer fold, from 0.
        tuning: how it was tuned, as the document of an ``experiment.tuning.Tuning``.
        parameters: what was tuned, parents before children.
        trials: in the order in which they were asked for.
        metric: what they are compared by.
        ended: whether no trial is to come.
    """

    variant: str
    fold: int
    tuning: Mapping[str, Any]
    parameters: tuple[Parameter, ...]
    trials: tuple[Trial, ...]
    metric: Metric
    ended: bool

    @property
    def scored(self) -> tuple[Trial, ...]:
        """The trials that can be chosen: none that diverged, was pruned or is under way."""
        return tuple(trial for trial in self.trials if trial.scored)

    @property
    def best(self) -> Trial | None:
        """The trial with the best mean score, of equals the first; None where none was scored."""
        return max(self.scored, key=lambda trial: (self.better(trial.mean), -trial.number), default=None)

    def better(self, score: float) -> float:
        """Turn a score so that more is better."""
        return score if self.metric.higher_is_better else -score


@remembered
def read_studies(results: Results) -> tuple[Study, ...]:
    """Read what was tried before an experiment's own runs; empty where nothing was tuned.

    Args:
        results: the experiment's own results, whose folder holds that of the trials.

    Raises:
        UsageError: where the store of trials is damaged or of another format.

    >>> from trainlab.testing import made_up_trials
    >>> results = made_up_trials({"sgd": {"scores": [0.7, 0.9, 0.8]}, "adam": {"scores": [0.8, 0.7, 0.6]}})
    >>> [(study.variant, study.best.number, study.best.mean) for study in read_studies(results)]
    [('sgd', 1, 0.9), ('adam', 0, 0.8)]
    """
    folder = Path(results.folder) / FOLDER
    return studies_in(open_results(folder)) if (folder / FILE).is_file() else ()


def studies_in(store: Results) -> tuple[Study, ...]:
    """Read the studies of a store of trials, finished or not.

    Args:
        store: results in which every trial is a variant, with the facts ``studies`` and ``trials``.
    """
    trials = store.facts.get("trials") or ()
    places = range(min(len(trials), len(store.variants)))
    found = []
    with Reader(store.folder) as reader:
        for position, study in enumerate(store.facts.get("studies") or ()):
            own = [place for place in places if trials[place]["study"] == position]
            own.sort(key=lambda place: int(trials[place]["number"]))
            folds = [int(fold) for fold in study["folds"]]
            found.append(
                Study(
                    variant=study["variant"],
                    fold=int(study["fold"]),
                    tuning=study["tuning"],
                    parameters=tuple(read_parameter(document) for document in study["parameters"]),
                    trials=tuple(_trial(store, reader, place, trials[place], folds) for place in own),
                    metric=store.metric,
                    ended=bool(study["ended"]),
                )
            )
    return tuple(found)


def _trial(store: Results, reader: Reader, place: int, told: Mapping[str, Any], folds: list[int]) -> Trial:
    outcomes = store.outcomes[place][:, folds]
    outcome = next((one for one in _WORST_FIRST if (outcomes == one).any()), Outcome.RUNNING)
    epochs = store.endings["epochs"][place][:, folds]
    sizes = store.endings["parameters"][place][:, folds]
    losses = store.curves["train_loss"][place][:, folds]
    rows = _row_scores(store, reader, place, folds)
    return Trial(
        number=int(told["number"]),
        point=told["point"],
        changes=told["changes"],
        outcome="running" if outcome == Outcome.INTERRUPTED else outcome.key,
        epochs=int(np.nanmax(epochs)) if np.isfinite(epochs).any() else 0,
        scores=np.array(store.scores[place][:, folds]),
        halves=_halves(store, place, folds, rows),
        error=_error(rows),
        parameters=int(np.nanmax(sizes)) if np.isfinite(sizes).any() else None,
        curve=_mean(_by_run(store.validation_curve("metric")[place][:, folds])),
        train_losses=_by_run(losses),
        generation=int(told["generation"]),
    )


def _by_run(curves: Floats) -> Floats:
    """Lay ``(seed, fold, epoch)`` out as ``(run, epoch)``, also where no epoch has been trained yet."""
    return curves.reshape(math.prod(curves.shape[:2]), curves.shape[2])


def _row_scores(store: Results, reader: Reader, place: int, folds: list[int]) -> list[list[Floats | None]]:
    """Give for each inner fold the row scores of each seed; None of runs without a score."""
    found: list[list[Floats | None]] = []
    for fold in folds:
        of_seeds: list[Floats | None] = []
        for seed in range(len(store.seeds)):
            there = np.isfinite(store.scores[place, seed, fold])
            number = store.run_numbers[place, seed, fold]
            rows = reader.array(f"run/{number}", "row_scores") if there else None
            of_seeds.append(None if rows is None else np.asarray(rows, np.float64))
        found.append(of_seeds)
    return found


def _halves(store: Results, place: int, folds: list[int], rows: list[list[Floats | None]]) -> Floats:
    """Give the mean score on each half of the rows that validate; without rows, where curves ended."""
    runs = []
    for fold, of_seeds in zip(folds, rows, strict=True):
        first = store.halves[fold]
        for seed, scores in enumerate(of_seeds):
            if scores is not None and first.any() and not first.all():
                runs.append([scores[first].mean(), scores[~first].mean()])
            elif np.isfinite(store.scores[place, seed, fold]):
                chosen = int(store.endings["chosen_epoch"][place, seed, fold]) - 1
                ends = [store.curves[f"validation_metric_{half}"][place, seed, fold] for half in "ab"]
                runs.append([end[chosen] if 0 <= chosen < len(end) else np.nan for end in ends])
    return np.mean(runs, axis=0) if runs else np.full(2, np.nan)


def _error(rows: list[list[Floats | None]]) -> float | None:
    """Give the standard error of a mean score over rows and seeds, of the seeds that every fold has.

    Rows of several folds are laid side by side, as in cross-validation, where each validates once.
    """
    whole = (
        [seed for seed in range(len(rows[0])) if all(fold[seed] is not None for fold in rows)] if rows else []
    )
    if not whole:
        return None
    table = np.array(
        [np.concatenate([fold[seed] for fold in rows if fold[seed] is not None]) for seed in whole]
    )
    if table.shape[1] < 2:
        return None
    if len(table) > 1:
        return crossed(table).standard_error
    return float(table[0].std(ddof=1) / math.sqrt(table.shape[1]))


def _mean(curves: Floats) -> Floats:
    """Average ``(run, epoch)`` over the runs that got so far; NaN where none did."""
    there = np.isfinite(curves)
    counts = there.sum(axis=0)
    return np.where(counts > 0, np.where(there, curves, 0.0).sum(axis=0) / np.maximum(counts, 1), np.nan)
