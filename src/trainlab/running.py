"""The verb: from an experiment to its results, in one folder."""

import datetime as dt
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainlab.data.splits import Fold, split
from trainlab.errors import MissingError, UsageError
from trainlab.experiment.document import read_experiment, write_experiment
from trainlab.experiment.fingerprint import fingerprint
from trainlab.experiment.spec import Experiment, overridden
from trainlab.results import provenance
from trainlab.results.files import write_whole
from trainlab.results.store import FILE, Writer
from trainlab.results.table import Results, open_results

EXPERIMENT_FILE = "experiment.yaml"


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
    ready = prepare(asked, allow_code=allow_code)
    make_folder(folder)
    with Writer(folder) as writer:
        _declare(writer, ready)
        write_whole(folder / EXPERIMENT_FILE, write_experiment(asked).encode())
        return train_and_open(ready, writer, frozenset(), began, show)


def read(
    experiment: Experiment | str | Path, *, seeds: int | None = None, epochs: int | None = None
) -> Experiment:
    """Take an experiment as it is, or read it from its file; seeds and epochs replace the file's."""
    if not isinstance(experiment, Experiment):
        return read_experiment(Path(experiment), seeds=seeds, epochs=epochs)
    return overridden(experiment, seeds=seeds, epochs=epochs)


def prepare(experiment: Experiment, *, allow_code: bool = False, widths: Sequence[Any] = ()) -> Ready:
    """Check everything that can be checked without training: rows, networks, heads, memory.

    Args:
        experiment: the question.
        allow_code: whether a Python file that the experiment names may run.
        widths: widths from a stored plan; left out, they are chosen.
    """
    check_backend()
    from trainlab.engine.assembly import assemble
    from trainlab.engine.cohort import make_cohorts
    from trainlab.engine.plan import choose_width
    from trainlab.engine.training import Prepared
    from trainlab.engine.workshop import Workshop

    folds = split(experiment.data, experiment.validation, experiment.split_seed)
    workshop = Workshop(experiment.data, experiment.split_seed, allow_code=allow_code)
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
        put_together(ready.experiment, ready.folds, heads, writer)
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
    before = open_results(writer.folder).facts.get("seconds", {})
    writer.write_facts(
        {
            "seconds": {name: value + before.get(name, 0.0) for name, value in parts.items()},
            "compilations": seconds.compilations,
            "interrupted": stopped,
        }
    )
    return open_results(writer.folder)


def _variant_seconds(writer: Writer, step_seconds: dict[int, float]) -> dict[str, float | None]:
    """Give a run's own seconds by variant: the steps that its runs took on average, times a step alone."""
    results = open_results(writer.folder)
    found: dict[str, float | None] = {}
    for position, name in enumerate(results.variants):
        steps = results.endings["steps"][position]
        taken = steps[np.isfinite(steps)]
        found[name] = float(taken.mean()) * step_seconds[position] if taken.size else None
    return found


def _declare(writer: Writer, ready: Ready) -> None:
    """Store the question, the plan and where it comes from, before anything is trained."""
    from trainlab.engine.placement import device_sentence

    experiment, data = ready.experiment, ready.experiment.data
    first = ready.folds[0]
    writer.declare_runs(_declared(ready))
    for place, fold in enumerate(ready.folds):
        writer.write_arrays(
            f"fold/{place}",
            {
                "training": fold.train,
                "validation": fold.validation,
                "halves": fold.halves.astype("uint8"),
                "targets": data.y[fold.validation],
            },
        )
    target_mean = [] if data.classes else [float(mean) for mean in data.y[first.train].mean(axis=0)]
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
                "target_mean": target_mean,
                "scale": list(data.scales) if data.inputs else data.scale,
                "notes": list(data.notes),
                "fingerprint": data.fingerprint,
                "training_rows": len(first.train),
                "validation_rows": len(first.validation),
            },
            "networks": _networks(ready),
            "versions": provenance.versions(),
            "machine": {**provenance.machine(), "devices": device_sentence()},
            "command": provenance.command(),
            "started": provenance.now(),
            "resumed": [],
            "findings": [],
            "interrupted": "",
            "seconds": {},
        }
    )


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
