"""The verb: from an experiment to its results, in one folder."""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from trainlab.baselining import Baselining
from trainlab.checking import Ready, prepare
from trainlab.comparison.looks import plan_of, planned_looks
from trainlab.deciding import first_look, is_by_looks, train_by_looks, with_all_seeds
from trainlab.declaring import declare, declare_missing, declare_plan, declare_question
from trainlab.errors import MissingError, UsageError
from trainlab.experiment.document import read_experiment, write_experiment
from trainlab.experiment.spec import Experiment, overridden
from trainlab.protocol.check import Question
from trainlab.protocol.lint import AFTER_CHECKS, check_overrides, lint, look_back
from trainlab.results.files import write_whole
from trainlab.results.finding import Finding
from trainlab.results.picking import keep_thumbnails
from trainlab.results.store import FILE, Reader, Writer
from trainlab.results.table import Results, open_results
from trainlab.searching import check_tuning, search
from trainlab.stopwatch import part
from trainlab.tuning.found import with_what_was_found

EXPERIMENT_FILE = "experiment.yaml"
# The fact that is stored last: whatever lacks it was not brought to its end.
TIMED = "variant_seconds"


class Terminated(KeyboardInterrupt):
    """The process was asked to end (SIGTERM)."""


def silent(progress: Any) -> None:
    """Show no progress."""
    del progress


def run(
    experiment: Experiment | str | Path,
    out: str | Path | None = None,
    *,
    seeds: int | None = None,
    epochs: int | None = None,
    until_decided: bool = False,
    at_most: int | None = None,
    allow_code: bool = False,
    show: Callable[[Any], None] = silent,
) -> Results:
    """Train every run of an experiment and give what came out.

    Interrupting keeps every finished epoch: the results so far come back, and ``resume`` goes on.

    Args:
        experiment: an experiment, or the path of an experiment file.
        out: folder for the results; left out, a new one under ``runs``.
        seeds: as many seeds instead of the file's; with ``until_decided``, as many before the first look.
        epochs: as many epochs instead of the file's.
        until_decided: whether seeds are added where a comparison is undecided, at looks that are planned
            beforehand and have their share of the level.
        at_most: how many seeds there may be then.
        allow_code: whether a Python file that the experiment names may run.
        show: told how far training is.

    Raises:
        UsageError: where the experiment says something impossible, or the folder holds results.
        DataError: where the data cannot be learned from.
        MissingError: where the folder cannot be written.
    """
    began = time.perf_counter()
    name = Path(experiment).stem if isinstance(experiment, (str, Path)) else "experiment"
    plan = planned_looks(at_most, seeds) if until_decided else None
    if plan is None and at_most is not None:
        cure = "Add `--until-decided`, or say how many by `--seeds`."
        raise UsageError("that belongs to adding seeds until it is decided", "--at-most", at_most, cure)
    asked = read(experiment, seeds=None if plan else seeds, epochs=epochs)
    if plan is not None:
        asked = with_all_seeds(asked, plan)
    folder = new_folder(out, name)
    findings = lint(Question(asked, asked.folds), dict(asked.override))
    refuse(findings)
    check_tuning(asked)
    with Baselining() as baselining:
        # What is tuned may say which rows the reference learns from.
        begin = None if asked.tunings else baselining.begin
        ready = prepare(asked, allow_code=allow_code, begin=begin)
        make_folder(folder)
        with Writer(folder) as writer:
            first = ready
            if plan is not None:
                first, looks = first_look(ready, plan)
                writer.write_facts(looks)
            if asked.tunings:
                declare_question(writer, first, findings, {"tuning": {"ended": False, "studies": []}})
            else:
                declare(writer, first, findings)
            write_whole(folder / EXPERIMENT_FILE, write_experiment(asked).encode())
            return tune_and_train(
                ready, writer, frozenset(), began, show, baselining=baselining, allow_code=allow_code
            )


def tune_and_train(
    ready: Ready,
    writer: Writer,
    ended: frozenset[int],
    began: float,
    show: Callable[[Any], None],
    *,
    baselining: Baselining,
    allow_code: bool,
) -> Results:
    """Train trials where anything is tuned and that is not done, then what they found.

    Args:
        ready: the experiment, checked.
        writer: the writer of its folder.
        ended: numbers of runs that have ended before.
        began: ``time.perf_counter`` when the command began.
        show: told how far training is.
        baselining: fits the baselines, or will.
        allow_code: whether a Python file that the experiment names may run.
    """
    with Reader(writer.folder) as reader:
        facts = reader.facts()
    if facts.get("tuning", {}).get("ended", True):
        return train_and_open(ready, writer, ended, began, show, baselining=baselining)
    asked, before = ready.experiment, time.perf_counter()

    def spent(name: str, since: float) -> dict[str, float]:
        return {name: facts["seconds"].get(name, 0.0) + time.perf_counter() - since}

    try:
        found = search(asked, writer.folder, allow_code=allow_code, show=show)
    except KeyboardInterrupt as interruption:
        seconds = spent("tune", before) | spent("total", began)
        writer.write_facts({"interrupted": _signal(interruption), "seconds": seconds})
        return open_results(writer.folder)
    tuned = prepare(with_what_was_found(asked, {"tuning": found}), allow_code=allow_code)
    first, plan = tuned, plan_of(facts)
    if plan is not None:
        first, _ = first_look(tuned, plan)
    declare_plan(writer, first, {"tuning": found, "seconds": {**facts["seconds"], **spent("tune", before)}})
    declare_missing(writer, first)
    return train_and_open(tuned, writer, ended, began, show, baselining=baselining)


def _signal(interruption: KeyboardInterrupt) -> str:
    return "SIGTERM" if isinstance(interruption, Terminated) else "SIGINT"


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


@part("prepare")
def read(
    experiment: Experiment | str | Path, *, seeds: int | None = None, epochs: int | None = None
) -> Experiment:
    """Take an experiment as it is, or read it from its file; seeds and epochs replace the file's."""
    if not isinstance(experiment, Experiment):
        file = Path(experiment)
        return read_experiment(file, seeds=seeds, epochs=epochs, check_override=check_overrides)
    return overridden(experiment, seeds=seeds, epochs=epochs)


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
    ready: Ready,
    writer: Writer,
    ended: frozenset[int],
    began: float,
    show: Callable[[Any], None],
    *,
    baselining: Baselining,
) -> Results:
    """Train what has not ended, store how long it took, and open the results.

    Args:
        ready: the experiment, checked.
        writer: the writer of its folder.
        ended: numbers of runs that have ended before; read from the store where seeds are added until it is
            decided.
        began: ``time.perf_counter`` when the command began.
        show: told how far training is.
        baselining: fits the baselines; begun here where that was not yet done.
    """
    from trainlab.engine.clock import step_seconds
    from trainlab.engine.ensembles import put_together
    from trainlab.engine.looking import Looking
    from trainlab.engine.training import Progress, Seconds, effort_of, train

    def timing(doing: str) -> None:
        show(Progress(0.0, 0, doing))

    seconds = Seconds()

    def train_runs(ready: Ready, ended: frozenset[int], show: Callable[[Any], None]) -> dict[int, float]:
        timed = train(
            ready.experiment,
            ready.folds,
            ready.cohorts,
            ready.workshop,
            writer=writer,
            ended=ended,
            seconds=seconds,
            show=show,
            looking=Looking(ready.experiment, ready.workshop, writer),
        )
        heads = {
            run.variant: prepared.learner.head for prepared in ready.cohorts for run in prepared.cohort.runs
        }
        put_together(ready.experiment, ready.folds, heads, ready.workshop, writer)
        return timed

    timed: dict[int, float] = {}
    stopped = ""
    with Reader(writer.folder) as reader:
        if "baselines" not in reader.facts():
            baselining.begin(ready.workshop)
    try:
        if is_by_looks(writer):
            timed = train_by_looks(ready, writer, train_runs, show)
        else:
            timed = train_runs(ready, ended, show)
        baselining.finish(writer, timing)
        effort = effort_of(*ready.cohorts)
        asked = ready.experiment, ready.folds, ready.workshop
        timed |= step_seconds(*asked, known=timed, show=timing, effort=effort)
    except KeyboardInterrupt as interruption:
        stopped = _signal(interruption)
        writer.mark_interrupted()
    parts = {
        "compile": seconds.compile,
        "train": seconds.train,
        "evaluate": seconds.evaluate,
        "total": time.perf_counter() - began,
    }
    results = open_results(writer.folder)
    before = results.facts.get("seconds", {})
    facts: dict[str, Any] = {
        "seconds": before | {name: value + before.get(name, 0.0) for name, value in parts.items()},
        "compilations": seconds.compilations,
        "interrupted": stopped,
        "findings": with_hindsight(results),
    }
    if not stopped:
        facts[TIMED] = _variant_seconds(results, timed)
        facts |= keep_thumbnails(writer, ready.experiment.data, results)
    writer.write_facts(facts)
    return replace(results, facts={**results.facts, **facts})


def with_hindsight(results: Results) -> list[dict[str, Any]]:
    """Give the findings from before training, and what the results say of themselves.

    Args:
        results: what is stored.
    """
    before = [found for found in results.facts.get("findings", []) if found["code"] not in AFTER_CHECKS]
    return before + [finding.document() for finding in look_back(results)]


def _variant_seconds(results: Results, step_seconds: Mapping[int, float]) -> dict[str, float | None]:
    """Give a run's own seconds by variant: the steps that its runs took on average, times a step alone."""
    found: dict[str, float | None] = {}
    for position, name in enumerate(results.variants):
        steps = results.endings["steps"][position]
        taken = steps[np.isfinite(steps)]
        found[name] = float(taken.mean()) * step_seconds[position] if taken.size else None
    return found
