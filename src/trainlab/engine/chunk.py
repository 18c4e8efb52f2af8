"""A chunk: as many lanes of a cohort as are trained at once, epoch by epoch.

A lane stays with its run to the end, or is taken over by another run of the cohort where it has become free:
lanes may then be at different epochs. What a chunk knows of the world is row numbers, data on the devices
and compiled programs; storing, deciding and reporting are others' business.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.engine.cohort import Cohort
from trainlab.engine.judging import Clock, Judge, Judged, Sums, View, group_counts
from trainlab.engine.lane import LaneState
from trainlab.engine.orders import epoch_orders
from trainlab.engine.program import Program
from trainlab.engine.rows import CohortRows, Watched
from trainlab.engine.runs import Run
from trainlab.engine.step import LEARNING_RATE
from trainlab.engine.stopping import ALL, FIRST, Books, Rules
from trainlab.recipe.optimizers import optimizer_start
from trainlab.recipe.plateau import Plateau, after_epoch, plateau_settings
from trainlab.stopwatch import FIRST_STEP, note, part

# Long enough that a call's overhead is nothing, short enough that progress moves and Ctrl-C is heard.
SLICE_SECONDS = 0.5
FIRST_SLICE = 8


@dataclass(eq=False)
class Chunk:
    """Lanes in training.

    Args:
        cohort: what they share.
        program: its compiled programs.
        rows: which rows they train on and look at.
        data: inputs and targets on the devices.
        places: position in ``cohort.runs`` of each lane; padding repeats the first.
        clock: where seconds are added up.
        relayed: whether any run of the cohort may take over a lane that has become free.
        state: what training changes.
        best: for all validation rows, and for each half where a lane stops early, the weights and layers of
            the best epoch.
        epoch: epochs that the chunk has trained; a lane that was taken over has trained fewer.
        active: ``(lane,)`` whether the lane is still trained; padding never is.
        recorded: ``(lane,)`` whether the last epoch counts for the lane.
        trained_epochs: ``(lane,)`` epochs that the lane was trained for.
        diverged_step: ``(lane,)`` step that was refused, from 1 over all epochs; 0 where none was.
        given_up: ``(lane,)`` whether a search gave the lane's run up.
        books: which epochs are best, and who has stopped.
        plateau: how far each lane's learning rate has been reduced.
    """

    cohort: Cohort
    program: Program
    rows: CohortRows
    data: Any
    places: list[int]
    clock: Clock
    relayed: bool = False
    state: LaneState = field(init=False)
    best: list[View] = field(init=False)
    epoch: int = 0
    active: NDArray[np.bool_] = field(init=False)
    recorded: NDArray[np.bool_] = field(init=False)
    trained_epochs: NDArray[np.int64] = field(init=False)
    diverged_step: NDArray[np.int64] = field(init=False)
    given_up: NDArray[np.bool_] = field(init=False)
    books: Books = field(init=False)
    plateau: Plateau = field(init=False)
    slice_steps: int = FIRST_SLICE
    at_boundary: bool = True
    _first_orders: Any = None

    def __post_init__(self) -> None:
        lanes = len(self.places)
        # Where runs come and go the whole cohort decides, so that nothing changes its shape with them.
        self._anyone = range(len(self.cohort.runs)) if self.relayed else sorted(set(self.places))
        self._real = len(set(self.places))
        self._judge = Judge(self.program, self.rows, self.data, self.clock)
        self.active = np.arange(lanes) < self._real
        self.recorded = self.active
        self.trained_epochs = np.zeros(lanes, np.int64)
        self.diverged_step = np.zeros(lanes, np.int64)
        self.given_up = np.zeros(lanes, bool)
        self._most_orders = self.cohort.most_orders(lanes, relayed=self.relayed)
        self.settle()
        self.books = self._fresh_books()
        self.plateau = Plateau.fresh(lanes)
        self._follow(np.ones(lanes, bool), np.ones(lanes, np.int64))

    def settle(self) -> None:
        """Take rules, epochs, folds and numbers of the lanes from the runs that they belong to."""
        recipes = [self.cohort.recipes[place] for place in self.places]
        # A final model is cut short; its schedule runs as if it went on.
        self._epochs = np.array([min(recipe.epochs, self.cohort.epochs) for recipe in recipes])
        self.rules = Rules.of(recipes)
        self._reductions = None
        if self.cohort.descent.schedule == "plateau":
            schedules = [recipe.schedule for recipe in recipes]
            self._reductions = plateau_settings(schedules, self.cohort.learning_rates[self.places])
        self._first_orders = None
        spread = self.program.placement.spread
        self._fold = spread(np.array([run.fold for run in self.runs], np.int32))
        typed = self.cohort.typed(self.program.learner.dtype)
        self.numbers = spread({name: values[self.places] for name, values in typed.items()})

    def _fresh_books(self) -> Books:
        asked = (self.cohort.recipes[place].early_stopping for place in self._anyone)
        return Books.fresh(self.rules, max((one.smooth for one in asked if one is not None), default=1))

    @property
    def runs(self) -> list[Run]:
        """The run of each lane."""
        return [self.cohort.runs[place] for place in self.places]

    @property
    def lanes(self) -> range:
        """The lanes that are no padding."""
        return range(self._real)

    @property
    def view(self) -> View:
        """The weights and layers that lanes are judged by."""
        return self.program.learner.shown(self.state), self.state.layers

    @property
    def halved(self) -> bool:
        """Whether the best epoch of each half of the validation rows is kept too."""
        return any(self.cohort.recipes[place].early_stopping is not None for place in self._anyone)

    @property
    def may_rest(self) -> bool:
        """Whether some lanes may be done while others go on; else nobody asks whether a lane is looked at."""
        return self.relayed or self.halved or len(set(self._epochs)) > 1

    @part("prepare")
    def start(self) -> None:
        """Draw every lane's first weights and state."""
        state = self._first_state(range(len(self.places)))
        spread = self.program.placement.spread
        self.state = spread(state)
        first = (state.weights, state.layers)
        self.best = [spread(first) for _ in range(3 if self.halved else 1)]

    def start_as_built(self) -> None:
        """Start every lane from the values the model was built with, for timing."""
        learner = self.program.learner
        weights, layers = learner.network.as_built(len(self.places))
        optimizer = optimizer_start(learner.optimizer, self.cohort.learning_rates[self.places], weights)
        self.state = self.program.placement.spread(
            LaneState(weights, layers, optimizer)  # type: ignore[arg-type]
        )

    def _first_state(self, lanes: Sequence[int]) -> LaneState:
        """Draw the first weights and state of some lanes; the others are given one of theirs."""
        learner, runs = self.program.learner, self.runs
        own = [(runs[lane].own_seed, runs[lane].fold) for lane in lanes]
        drawn = list(dict.fromkeys(own))  # variants with the same seed start alike: drawn once
        which = np.zeros(len(runs), np.int64)
        which[list(lanes)] = [drawn.index(pair) for pair in own]
        weights, layers = ([leaf[which] for leaf in part] for part in learner.network.start(drawn))
        optimizer = optimizer_start(learner.optimizer, self.cohort.learning_rates[self.places], weights)
        return LaneState(weights, layers, optimizer)  # type: ignore[arg-type]

    def enter(self, entering: Mapping[int, int]) -> None:
        """Let runs take lanes over, each from its own start; the other lanes keep every bit.

        Args:
            entering: lane -> position in ``cohort.runs`` of the run that takes it over.
        """
        for lane, place in entering.items():
            self.places[lane] = place
        self.settle()
        taken = np.isin(np.arange(len(self.places)), list(entering))
        self.active = self.active | taken
        self.recorded, self.given_up = self.recorded & ~taken, self.given_up & ~taken
        self.trained_epochs = np.where(taken, 0, self.trained_epochs)
        self.diverged_step = np.where(taken, 0, self.diverged_step)
        self.books = self.books.begun_again(self._fresh_books(), taken)
        begun = Plateau.fresh(len(self.places)).arrays()
        standing = self.plateau.arrays()
        self.plateau = Plateau.from_arrays(
            {name: np.where(taken, begun[name], standing[name]) for name in begun}
        )
        self.settle_rates()
        spread, choose = self.program.placement.spread, self.program.choose
        first = spread(self._first_state(list(entering)))
        mask = spread(taken)
        self.state = choose(mask, first, self.state)
        self.best = [choose(mask, (first.weights, first.layers), best) for best in self.best]

    def give_up(self, lanes: Iterable[int]) -> None:
        """Let lanes rest whose runs a search gives up."""
        given = np.isin(np.arange(len(self.places)), list(lanes)) & self.active
        self.given_up = self.given_up | given
        self.active = self.active & ~given

    @part("step")
    def train_epoch(self, tick: Callable[[float], None]) -> NDArray[np.float64]:
        """Train one epoch.

        Args:
            tick: told after each slice which share of the epoch is done.

        Returns:
            ``(lane,)`` mean training loss while the weights moved, penalty included, as Keras reports it.
        """
        compiled = self.program.compile_seconds
        began = time.perf_counter()
        self._first_orders = None  # of no use until steps are timed, and rows of all orders take room
        orders = self._orders(self.trained_epochs + 1)
        before = self.program.duplicate(self.state)
        awake = self.program.placement.spread(self.active)
        self.at_boundary = False
        full, tail = self.full_steps, int(self.program.tail_rows > 0)
        total, healthy = np.zeros(len(self.places)), np.ones(len(self.places), bool)
        step = 0
        while step < full or (step == 0 and full == 0):
            last = min(full, step + self.slice_steps)
            sliced, paid = time.perf_counter(), self.program.compile_seconds
            span = (np.int32(step), np.int32(last), np.int32(tail if last == full else 0))
            self.state, sums, fine = self.program.advance(
                self.state, self.numbers, self._which, awake, orders, self.data, span
            )
            total += np.asarray(sums, np.float64)
            healthy &= np.asarray(fine)
            note(FIRST_STEP)
            seconds = time.perf_counter() - sliced - (self.program.compile_seconds - paid)
            self._pace(last - step, seconds)
            step = last
            tick(step / max(full, 1))
            if full == 0:
                break
        self._rest(before, orders, healthy, (np.int32(0), np.int32(full), np.int32(tail)))
        self.epoch, self.at_boundary = self.epoch + 1, True
        self.clock.train += time.perf_counter() - began - (self.program.compile_seconds - compiled)
        return total / self.cohort.train_rows

    def evaluate_epoch(self) -> Sums:
        """Look at the fixed sample of training rows and at the validation rows.

        Keeps the best weights, lets lanes stop that have waited long enough, and reduces learning rates.
        """
        awake = [int(lane) for lane in np.flatnonzero(self.active)]
        sums = self._judge.evaluate(self.view, self._judged(awake), self.rows.each_epoch)
        losses, scores = self.on_validation(sums.losses), self.on_validation(sums.scores)
        costs = -scores if self.program.learner.higher_is_better else scores
        self.recorded = self.active
        self.trained_epochs = self.trained_epochs + self.active
        better = self.books.after_epoch(self.rules, self.trained_epochs, self.active, losses, costs)
        better[FIRST:] &= self.rules.stops  # only who stops early is scored by halves
        for which, best in enumerate(self.best):
            if better[which].any():
                mask = self.program.placement.spread(better[which])
                self.best[which] = self.program.choose(mask, self.view, best)
        self.active = self.active & ~self.books.stopped & (self.trained_epochs < self._epochs)
        if self._reductions is not None:
            self._reduce(losses[ALL])
        return sums

    def evaluate_training_rows(self, view: View, lanes: Sequence[int] | None = None) -> Sums:
        """Look at all training rows, with some lanes or with all."""
        return self._judge.evaluate(view, self._judged(lanes), self.rows.all_training)

    def validation_losses(self) -> NDArray[np.float64]:
        """Give ``(lane,)`` data losses over all validation rows, of the weights as they stand."""
        sums = self._judge.evaluate(self.view, self._judged(), self.rows.each_epoch)
        losses: NDArray[np.float64] = self.on_validation(sums.losses)[ALL]
        return losses

    def predict(
        self, view: View, lanes: Sequence[int] | None = None
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Give ``(lane, row, ...)`` predictions, losses and scores on validation rows, padding included.

        Args:
            view: the weights that predict.
            lanes: the lanes that are asked; left out, all.
        """
        return self._judge.predict(view, self._judged(lanes))

    def row_scores(self, outputs: NDArray[Any], lanes: Sequence[int] | None = None) -> NDArray[np.float64]:
        """Give the ``(lane, row)`` scores of a metric that is no average over rows: its pseudo-values.

        Args:
            outputs: ``(lane, row, ...)`` predictions on validation rows, padding included.
            lanes: the lanes that are asked; left out, all.
        """
        return self._judge.row_scores(outputs, self._judged(lanes))

    def _judged(self, lanes: Sequence[int] | None = None) -> Judged:
        folds = [run.fold for run in self.runs]
        asked = self.lanes if lanes is None else lanes
        if not self.may_rest:
            return Judged(self.numbers, self._fold, folds, asked)
        awake = self.program.placement.spread(np.isin(np.arange(len(folds)), asked))
        return Judged(self.numbers, self._fold, folds, asked, awake)

    def chosen(self, which: int = ALL) -> View:
        """Give the weights of the chosen epoch: the best one of lanes that stop early, the last of others.

        A run that was given up is judged by what it was given up for: its last epoch.

        Args:
            which: the best on all validation rows, or on one half of them.
        """
        if not self.halved:
            return self.view
        mask = self.program.placement.spread(self.rules.stops & ~self.given_up)
        view: View = self.program.choose(mask, self.best[which], self.view)
        return view

    def settle_rates(self) -> None:
        """Put the learning rates in force into the numbers of the lanes."""
        scaled = self.cohort.learning_rates[self.places] * self.plateau.scale
        spread = self.program.placement.spread(scaled.astype(self.program.learner.dtype))
        self.numbers = {**self.numbers, LEARNING_RATE: spread}

    def _reduce(self, losses: NDArray[np.float64]) -> None:
        before = self.plateau.scale
        self.plateau = after_epoch(self.plateau, losses, **(self._reductions or {}))
        if not np.array_equal(before, self.plateau.scale):
            self.settle_rates()

    def on_validation(self, means: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give ``(3, lane)`` means on all validation rows and on each half, from those of groups of rows."""
        counts = self._group_counts(self.rows.each_epoch)[:, 1:]
        halves = means[:, 1:]
        return np.stack([(halves * counts).sum(axis=1) / counts.sum(axis=1), halves[:, 0], halves[:, 1]])

    def time_call(self, steps: int, only: int | None = None) -> float:
        """Take the first steps of the first epoch, throw the result away, and give the seconds of the call.

        The first call compiles, so its time says nothing. A call takes time by itself, for the state of all
        lanes goes through it: what steps take is the difference between calls.

        Args:
            steps: how many full steps; where there are none, any number above 0 means the partial one.
            only: the one lane that is awake meanwhile; left out, all are.
        """
        state = self.program.duplicate(self.state)
        shared = self._first_steps(steps, only)
        jax.block_until_ready((state, shared))  # type: ignore[no-untyped-call]
        began = time.perf_counter()
        _, sums, _ = self.program.advance(state, *shared)
        np.asarray(sums)
        return time.perf_counter() - began

    @part("prepare")
    def compile_ahead(self) -> None:
        """Begin to compile the steps, beside whatever is done next."""
        self.program.begin_advance(self.state, *self._first_steps(1))

    def _first_steps(self, steps: int, only: int | None = None) -> tuple[Any, ...]:
        """Give what a call takes beside the state to take the first steps of the first epoch."""
        lanes = np.arange(len(self.places))
        awake = np.ones(len(lanes), bool) if only is None else lanes == only
        span = (np.int32(0), np.int32(min(steps, self.full_steps)), np.int32(steps and not self.full_steps))
        if self._first_orders is None:
            orders = self._orders(np.ones(len(lanes), np.int64))
            self._first_orders = orders, self._which
        orders, which = self._first_orders
        return self.numbers, which, self.program.placement.spread(awake), orders, self.data, span

    @property
    def full_steps(self) -> int:
        """Steps of an epoch, without the partial one."""
        return self.cohort.train_rows // self.program.batch_rows

    def _orders(self, epochs: NDArray[np.int64]) -> Any:
        """Draw the orders of lanes that go through an epoch each, and note which lane follows which.

        Args:
            epochs: ``(lane,)`` number of the epoch, from 1.
        """
        awake = self.active if self.active.any() else np.ones(len(self.places), bool)
        asked = self._follow(awake, epochs)
        with part("shuffle"):
            orders = epoch_orders(self.rows.training, asked, self._most_orders)
        return self.program.placement.copied(orders)

    def _follow(self, awake: NDArray[np.bool_], epochs: NDArray[np.int64]) -> list[tuple[int, int, int]]:
        own = [(run.own_seed, run.fold, int(epoch)) for run, epoch in zip(self.runs, epochs, strict=True)]
        asked = sorted({own[lane] for lane in np.flatnonzero(awake)})
        which = [asked.index(one) if one in asked else 0 for one in own]
        self._which = self.program.placement.spread(np.array(which, np.int32))
        return asked

    def _pace(self, steps: int, seconds: float) -> None:
        if steps and seconds > 0:
            wanted = int(steps * SLICE_SECONDS / seconds)
            self.slice_steps = max(1, min(wanted, 8 * self.slice_steps))

    def _rest(self, before: LaneState, orders: Any, healthy: NDArray[np.bool_], span: Any) -> None:
        """Let lanes that left the finite numbers rest where they were last finite; others keep every bit."""
        place = self.program.placement
        suspects = self.active & ~healthy
        if suspects.any():
            careful, refused = self.program.repeat_carefully(
                before, self.numbers, self._which, orders, self.data, span
            )
            self.state = self.program.choose(place.spread(suspects), careful, self.state)
            resting = suspects & (np.asarray(refused) > 0)
            passed = self.trained_epochs * self.cohort.steps
            self.diverged_step = np.where(resting, passed + np.asarray(refused), self.diverged_step)
        self.active = self.active & (self.diverged_step == 0)

    def _group_counts(self, watched: Watched) -> NDArray[np.int64]:
        return group_counts(watched, [run.fold for run in self.runs])


def data_on_devices(dataset: Dataset, program: Program) -> Any:
    """Put inputs and targets on every device, each in its smallest type."""
    targets = dataset.y
    if dataset.classes:
        targets = targets.astype(np.min_scalar_type(max(len(dataset.classes) - 1, 1)))
    return program.placement.copied((dataset.x, targets))
