"""The completed runs of stored results, read once: which there are, how rows were shared out, what matters.

Everything that a verdict is made of is measured on these.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.splits import Splits, splits_of
from trainlab.comparison.verdict import SHARE_OF_TRIVIAL_LOSS
from trainlab.diagnosis.estimate import ALPHA, Estimate, over_rows, over_runs
from trainlab.diagnosis.measured import Floats, guessed_loss, smallest
from trainlab.errors import UsageError
from trainlab.results.outcome import Outcome
from trainlab.results.remembered import remembered
from trainlab.results.store import Reader
from trainlab.results.table import Results

RowScores = list[list[NDArray[np.generic] | None]]


@dataclass(frozen=True, eq=False)
class Completed:
    """The completed runs of an experiment.

    Args:
        results: what is stored.
        splits: how its rows were shared out.
        matters: the smallest difference that matters, in the unit of the metric.
    """

    results: Results
    splits: Splits
    matters: float
    _rows: dict[int, RowScores] = field(default_factory=dict, repr=False)

    @cached_property
    def scored(self) -> NDArray[np.bool_]:
        """``(variant, seed, fold)`` whether a run ended with a score."""
        ended = np.isin(self.results.outcomes, [outcome for outcome in Outcome if outcome.scored])
        return np.asarray(ended & np.isfinite(self.results.scores))

    @cached_property
    def diverged(self) -> NDArray[np.bool_]:
        """``(variant, seed, fold)`` whether a run ended without a finite score."""
        ended = np.isin(
            self.results.outcomes, [Outcome.DIVERGED, *(outcome for outcome in Outcome if outcome.scored)]
        )
        return np.asarray(ended & ~self.scored)

    @cached_property
    def groups(self) -> tuple[NDArray[np.integer] | None, ...]:
        """For each fold the groups that its validation rows belong to; None where rows stand alone."""
        return self.results.validation_groups

    def loss_that_matters(self, place: int) -> float:
        """Give 1 % of what guessing costs a variant, in the unit it was trained on."""
        return SHARE_OF_TRIVIAL_LOSS * guessed_loss(self.results, place)

    def rows(self, place: int) -> RowScores:
        """Give fold -> seed -> ``(row,)`` scores of a variant; None where a run has none."""
        if place not in self._rows:
            numbers = self.results.run_numbers[place]
            with Reader(self.results.folder) as reader:
                self._rows[place] = [
                    [
                        reader.array(f"run/{numbers[seed, fold]}", "row_scores")
                        if self.scored[place, seed, fold]
                        else None
                        for seed in range(len(self.results.seeds))
                    ]
                    for fold in range(self.results.folds)
                ]
        return self._rows[place]

    def of_runs(self, values: Floats, matters: float, alpha: float = ALPHA) -> Estimate | None:
        """Estimate from ``(seed, fold)`` numbers, one for each run."""
        return over_runs(self.splits, values, matters, alpha)

    def of_rows(
        self,
        plus: int | Floats,
        minus: int | Floats,
        *,
        alpha: float = ALPHA,
    ) -> Estimate | None:
        """Estimate by how much one score is better than another, run by run and row by row.

        Args:
            plus: a variant, by the scores of its rows, or ``(seed, fold)`` scores.
            minus: the other one.
            alpha: probability left outside of the interval.
        """
        shape = (len(self.results.seeds), self.results.folds)
        sign = 1.0 if self.results.metric.higher_is_better else -1.0
        tables = []
        for fold in range(shape[1]):
            first, second = self._fold(plus, fold), self._fold(minus, fold)
            both = [seed for seed in range(shape[0]) if first[seed] is not None and second[seed] is not None]
            rows = [
                np.asarray(first[seed], np.float64) - np.asarray(second[seed], np.float64) for seed in both
            ]
            table = np.array(rows).reshape(len(both), -1) if both else np.empty((0, 0))
            tables.append((np.asarray(both, np.int64), sign * table))
        if not any(len(seeds) for seeds, _ in tables):
            return None
        return over_rows(
            self.splits,
            tables,
            shape,
            self.matters,
            groups=self.groups,
            right_or_wrong=self.results.metric.right_or_wrong,
            alpha=alpha,
        )

    def _fold(self, given: int | Floats, fold: int) -> Sequence[NDArray[np.generic] | np.float64 | None]:
        if isinstance(given, int):
            return self.rows(given)[fold]
        return [score if np.isfinite(score) else None for score in given[:, fold]]


@remembered
def completed_runs(results: Results) -> Completed | None:
    """Gather the completed runs, once; None where nothing is stored that a verdict could be made of."""
    try:
        found = Completed(results, splits_of(results), smallest(results))
        if not (found.scored | found.diverged).any() or not results.halves:
            return None
    except (KeyError, UsageError):  # it broke off at its very start, or is not in a folder
        return None
    return found
