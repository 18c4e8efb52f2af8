"""The noise floor: what runs of one and the same variant differ by, and what this design can show at all.

A difference that is smaller than what two seeds of one variant differ by is seen only by repeating, and one
below the smallest detectable difference is likely not seen by this design either. Knows stored results.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainlab.comparison.crossed import Floats
from trainlab.comparison.wording import size
from trainlab.experiment.metrics import Metric
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results


@dataclass(frozen=True)
class NoiseFloor:
    """How much runs of one configuration differ, and what follows for this experiment.

    Args:
        spread: standard deviation of the score between runs that differ in nothing but the seed, pooled over
            variants and folds, in the unit of the metric; None where no variant has two completed runs on
            one fold.
        low: lower end of its 95 % interval.
        high: upper end.
        degrees: how many independent differences it rests on.
        smallest_detectable: the smallest true difference that a comparison of this experiment finds with 80 %
            probability, at the level that holds for all of them at once: the root mean square over
            comparisons; None where none has an interval.
        sentence: all this in words.
    """

    spread: float | None
    low: float | None
    high: float | None
    degrees: int
    smallest_detectable: float | None
    sentence: str

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "spread": self.spread,
            "low": self.low,
            "high": self.high,
            "degrees": self.degrees,
            "smallest_detectable": self.smallest_detectable,
            "sentence": self.sentence,
        }


def noise_floor(results: Results, detectable: Sequence[float | None], smallest: float) -> NoiseFloor:
    """Measure what seeds alone make of the score.

    Args:
        results: what is stored.
        detectable: of each comparison the smallest true difference it finds with 80 % probability; None where
            it has no interval.
        smallest: the smallest difference that matters.

    Source:
        The interval of a standard deviation: Snedecor & Cochran, *Statistical Methods* (1989), chapter 5; it
        supposes normal scores.
    """
    scored = (results.outcomes == Outcome.FINISHED) | (results.outcomes == Outcome.STOPPED_EARLY)
    spread, degrees = pooled_spread(np.where(scored, results.scores, np.nan))
    low, high = spread_interval(spread, degrees) or (None, None)
    known = [value for value in detectable if value is not None]
    # Squares are added as variances are: one comparison's spread is estimated from a handful of seeds.
    found = math.sqrt(sum(value**2 for value in known) / len(known)) if known else None
    said = _sentence(results.metric, spread, (low, high), found, smallest)
    return NoiseFloor(spread, low, high, degrees, found, said)


def pooled_spread(scores: Floats) -> tuple[float | None, int]:
    """Give the standard deviation between seeds, pooled over variants and folds, and its degrees of freedom.

    Args:
        scores: ``(variant, seed, fold)``; NaN where a run has none.

    >>> pooled_spread(np.array([[[0.90], [0.92]], [[0.70], [0.72]]]))
    (0.014, 2)
    """
    there = np.isfinite(scores)
    counts = there.sum(axis=1)
    kept = np.where(there, scores, 0.0)
    means = kept.sum(axis=1) / np.maximum(counts, 1)
    squares = np.where(there, (kept - means[:, None, :]) ** 2, 0.0).sum()
    degrees = int(np.maximum(counts - 1, 0).sum())
    return (math.sqrt(float(squares) / degrees) if degrees else None), degrees


def spread_interval(spread: float | None, degrees: int) -> tuple[float, float] | None:
    """Give the 95 % interval of a standard deviation; None where there is none.

    >>> low, high = spread_interval(1.0, 4)
    >>> f"{low:.2f} {high:.2f}"
    '0.60 2.87'
    """
    if spread is None:
        return None
    from scipy.special import gammainccinv, gammaincinv

    most, least = (
        float(inverse(degrees / 2, 0.025)) * 2 / degrees for inverse in (gammainccinv, gammaincinv)
    )
    return spread / math.sqrt(most), spread / math.sqrt(least)


def _sentence(
    metric: Metric,
    spread: float | None,
    ends: tuple[float | None, float | None],
    found: float | None,
    smallest: float,
) -> str:
    unit = metric.unit_of_difference
    if spread is None:
        said = "What seeds alone change cannot be told: no variant has two scores on the same rows"
    else:
        sure = ""
        if ends[0] is not None and ends[1] is not None:
            sure = f" (95 % interval {size(metric, ends[0])} to {size(metric, ends[1])})"
        said = f"Runs that differ in nothing but the seed spread by {size(metric, spread)} {unit}{sure}"
        said += ", as a standard deviation"
    if found is None:
        return f"{said}."
    beside = "no more than" if found <= smallest else "more than"
    return (
        f"{said}; this design finds a true difference of {size(metric, found)} with 80 % probability, "
        f"{beside} the {size(metric, smallest)} that {'matter' if metric.is_rate else 'matters'}."
    )
