"""Looking into the networks of a cohort: before training, after the first epoch, and when all is done.

What is seen is stored at once, so that it survives a kill. Looking changes nothing that trains, and where it
fails, as in a layer that has no gradient, the runs go on without it and the reason is noted.
"""

import math
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from trainlab.companion import standing_still
from trainlab.data.dataset import Dataset
from trainlab.engine.chunk import Chunk
from trainlab.engine.cohort import Cohort
from trainlab.engine.judging import View
from trainlab.engine.orders import fixed_sample
from trainlab.engine.probe import answer_of, gradient_of, read_off
from trainlab.engine.program import Program
from trainlab.engine.rows import CohortRows
from trainlab.engine.step import Learner
from trainlab.engine.stopping import ALL
from trainlab.engine.workshop import Workshop
from trainlab.errors import first_line
from trainlab.experiment.spec import Experiment
from trainlab.model.functional import VALUE, Network
from trainlab.model.watching import Watching, watching
from trainlab.results import grids, prediction, watched
from trainlab.results.grids import Axes, axes_of
from trainlab.results.prediction import Prediction
from trainlab.results.probes import MomentSeen
from trainlab.results.store import Reader, Writer
from trainlab.results.watched import Watched
from trainlab.stopwatch import part

MOST_PROBED = 256
BYTES_OF_A_NUMBER = 4
TIMED_SECONDS, LEAST_CALLS, MOST_CALLS = 0.05, 3, 30

# What a run showed, by its owner's name in the store: numbers, and what it said on the grid.
Seen = dict[str, tuple[MomentSeen, NDArray[Any] | None]]


@dataclass(eq=False)
class Looking:
    """What is looked at in an experiment's networks.

    Args:
        experiment: the question.
        workshop: where data stand.
        writer: where everything goes.
        axes: the grid that networks of one or two inputs are asked at; None for others.
        facts: what is said of each variant, by the fact's name.
    """

    experiment: Experiment
    workshop: Workshop
    writer: Writer
    axes: Axes | None = field(init=False)
    facts: dict[str, dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        with Reader(self.writer.folder) as reader:
            before = reader.facts()
        self.facts = {name: dict(before.get(name, {})) for name in (watched.FACT, prediction.FACT)}
        self.axes = axes_of(self.experiment.data)
        if self.axes is not None and grids.FACT not in before:
            self.writer.write_facts({grids.FACT: self.axes.document()})
            self.writer.write_arrays(grids.FACT, grids.some_rows(self.experiment.data))

    @part("look")
    def into(self, cohort: Cohort, program: Program, rows: CohortRows) -> "Sight":
        """Look into the networks of a cohort.

        Args:
            cohort: the runs.
            program: its programs.
            rows: which rows they train on.
        """
        learner, note = program.learner, ""
        try:
            watches = watching(learner.network)
        except Exception as error:  # noqa: BLE001  (whatever a user's layer does)
            watches, note = Watching(learner.network), first_line(error)
        sight = Sight(self, cohort, program, rows, self.workshop.data(cohort.irrelevant), watches)
        self.say(cohort, replace(_watched(learner, watches), rows=sight.rows.shape[1], note=note))
        return sight

    def say(self, cohort: Cohort, said: Watched) -> None:
        """Store what is looked at in the networks of a cohort."""
        for name, members in self._variants(cohort):
            self.facts[watched.FACT][name] = replace(said, members=members).document()
        self.writer.write_facts(self.facts)

    def has_priced(self, cohort: Cohort) -> bool:
        """Whether it is stored what an answer of a cohort's networks costs."""
        return all(name in self.facts[prediction.FACT] for name, _ in self._variants(cohort))

    def price(self, cohort: Cohort, one: Prediction) -> None:
        """Store what an answer of a cohort's networks costs; those of an ensemble all answer."""
        for name, members in self._variants(cohort):
            whole = Prediction(one.seconds_per_row * members, one.bytes * members, one.parameters * members)
            self.facts[prediction.FACT][name] = whole.document()
        self.writer.write_facts(self.facts)

    def _variants(self, cohort: Cohort) -> Iterable[tuple[str, int]]:
        variants = self.experiment.variants
        recipes = {run.variant: recipe for run, recipe in zip(cohort.runs, cohort.recipes, strict=True)}
        return [(variants[place].name, recipe.members) for place, recipe in recipes.items()]


@dataclass(eq=False)
class Sight:
    """Looks into the lanes of one cohort, one after the other, and stores what it sees.

    Args:
        looking: what is looked at in the whole experiment.
        cohort: the runs.
        program: its programs.
        layout: which rows they train on.
        data: their rows, as they stand on devices.
        watching: the network, with its hidden layers.
        rows: ``(fold, row)`` numbers of the probed training rows: a fixed sample, as large in every fold.
    """

    looking: Looking
    cohort: Cohort
    program: Program
    layout: CohortRows
    data: Dataset
    watching: Watching
    rows: NDArray[np.int32] = field(init=False)
    _blind: bool = False

    def __post_init__(self) -> None:
        unlike = [np.unique(rows) for rows in self.layout.training]
        count = min(MOST_PROBED, *map(len, unlike))
        split_seed = self.looking.experiment.split_seed
        samples = [
            fixed_sample(rows, count, split_seed=split_seed, fold=fold) for fold, rows in enumerate(unlike)
        ]
        self.rows = np.stack(samples).astype(np.int32)

    @part("look")
    def price(self) -> None:
        """Measure what an answer costs, in a network as it was built: nothing of it depends on training."""

        def measured() -> Prediction:
            learner = self.program.learner
            (weights, layers), block = learner.network.as_built(1), self.program.block
            rows = np.resize(np.arange(self.data.rows), block)
            arguments = jax.device_put(
                (*_lane(weights, layers, 0), self._numbers(0), _taken(self.data.x, rows))
            )
            seconds = _steady(lambda: self._answer(*arguments))
            return Prediction(seconds / block, _bytes(learner.network), learner.network.parameters)

        found = self._unless_it_fails(measured)
        if found is not None:
            self.looking.price(self.cohort, found)

    @part("look")
    def at_start(self, chunk: Chunk) -> None:
        """Look at the lanes before they are trained."""
        losses = chunk.validation_losses()
        self._store("start", self._look(chunk, chunk.view, dict.fromkeys(chunk.lanes, 0), losses))

    @part("look")
    def after_first_epoch(self, chunk: Chunk) -> None:
        """Look at the lanes that have come through the first epoch."""
        lanes = {lane: 1 for lane in chunk.lanes if chunk.recorded[lane]}
        self._store("first", self._look(chunk, chunk.view, lanes))

    @part("look")
    def at_end(self, chunk: Chunk, scored: View) -> None:
        """Look at what all lanes were left with, and at what those that did not diverge are scored by.

        Args:
            chunk: the lanes, trained.
            scored: the weights of their chosen epochs.
        """
        finished = {lane: int(chunk.trained_epochs[lane]) for lane in chunk.lanes}
        last = self._look(chunk, chunk.view, finished)
        self._store("last", last)
        best, stops = chunk.books.best_epoch[ALL], chunk.rules.stops
        chosen = {
            lane: int(best[lane]) if stops[lane] else finished[lane]
            for lane in chunk.lanes
            if not chunk.diverged_step[lane]
        }
        owners = {f"run/{chunk.runs[lane].number}" for lane in chosen}
        if chunk.halved or chunk.program.learner.prunes:
            self._store("chosen", self._look(chunk, scored, chosen))
        else:
            self._store("chosen", {owner: seen for owner, seen in last.items() if owner in owners})

    def _look(
        self, chunk: Chunk, view: View, epochs: dict[int, int], losses: NDArray[np.float64] | None = None
    ) -> Seen:
        compiled, began = self.program.compile_seconds, time.perf_counter()

        def seen() -> Seen:
            # One copy for all lanes: taken apart on the devices, each lane would be a program of its own.
            weights, layers = ([np.asarray(leaf) for leaf in part] for part in view)
            before = dict.fromkeys(epochs, math.nan) if losses is None else losses
            return {
                f"run/{chunk.runs[lane].number}": self._look_at(
                    chunk, lane, _lane(weights, layers, lane), epoch, float(before[lane])
                )
                for lane, epoch in epochs.items()
            }

        found = {} if self._blind else self._unless_it_fails(seen)
        chunk.clock.evaluate += time.perf_counter() - began - (self.program.compile_seconds - compiled)
        return found or {}

    def _look_at(
        self, chunk: Chunk, lane: int, view: tuple[Any, Any], epoch: int, validation_loss: float
    ) -> tuple[MomentSeen, NDArray[Any] | None]:
        numbers, rows = self._numbers(chunk.places[lane]), self.rows[chunk.runs[lane].fold]
        learner = self.program.learner
        look = gradient_of(learner, self.watching)
        inputs, targets = _taken(self.data.x, rows), self.data.y[rows]
        seen = self.program.alone("gradient", look, *view, numbers, inputs, targets, once=True)
        moment = read_off(self.watching.layers, view[0], seen, epoch=epoch, validation_loss=validation_loss)
        axes = None if self.cohort.irrelevant else self.looking.axes
        return moment, None if axes is None else self._surface(view, numbers, axes)

    def _surface(self, view: tuple[Any, Any], numbers: Any, axes: Axes) -> NDArray[Any]:
        """Ask the network at all points of the grid, block by block."""
        points, block = axes.points, self.program.block
        padded = np.resize(points, (-(-len(points) // block) * block, points.shape[1]))
        blocks = padded.reshape(-1, block, points.shape[1])
        said = np.concatenate([np.asarray(self._answer(*view, numbers, rows)) for rows in blocks])
        wide = self.program.learner.head.reading == "values"
        return said[: len(points)].astype(np.float32 if wide else np.float16)

    def _answer(self, weights: Any, layers: Any, numbers: Any, inputs: Any) -> Any:
        kinds = ", ".join(str(part.dtype) for part in (inputs if isinstance(inputs, tuple) else (inputs,)))
        function = answer_of(self.program.learner)
        return self.program.alone(f"answer {kinds}", function, weights, layers, numbers, inputs)

    def _numbers(self, place: int) -> dict[str, NDArray[Any]]:
        typed = self.cohort.typed(self.program.learner.dtype)
        return {name: values[place] for name, values in typed.items()}

    def _store(self, moment: str, seen: Seen) -> None:
        owned: dict[str, dict[str, NDArray[Any]]] = {}
        for owner, (probe, surface) in seen.items():
            owned[owner] = probe.arrays(moment)
            if surface is not None:
                owned[owner][grids.START + moment] = surface
        if owned:
            self.looking.writer.write_arrays_of(owned)

    def _unless_it_fails(self, function: Callable[[], Any]) -> Any:
        try:
            return function()
        except Exception as error:  # noqa: BLE001  (whatever a user's layer does)
            self._blind = True
            said = _watched(self.program.learner, self.watching)
            self.looking.say(self.cohort, replace(said, rows=self.rows.shape[1], note=first_line(error)))
            return None


def _watched(learner: Learner, watches: Watching) -> Watched:
    paths = learner.network.weight_names
    names = _without_the_models(paths)
    starts = learner.network.weight_starts
    return Watched(
        weights=names,
        kernels=tuple(name for name, start in zip(names, starts, strict=True) if len(start.shape) > 1),
        layers=tuple(layer.name for layer in watches.layers),
        activations=tuple(layer.activation for layer in watches.layers),
    )


def _without_the_models(paths: Sequence[str]) -> tuple[str, ...]:
    """Leave the name of the model out of the paths of its weights, where all begin with it."""
    firsts = {path.partition("/")[0] for path in paths}
    if len(firsts) != 1 or not all(path.count("/") > 1 for path in paths):
        return tuple(paths)
    return tuple(path.partition("/")[2] for path in paths)


def _bytes(network: Network) -> int:
    kept = [
        start
        for start, (kind, _) in zip(network.state_starts, network.state_labels, strict=True)
        if kind == VALUE
    ]
    numbers = sum(int(np.prod(start.shape, dtype=np.int64)) for start in (*network.weight_starts, *kept))
    return BYTES_OF_A_NUMBER * numbers


def _steady(call: Callable[[], Any]) -> float:
    """Give the median seconds of a call, after a first one that compiles."""
    jax.block_until_ready(call())  # type: ignore[no-untyped-call]
    taken: list[float] = []
    with standing_still():
        while len(taken) < LEAST_CALLS or (sum(taken) < TIMED_SECONDS and len(taken) < MOST_CALLS):
            began = time.perf_counter()
            jax.block_until_ready(call())  # type: ignore[no-untyped-call]
            taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _lane(weights: Any, layers: Any, lane: int) -> tuple[Any, Any]:
    return [leaf[lane] for leaf in weights], [leaf[lane] for leaf in layers]


def _taken(inputs: Any, rows: NDArray[Any]) -> Any:
    return jax.tree.map(lambda part: part[rows], inputs)
