"""How large a difference is beside what runs differ by anyway, and how often one run of A beats one of B.

A difference of half a point says nothing of whether a single new run would show it: these two numbers do.
They describe beside the verdict, and no verdict reads them. Knows nothing of variants and stored results.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trainlab.comparison.crossed import Floats

Variance = Callable[[float], float]
Over = Literal["seeds", "folds"]

# Of two pairs the expected size is infinite, and the correction for few pairs takes all of it away.
LEAST_PAIRS = 3
_BEYOND = 1_000.0


@dataclass(frozen=True)
class Effect:
    """A standardized difference, and the probability that one new run beats another.

    Args:
        size: Cohen's d_z with the correction for few observations: the mean difference of pairs by their
            standard deviation; variant minus reference. None where the pairs show no spread, and for two.
        low: lower end of its interval, which holds for all rows of the comparison at once.
        high: upper end.
        probability: that a new run of the variant scores better than a new run of the reference, each with a
            seed of its own; a tie counts half. Better means better, also where the metric is a loss.
        over: what the pairs are: seeds on one split, or folds with their seeds averaged.
        pairs: how many pairs.
        probability_low: lower end of the interval of the probability, which holds for all rows at once.
        probability_high: upper end.
    """

    size: float | None
    low: float | None
    high: float | None
    probability: float
    over: Over
    pairs: int
    probability_low: float
    probability_high: float

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "size": self.size,
            "low": self.low,
            "high": self.high,
            "probability": self.probability,
            "probability_low": self.probability_low,
            "probability_high": self.probability_high,
            "over": self.over,
            "pairs": self.pairs,
        }


@dataclass(frozen=True)
class Standardized:
    """A standardized difference with its interval; all None where there is nothing to measure it by."""

    size: float | None
    low: float | None
    high: float | None


def effect_over_seeds(
    ours: ArrayLike, theirs: ArrayLike, *, higher_is_better: bool, alpha: float = 0.05
) -> Effect | None:
    """Measure an effect on one split, where seeds are what varies; None for fewer than two seeds.

    It is claimed for training again on these rows and scoring on exactly these validation rows. The
    probability compares runs of different seeds, since a new run of one has no more in common with a new run
    of the other. In the interval runs of one seed count as independent. In 400 simulated experiments of each
    of 60 kinds at least 95 % of intervals held the truth from 3 seeds on and 90 % with 2, where a seed moves
    both alike or neither; where it helps one and hurts the other (correlation -0.5) the worst kind had 88 %.

    Args:
        ours: ``(seed,)`` scores of the variant.
        theirs: ``(seed,)`` scores of the reference, same seeds.
        higher_is_better: whether a larger score is a better one.
        alpha: probability left outside the intervals.

    Source:
        The probability: Mann & Whitney, Annals of Mathematical Statistics 18 (1947). Its interval: Newcombe,
        *Confidence intervals for an effect size measure based on the Mann-Whitney statistic*, part 2, method
        5, Statistics in Medicine 25 (2006). Departure: pairs of one seed are left out.

    >>> found = effect_over_seeds([0.92, 0.94, 0.93], [0.90, 0.93, 0.91], higher_is_better=True)
    >>> f"d {found.size:.2f}, beats it with probability {found.probability:.2f}"
    'd 1.63, beats it with probability 0.75'
    """
    first, second = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    seeds = len(first)
    if seeds < 2:
        return None
    size = standardized(first - second, factor=1 / seeds, alpha=alpha)
    share = _share(first, second, higher_is_better=higher_is_better)
    low, high = share_interval(share, _newcombe(seeds), alpha)
    return Effect(size.size, size.low, size.high, share, "seeds", seeds, low, high)


def effect_over_folds(
    ours: Floats, theirs: Floats, *, ratio: float, higher_is_better: bool, alpha: float = 0.05
) -> Effect | None:
    """Measure an effect over folds, where training sets vary; None for fewer than two folds.

    It is claimed for training sets of this size drawn like these: both are trained on the same new one. The
    interval is widened because training sets overlap, as that of the difference is.

    Args:
        ours: ``(seed, fold)`` scores of the variant; NaN where a run has not ended in both.
        theirs: ``(seed, fold)`` scores of the reference.
        ratio: validation rows of a fold by its training rows.
        higher_is_better: whether a larger score is a better one.
        alpha: probability left outside the intervals.

    Source:
        The widening: Nadeau & Bengio, Machine Learning 52 (2003). The interval of the probability: Wilson,
        *Journal of the American Statistical Association* 22 (1927), for shares, whose variance is at most
        that of a coin.

    >>> better = np.array([[0.92, 0.94, 0.93], [0.91, 0.95, 0.92]])
    >>> worse = np.array([[0.90, 0.93, 0.91], [0.91, 0.93, 0.90]])
    >>> found = effect_over_folds(better, worse, ratio=0.5, higher_is_better=True)
    >>> f"{found.probability:.2f} ({found.probability_low:.2f} to {found.probability_high:.2f})"
    '1.00 (0.24 to 1.00)'
    """
    there = np.isfinite(ours) & np.isfinite(theirs)
    compared = there.any(axis=0)
    folds = int(compared.sum())
    if folds < 2:
        return None
    pairs = [
        (ours[there[:, fold], fold], theirs[there[:, fold], fold])
        for fold in np.flatnonzero(compared).tolist()
    ]
    factor = 1 / folds + ratio
    differences = [float(np.mean(first - second)) for first, second in pairs]
    size = standardized(differences, factor=factor, alpha=alpha)
    shares = [_share(first, second, higher_is_better=higher_is_better) for first, second in pairs]
    share = float(np.mean(shares))
    low, high = share_interval(share, lambda at: at * (1 - at) * factor, alpha)
    return Effect(size.size, size.low, size.high, share, "folds", folds, low, high)


def standardized(values: ArrayLike, *, factor: float, alpha: float = 0.05) -> Standardized:
    """Divide a mean by the standard deviation of its values.

    Args:
        values: ``(pair,)`` differences, at least two.
        factor: variance of the mean by that of one value: 1 / n for independent ones, more where they
            overlap.
        alpha: probability left outside the interval.

    Returns:
        Hedges's g of the differences, and the interval of the true value from the noncentral t.

    Source:
        Hedges, *Distribution theory for Glass's estimator of effect size and related estimators*, Journal of
        Educational Statistics 6 (1981); Steiger & Fouladi, *Noncentrality interval estimation and the
        evaluation of statistical models* (1997).

    >>> found = standardized([0.02, 0.03, 0.01, 0.04, 0.02], factor=1 / 5)
    >>> f"{found.size:.2f} [{found.low:.2f}, {found.high:.2f}]"
    '1.68 [0.43, 3.73]'
    """
    from scipy.special import gammaln

    given = np.asarray(values, np.float64)
    if len(given) < LEAST_PAIRS:
        return Standardized(None, None, None)
    freedom, mean, spread = len(given) - 1, float(given.mean()), float(given.std(ddof=1))
    # Equal differences are equal up to the rounding of their mean: that is no spread to measure by.
    if spread <= 1e-12 * float(np.abs(given).max()):
        return Standardized(None, None, None)
    small = math.exp(gammaln(freedom / 2) - gammaln((freedom - 1) / 2)) / math.sqrt(freedom / 2)
    wide = math.sqrt(factor)
    t = mean / (spread * wide)
    low, high = (wide * _noncentrality(t, freedom, below) for below in (1 - alpha / 2, alpha / 2))
    return Standardized(small * mean / spread, low, high)


def share_interval(share: float, variance: Variance, alpha: float) -> tuple[float, float]:
    """Give the shares that lie within z standard errors of their own from the one that was seen.

    Args:
        share: what was seen, between 0 and 1.
        variance: true share -> variance of the share that is seen.
        alpha: probability left outside.

    >>> low, high = share_interval(1.0, lambda at: at * (1 - at) / 10, 0.05)
    >>> round(low, 2), high
    (0.72, 1.0)
    """
    from scipy.special import ndtri

    z = -float(ndtri(alpha / 2))

    def outside(at: float) -> bool:
        return abs(share - at) > z * math.sqrt(max(variance(at), 0.0))

    return _edge(outside, share, 0.0), _edge(outside, share, 1.0)


def _edge(outside: Callable[[float], bool], share: float, end: float) -> float:
    """Find by halving how far towards the end of the scale shares are still inside."""
    if share == end:
        return end
    near, far = share, end
    while abs(far - near) > 1e-9:
        middle = (near + far) / 2
        near, far = (near, middle) if outside(middle) else (middle, far)
    return near


def _share(ours: Floats, theirs: Floats, *, higher_is_better: bool) -> float:
    """Give the share of pairs of runs in which ours is better, of different seeds where there are two."""
    first, second = (ours, theirs) if higher_is_better else (theirs, ours)
    count = len(first)
    wins = np.sign(first[:, None] - second[None, :])
    if count == 1:
        return float(wins[0, 0] + 1) / 2
    return float((wins.sum() - np.trace(wins)) / (count * (count - 1)) + 1) / 2


def _newcombe(seeds: int) -> Variance:
    """Give the variance of a share of pairs of different seeds, as exponential scores would have it."""

    def variance(at: float) -> float:
        together = 1 + (seeds - 1) * ((1 - at) / (2 - at) + at / (1 + at))
        return at * (1 - at) * together / (seeds * (seeds - 1))

    return variance


def _noncentrality(t: float, freedom: int, below: float) -> float:
    """Find by halving the noncentrality under which a t this small has this probability."""
    from scipy.special import gammainccinv, gammaincinv, nctdtr

    if abs(t) > _BEYOND:
        # The normal part of a t this large is nothing beside its chi, and the function has no figures there.
        chi = (gammainccinv if t > 0 else gammaincinv)(freedom / 2, below) * 2 / freedom
        return t * math.sqrt(float(chi))

    def share_below(at: float) -> float:
        found = float(nctdtr(freedom, at, t))
        # Far out it has no figures either: there all or nothing lies below.
        return found if math.isfinite(found) else float(at < t)

    reach = abs(t) + 1.0
    while share_below(-reach) < below or share_below(reach) > below:
        reach *= 2
    low, high = -reach, reach
    while high - low > 1e-9 * reach:
        middle = (low + high) / 2
        low, high = (middle, high) if share_below(middle) > below else (low, middle)
    return low
