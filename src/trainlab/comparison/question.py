"""What the comparisons of one experiment share: the runs of each arm, what diverged runs count as, the level.

Arms are paired run by run: by seed, by fold and by row. How a difference is measured stands elsewhere.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.crossed import Floats
from trainlab.comparison.diverged import Diverged, trivial_predictor, trivial_rows
from trainlab.comparison.limits import limits
from trainlab.comparison.splits import Splits, splits_of
from trainlab.comparison.verdict import Verdict, decide, smallest_difference
from trainlab.errors import UsageError
from trainlab.experiment.checks import suggestion
from trainlab.results.outcome import Outcome
from trainlab.results.store import Reader
from trainlab.results.table import Results

ALPHA = 0.05


@dataclass(frozen=True, eq=False)
class Arm:
    """The runs of one variant.

    Args:
        name: name of the variant.
        rows: fold -> seed -> ``(row,)`` scores over its validation rows; None where a run has none.
        scores: ``(seed, fold)`` mean over the rows; NaN where there is none.
        completed: ``(seed, fold)`` whether a run ended with a score.
        diverged: ``(seed, fold)`` whether a run diverged.
    """

    name: str
    rows: tuple[list[NDArray[np.generic] | None], ...]
    scores: Floats
    completed: NDArray[np.bool_]
    diverged: NDArray[np.bool_]

    @property
    def ended(self) -> NDArray[np.bool_]:
        """``(seed, fold)`` whether a run has come to its end."""
        return self.completed | self.diverged


@dataclass(frozen=True, eq=False)
class Question:
    """What the comparisons of one experiment share.

    Args:
        results: what is stored.
        splits: how its rows were shared out.
        trivial: for each fold, ``(row,)`` scores of the predictor that has learned nothing.
        smallest: the smallest difference that matters.
        reference: the arm that the others are compared with.
        level: probability that one interval leaves out, where looks at growing results share it out; None
            where there is one look.
    """

    results: Results
    splits: Splits
    trivial: tuple[Floats, ...]
    smallest: float
    reference: Arm
    level: float | None = None

    @property
    def comparisons(self) -> int:
        """How many comparisons the intervals hold for at once."""
        return len(self.results.variants) - 1

    @property
    def alpha(self) -> float:
        """Probability that one interval leaves out: Bonferroni's share, and of it the share of a look."""
        return ALPHA / self.comparisons if self.level is None else self.level

    @property
    def predictor(self) -> str:
        """What diverged runs count as."""
        return trivial_predictor(self.results.facts["data"]["task"])

    def decide(self, interval: tuple[float, float] | None) -> Verdict:
        """Read the verdict off an interval."""
        return decide(interval, self.smallest, higher_is_better=self.results.metric.higher_is_better)

    def limits(self, name: str) -> tuple[str, ...]:
        """Give what findings take away from the verdict on a variant."""
        return limits(self.results.facts.get("findings") or (), name, self.reference.name)

    def differences(self, arm: Arm, fold: int, both: NDArray[np.bool_]) -> Floats:
        """Subtract the reference: ``(seed, row)``, with the trivial predictor's rows for diverged runs.

        Args:
            arm: the variant.
            fold: which fold.
            both: ``(seed,)`` seeds that ended in both.
        """
        return self.table(arm, fold, both) - self.table(self.reference, fold, both)

    def table(self, arm: Arm, fold: int, seeds: NDArray[np.bool_]) -> Floats:
        """Give ``(seed, row)`` scores, the trivial predictor's rows for diverged runs.

        Args:
            arm: the variant.
            fold: which fold.
            seeds: ``(seed,)`` seeds that have ended.
        """
        chosen = np.flatnonzero(seeds).tolist()
        table = np.empty((len(chosen), len(self.trivial[fold])))
        for place, seed in enumerate(chosen):
            rows = None if arm.diverged[seed, fold] else arm.rows[fold][seed]
            table[place] = self.trivial[fold] if rows is None else rows
        return table

    def run_scores(self, arm: Arm) -> Floats:
        """Give ``(seed, fold)`` scores, the trivial predictor's for diverged runs; NaN where none ended."""
        trivial = np.array([rows.mean() for rows in self.trivial])
        found: Floats = np.where(arm.diverged, trivial, np.where(arm.completed, arm.scores, np.nan))
        return found

    def same(self, arm: Arm, fold: int, both: NDArray[np.bool_], differences: Floats) -> bool:
        """Whether the two never differ: where answers are ranked or counted, their losses must agree too."""
        completed = (arm.completed & self.reference.completed)[both, fold]
        if not completed.size or not completed.all() or differences.any():
            return False
        if not self.results.metric.is_share:
            return True
        losses = [self.results.rows("row_losses", name, fold) for name in (arm.name, self.reference.name)]
        pairs = [(losses[0][seed], losses[1][seed]) for seed in np.flatnonzero(both)]
        return all(
            one is not None and other is not None and np.array_equal(one, other) for one, other in pairs
        )

    def contradiction(
        self, verdict: Verdict, without: Verdict | None, kept: str, gone: Diverged
    ) -> str | None:
        """Say where counting the diverged runs gives another verdict than leaving them out would.

        Where nothing was completed in both, there is no other verdict; then only a verdict against the
        variant that diverged more often stands.

        Args:
            verdict: with the diverged runs.
            without: on what was completed in both; None where nothing was.
            kept: what was completed in both, in words.
            gone: how many runs diverged.
        """
        if not gone.any or without == verdict:
            return None
        if without is None:
            against_the_worse = {"worse": gone.variant > gone.against, "better": gone.against > gone.variant}
            return None if against_the_worse.get(verdict) else "no seed was completed in both"
        return (
            f"the verdict is {verdict} with diverged runs counted as {self.predictor}, "
            f"and {without} on the {kept} completed in both"
        )


def ask(results: Results, *, against: str | None = None) -> Question:
    """Gather what the comparisons of stored results share.

    Args:
        results: what is stored, finished or not.
        against: the variant to compare with; left out, the reference of the experiment.

    Raises:
        UsageError: for a variant that is not there.
    """
    reference = results.reference if against is None else against
    if reference not in results.variants:
        raise UsageError("no such variant", "against", reference, suggestion(reference, results.variants))
    trivial = tuple(
        trivial_rows(results.metric.name, results.facts["data"], targets)
        for targets in results.validation_targets
    )
    named = results.facts["experiment"]["smallest_difference"]
    usual = sum(float(rows.mean()) for rows in trivial) / len(trivial)
    smallest = smallest_difference(results.metric, usual) if named is None else float(named)
    return Question(results, splits_of(results), trivial, smallest, arm_of(results, reference))


def arm_of(results: Results, name: str) -> Arm:
    """Gather the runs of a variant.

    Args:
        results: what is stored.
        name: name of the variant.
    """
    index = results.variants.index(name)
    outcomes, scores = results.outcomes[index], results.scores[index]
    numbers = results.run_numbers[index]
    with Reader(
        results.folder
    ) as reader:  # opened once: with one row left out there are as many folds as rows
        rows = tuple(
            [reader.array(f"run/{number}", "row_scores") for number in numbers[:, fold]]
            for fold in range(results.folds)
        )
    scored = np.array([[Outcome(outcome).scored for outcome in seed] for seed in outcomes])
    # A run may end with finite weights and yet overflow on a row: that is no score, so it counts as diverged.
    finite = np.array(
        [
            [row is not None and bool(np.isfinite(row).all()) for row in (of_fold[seed] for of_fold in rows)]
            for seed in range(len(results.seeds))
        ]
    )
    finite &= np.isfinite(scores)
    return Arm(name, rows, scores, scored & finite, (outcomes == Outcome.DIVERGED) | (scored & ~finite))
