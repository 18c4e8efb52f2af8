"""What lanes give on rows with their weights standing still: losses and scores of groups, predictions.

Nothing here knows of epochs, of what is trained next or of who has stopped.
"""

import functools
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.engine.program import Program
from trainlab.engine.rows import GROUPS, CohortRows, Watched
from trainlab.measures.measure import pseudo_values, value
from trainlab.stopwatch import part

# Weights and the other variables, each ``(lane, ...)``: what a lane is judged by.
View = tuple[list[Any], list[Any]]


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


class Judged(NamedTuple):
    """The lanes that are judged.

    Args:
        numbers: name -> ``(lane, ...)``, on the devices.
        fold: ``(lane,)`` fold of each, on the devices.
        folds: the same on the host.
        lanes: the lanes that are asked about; what is given of the others means nothing.
        awake: ``(lane,)`` whether a lane is asked about, on the devices; None where all are computed.
    """

    numbers: Any
    fold: Any
    folds: Sequence[int]
    lanes: Iterable[int]
    awake: Any = None


@dataclass(eq=False)
class Judge:
    """Looks at rows.

    Args:
        program: the compiled programs.
        rows: which rows there are to look at.
        data: inputs and targets on the devices.
        clock: where seconds are added up.
    """

    program: Program
    rows: CohortRows
    data: Any
    clock: Clock
    _watched: dict[Any, Any] = field(default_factory=dict)

    @part("evaluate")
    def evaluate(self, view: View, judged: Judged, watched: Watched) -> Sums:
        """Give mean losses and scores of groups of rows."""
        if self.program.learner.whole:
            return self._measure(view, judged, watched)
        compiled, began = self.program.compile_seconds, time.perf_counter()
        if id(watched) not in self._watched:
            self._watched[id(watched)] = self.program.placement.copied((watched.rows, watched.groups))
        rows, groups = self._watched[id(watched)]
        blocks = np.int32(watched.blocks)
        losses, scores, penalty = self.program.evaluate(
            view, judged.numbers, judged.fold, rows, groups, blocks, self.data, awake=judged.awake
        )
        counts = np.maximum(group_counts(watched, judged.folds), 1)
        sums = Sums(
            np.asarray(losses, np.float64) / counts,
            np.asarray(scores, np.float64) / counts,
            np.asarray(penalty, np.float64),
        )
        self.clock.evaluate += time.perf_counter() - began - (self.program.compile_seconds - compiled)
        return sums

    @part("evaluate")
    def predict(self, view: View, judged: Judged) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Give ``(lane, row, ...)`` predictions, losses and scores on validation rows, padding included."""
        if self.program.learner.whole:
            outputs, losses, _ = self._looked(view, judged, self.rows.predicted)
            return outputs, losses, self.row_scores(outputs, judged)
        compiled, began = self.program.compile_seconds, time.perf_counter()
        rows = self.program.placement.copied(self.rows.predicted)
        found = self.program.predict(view, judged.numbers, judged.fold, rows, self.data, awake=judged.awake)
        arrays = tuple(np.asarray(array) for array in found)
        self.clock.evaluate += time.perf_counter() - began - (self.program.compile_seconds - compiled)
        return arrays[0], arrays[1], arrays[2]

    @part("evaluate")
    def row_scores(self, outputs: NDArray[Any], judged: Judged) -> NDArray[np.float64]:
        """Give the ``(lane, row)`` scores of a metric that is no average over rows: its pseudo-values.

        Args:
            outputs: ``(lane, row, ...)`` predictions on validation rows, padding included.
            judged: the lanes.
        """
        scores = np.full(outputs.shape[:2], np.nan)
        for lane in judged.lanes:
            rows = self.rows.validation[judged.folds[lane]]
            answers, wanted = outputs[lane, : len(rows)], self._targets[rows]
            scores[lane, : len(rows)] = pseudo_values(self.program.learner.whole, answers, wanted)
        return scores

    @functools.cached_property
    def _targets(self) -> NDArray[Any]:
        """The targets of all rows, on the host."""
        return np.asarray(self.data[1])

    def _looked(self, view: View, judged: Judged, rows: NDArray[np.int32]) -> tuple[NDArray[Any], ...]:
        """Give ``(lane, row, ...)`` predictions and losses of rows, and the penalty.

        Rows are taken as many at once as after each epoch, so that one program does for all.

        Args:
            view: what lanes are judged by.
            judged: the lanes.
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
            found = self.program.watch(
                view, judged.numbers, judged.fold, numbers, self.data, awake=judged.awake
            )
            parts.append([np.asarray(array) for array in found])
        joined = [np.concatenate(pieces, axis=1) for pieces in list(zip(*parts, strict=True))[:2]]
        self.clock.evaluate += time.perf_counter() - began - (self.program.compile_seconds - compiled)
        return joined[0][:, : rows.shape[1]], joined[1][:, : rows.shape[1]], parts[0][2]

    def _measure(self, view: View, judged: Judged, watched: Watched) -> Sums:
        """Measure groups of rows by a metric that is no average over rows, from their predictions."""
        outputs, losses, penalty = self._looked(view, judged, watched.shown)
        began = time.perf_counter()
        means, scores = (np.full((len(judged.folds), GROUPS), np.nan) for _ in range(2))
        for lane in judged.lanes:
            fold = judged.folds[lane]
            for group in range(GROUPS):
                mine = np.flatnonzero(watched.groups[fold] == group)
                if mine.size:
                    wanted = self._targets[watched.rows[fold, mine]]
                    means[lane, group] = losses[lane, mine].mean(dtype=np.float64)
                    scores[lane, group] = value(self.program.learner.whole, outputs[lane, mine], wanted)
        self.clock.evaluate += time.perf_counter() - began
        return Sums(means, scores, np.asarray(penalty, np.float64))


def group_counts(watched: Watched, folds: Sequence[int]) -> NDArray[np.int64]:
    """Count the rows of each group that each lane looks at, ``(lane, group)``."""
    counts = np.stack([(watched.groups == group).sum(axis=1) for group in range(GROUPS)], axis=1)
    return counts[list(folds)]
