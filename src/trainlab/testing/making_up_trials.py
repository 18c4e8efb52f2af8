"""Tuned results that nobody trained: the folder of an experiment with the store of its trials inside."""

import atexit
import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.experiment.metrics import METRICS
from trainlab.experiment.parameter import Point
from trainlab.experiment.space import Space, parse_space
from trainlab.results.outcome import Outcome
from trainlab.results.store import FILE
from trainlab.results.table import Results, open_results
from trainlab.testing.making_up import made_up
from trainlab.tuning.choosing import choose
from trainlab.tuning.quasi_random import quasi_random
from trainlab.tuning.trials import FOLDER, studies_in

Told = Mapping[str, Any]

RATES = {"learning_rate": {"log": [1e-4, 1e-1]}}
_TUNING = {
    "sampler": "quasi_random",
    "minutes": None,
    "cohort": 32,
    "seeds": 1,
    "validation": {"holdout": 0.2},
    "pruning": None,
    "choose": "best",
    "sampler_seed": 0,
}
_CURVES = ("metric", "loss", "train_loss", "train_metric")


def made_up_trials(
    studies: Mapping[str, Told | Sequence[Told]],
    *,
    space: Mapping[str, Any] | None = None,
    tuning: Mapping[str, Any] | None = None,
    variants: Mapping[str, Told] | None = None,
    inner: int = 1,
    rows: int = 1_000,
    metric: str = "accuracy",
    facts: Mapping[str, Any] | None = None,
    recipe: Mapping[str, Any] | None = None,
    smallest: float | None = None,
    folder: Path | None = None,
) -> Results:
    """Write made-up results with the trials that they were tuned by, and open them.

    Args:
        studies: variant -> what its trials gave, or a list of that, one for each outer fold. ``scores`` are
            ``(trial,)``, ``(trial, seed)`` or ``(trial, seed, inner fold)``, or a function of a trial's
            point, with the number of ``trials``; NaN stands for a trial that diverged. Beside them, each left
            out or ``(trial, ...)``: ``points``, ``changes``, ``outcomes``, ``parameters``, ``generation``,
            ``epochs`` (how many), ``halves`` ``(trial, 2)`` scores on the halves of the inner rows, which the
            score is then the mean of, and the curves ``metric``, ``loss``, ``train_loss``, ``train_metric``,
            ``(trial, epoch)``. ``space`` and ``tuning`` are those of this study, where they differ.
        space: what was tuned, as an experiment file writes it; left out, the learning rate.
        tuning: parts of the document of a ``Tuning`` that differ from the usual.
        variants: the experiment's own runs, as `made_up` takes them; left out, two seeds of each variant that
            score what the chosen trial did. Others than those of the studies were not tuned.
        inner: inner folds of each outer fold.
        rows: validation rows of each fold, inner and outer.
        metric: what is compared.
        facts: facts of the experiment's own folder that are added, or replace the usual ones.
        recipe: what all variants share.
        smallest: the smallest difference that matters.
        folder: where to write; left out, a folder that goes when Python ends.

    >>> results = made_up_trials({"sgd": {"scores": lambda point: 8 * point["learning_rate"], "trials": 4}})
    >>> [chosen] = results.facts["tuning"]["studies"]
    >>> chosen["trials"], chosen["point"] == chosen["settings"]
    (4, True)
    >>> open_results(results.folder / "tuning").variants[0]
    'sgd, trial 0'
    """
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="trainlab-made-up-trials-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    asked = {name: [told] if isinstance(told, Mapping) else list(told) for name, told in studies.items()}
    folds = max(len(told) for told in asked.values())
    made = [
        _Made(
            name,
            fold,
            told,
            parse_space(told.get("space", space or RATES), "tune"),
            tuning=tuning or {},
            inner=inner,
        )
        for name, of_folds in asked.items()
        for fold, told in enumerate(of_folds)
    ]
    store = _write_trials(
        made, folds, inner, folder / FOLDER, {"rows": rows, "metric": metric, "recipe": recipe}
    )
    chosen, settings = _chosen(store, made)
    own = variants or {one["variant"]: {"score": [one["score"]] * 2} for one in chosen if one["fold"] == 0}
    told_variants = {
        name: {**said, "changes": {**said.get("changes", {}), **settings.get(name, {})}}
        for name, said in own.items()
    }
    told_facts = {
        "tuning": {
            "ended": True,
            "studies": [{key: one[key] for key in one if key != "score"} for one in chosen],
            "final": {one["variant"]: one["point"] for one in reversed(chosen)},
        }
    }
    return made_up(
        told_variants,
        rows=rows,
        metric=metric,
        facts={**told_facts, **(facts or {})},
        recipe=recipe,
        smallest=smallest,
        folds=folds,
        folder=folder,
    )


class _Made:
    """One study: its trials with their points and numbers, each an array whose first axis is the trial."""

    def __init__(
        self, variant: str, fold: int, told: Told, space: Space, *, tuning: Mapping[str, Any], inner: int
    ) -> None:
        self.variant, self.fold, self.told, self.space = variant, fold, told, space
        given = told["scores"] if "scores" in told else np.mean(told["halves"], axis=1)
        self.trials = int(told["trials"]) if callable(given) else len(given)
        self.points: list[Point] = list(told.get("points") or quasi_random(space, self.trials, 0))
        self.scores = _over_runs(_asked(given, self.points), inner)
        self.tuning = {
            **_TUNING,
            "space": space.document(),
            "trials": self.trials,
            **tuning,
            **told.get("tuning", {}),
        }

    def variant_of(self, trial: int, folds: range, every: int) -> dict[str, Any]:
        """Say of a trial what `made_up` takes: on its study's inner folds, and nothing on the others."""
        scores = np.full((self.scores.shape[1], every), np.nan)
        scores[:, folds] = self.scores[trial]
        outcomes = np.where(np.isfinite(scores), Outcome.FINISHED, Outcome.DIVERGED)
        if "outcomes" in self.told:
            outcomes[:, folds] = self.told["outcomes"][trial]
        said: dict[str, Any] = {"score": scores, "outcomes": outcomes}
        curves = {
            name: np.asarray(self.told[name][trial], np.float64) for name in _CURVES if name in self.told
        }
        if not curves:  # a curve that stands still, so that a run has as many epochs as it is said to have
            epochs = int(np.asarray(self.told.get("epochs", [10] * self.trials))[trial])
            curves = {"metric": np.full(epochs, np.nanmean(scores) if np.isfinite(scores).any() else 0.0)}
        if "parameters" in self.told:
            said["parameters"] = self.told["parameters"][trial]
        return said | curves

    def fact(self, position: int, trial: int) -> dict[str, Any]:
        """Say of a trial what the store's facts hold."""
        changes = (
            self.told["changes"][trial] if "changes" in self.told else self.space.settings(self.points[trial])
        )
        generation = self.told["generation"][trial] if "generation" in self.told else 0
        return {
            "study": position,
            "number": trial,
            "point": dict(self.points[trial]),
            "changes": dict(changes),
            "generation": int(generation),
        }


def _write_trials(
    made: Sequence[_Made], folds: int, inner: int, folder: Path, usual: Mapping[str, Any]
) -> Results:
    variants, trials, studies, asked = {}, [], [], []
    for position, study in enumerate(made):
        own = range(study.fold * inner, (study.fold + 1) * inner)
        for trial in range(study.trials):
            nested = f"fold {study.fold + 1}, " if folds > 1 else ""
            said = study.variant_of(trial, own, folds * inner)
            if "halves" in study.told:
                seeds = study.scores.shape[1]
                said["right"] = [_rows(study.told["halves"][trial], usual)] * seeds
            variants[f"{study.variant}, {nested}trial {trial}"] = said
            trials.append(study.fact(position, trial))
            asked.append(own)
        studies.append(
            {
                "variant": study.variant,
                "fold": study.fold,
                "tuning": study.tuning,
                "parameters": [parameter.document() for parameter in study.space.parameters],
                "folds": list(own),
                "asked": study.trials,
                "ended": True,
            }
        )
    facts = {"studies": studies, "trials": trials, "tuning_seconds": 1.0}
    folder.mkdir(parents=True)
    made_up(variants, folds=folds * inner, folder=folder, facts=facts, **usual)
    with contextlib.closing(sqlite3.connect(folder / FILE)) as connection, connection:
        # A trial has runs on the inner folds of its own study; there are no others.
        for place, own in enumerate(asked):
            outside = "DELETE FROM runs WHERE variant = ? AND NOT fold BETWEEN ? AND ?"
            connection.execute(outside, (place, own[0], own[-1]))
        connection.execute("DELETE FROM epochs WHERE run NOT IN (SELECT run FROM runs)")
    return open_results(folder)


def _chosen(store: Results, made: Sequence[_Made]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Say of each study what the experiment's own facts hold, and of each variant its tuned settings."""
    found: list[dict[str, Any]] = []
    settings: dict[str, Any] = {}
    for study, known in zip(studies_in(store), made, strict=True):
        best, trial = study.best, choose(study)
        changes = {} if trial is None else dict(trial.changes)
        settings.setdefault(study.variant, changes)
        found.append(
            {
                "variant": study.variant,
                "fold": study.fold,
                "trials": known.trials,
                "best": None if best is None else best.number,
                "chosen": None if trial is None else trial.number,
                "point": {} if trial is None else dict(trial.point),
                "settings": changes,
                "score": np.nan if trial is None else trial.mean,
            }
        )
    return found, settings


def _asked(given: Any, points: Sequence[Point]) -> NDArray[np.float64]:
    if callable(given):
        response: Callable[[Point], Any] = given
        given = [response(point) for point in points]
    return np.asarray(given, np.float64)


def _over_runs(scores: NDArray[np.float64], inner: int) -> NDArray[np.float64]:
    """Give ``(trial, seed, inner fold)`` scores of those for trials, or for trials and seeds."""
    while scores.ndim < 3:
        scores = scores[..., None]
    return np.broadcast_to(scores, (*scores.shape[:2], inner)) if scores.shape[2] == 1 else scores


def _rows(halves: Sequence[float], usual: Mapping[str, Any]) -> NDArray[Any]:
    """Give scores of rows with these means on even and odd rows, as `made_up` halves them."""
    rows = int(usual["rows"])
    numbers = np.arange(rows)
    if not METRICS[usual["metric"]].right_or_wrong:
        return np.asarray(np.where(numbers % 2 == 0, *halves) * (0.5 + numbers // 2 % 2), np.float32)
    counts = np.where(numbers % 2 == 0, *(round(half * ((rows + 1) // 2)) for half in halves))
    return (numbers // 2 < counts).astype(np.uint8)
