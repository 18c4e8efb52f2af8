"""Training the trials of a search: the runs of a cohort enter one after the other, as lanes become free.

A lane becomes free when its run has had all epochs, stops early, diverges, or is given up by a referee. How
the run ended is stored at once, and the next that waits takes the lane at the same epoch boundary. Neither
weights nor looks into networks are kept: what a search chooses is trained again.

A kill loses nothing. Before anything is stored that could not be found out again there is a checkpoint with
all that decides what comes next: who is in which lane, who waits, and what the referee has heard.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from trainlab.data.splitting.folds import Fold
from trainlab.engine import training
from trainlab.engine.checkpoint import (
    Arrays,
    drop_checkpoints,
    newest_checkpoint,
    put_back,
    save_checkpoint,
    under,
)
from trainlab.engine.chunk import Chunk
from trainlab.engine.cohort import Cohort
from trainlab.engine.ending import endings, never_trained, scored_view
from trainlab.engine.judging import Clock, Sums
from trainlab.engine.plan import Width
from trainlab.engine.stopping import ALL
from trainlab.engine.training import Prepared, Progress, Seconds, data_for, epoch_records, program_for
from trainlab.engine.workshop import Workshop
from trainlab.experiment.spec import Experiment
from trainlab.results.store import Writer

LABEL = "trials"
_REFEREE = "referee/"
_WIDTH = ("width", "devices", "group")


class Referee(Protocol):
    """Who gives trials up; what it says follows from what it has heard alone."""

    def after_epoch(self, metrics: Mapping[int, tuple[int, float]]) -> frozenset[int]:
        """Hear the epoch and the metric of runs, NaN where one diverged, and say which to give up."""

    def ended(self, runs: Iterable[int]) -> None:
        """Hear which runs have ended by themselves, before their last metric."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give all that has been heard."""

    def put_back(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take what ``arrays`` gave."""


def train_trials(
    experiment: Experiment,
    folds: Sequence[Fold],
    prepared: Sequence[Prepared],
    workshop: Workshop,
    *,
    writer: Writer,
    ended: frozenset[int],
    seconds: Seconds,
    show: Callable[[Progress], None],
    referee: Referee | None = None,
) -> None:
    """Train all runs that have not ended, from the newest checkpoint on.

    Args:
        experiment: trials as variants.
        folds: which rows train and validate.
        prepared: its cohorts.
        workshop: where data stand.
        writer: where results go.
        ended: numbers of runs that have ended before, or are not asked for.
        seconds: where time is added up, also when training is interrupted.
        show: told how far training is; the epochs that a run is spared count as done.
        referee: says which runs are given up; left out, none is. It has heard nothing yet: what it had heard
            before a kill is put back.

    Raises:
        KeyboardInterrupt: as it was raised, after the last whole epoch was saved.
    """
    search = _Search(_label(experiment, prepared), writer, show, seconds, len(prepared), referee)
    search.total = sum(sum(_epochs(ready.cohort)) for ready in prepared)
    found = newest_checkpoint(writer.folder, search.label)
    drop_checkpoints(writer.folder, LABEL, but=search.label)
    begun = search.put_back(found) if found else -1
    for position, ready in enumerate(prepared):
        cohort = ready.cohort
        if position == begun and found:
            asked, going_on = replace(ready, width=_width_in(ready.width, found[1])), found
            places, waiting = found[0]["places"].tolist(), found[0]["waiting"].tolist()
        else:
            asked, going_on = ready, None
            places, waiting = search.queue(ready, ended)
        # A cohort before the one that was begun has ended.
        if position >= begun and places:
            program, rows = program_for(experiment, folds, asked, relayed=True)
            compiled, compilations = program.compile_seconds, program.compilations
            clock = Clock()
            try:
                data = data_for(asked, workshop, program)
                chunk = Chunk(cohort, program, rows, data, places, clock, relayed=True, epoch=search.passed)
                relay = _Relay(search, position, asked, chunk, waiting)
                relay.train(going_on)
            finally:
                seconds.compile += program.compile_seconds - compiled
                seconds.train += clock.train
                seconds.evaluate += clock.evaluate
                seconds.compilations += program.compilations - compilations
            search.passed = chunk.epoch
        elif position > begun and waiting:
            search.write_spared(ready, waiting)
        search.done += sum(_epochs(cohort))
    drop_checkpoints(writer.folder, search.label)


@dataclass(eq=False)
class _Search:
    """What all cohorts of a call have in common.

    Args:
        label: name of the checkpoints.
        writer: where results go.
        show: told how far training is.
        seconds: spent so far.
        cohorts: how many there are.
        referee: says which runs are given up.
        given_up: numbers of the runs that the referee has given up, some of them in cohorts to come.
        passed: epoch boundaries so far, over all cohorts.
        done: epochs of runs in cohorts that have ended.
        total: epochs of runs in all.
    """

    label: str
    writer: Writer
    show: Callable[[Progress], None]
    seconds: Seconds
    cohorts: int
    referee: Referee | None
    given_up: set[int] = field(default_factory=set)
    passed: int = 0
    done: int = 0
    total: int = 0

    def put_back(self, found: tuple[Arrays, dict[str, Any]]) -> int:
        """Go on from a checkpoint; gives the cohort that was under way."""
        arrays, notes = found
        self.given_up = set(arrays["given_up_runs"].tolist())
        if self.referee is not None:
            self.referee.put_back(under(_REFEREE, arrays))
        return int(notes["cohort"])

    def queue(self, ready: Prepared, ended: frozenset[int]) -> tuple[list[int], list[int]]:
        """Give the positions of the runs that enter lanes first, padded, and of those that wait.

        A run that was given up while a cohort before was trained waits to be told so.
        """
        left = [(place, run.number) for place, run in enumerate(ready.cohort.runs) if run.number not in ended]
        queue = [place for place, number in left if number not in self.given_up]
        width = ready.width.width
        first = queue[:width] + queue[:1] * (width - len(queue))
        return first, queue[width:] + [place for place, number in left if number in self.given_up]

    def write_spared(self, ready: Prepared, places: Iterable[int]) -> None:
        """Store that runs were given up while they waited."""
        parameters = ready.learner.network.parameters
        runs = [ready.cohort.runs[place].number for place in places]
        self.writer.write_endings({number: never_trained(parameters) for number in runs})


@dataclass(eq=False)
class _Relay:
    """The lanes of a cohort, and the runs that wait for one.

    Args:
        search: what all cohorts have in common.
        position: of the cohort.
        ready: the cohort.
        chunk: its lanes.
        waiting: positions of the runs that wait, in the order in which they enter.
        occupied: ``(lane,)`` whether the lane has a run whose end is not stored.
    """

    search: _Search
    position: int
    ready: Prepared
    chunk: Chunk
    waiting: list[int]
    occupied: NDArray[np.bool_] = field(init=False)
    _whole: bool = False  # whether the chunk stands at a boundary and all that was decided there is noted
    _saved: bool = False  # whether the cohort has a checkpoint
    _paid: float = 0.0
    _saved_at: float = 0.0

    def __post_init__(self) -> None:
        self.occupied = self.chunk.active.copy()
        self._paid = self.chunk.program.compile_seconds
        self._saved_at = time.monotonic()

    def train(self, found: tuple[Arrays, dict[str, Any]] | None) -> None:
        """Train until the last run has ended; goes on from a checkpoint where one is given."""
        self.chunk.start()
        if found is not None:
            put_back(self.chunk, *found)
            self.occupied, self._saved = found[0]["occupied"].copy(), True
        self._tell(0.0)
        try:
            while self._end_and_enter():
                self._whole = False
                self._train_epoch()
                self._whole = True
                if time.monotonic() - self._saved_at > training.SECONDS_BETWEEN_CHECKPOINTS:
                    self._save()
        except KeyboardInterrupt:
            # In the middle of an epoch the state has moved on; one goes on from the last checkpoint then.
            if self._whole:
                self._save()
            raise

    def _train_epoch(self) -> None:
        chunk, trained = self.chunk, self.chunk.active
        running = chunk.train_epoch(self._tell)
        sums = chunk.evaluate_epoch()
        stored: dict[int, dict[int, Any]] = {}
        for lane, record in epoch_records(chunk, running, sums):
            stored.setdefault(int(chunk.trained_epochs[lane]), {})[chunk.runs[lane].number] = record
        for epoch, records in stored.items():
            self.search.writer.write_epoch(epoch, records)
        if self.search.referee is not None:
            self._ask(self.search.referee, np.flatnonzero(trained), sums)

    def _ask(self, referee: Referee, lanes: Iterable[int], sums: Sums) -> None:
        """Tell the referee of an epoch, and let rest whom it gives up."""
        chunk, metrics = self.chunk, self.chunk.on_validation(sums.scores)[ALL]
        told, ended = {}, []
        for lane in lanes:
            number, epoch = chunk.runs[lane].number, int(chunk.trained_epochs[lane])
            diverged = bool(chunk.diverged_step[lane])
            told[number] = (epoch + 1, np.nan) if diverged else (epoch, float(metrics[lane]))
            if not (diverged or chunk.active[lane]):
                ended.append(number)
        referee.ended(ended)
        given_up = referee.after_epoch(told)
        self.search.given_up |= given_up
        chunk.give_up([lane for lane in chunk.lanes if chunk.runs[lane].number in given_up])

    def _end_and_enter(self) -> bool:
        """Store the ends of runs, and let those that wait take over; tells whether any run is left."""
        chunk, runs, given_up = self.chunk, self.ready.cohort.runs, self.search.given_up
        ended = [lane for lane in chunk.lanes if self.occupied[lane] and not chunk.active[lane]]
        gone = [place for place in self.waiting if runs[place].number in given_up]
        if ended or gone:
            others = len(self.waiting) > len(gone) or bool(chunk.active.any())
            if not self._saved and (others or self.search.referee is not None):
                # Who has ended is not trained again, so what came before must be found elsewhere.
                self._save()
            self._whole = False
            if ended:
                self.search.writer.write_endings(dict(endings(chunk, scored_view(chunk), ended)))
            if gone:
                self.search.write_spared(self.ready, gone)
            self.occupied[ended] = False
            self.waiting = [place for place in self.waiting if place not in gone]
            self._enter()
            self._whole = True
            self._tell(0.0)
        return bool(self.occupied.any())

    def _enter(self) -> None:
        free = [lane for lane in self.chunk.lanes if not self.occupied[lane]]
        entering = dict(zip(free, self.waiting, strict=False))
        if entering:
            self.waiting = self.waiting[len(entering) :]
            self.chunk.enter(entering)
            self.occupied[list(entering)] = True

    def _save(self) -> None:
        search, width = self.search, self.ready.width
        beside = {
            "places": np.array(self.chunk.places, np.int64),
            "waiting": np.array(self.waiting, np.int64),
            "occupied": self.occupied,
            "given_up_runs": np.array(sorted(search.given_up), np.int64),
        }
        if search.referee is not None:
            heard = search.referee.arrays()
            beside |= {f"{_REFEREE}{name}": np.asarray(value) for name, value in heard.items()}
        notes = {"cohort": self.position} | {name: int(getattr(width, name)) for name in _WIDTH}
        save_checkpoint(search.writer.folder, search.label, self.chunk, beside, notes)
        self._saved, self._saved_at = True, time.monotonic()

    def _tell(self, share: float) -> None:
        """Tell how far training is, a share of the epoch included."""
        search, chunk, epochs = self.search, self.chunk, _epochs(self.ready.cohort)
        active = np.flatnonzero(chunk.active)
        left = sum(epochs[place] for place in self.waiting)
        left += sum(epochs[chunk.places[lane]] - int(chunk.trained_epochs[lane]) for lane in active)
        done = search.done + sum(epochs) - left + share * len(active)
        doing = f"cohort {self.position + 1} of {search.cohorts}, {len(active)} runs at once"
        if self.waiting:
            doing += f", {len(self.waiting)} waiting"
        paid = search.seconds.compile + chunk.program.compile_seconds - self._paid
        search.show(Progress(done, search.total, doing, paid))


def _epochs(cohort: Cohort) -> list[int]:
    return [min(recipe.epochs, cohort.epochs) for recipe in cohort.recipes]


def _width_in(chosen: Width, notes: Mapping[str, Any]) -> Width:
    """Give the width that a checkpoint was made at: another one would round differently."""
    width, devices, group = (int(notes[name]) for name in _WIDTH)
    return replace(chosen, width=width, devices=devices, group=group)


def _label(experiment: Experiment, prepared: Sequence[Prepared]) -> str:
    """Name the checkpoints after what is trained, so that no others are taken for them."""
    variants = [[variant.name, variant.document()] for variant in experiment.variants]
    numbers = [run.number for ready in prepared for run in ready.cohort.runs]
    said = json.dumps([variants, list(experiment.seeds), numbers], default=str)
    return f"{LABEL}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"
