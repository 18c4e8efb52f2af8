"""Training a plan: chunk after chunk, every finished epoch stored, every ending stored whole."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.compiling import Effort
from trainlab.data.splitting.folds import Fold
from trainlab.engine.checkpoint import drop_checkpoints, load_checkpoint, save_checkpoint
from trainlab.engine.chunk import Chunk, data_on_devices
from trainlab.engine.clock import steady_step
from trainlab.engine.cohort import Cohort
from trainlab.engine.dissecting import dissect
from trainlab.engine.ending import endings, save_weights, scored_view
from trainlab.engine.judging import Clock, Sums
from trainlab.engine.kept import Kept
from trainlab.engine.looking import Looking, Sight
from trainlab.engine.placement import place
from trainlab.engine.plan import Width, rows_at_once
from trainlab.engine.program import Program
from trainlab.engine.rows import CohortRows, cohort_rows
from trainlab.engine.runs import Run
from trainlab.engine.step import Learner
from trainlab.engine.workshop import Workshop
from trainlab.experiment.spec import Experiment
from trainlab.results.records import EpochRecord
from trainlab.results.store import Writer
from trainlab.stopwatch import part, running

SECONDS_BETWEEN_CHECKPOINTS = 5.0


@dataclass(frozen=True)
class Progress:
    """How far training is.

    Args:
        done: epochs of runs that are trained, parts of epochs included.
        total: epochs of runs that the experiment asks for.
        doing: what is being done, in words.
        compiling: seconds spent on compiling so far, which say nothing of the pace.
    """

    done: float
    total: int
    doing: str
    compiling: float = 0.0


@dataclass(frozen=True, eq=False)
class Prepared:
    """A cohort ready to be trained: what its steps are made of and how wide it is.

    Args:
        cohort: its runs.
        learner: what their steps are made of.
        width: how wide its program is.
        kept: what other experiments of this process may use too; None where nothing is kept.
    """

    cohort: Cohort
    learner: Learner
    width: Width
    kept: Kept | None = None


@dataclass(eq=False)
class Seconds:
    """Seconds of training by part, added up over cohorts."""

    compile: float = 0.0
    train: float = 0.0
    evaluate: float = 0.0
    compilations: int = 0


def train(
    experiment: Experiment,
    folds: Sequence[Fold],
    prepared: Sequence[Prepared],
    workshop: Workshop,
    *,
    writer: Writer,
    ended: frozenset[int],
    seconds: Seconds,
    show: Callable[[Progress], None],
    looking: Looking | None = None,
) -> dict[int, float]:
    """Train all runs that have not ended, from their newest checkpoints on.

    Args:
        experiment: the question.
        folds: which rows train and validate.
        prepared: its cohorts.
        workshop: where data stand.
        writer: where results go.
        ended: numbers of runs that have ended before.
        seconds: where time is added up, also when training is interrupted.
        show: told how far training is.
        looking: looks into the networks and stores what it sees; left out, nothing does.

    Returns:
        Position of a variant -> seconds of one of its steps alone, for those whose own program was trained.

    Raises:
        KeyboardInterrupt: as it was raised, after the last whole epoch was saved.
    """
    total = sum(len(ready.cohort.runs) * ready.cohort.epochs for ready in prepared)
    done = 0.0
    timed: dict[int, float] = {}
    for ready in prepared:
        cohort = ready.cohort
        program, rows = program_for(experiment, folds, ready)
        compiled, compilations = program.compile_seconds, program.compilations
        clock, stepped = Clock(), _stepped()
        data: Any = None
        chunk: Chunk | None = None
        sight: Sight | None = None
        try:
            for number, places in enumerate(cohort.chunks(ready.width.width)):
                runs = [cohort.runs[lane] for lane in dict.fromkeys(places)]
                size = len(runs) * cohort.epochs
                if all(run.number in ended for run in runs):
                    done += size
                    continue
                if data is None:
                    data = data_for(ready, workshop, program)
                    if looking is not None:
                        sight = looking.into(cohort, program, rows)
                chunk = Chunk(cohort, program, rows, data, places, clock)

                def tell(
                    share: float,
                    chunk: Chunk = chunk,
                    runs: list[Run] = runs,
                    before: float = done,
                    compiled: float = compiled,
                ) -> None:
                    part = f"cohort {chunk.cohort.number + 1} of {len(prepared)}, {len(runs)} runs at once"
                    paid = seconds.compile + chunk.program.compile_seconds - compiled
                    show(Progress(before + share * len(runs), total, part, paid))

                train_chunk(chunk, f"cohort-{cohort.number:04d}-{number:04d}", writer, tell, sight)
                done += size
            if chunk is not None:
                timed |= _time_alone(chunk)
                _tell_parts(chunk, stepped)
            if looking is not None and not looking.has_priced(cohort):
                # Behind training, for what is timed waits until nothing works beside it any more.
                (sight or looking.into(cohort, program, rows)).price()
        finally:
            seconds.compile += program.compile_seconds - compiled
            seconds.train += clock.train
            seconds.evaluate += clock.evaluate
            seconds.compilations += program.compilations - compilations
    return timed


def effort_of(*prepared: Prepared) -> Effort:
    """Say how hard programs of cohorts are compiled; of one experiment all are alike."""
    return Effort.LESS if any(ready.width.haste for ready in prepared) else Effort.FULL


def _stepped() -> float:
    """Give the seconds of steps so far, where somebody asks where time goes."""
    watch = running()
    return 0.0 if watch is None else watch.reading().get("step", 0.0)


def _tell_parts(chunk: Chunk, before: float) -> None:
    """Tell fetching rows and random numbers from what the steps of a cohort took, where somebody asks."""
    watch = running()
    if watch is not None:
        watch.split("step", _stepped() - before, dissect(chunk).shares())


@part("timing")
def _time_alone(chunk: Chunk) -> dict[int, float]:
    """Time a step of those variants that use all that is dear in their cohort's program: it is their own.

    Lanes are taken one by one, all but one asleep. Where lanes are vectorised together none can sleep.
    """
    if chunk.program.group > 1:
        return {}
    timed: dict[int, float] = {}
    for lane in chunk.lanes:
        variant, place = chunk.runs[lane].variant, chunk.places[lane]
        if variant not in timed and chunk.cohort.is_own(place):
            timed[variant] = steady_step(chunk, only=lane)
    return timed


def program_for(
    experiment: Experiment, folds: Sequence[Fold], ready: Prepared, *, relayed: bool = False
) -> tuple[Program, CohortRows]:
    """Make the programs of a cohort, not yet compiled unless they are kept, and lay out its rows.

    Args:
        experiment: the question.
        folds: which rows train and validate.
        ready: the cohort.
        relayed: whether its lanes are taken over by other runs.
    """
    cohort, width, kept = ready.cohort, ready.width, ready.kept

    def laid_out() -> CohortRows:
        at_once = rows_at_once(ready.learner)
        return cohort_rows(experiment.data, folds, cohort.rows, experiment.split_seed, at_once)

    def made(block: int) -> Program:
        tail = cohort.train_rows % cohort.batch_rows
        devices = place(width.width, width.devices)
        effort = effort_of(ready)
        return Program(ready.learner, devices, cohort.batch_rows, tail, block, width.group, effort)

    if kept is None:
        rows = laid_out()
        return made(rows.block), rows
    rows = kept.rows(ready.learner, cohort.rows, laid_out)
    orders = cohort.most_orders(width.width, relayed=relayed)
    program = kept.program(ready.learner, cohort, width, orders, lambda: made(rows.block))
    return program, rows


def data_for(ready: Prepared, workshop: Workshop, program: Program) -> Any:
    """Put a cohort's inputs and targets on the devices, unless they are there."""

    def put() -> Any:
        return data_on_devices(workshop.data(ready.cohort.irrelevant), program)

    return put() if ready.kept is None else ready.kept.data(ready.learner, program.placement, put)


def estimate_seconds(
    experiment: Experiment, folds: Sequence[Fold], ready: Prepared, workshop: Workshop
) -> float:
    """Estimate what a cohort takes: compile, time a few steps and one evaluation, and multiply."""
    program, rows = program_for(experiment, folds, ready)
    data = data_on_devices(workshop.data(ready.cohort.irrelevant), program)
    places = next(iter(ready.cohort.chunks(ready.width.width)))
    chunk = Chunk(ready.cohort, program, rows, data, places, Clock())
    chunk.start()
    step = steady_step(chunk)
    chunk.evaluate_epoch()
    chunk.clock.evaluate = 0.0
    chunk.evaluate_epoch()
    chunks = -(-ready.width.lanes // ready.width.width)
    epoch = step * ready.cohort.steps + chunk.clock.evaluate
    return program.compile_seconds + chunks * ready.cohort.epochs * epoch


def train_chunk(
    chunk: Chunk,
    label: str,
    writer: Writer,
    tell: Callable[[float], None],
    sight: Sight | None = None,
) -> None:
    """Train one chunk to its end and store everything.

    Args:
        chunk: the lanes; they start, or go on from their newest checkpoint.
        label: name of their files.
        writer: where results go.
        tell: told how many epochs are done, parts included.
        sight: looks into the lanes; left out, nobody does.
    """
    folder = writer.folder
    tell(0.0)
    chunk.start()
    chunk.compile_ahead()
    if not load_checkpoint(folder, label, chunk) and sight is not None:
        sight.at_start(chunk)
    saved_epoch, saved_at = chunk.epoch, time.monotonic()
    boundary: Any = None
    try:
        while chunk.active.any():
            epoch = chunk.epoch
            running = chunk.train_epoch(partial(_tell_part, tell, epoch))
            sums = chunk.evaluate_epoch()
            # Before the epoch counts as stored, so that going on from here finds it looked at.
            if chunk.epoch == 1 and sight is not None:
                sight.after_first_epoch(chunk)
            records = {
                chunk.runs[lane].number: record for lane, record in epoch_records(chunk, running, sums)
            }
            writer.write_epoch(chunk.epoch, records)
            boundary = chunk.epoch
            if time.monotonic() - saved_at > SECONDS_BETWEEN_CHECKPOINTS:
                save_checkpoint(folder, label, chunk)
                saved_epoch, saved_at = chunk.epoch, time.monotonic()
    except KeyboardInterrupt:
        # In the middle of an epoch the state has moved on; the last checkpoint is then where to go on from.
        if boundary == chunk.epoch and boundary != saved_epoch and chunk.at_boundary:
            save_checkpoint(folder, label, chunk)
        raise
    scored = scored_view(chunk)
    if sight is not None:
        sight.at_end(chunk, scored)
    ended = dict(endings(chunk, scored))
    # Weights first: a run that has ended is not trained again, so its weights must be there by then.
    save_weights(folder, label, chunk, scored)
    writer.write_endings(ended)
    drop_checkpoints(folder, label)


def _tell_part(tell: Callable[[float], None], epochs: int, share: float) -> None:
    tell(epochs + share)


def epoch_records(
    chunk: Chunk, running: NDArray[np.float64], sums: Sums
) -> Iterator[tuple[int, EpochRecord]]:
    """Give what is stored of an epoch of each lane that it counts for, by lane."""
    for lane in chunk.lanes:
        if chunk.recorded[lane]:
            losses, scores = sums.losses[lane], sums.scores[lane]
            yield (
                lane,
                EpochRecord(
                    running_loss=float(running[lane]),
                    train_loss=float(losses[0]),
                    train_metric=float(scores[0]),
                    validation_loss_a=float(losses[1]),
                    validation_loss_b=float(losses[2]),
                    validation_metric_a=float(scores[1]),
                    validation_metric_b=float(scores[2]),
                    penalty=float(sums.penalty[lane]),
                ),
            )
