"""The final model: one variant trained again on all rows but the sealed ones, as long as was best before."""

import json
import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from trainlab.checking import Ready, prepare
from trainlab.data.splitting.refit_rows import refit_fold
from trainlab.declaring import declare
from trainlab.errors import UsageError
from trainlab.experiment.checks import suggestion
from trainlab.experiment.ensembles import Ensemble
from trainlab.experiment.settling import settled
from trainlab.experiment.spec import Experiment
from trainlab.experiment.variants import Variant
from trainlab.results.files import write_whole
from trainlab.results.outcome import Outcome
from trainlab.results.store import Reader, Writer
from trainlab.results.table import Results, open_results
from trainlab.running import make_folder, silent
from trainlab.stored import asked_before

REFITS = "refits"
DONE = "refit.json"


@dataclass(frozen=True)
class Refit:
    """A final model: one network, or one ensemble of them, for each seed.

    Args:
        folder: where its networks are.
        variant: which variant it is of.
        seeds: a network or an ensemble for each.
        epochs: how long each was trained.
        rows: how many rows an epoch goes through: all that are not sealed, or as many of them as the recipe
            of the variant asks for.
        diverged: how many networks diverged, members of ensembles counted singly; they are not in the model.
    """

    folder: Path
    variant: str
    seeds: tuple[int, ...]
    epochs: int
    rows: int
    diverged: int

    def document(self) -> dict[str, Any]:
        """Give what ``--json`` prints."""
        return {
            "schema": "trainlab/refit/1",
            "folder": str(self.folder),
            "variant": self.variant,
            "seeds": list(self.seeds),
            "epochs": self.epochs,
            "rows": self.rows,
            "diverged": self.diverged,
        }


def refit(
    folder: str | Path,
    *,
    variant: str | None = None,
    experiment: Experiment | None = None,
    allow_code: bool = False,
    show: Callable[[Any], None] = silent,
) -> Refit:
    """Train the final model of a variant: on all rows but the sealed ones, with the experiment's seeds.

    No row is left to choose an epoch on, so each network is trained for the median epoch that was chosen
    over all seeds and folds; a schedule runs as it did, and is cut there. A variant that is refitted already
    is not trained again.

    Args:
        folder: what ``run`` has written.
        variant: which variant; left out, the best one by its mean score.
        experiment: the experiment, where data or model live in memory.
        allow_code: whether a Python file that the experiment names may run.
        show: told how far training is.

    Raises:
        UsageError: for an unknown variant, one without a scored run, and where runs have not ended yet.
    """
    folder = Path(folder)
    results = open_results(folder)
    _check_ended(results)
    asked = asked_before(folder, results.facts, experiment, "refit")
    name = asked_variant(results, variant)
    asked = replace(asked, seeds=_seeds_asked_for(results, name))
    done = find_refit(folder, results, name)
    if done is not None:
        return done
    epochs = median_epoch(results, name)
    ready = refit_ready(asked, name, epochs, allow_code=allow_code)
    place = _place(folder, results, name)
    with Writer(folder):  # nobody else refits here meanwhile
        # A refit that was cut short is made anew: it takes no longer than a single run.
        shutil.rmtree(place, ignore_errors=True)
        make_folder(place)
        with Writer(place) as writer:
            declare(writer, ready)
            _train(ready, writer, show)
        with Reader(place) as reader:
            ended = [Outcome(run["outcome"]) for run in reader.runs() if not run["members"]]
        gone, rows = ended.count(Outcome.DIVERGED), ready.cohorts[0].cohort.train_rows
        made = Refit(place, name, asked.seeds, epochs, rows, gone)
        write_whole(place / DONE, json.dumps(made.document()).encode())
    return made


def find_refit(folder: Path, results: Results, variant: str) -> Refit | None:
    """Give the final model of a variant, where it was made."""
    place = _place(folder, results, variant)
    try:
        found: Mapping[str, Any] = json.loads((place / DONE).read_text(encoding="utf-8"))
    except OSError:
        return None
    known = {key: found[key] for key in ("variant", "epochs", "rows", "diverged")}
    return Refit(place, seeds=tuple(found["seeds"]), **known)


def refit_ready(asked: Experiment, variant: str, epochs: int, *, allow_code: bool) -> Ready:
    """Prepare the training of a final model.

    Args:
        asked: the experiment.
        variant: which variant.
        epochs: for how long each network is trained.
        allow_code: whether a Python file that the experiment names may run.
    """
    alone = refit_experiment(asked, variant)
    ready = prepare(alone, (refit_fold(asked.data, asked.split_seed),), allow_code=allow_code)
    return replace(ready, cohorts=cut(ready.cohorts, epochs))


def refit_experiment(asked: Experiment, variant: str) -> Experiment:
    """Give the experiment of one variant alone, which is trained to its last epoch."""
    asked = settled(asked)
    (changes,) = (one.changes for one in asked.variants if one.name == variant)
    final: dict[str, Any] = {**changes, "early_stopping": False}
    members = Variant(variant, changes).recipe(asked.recipe).members
    if members > 1:
        final["ensemble"] = Ensemble(members, control=False)
    return replace(asked, variants=(Variant(variant, final),), baselines=())


def cut(cohorts: tuple[Any, ...], epochs: int) -> tuple[Any, ...]:
    """Let prepared cohorts end after so many epochs; their schedules run as if they went on."""
    return tuple(
        replace(prepared, cohort=replace(prepared.cohort, epochs=min(prepared.cohort.epochs, epochs)))
        for prepared in cohorts
    )


def asked_variant(results: Results, variant: str | None) -> str:
    """Give the variant that is asked for; left out, the best one by its mean score.

    Args:
        results: what is stored.
        variant: its name, as ``--variant`` has it.

    Raises:
        UsageError: for an unknown variant, and where none is named and no run has a score.
    """
    if variant is None:
        return best_variant(results)
    if variant not in results.variants:
        raise UsageError("no such variant", "--variant", variant, suggestion(variant, results.variants))
    return variant


def best_variant(results: Results) -> str:
    """Give the variant with the best mean score.

    Raises:
        UsageError: where no run has a score.
    """
    sign = 1 if results.metric.higher_is_better else -1
    means = {}
    for position, name in enumerate(results.variants):
        scores = results.scores[position][np.isfinite(results.scores[position])]
        if scores.size:
            means[name] = sign * float(scores.mean())
    if not means:
        raise UsageError("no run has a score", "--variant", None, "Train longer, or at a lower rate.")
    return max(means, key=lambda name: means[name])


def median_epoch(results: Results, variant: str) -> int:
    """Give the median epoch that was chosen over the variant's seeds and folds, rounded up.

    Raises:
        UsageError: where no run of the variant has a score.
    """
    position = results.variants.index(variant)
    scored = np.isfinite(results.scores[position])
    chosen = results.endings["chosen_epoch"][position][scored]
    if not chosen.size:
        cure = "Choose another variant; `trainlab show` tells which runs diverged."
        raise UsageError("no run of that variant has a score", "--variant", variant, cure)
    return max(1, math.ceil(float(np.median(chosen))))


def _seeds_asked_for(results: Results, variant: str) -> tuple[int, ...]:
    """Give the seeds that the variant was trained with: all, unless it was decided with fewer."""
    outcomes = results.outcomes[results.variants.index(variant)]
    there = (outcomes != Outcome.NOT_ASKED).any(axis=1)
    return tuple(seed for seed, trained in zip(results.seeds, there, strict=True) if trained)


def _check_ended(results: Results) -> None:
    counts = results.outcome_counts
    if counts["interrupted"]:
        message = f"{counts['interrupted']} of {results.runs} runs have not ended, and may be the best"
        cure = f"Let them end first: `trainlab resume {results.folder}`."
        raise UsageError(message, str(results.folder), None, cure)


def _place(folder: Path, results: Results, variant: str) -> Path:
    return folder / REFITS / f"{results.variants.index(variant):04d}"


def _train(ready: Ready, writer: Writer, show: Callable[[Any], None]) -> None:
    from trainlab.engine.ensembles import put_together
    from trainlab.engine.training import Seconds, train

    train(
        ready.experiment,
        ready.folds,
        ready.cohorts,
        ready.workshop,
        writer=writer,
        ended=frozenset(),
        seconds=Seconds(),
        show=show,
    )
    put_together(ready.experiment, ready.folds, {0: ready.cohorts[0].learner.head}, ready.workshop, writer)
