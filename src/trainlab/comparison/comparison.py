"""What a comparison comes to, as values: scores of variants, differences with their verdicts, and the claim.

How they are measured stands in ``one_split`` and ``several_splits``.
"""

from dataclasses import dataclass

from trainlab.comparison.bayes import Bayes
from trainlab.comparison.diverged import Diverged
from trainlab.comparison.effect import Effect
from trainlab.comparison.looks import Look
from trainlab.comparison.noise import NoiseFloor
from trainlab.comparison.power import Needed
from trainlab.comparison.splits import Kind
from trainlab.comparison.verdict import Verdict
from trainlab.experiment.metrics import Metric
from trainlab.results.display import shown

SCHEMA = "trainlab/compare/1"


@dataclass(frozen=True)
class Score:
    """What one variant scored: its mean, with a 95 % interval.

    On one split it is a t interval over seeds, for this network on exactly these validation rows; over folds
    the corrected one, for training sets of this size; over resamples the middle 95 % of them; over a time
    series there is none.

    Args:
        variant: name of the variant.
        mean: mean over the runs that were completed; None where there is none.
        low: lower end of the interval; None where there is none.
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
        difference: the mean difference; None where no run has ended in both.
        low: lower end of its interval, which holds for all rows of the comparison at once (Bonferroni); None
            for one seed on one split, one fold, and a time series. Over resamples the middle 95 % of them.
        high: upper end.
        p: adjusted for all rows alike; None where there is no interval, and over resamples.
        verdict: ``better`` means better, also where the metric is a loss.
        needed: what an undecided comparison still needs.
        sentence: all this in words, with the limits that findings set.
        seeds_only: the narrower interval that holds on exactly these validation rows, adjusted alike.
        seeds: seeds that ended in both, in every fold that is compared.
        diverged: how many of their runs diverged, with an exact paired test, adjusted alike.
        folds: difference of each fold; None where no run of it has ended in both. Empty on one split.
        limits: what findings take away from the verdict, in words.
        effect: the difference beside what runs differ by anyway; None where it has no interval of its own.
        bayes: what is believed of the true difference; None for one seed on one split, one fold, a time
            series and resamples.
        detectable: the smallest true difference that this comparison finds with 80 % probability; None where
            it has no interval.
        look: which look at growing results this is; None where all seeds were asked for at once.
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
    folds: tuple[float | None, ...] = ()
    limits: tuple[str, ...] = ()
    effect: Effect | None = None
    bayes: Bayes | None = None
    detectable: float | None = None
    look: Look | None = None

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
            "folds": list(self.folds),
            "limits": list(self.limits),
            "effect": None if self.effect is None else self.effect.document(),
            "bayes": None if self.bayes is None else self.bayes.document(),
            "detectable": self.detectable,
            "look": None if self.look is None else self.look.document(),
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
        splits: how rows were shared out: ``"one split"``, ``"folds"``, ``"disjoint sets"``,
            ``"time series"`` or ``"resamples"``.
        noise: what seeds alone make of the score, and what this design can show; None where nothing was
            compared.
    """

    metric: Metric
    claim: str
    smallest_difference: float
    scores: tuple[Score, ...]
    rows: tuple[Row, ...]
    splits: Kind = "one split"
    noise: NoiseFloor | None = None

    @property
    def describes(self) -> bool:
        """Whether numbers only describe, and no verdict follows from them."""
        return self.splits in {"time series", "resamples"}

    def document(self) -> dict[str, object]:
        """Give the object that ``trainlab compare --json`` prints: plain values, None where there is none."""
        return {
            "schema": SCHEMA,
            "metric": self.metric.name,
            "claim": self.claim,
            "splits": self.splits,
            "smallest_difference": self.smallest_difference,
            "scores": [score.document() for score in self.scores],
            "rows": [row.document() for row in self.rows],
            "noise": None if self.noise is None else self.noise.document(),
        }

    def _repr_html_(self) -> str:
        return shown(self)
