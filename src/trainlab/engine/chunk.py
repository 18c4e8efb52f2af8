"""A chunk: as many lanes of a cohort as are trained at once, epoch by epoch.

What a chunk knows of the world is row numbers, data on the devices and compiled programs; storing, deciding
and reporting are others' business.
"""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.engine.cohort import Cohort
from trainlab.engine.lane import LaneState
from trainlab.engine.orders import epoch_order
from trainlab.engine.program import Program
from trainlab.engine.rows import GROUPS, CohortRows, Watched
from trainlab.engine.runs import Run
from trainlab.engine.step import LEARNING_RATE
from trainlab.engine.stopping import ALL, FIRST, Books, Rules
from trainlab.measures.measure import pseudo_values, value
from trainlab.recipe.optimizers import optimizer_start
from trainlab.recipe.plateau import Plateau, after_epoch, plateau_settings

# Weights and the other variables, each ``(lane, ...)``: what a lane is judged by.
View = tuple[list[Any], list[Any]]

# Long enough that a call's overhead is nothing, short enough that progress moves and Ctrl-C is heard.
SLICE_SECONDS = 0.5
FIRST_SLICE = 8


@dataclass(eq=False)
class Clock:
    """Seconds spent on the parts of training; compiling is kept by the programs."""

    train: float = 0.0
    evaluate: float = 0.0


@dataclass(frozen=True)
class Sums:
    """Losses and scores of groups of rows, each ``(lane, group)``, and the ``(lane,)`` penalty."""

    losses: NDArray[np.float64]
    scores: NDArray[np.float64]
    penalty: NDArray[np.float64]


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
        state: what training changes.
        best: for all validation rows, and for each half where a lane stops early, the weights and layers of
            the best epoch.
        epoch: epochs finished.
        active: ``(lane,)`` whether the lane is still trained; padding never is.
        recorded: ``(lane,)`` whether the last epoch counts for the lane.
        trained_epochs: ``(lane,)`` epochs that the lane was trained for.
        diverged_step: ``(lane,)`` step that was refused, from 1 over all epochs; 0 where none was.
        books: which epochs are best, and who has stopped.
        plateau: how far each lane's learning rate has been reduced.
    """

    cohort: Cohort
    program: Program
    rows: CohortRows
    data: Any
    places: list[int]
    clock: Clock
    state: LaneState = field(init=False)
    best: list[View] = field(init=False)
    epoch: int = 0
    active: NDArray[np.bool_] = field(init=False)
    recorded: NDArray[np.bool_] = field(init=False)
    trained_epochs: NDArray[np.int64] = field(init=False)
    diverged_step: NDArray[np.int64] = field(init=False)
    books: Books = field(init=False)
    plateau: Plateau = field(init=False)
    slice_steps: int = FIRST_SLICE
    at_boundary: bool = True

    def __post_init__(self) -> None:
        lanes = len(self.places)
        self.active = np.arange(lanes) < len(self.lanes)
        self.recorded = self.active
        self.trained_epochs = np.zeros(lanes, np.int64)
        self.diverged_step = np.zeros(lanes, np.int64)
        recipes = [self.cohort.recipes[position] for position in self.places]
        # A final model is cut short; its schedule runs as if it went on.
        self._epochs = np.array([min(recipe.epochs, self.cohort.epochs) for recipe in recipes])
        self.rules = Rules.of(recipes)
        self.books = Books.fresh(self.rules)
        self.plateau = Plateau.fresh(lanes)
        self._reductions = None
        if self.cohort.descent.schedule == "plateau":
            schedules = [recipe.schedule for recipe in recipes]
            self._reductions = plateau_settings(schedules, self.cohort.learning_rates[self.places])
        place = self.program.placement
        runs = self.runs
        follow = sorted({(run.own_seed, run.fold) for run in runs})
        self._follow = follow + [follow[0]] * (self._most_orders() - len(follow))
        self._which = place.spread(
            np.array([follow.index((run.own_seed, run.fold)) for run in runs], np.int32)
        )
        self._fold = place.spread(np.array([run.fold for run in runs], np.int32))
        typed = self.cohort.typed(self.program.learner.dtype)
        self.numbers = place.spread({name: values[self.places] for name, values in typed.items()})
        self._watched: dict[Any, Any] = {}

    @property
    def runs(self) -> list[Run]:
        """The run of each lane."""
        return [self.cohort.runs[place] for place in self.places]

    @property
    def lanes(self) -> range:
        """The lanes that are no padding."""
        return range(len(set(self.places)))

    @property
    def view(self) -> View:
        """The weights and layers that lanes are judged by."""
        return self.program.learner.shown(self.state), self.state.layers

    @property
    def halved(self) -> bool:
        """Whether the best epoch of each half of the validation rows is kept too."""
        return bool(self.rules.stops.any())

    def start(self) -> None:
        """Draw every lane's first weights and state."""
        learner = self.program.learner
        weights, layers = learner.network.start([(run.own_seed, run.fold) for run in self.runs])
        optimizer = optimizer_start(learner.optimizer, self.cohort.learning_rates[self.places], weights)
        spread = self.program.placement.spread
        self.state = spread(LaneState(weights, layers, optimizer))  # type: ignore[arg-type]
        self.best = [spread((weights, layers)) for _ in range(3 if self.halved else 1)]

    def start_as_built(self) -> None:
        """Start every lane from the values the model was built with, for timing."""
        learner = self.program.learner
        weights, layers = learner.network.as_built(len(self.places))
        optimizer = optimizer_start(learner.optimizer, self.cohort.learning_rates[self.places], weights)
        self.state = self.program.placement.spread(
            LaneState(weights, layers, optimizer)  # type: ignore[arg-type]
        )

    def train_epoch(self, tick: Callable[[float], None]) -> NDArray[np.float64]:
        """Train one epoch.

        Args:
            tick: told after each slice which share of the epoch is done.

        Returns:
            ``(lane,)`` mean training loss while the weights moved, penalty included, as Keras reports it.
        """
        compiled = self.program.compile_seconds
        began = time.perf_counter()
        epoch = self.epoch + 1
        orders = self._orders(epoch)
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
            seconds = time.perf_counter() - sliced - (self.program.compile_seconds - paid)
            self._pace(last - step, seconds)
            step = last
            tick(step / max(full, 1))
            if full == 0:
                break
        self._rest(before, orders, healthy, (np.int32(0), np.int32(full), np.int32(tail)))
        self.epoch, self.at_boundary = epoch, True
        self.clock.train += time.perf_counter() - began - (self.program.compile_seconds - compiled)
        return total / self.cohort.train_rows

    def evaluate_epoch(self) -> Sums:
        """Look at the fixed sample of training rows and at the validation rows.

        Keeps the best weights, lets lanes stop that have waited long enough, and reduces learning rates.
        """
        sums = self._evaluate(self.view, self.rows.each_epoch)
        losses, scores = self._on_validation(sums.losses), self._on_validation(sums.scores)
        costs = -scores if self.program.learner.higher_is_better else scores
        self.recorded = self.active
        self.trained_epochs = self.trained_epochs + self.active
        better = self.books.after_epoch(self.rules, self.epoch, self.active, losses, costs)
        better[FIRST:] &= self.rules.stops  # only who stops early is scored by halves
        for which, best in enumerate(self.best):
            if better[which].any():
                mask = self.program.placement.spread(better[which])
                self.best[which] = self.program.choose(mask, self.view, best)
        self.active = self.active & ~self.books.stopped & (self.trained_epochs < self._epochs)
        if self._reductions is not None:
            self._reduce(losses[ALL])
        return sums

    def evaluate_training_rows(self, view: View) -> Sums:
        """Look at all training rows."""
        return self._evaluate(view, self.rows.all_training)

    def validation_losses(self) -> NDArray[np.float64]:
        """Give ``(lane,)`` data losses over all validation rows, of the weights as they stand."""
        losses: NDArray[np.float64] = self._on_validation(
            self._evaluate(self.view, self.rows.each_epoch).losses
        )[ALL]
        return losses

    def predict(self, view: View) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Give ``(lane, row, ...)`` predictions, losses and scores on validation rows, padding included."""
        if self.program.learner.whole:
            outputs, losses, _ = self._looked(view, self.rows.predicted)
            return outputs, losses, self.row_scores(outputs)
        compiled, began = self.program.compile_seconds, time.perf_counter()
        rows = self.program.placement.copied(self.rows.predicted)
        found = self.program.predict(view, self.numbers, self._fold, rows, self.data)
        arrays = tuple(np.asarray(array) for array in found)
        self.clock.evaluate += time.perf_counter() - began - (self.program.compile_seconds - compiled)
        return arrays[0], arrays[1], arrays[2]

    def row_scores(self, outputs: NDArray[Any]) -> NDArray[np.float64]:
        """Give the ``(lane, row)`` scores of a metric that is no average over rows: its pseudo-values.

        Args:
            outputs: ``(lane, row, ...)`` predictions on validation rows, padding included.
        """
        scores = np.full(outputs.shape[:2], np.nan)
        for lane in self.lanes:
            rows = self.rows.validation[self.runs[lane].fold]
            answers, wanted = outputs[lane, : len(rows)], self._targets[rows]
            scores[lane, : len(rows)] = pseudo_values(self.program.learner.whole, answers, wanted)
        return scores

    def chosen(self, which: int = ALL) -> View:
        """Give the weights of the chosen epoch: the best one of lanes that stop early, the last of others.

        Args:
            which: the best on all validation rows, or on one half of them.
        """
        if not self.halved:
            return self.view
        mask = self.program.placement.spread(self.rules.stops)
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

    def _on_validation(self, means: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give ``(3, lane)`` means on all validation rows and on each half."""
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
        lanes = np.arange(len(self.places))
        awake = np.ones(len(lanes), bool) if only is None else lanes == only
        span = (np.int32(0), np.int32(min(steps, self.full_steps)), np.int32(steps and not self.full_steps))
        orders = self._orders(1)
        state = self.program.duplicate(self.state)
        jax.block_until_ready((state, orders))  # type: ignore[no-untyped-call]
        began = time.perf_counter()
        _, sums, _ = self.program.advance(
            state, self.numbers, self._which, self.program.placement.spread(awake), orders, self.data, span
        )
        np.asarray(sums)
        return time.perf_counter() - began

    @property
    def full_steps(self) -> int:
        """Steps of an epoch, without the partial one."""
        return self.cohort.train_rows // self.program.batch_rows

    def _most_orders(self) -> int:
        """Orders that the widest chunk of the cohort follows: the same for all, so that one program fits."""
        runs = self.cohort.runs
        chunks = self.cohort.chunks(len(self.places))
        return max(len({(runs[place].own_seed, runs[place].fold) for place in places}) for places in chunks)

    def _orders(self, epoch: int) -> Any:
        orders = [
            epoch_order(self.rows.training[fold], seed=seed, fold=fold, epoch=epoch)
            for seed, fold in self._follow
        ]
        return self.program.placement.copied(np.stack(orders))

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
            passed = self.epoch * self.cohort.steps
            self.diverged_step = np.where(resting, passed + np.asarray(refused), self.diverged_step)
        self.active = self.active & (self.diverged_step == 0)

    @functools.cached_property
    def _targets(self) -> NDArray[Any]:
        """The targets of all rows, on the host."""
        return np.asarray(self.data[1])

    def _looked(self, view: View, rows: NDArray[np.int32]) -> tuple[NDArray[Any], ...]:
        """Give ``(lane, row, ...)`` predictions and losses of rows, and the penalty.

        Rows are taken as many at once as after each epoch, so that one program does for all.

        Args:
            view: what lanes are judged by.
            rows: ``(fold, row)`` row numbers, padded; the same array is not copied to the devices again.
        """
        compiled, began = self.program.compile_seconds, time.perf_counter()
        width = self.rows.each_epoch.blocks * self.rows.block
        parts = []
        for start in range(0, rows.shape[1], width):
            if (id(rows), start) not in self._watched:
                piece = np.zeros((len(rows), width), rows.dtype)
                taken = rows[:, start : start + width]
                piece[:, : taken.shape[1]] = taken
                self._watched[id(rows), start] = self.program.placement.copied(piece)
            numbers = self._watched[id(rows), start]
            found = self.program.watch(view, self.numbers, self._fold, numbers, self.data)
            parts.append([np.asarray(array) for array in found])
        joined = [np.concatenate(pieces, axis=1) for pieces in list(zip(*parts, strict=True))[:2]]
        self.clock.evaluate += time.perf_counter() - began - (self.program.compile_seconds - compiled)
        return joined[0][:, : rows.shape[1]], joined[1][:, : rows.shape[1]], parts[0][2]

    def _measure(self, view: View, watched: Watched) -> Sums:
        """Measure groups of rows by a metric that is no average over rows, from their predictions."""
        outputs, losses, penalty = self._looked(view, watched.shown)
        began = time.perf_counter()
        means, scores = (np.full((len(self.places), GROUPS), np.nan) for _ in range(2))
        for lane in self.lanes:
            fold = self.runs[lane].fold
            for group in range(GROUPS):
                mine = np.flatnonzero(watched.groups[fold] == group)
                if mine.size:
                    wanted = self._targets[watched.rows[fold, mine]]
                    means[lane, group] = losses[lane, mine].mean(dtype=np.float64)
                    scores[lane, group] = value(self.program.learner.whole, outputs[lane, mine], wanted)
        self.clock.evaluate += time.perf_counter() - began
        return Sums(means, scores, np.asarray(penalty, np.float64))

    def _evaluate(self, view: View, watched: Watched) -> Sums:
        if self.program.learner.whole:
            return self._measure(view, watched)
        compiled, began = self.program.compile_seconds, time.perf_counter()
        if id(watched) not in self._watched:
            self._watched[id(watched)] = self.program.placement.copied((watched.rows, watched.groups))
        rows, groups = self._watched[id(watched)]
        losses, scores, penalty = self.program.evaluate(
            view, self.numbers, self._fold, rows, groups, np.int32(watched.blocks), self.data
        )
        counts = np.maximum(self._group_counts(watched), 1)
        sums = Sums(
            np.asarray(losses, np.float64) / counts,
            np.asarray(scores, np.float64) / counts,
            np.asarray(penalty, np.float64),
        )
        self.clock.evaluate += time.perf_counter() - began - (self.program.compile_seconds - compiled)
        return sums

    def _group_counts(self, watched: Watched) -> NDArray[np.int64]:
        counts = np.stack([(watched.groups == group).sum(axis=1) for group in range(3)], axis=1)
        return counts[[run.fold for run in self.runs]]


def data_on_devices(dataset: Dataset, program: Program) -> Any:
    """Put inputs and targets on every device, each in its smallest type."""
    targets = dataset.y
    if dataset.classes:
        targets = targets.astype(np.min_scalar_type(max(len(dataset.classes) - 1, 1)))
    return program.placement.copied((dataset.x, targets))
