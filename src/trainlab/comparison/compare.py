"""The comparison: every variant against one reference, from what is stored.

Here the arms are paired seed by seed and row by row. How a difference is measured stands in ``crossed``, what
it means in ``verdict``, how it is said in ``sentence``. One split only: folds are not compared here.
"""

import dataclasses
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.crossed import Crossed, Floats, crossed
from trainlab.comparison.diverged import Diverged, compare_diverged, trivial_predictor, trivial_rows
from trainlab.comparison.over_seeds import over_seeds
from trainlab.comparison.power import Needed, needed
from trainlab.comparison.sentence import Told, sentence
from trainlab.comparison.verdict import Verdict, decide, smallest_difference
from trainlab.errors import UsageError
from trainlab.experiment.checks import suggestion
from trainlab.experiment.metrics import Metric
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

SCHEMA = "trainlab/compare/1"
CLAIM = "for a network trained on these rows, on new rows like the validation rows"
ALPHA = 0.05


@dataclass(frozen=True)
class Score:
    """What one variant scored: its mean over seeds, with a 95 % t interval.

    The interval holds for this network on exactly these validation rows; comparisons have their own.

    Args:
        variant: name of the variant.
        mean: mean over the runs that were completed; None where there is none.
        low: lower end of the interval; None for fewer than two runs.
        high: upper end.
        n: runs that were completed.
        diverged: runs that diverged; they are not in the mean.
    """

    variant: str
    mean: float | None
    low: float | None
    high: float | None
    n: int
    diverged: int

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "variant": self.variant,
            "mean": self.mean,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "diverged": self.diverged,
        }


@dataclass(frozen=True)
class Row:
    """One variant against the reference, variant minus reference in the unit of the metric.

    Args:
        variant: name of the variant.
        against: name of the reference.
        difference: the mean difference; None where no seed has ended in both.
        low: lower end of its interval, which holds for all rows of the comparison at once (Bonferroni); None
            for one seed.
        high: upper end.
        p: adjusted for all rows alike; None for one seed.
        verdict: ``better`` means better, also where the metric is a loss.
        needed: what an undecided comparison still needs.
        sentence: all this in words.
        seeds_only: the narrower interval that holds on exactly these validation rows, adjusted alike.
        seeds: seeds that ended in both.
        diverged: how many of their runs diverged, with an exact paired test, adjusted alike.
    """

    variant: str
    against: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict
    needed: Needed
    sentence: str
    seeds_only: tuple[float, float] | None
    seeds: int
    diverged: Diverged

    def document(self) -> dict[str, object]:
        """Give plain values, as the contract names them."""
        return {
            "variant": self.variant,
            "against": self.against,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "p": self.p,
            "verdict": self.verdict,
            "needed": self.needed.document(),
            "sentence": self.sentence,
            "seeds_only": None if self.seeds_only is None else list(self.seeds_only),
            "seeds": self.seeds,
            "diverged": {
                "variant": self.diverged.variant,
                "against": self.diverged.against,
                "p": self.diverged.p,
            },
        }


@dataclass(frozen=True)
class Comparison:
    """Every variant against one reference.

    Args:
        metric: what is compared.
        claim: what the intervals of the rows cover, in words.
        smallest_difference: the smallest difference that matters, in the unit of the metric.
        scores: one for each variant, in the order of the experiment.
        rows: one for each variant but the reference, in the same order.
    """

    metric: Metric
    claim: str
    smallest_difference: float
    scores: tuple[Score, ...]
    rows: tuple[Row, ...]

    def document(self) -> dict[str, object]:
        """Give the object that ``trainlab compare --json`` prints: plain values, None where there is none."""
        return {
            "schema": SCHEMA,
            "metric": self.metric.name,
            "claim": self.claim,
            "smallest_difference": self.smallest_difference,
            "scores": [score.document() for score in self.scores],
            "rows": [row.document() for row in self.rows],
        }

    def _repr_html_(self) -> str:
        if not self.rows:
            return "<p>There is one variant, so nothing is compared.</p>"
        lines = "".join(
            f"<tr><td>{escape(row.variant[:200])}</td><td>{row.verdict}</td><td>{escape(row.sentence)}</td></tr>"
            for row in self.rows
        )
        head = f"<th>variant</th><th>verdict</th><th>{escape(self.metric.label)} {escape(self.claim)}</th>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def compare(results: Results, *, against: str | None = None) -> Comparison:
    """Compare every variant with one reference, on the seeds that ended in both.

    Args:
        results: what is stored, finished or not.
        against: the variant to compare with; left out, the reference of the experiment.

    Raises:
        UsageError: for a variant that is not there, and for results over several folds.
    """
    if results.folds > 1:
        raise UsageError(
            f"the results have {results.folds} folds, and this trainlab compares on one split",
            "validation",
            None,
            "Declare `validation: {holdout: 0.2}` and run again.",
        )
    reference = results.reference if against is None else against
    if reference not in results.variants:
        raise UsageError("no such variant", "against", reference, suggestion(reference, results.variants))
    trivial = trivial_rows(results.metric.name, results.facts["data"], results.validation_targets[0])
    named = results.facts["experiment"]["smallest_difference"]
    smallest = smallest_difference(results.metric, float(trivial.mean())) if named is None else float(named)
    question = _Question(results, trivial, smallest, _arm(results, reference))
    scores, rows = [], []
    for name in results.variants:
        arm = _arm(results, name)
        scores.append(_score(arm))
        if name != reference:
            rows.append(_row(question, arm))
    return Comparison(results.metric, CLAIM, smallest, tuple(scores), tuple(rows))


@dataclass(frozen=True)
class _Arm:
    """The runs of one variant: ``completed`` and ``diverged`` are ``(seed,)``, ``scores`` too."""

    name: str
    rows: list[NDArray[np.generic] | None]
    scores: Floats
    completed: NDArray[np.bool_]
    diverged: NDArray[np.bool_]

    @property
    def ended(self) -> NDArray[np.bool_]:
        return self.completed | self.diverged


@dataclass(frozen=True)
class _Question:
    results: Results
    trivial: Floats
    smallest: float
    reference: _Arm

    @property
    def comparisons(self) -> int:
        return len(self.results.variants) - 1

    @property
    def alpha(self) -> float:
        return ALPHA / self.comparisons

    @property
    def predictor(self) -> str:
        return trivial_predictor(self.results.facts["data"]["task"])

    def decide(self, measured: Crossed | None) -> Verdict:
        metric = self.results.metric
        interval = None if measured is None else measured.interval(1 - self.alpha)
        return decide(interval, self.smallest, higher_is_better=metric.higher_is_better)


def _arm(results: Results, name: str) -> _Arm:
    index = results.variants.index(name)
    outcomes, scores = results.outcomes[index, :, 0], results.scores[index, :, 0]
    rows = results.rows("row_scores", name)
    scored = np.array([Outcome(outcome).scored for outcome in outcomes])
    # A run may end with finite weights and yet overflow on a row: that is no score, so it counts as diverged.
    finite = np.array([row is not None and bool(np.isfinite(row).all()) for row in rows])
    finite &= np.isfinite(scores)
    return _Arm(name, rows, scores, scored & finite, (outcomes == Outcome.DIVERGED) | (scored & ~finite))


def _score(arm: _Arm) -> Score:
    measured = over_seeds(arm.scores[arm.completed])
    low, high = measured.interval() or (None, None)
    return Score(arm.name, measured.mean, low, high, measured.seeds, int(arm.diverged.sum()))


def _row(question: _Question, arm: _Arm) -> Row:
    results, reference = question.results, question.reference
    both = arm.ended & reference.ended
    differences = _differences(question, arm, both)
    gone = compare_diverged(arm.diverged[both], reference.diverged[both])
    same = _same(question, arm, both, differences)
    step = 1.0 if results.metric.is_rate and not same else 0.0
    measured = crossed(differences, step=step) if len(differences) else None
    interval = None if measured is None else measured.interval(1 - question.alpha)
    verdict = question.decide(measured)
    kept = differences[(arm.completed & reference.completed)[both]]
    contradiction = None if interval is None else _contradiction(question, verdict, kept, gone, step)
    if contradiction is not None:
        verdict = "undecided"
    lacking = _lacking(question, measured, verdict, contradicted=contradiction is not None)
    told = Told(
        variant=arm.name,
        against=reference.name,
        metric=results.metric,
        smallest=question.smallest,
        comparisons=question.comparisons,
        difference=None if measured is None else measured.mean,
        interval=interval,
        verdict=verdict,
        needed=lacking,
        seeds=len(differences),
        asked=len(results.seeds),
        rows=len(question.trivial),
        diverged=gone,
        predictor=question.predictor,
        contradiction=contradiction,
        same=same,
    )
    p = None if measured is None else measured.p
    return Row(
        variant=arm.name,
        against=reference.name,
        difference=told.difference,
        low=None if interval is None else interval[0],
        high=None if interval is None else interval[1],
        p=None if p is None else min(1.0, p * question.comparisons),
        verdict=verdict,
        needed=lacking,
        sentence=sentence(told),
        seeds_only=over_seeds(differences.mean(axis=1)).interval(1 - question.alpha),
        seeds=told.seeds,
        diverged=dataclasses.replace(gone, p=min(1.0, gone.p * question.comparisons)),
    )


def _differences(question: _Question, arm: _Arm, both: NDArray[np.bool_]) -> Floats:
    """Subtract the reference, ``(seed, row)``, with the trivial predictor's rows for runs that diverged."""
    seeds = np.flatnonzero(both).tolist()
    table = np.empty((len(seeds), len(question.trivial)))
    for place, seed in enumerate(seeds):
        table[place] = _scored_rows(question, arm, seed) - _scored_rows(question, question.reference, seed)
    return table


def _scored_rows(question: _Question, arm: _Arm, seed: int) -> Floats:
    rows = None if arm.diverged[seed] else arm.rows[seed]
    return question.trivial if rows is None else np.asarray(rows, np.float64)


def _same(question: _Question, arm: _Arm, both: NDArray[np.bool_], differences: Floats) -> bool:
    """Whether the two never differ: where rows are right or wrong, their losses must agree too."""
    completed = (arm.completed & question.reference.completed)[both]
    if not completed.size or not completed.all() or differences.any():
        return False
    if not question.results.metric.is_rate:
        return True
    losses = [question.results.rows("row_losses", name) for name in (arm.name, question.reference.name)]
    pairs = [(losses[0][seed], losses[1][seed]) for seed in np.flatnonzero(both)]
    return all(one is not None and other is not None and np.array_equal(one, other) for one, other in pairs)


def _contradiction(
    question: _Question, verdict: Verdict, kept: Floats, gone: Diverged, step: float
) -> str | None:
    """Say where counting the diverged runs gives another verdict than leaving them out would.

    Where no seed was completed in both, there is no other verdict; then only a verdict against the variant
    that diverged more often stands.
    """
    if not gone.any:
        return None
    if not len(kept):
        against_the_worse = {"worse": gone.variant > gone.against, "better": gone.against > gone.variant}
        return None if against_the_worse.get(verdict) else "no seed was completed in both"
    without = question.decide(crossed(kept, step=step))
    if without == verdict:
        return None
    seeds = "seed" if len(kept) == 1 else "seeds"
    return (
        f"the verdict is {verdict} with diverged runs counted as {question.predictor}, "
        f"and {without} on the {len(kept)} {seeds} completed in both"
    )


def _lacking(
    question: _Question, measured: Crossed | None, verdict: Verdict, *, contradicted: bool
) -> Needed:
    if verdict != "undecided":
        return Needed("nothing")
    if measured is None:
        return Needed("seeds", 2)
    # Runs that diverge are mended, not outnumbered.
    return Needed("none") if contradicted else needed(measured, question.smallest, question.alpha)
