"""A mean over several splits with its interval: training sets that overlap, and resamples that only describe.

Every function here takes one value for each fold: a difference between two variants on the same folds, or the
score of one. Knows nothing of variants, seeds and metrics.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trainlab.comparison.least_alpha import least_alpha

FOLDS_CLAIM = "for training sets of this size drawn like these"
DISJOINT_CLAIM = "for training sets of this size drawn like these, on exactly these validation rows"
RESAMPLES_CLAIM = "over resamples of these rows"
TIME_CLAIM = "on these parts of the series"

LEAST_RESAMPLES = 20


@dataclass(frozen=True)
class FoldLayout:
    """How much was measured.

    Args:
        folds: how many folds.
        ratio: validation rows of a fold by its training rows.
        rows: rows that validate in some fold, each counted once.
        seeds: seeds that are averaged within a fold.
        step: the one step by which a row's score changes, where there is one (1 where a row is right or
            wrong), else 0; see ``crossed.half_width``.
    """

    folds: int
    ratio: float
    rows: int
    seeds: int = 1
    step: float = 0.0


@dataclass(frozen=True)
class OverFolds:
    """A mean over folds, and what is known of its error.

    Args:
        mean: mean over the folds, in the unit of the values.
        variance: variance of the values between folds; None for one fold.
        layout: how much was measured.
    """

    mean: float
    variance: float | None
    layout: FoldLayout

    @property
    def standard_error(self) -> float | None:
        """Standard error of the mean, widened because training sets overlap; None for one fold."""
        if self.variance is None:
            return None
        return math.sqrt(self.variance * widened(self.layout))

    def interval(self, confidence: float = 0.95) -> tuple[float, float] | None:
        """Give the interval that covers the true mean with this probability; None for one fold.

        >>> low, high = corrected_t([0.02, 0.03, 0.01, 0.04, 0.02], ratio=20 / 80).interval(0.5)
        >>> round(low, 3), round(high, 3)
        (0.018, 0.030)
        """
        if self.variance is None:
            return None
        half = float(fold_half_width(self.variance, self.layout, 1 - confidence))
        return self.mean - half, self.mean + half

    @property
    def p(self) -> float | None:
        """The least ``alpha`` whose interval leaves out zero; None for one fold."""
        if self.variance is None:
            return None
        variance = self.variance
        return least_alpha(self.mean, lambda alpha: float(fold_half_width(variance, self.layout, alpha)))


def corrected_t(
    values: ArrayLike, *, ratio: float, rows: int = 1, seeds: int = 1, step: float = 0.0
) -> OverFolds:
    """Measure a mean over folds whose training sets overlap.

    Folds share training rows, so their values are not independent and the plain t interval is too sure of
    itself. The variance is widened by ``ratio``, validation by training rows. What overlap does to it cannot
    be known from the folds themselves, so the coverage is measured and not promised: of pairs of equal ridge
    regressions on 60 rows, 5 folds told 1.7 % apart, 10 folds 1.3 %, 3 x 5 folds 3.7 %, 15 random splits
    5.6 % and leaving one row out 0.7 %, the plain t test 6 to 36 % (tests/comparison/test_over_folds.py).

    Args:
        values: ``(fold,)`` difference or score of each fold, in its own unit; seeds are averaged before.
        ratio: validation rows of a fold by its training rows, the mean over folds; 0 for training sets that
            share nothing.
        rows: rows that validate in some fold, each counted once; read where there is a ``step``.
        seeds: how many seeds were averaged.
        step: the one step by which a row's score changes; 0 where it takes any size.

    Returns:
        The mean with the variance between folds.

    Source:
        Nadeau & Bengio, *Inference for the Generalization Error*, Machine Learning 52 (2003). Departure:
        ``step`` allows for rows of a kind that was not met, as ``crossed.half_width`` does; without it two
        folds that happen to differ by the same one row would be certain.

    >>> measured = corrected_t([0.02, 0.03, 0.01, 0.04, 0.02], ratio=20 / 80)
    >>> low, high = measured.interval()
    >>> f"{measured.mean:.3f} [{low:.3f}, {high:.3f}]"
    '0.024 [0.003, 0.045]'
    """
    given = np.asarray(values, np.float64)
    layout = FoldLayout(len(given), ratio, rows, seeds, step)
    return OverFolds(float(given.mean()), float(given.var(ddof=1)) if len(given) > 1 else None, layout)


def fold_half_width(variance: Any, layout: FoldLayout, alpha: float) -> Any:
    """Give half the width of the interval of a mean over folds.

    Args:
        variance: variance between folds, a number or an array.
        layout: how much was measured, at least 2 folds.
        alpha: probability left outside, both sides together.

    >>> f"{fold_half_width(0.0001, FoldLayout(folds=10, ratio=1 / 9, rows=500), 0.05):.4f}"
    '0.0104'
    """
    from scipy.special import stdtrit

    t = stdtrit(layout.folds - 1, alpha / 2)
    unmet = layout.step * math.log(1 / alpha) / layout.rows
    return np.sqrt(t**2 * variance * widened(layout) + unmet**2)


def widened(layout: FoldLayout) -> float:
    """Give what the variance between folds is multiplied with: Nadeau and Bengio's 1 / J + n_test / n_train.

    >>> widened(FoldLayout(folds=5, ratio=0.25, rows=100))
    0.45
    """
    return 1 / layout.folds + layout.ratio


def percentiles(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float] | None:
    """Give the middle part of values over resamples; None for fewer than 20.

    This describes the resamples that were drawn. It is no interval for anything else.

    Args:
        values: ``(resample,)`` values.
        confidence: share of the resamples inside.

    >>> percentiles(range(41))
    (1.0, 39.0)
    """
    given = np.asarray(values, np.float64)
    if len(given) < LEAST_RESAMPLES:
        return None
    low, high = np.quantile(given, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
