"""The verb: from an experiment to its results, in one folder."""

import datetime as dt
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainlab.data.preparing.preparation_words import in_words
from trainlab.data.sealed import Sealed
from trainlab.data.splitting.folds import Fold
from trainlab.errors import MissingError, UsageError
from trainlab.experiment.document import read_experiment, write_experiment
from trainlab.experiment.fingerprint import fingerprint
from trainlab.experiment.spec import Experiment, overridden
from trainlab.protocol.check import Question
from trainlab.protocol.lint import AFTER_CHECKS, check_overrides, lint, look_back
from trainlab.results import provenance
from trainlab.results.files import write_whole
from trainlab.results.finding import Finding
from trainlab.results.store import FILE, Writer
from trainlab.results.table import Results, open_results

EXPERIMENT_FILE = "experiment.yaml"
PREPARATION_FILE = "preparation.jsonl"


class Terminated(KeyboardInterrupt):
    """The process was asked to end (SIGTERM)."""


@dataclass(frozen=True, eq=False)
class Ready:
    """An experiment that has passed every check and can be trained."""

    experiment: Experiment
    folds: tuple[Fold, ...]
    cohorts: tuple[Any, ...]
    workshop: Any


def silent(progress: Any) -> None:
    """Show no progress."""
    del progress


def run(
    experiment: Experiment | str | Path,
    out: str | Path | None = None,
    *,
    seeds: int | None = None,
    epochs: int | None = None,
    allow_code: bool = False,
    show: Callable[[Any], None] = silent,
) -> Results:
    """Train every run of an experiment and give what came out.

    Interrupting keeps every finished epoch: the results so far come back, and ``resume`` goes on.

    Args:
        experiment: an experiment, or the path of an experiment file.
        out: folder for the results; left out, a new one under ``runs``.
        seeds: as many seeds instead of the file's.
        epochs: as many epochs instead of the file's.
        allow_code: whether a Python file that the experiment names may run.
        show: told how far training is.

    Raises:
        UsageError: where the experiment says something impossible, or the folder holds results.
        DataError: where the data cannot be learned from.
        MissingError: where the folder cannot be written.
    """
    began = time.perf_counter()
    name = Path(experiment).stem if isinstance(experiment, (str, Path)) else "experiment"
    asked = read(experiment, seeds=seeds, epochs=epochs)
    folder = new_folder(out, name)
    findings = lint(Question(asked, asked.folds), dict(asked.override))
    refuse(findings)
    ready = prepare(asked, allow_code=allow_code)
    make_folder(folder)
    with Writer(folder) as writer:
        declare(writer, ready, findings)
        write_whole(folder / EXPERIMENT_FILE, write_experiment(asked).encode())
        return train_and_open(ready, writer, frozenset(), began, show)


def refuse(findings: Sequence[Finding]) -> None:
    """Refuse to train where a finding says that results would be invalid.

    Raises:
        UsageError: for the first such finding, with how many more there are.
    """
    refusals = [finding for finding in findings if finding.refuses]
    if not refusals:
        return
    first, more = refusals[0], len(refusals) - 1
    also = f" (and {more} more: see `trainlab lint`)" if more else ""
    lift = f'If it is all right here, say why: `override: {{{first.code}: "..."}}`.'
    message = f"{first.code}, {first.title}: {first.evidence}{also}"
    raise UsageError(message, first.where, None, f"{first.cure} {lift}")


def read(
    experiment: Experiment | str | Path, *, seeds: int | None = None, epochs: int | None = None
) -> Experiment:
    """Take an experiment as it is, or read it from its file; seeds and epochs replace the file's."""
    if not isinstance(experiment, Experiment):
        file = Path(experiment)
        return read_experiment(file, seeds=seeds, epochs=epochs, check_override=check_overrides)
    return overridden(experiment, seeds=seeds, epochs=epochs)


def prepare(
    experiment: Experiment,
    folds: Sequence[Fold] = (),
    *,
    allow_code: bool = False,
    widths: Sequence[Any] = (),
) -> Ready:
    """Check everything that can be checked without training: rows, networks, heads, memory.

    Args:
        experiment: the question.
        folds: which rows train and validate; left out, as the experiment says.
        allow_code: whether a Python file that the experiment names may run.
        widths: widths from a stored plan; left out, they are chosen.
    """
    check_backend()
    from trainlab.engine.assembly import assemble
    from trainlab.engine.cohort import make_cohorts
    from trainlab.engine.plan import choose_width
    from trainlab.engine.training import Prepared
    from trainlab.engine.workshop import Workshop

    folds = tuple(folds) or experiment.folds
    workshop = Workshop(experiment, folds, allow_code=allow_code)
    cohorts = make_cohorts(experiment, folds, workshop)
    names = [variant.name for variant in experiment.variants]
    prepared = []
    for place, cohort in enumerate(cohorts):
        learner = assemble(cohort, workshop, experiment.metric)
        seen = workshop.data(cohort.irrelevant)
        width = widths[place] if widths else choose_width(cohort, learner, seen, names)
        prepared.append(Prepared(cohort, learner, width))
    return Ready(experiment, folds, tuple(prepared), workshop)


def check_backend() -> None:
    """Refuse any Keras backend but JAX, with the one line that mends it.

    Raises:
        UsageError: where another backend is asked for or already loaded.
    """
    asked = os.environ.get("KERAS_BACKEND", "jax")
    loaded = sys.modules.get("keras")
    if loaded is not None and hasattr(loaded, "config"):
        asked = loaded.config.backend()
        if asked != "jax":
            raise UsageError(
                "trainlab needs Keras on JAX, and Keras is already loaded with another backend",
                "KERAS_BACKEND",
                asked,
                "Import trainlab before Keras, or start Python with `KERAS_BACKEND=jax`.",
            )
    if asked != "jax":
        raise UsageError(
            "trainlab needs Keras on JAX", "KERAS_BACKEND", asked, "Set it: `export KERAS_BACKEND=jax`."
        )


def new_folder(out: str | Path | None, name: str) -> Path:
    """Choose the folder for results: the one asked for, or a new one under ``runs``.

    Raises:
        UsageError: where the folder asked for holds something already.
    """
    if out is None:
        moment = dt.datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        base = Path("runs") / f"{name}-{moment}"
        tries = [base, *(base.with_name(f"{base.name}-{again}") for again in range(2, 1000))]
        return next(folder for folder in tries if not folder.exists())
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise UsageError("not a folder", str(folder), None, "Choose another with `--out`.")
    if (folder / FILE).exists():
        raise UsageError(
            "the folder holds results already",
            str(folder),
            None,
            "Choose another with `--out`, or go on with them by `trainlab resume`.",
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError("the folder is not empty", str(folder), None, "Choose an empty or a new one.")
    return folder


def make_folder(folder: Path) -> None:
    """Make the folder for results.

    Raises:
        MissingError: where it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MissingError(
            f"the folder cannot be made: {error.strerror}", str(folder), None, "Choose another with `--out`."
        ) from error


def train_and_open(
    ready: Ready, writer: Writer, ended: frozenset[int], began: float, show: Callable[[Any], None]
) -> Results:
    """Train what has not ended, store how long it took, and open the results.

    Args:
        ready: the experiment, checked.
        writer: the writer of its folder.
        ended: numbers of runs that have ended before.
        began: ``time.perf_counter`` when the command began.
        show: told how far training is.
    """
    from trainlab.engine.clock import step_seconds
    from trainlab.engine.ensembles import put_together
    from trainlab.engine.training import Progress, Seconds, train

    def timing(doing: str) -> None:
        show(Progress(0.0, 0, doing))

    seconds = Seconds()
    stopped = ""
    try:
        fit_baselines_once(ready, writer, timing)
        timed = train(
            ready.experiment,
            ready.folds,
            ready.cohorts,
            ready.workshop,
            writer=writer,
            ended=ended,
            seconds=seconds,
            show=show,
        )
        heads = {
            run.variant: prepared.learner.head for prepared in ready.cohorts for run in prepared.cohort.runs
        }
        put_together(ready.experiment, ready.folds, heads, ready.workshop, writer)
        timed |= step_seconds(ready.experiment, ready.folds, ready.workshop, known=timed, show=timing)
        writer.write_facts({"variant_seconds": _variant_seconds(writer, timed)})
    except KeyboardInterrupt as interruption:
        stopped = "SIGTERM" if isinstance(interruption, Terminated) else "SIGINT"
        writer.mark_interrupted()
    parts = {
        "compile": seconds.compile,
        "train": seconds.train,
        "evaluate": seconds.evaluate,
        "total": time.perf_counter() - began,
    }
    results = open_results(writer.folder)
    before = results.facts.get("seconds", {})
    writer.write_facts(
        {
            "seconds": {name: value + before.get(name, 0.0) for name, value in parts.items()},
            "compilations": seconds.compilations,
            "interrupted": stopped,
            "findings": with_hindsight(results),
        }
    )
    return open_results(writer.folder)


def with_hindsight(results: Results) -> list[dict[str, Any]]:
    """Give the findings from before training, and what the results say of themselves.

    Args:
        results: what is stored.
    """
    before = [found for found in results.facts.get("findings", []) if found["code"] not in AFTER_CHECKS]
    return before + [finding.document() for finding in look_back(results)]


def fit_baselines_once(ready: Ready, writer: Writer, show: Callable[[str], None]) -> None:
    """Fit the simple predictors on the same folds, unless that is done."""
    from trainlab.baselines.fitting import fit_baselines

    if "baselines" in open_results(writer.folder).facts:
        return
    asked = ready.experiment
    seen = ready.workshop.prepared(None)

    def rows(fold: int, numbers: Any) -> Any:
        return ready.workshop.seen(None, numbers, fold)

    fitted = fit_baselines(
        seen.data, ready.folds, rows, asked.metric, asked.baselines, split_seed=asked.split_seed, show=show
    )
    writer.write_facts({"baselines": [baseline.document() for baseline in fitted]})


def _variant_seconds(writer: Writer, step_seconds: dict[int, float]) -> dict[str, float | None]:
    """Give a run's own seconds by variant: the steps that its runs took on average, times a step alone."""
    results = open_results(writer.folder)
    found: dict[str, float | None] = {}
    for position, name in enumerate(results.variants):
        steps = results.endings["steps"][position]
        taken = steps[np.isfinite(steps)]
        found[name] = float(taken.mean()) * step_seconds[position] if taken.size else None
    return found


def declare(writer: Writer, ready: Ready, findings: Sequence[Finding] = ()) -> None:
    """Store the question, the plan and where it comes from, before anything is trained.

    Args:
        writer: of the folder.
        ready: the experiment, checked.
        findings: what the checks of the protocol say.
    """
    from trainlab.engine.placement import device_sentence

    experiment, data = ready.experiment, ready.experiment.data
    first = ready.folds[0]
    writer.declare_runs(_declared(ready))
    for place, fold in enumerate(ready.folds):
        rows = {
            "training": fold.train,
            "validation": fold.validation,
            "halves": fold.halves.astype("uint8"),
            "targets": data.y[fold.validation],
        }
        if data.groups is not None:
            rows["groups"] = data.groups[fold.validation]
        writer.write_arrays(f"fold/{place}", rows)
    means = [
        [] if data.classes else [float(mean) for mean in data.y[fold.train].mean(axis=0)]
        for fold in ready.folds
    ]
    _write_preparation(writer.folder, ready)
    writer.write_facts(
        {
            "experiment": experiment.document(),
            "reference": experiment.reference.name,
            "folds": len(ready.folds),
            "fingerprint": fingerprint(experiment),
            "plan": {"cohorts": [prepared.width.document() for prepared in ready.cohorts]},
            "data": {
                "name": data.name,
                "task": data.task,
                "rows": data.rows,
                "input_shape": _plain_shape(data.input_shape),
                "inputs": list(data.inputs),
                "classes": list(data.classes),
                "class_counts": [int(count) for count in data.class_counts] if data.classes else [],
                "target_mean": means[0],
                "target_means": means,
                "scale": list(data.scales) if data.inputs else data.scale,
                "notes": list(data.notes),
                "fingerprint": data.fingerprint,
                "training_rows": len(first.train),
                "validation_rows": len(first.validation),
                "fold_rows": [[len(fold.train), len(fold.validation)] for fold in ready.folds],
                "columns": [{"name": column.name, "kind": column.kind} for column in data.columns],
                "licence": data.licence,
                "source": data.source,
            },
            "preparation": in_words(data, experiment.prepare, scale_target=experiment.scales_target),
            "sealed": None if data.sealed is None else _sealed(data.sealed),
            "openings": [],
            "networks": _networks(ready),
            "versions": provenance.versions(),
            "machine": {**provenance.machine(), "devices": device_sentence()},
            "command": provenance.command(),
            "started": provenance.now(),
            "resumed": [],
            "findings": [finding.document() for finding in findings],
            "interrupted": "",
            "seconds": {},
        }
    )


def _sealed(sealed: Sealed) -> dict[str, Any]:
    return {"rows": sealed.rows, "how": sealed.how, "fingerprint": sealed.fingerprint}


def _write_preparation(folder: Path, ready: Ready) -> None:
    """Keep what was fitted in each fold, a line of JSON for each."""
    lines = [json.dumps(fold.document()) for fold in ready.workshop.prepared(None).folds]
    write_whole(folder / PREPARATION_FILE, ("\n".join(lines) + "\n").encode())


def _plain_shape(shape: Any) -> list[Any]:
    return [_plain_shape(part) if isinstance(part, tuple) else int(part) for part in shape]


def _declared(ready: Ready) -> list[tuple[int, int, int, int, int, int, int]]:
    """Say of every run what it is, and which cohort trains it."""
    from trainlab.engine.runs import list_runs

    seeds = ready.experiment.seeds
    cohorts = {
        run.number: prepared.cohort.number for prepared in ready.cohorts for run in prepared.cohort.runs
    }
    return [
        (
            *(run.number, run.variant, seeds.index(run.seed), run.fold),
            *(cohorts.get(run.number, -1), run.member, run.members),
        )
        for run in list_runs(ready.experiment, ready.folds)
    ]


def _networks(ready: Ready) -> dict[str, Any]:
    from trainlab.engine.layer_table import layer_table

    names = [variant.name for variant in ready.experiment.variants]
    tables = {}
    for prepared in ready.cohorts:
        for place, one in enumerate(prepared.cohort.runs):
            if names[one.variant] not in tables:
                bases = ready.workshop.bases(prepared.cohort.irrelevant)
                tables[names[one.variant]] = layer_table(prepared.cohort, place, prepared.learner, bases)
    return tables
