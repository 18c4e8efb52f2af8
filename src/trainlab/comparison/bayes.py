"""The Bayesian view beside the interval: how probable it is that a variant is better, equivalent, or worse.

The probabilities are for one comparison by itself, not adjusted for others. They stand beside the verdict,
and no verdict reads them. Knows nothing of variants and stored results.
"""

import math
from dataclasses import dataclass

import numpy as np

from trainlab.comparison.crossed import Crossed, Floats
from trainlab.comparison.over_folds import OverFolds

# Equal shares of a distribution that is added to another one: with these no probability moves by 0.003.
_SHARES, _UNMET_SHARES = 120, 40


@dataclass(frozen=True)
class Bayes:
    """What is believed of the true difference, where nothing was believed before.

    Args:
        better: probability that the variant is better by more than the smallest difference that matters.
        equivalent: that the difference is smaller than that, in either direction.
        worse: that it is worse by more than that.
    """

    better: float
    equivalent: float
    worse: float

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {"better": self.better, "equivalent": self.equivalent, "worse": self.worse}


@dataclass(frozen=True)
class Posterior:
    """What is believed of a true difference: a middle, and independent errors that are added to it.

    Args:
        mean: the mean difference that was seen.
        parts: scale and degrees of freedom of each Student t.
        unmet: scale of a double exponential, for rows of a kind that was not met; 0 where there is none.
    """

    mean: float
    parts: tuple[tuple[float, float], ...]
    unmet: float = 0.0

    def below(self, value: float) -> float:
        """Give the probability that the true difference is at most this.

        >>> round(Posterior(0.0, ((1.0, 4.0),)).below(2.0), 3)
        0.942
        """
        from scipy.special import stdtr, stdtrit

        at = (np.arange(_SHARES) + 0.5) / _SHARES
        kept = sorted(((scale, freedom) for scale, freedom in self.parts if scale > 0), reverse=True)
        room: Floats = np.array([value - self.mean])
        for scale, freedom in kept[1:]:
            room = (room[:, None] - scale * stdtrit(freedom, at)).ravel()
        if not kept:
            return float(_double_exponential(room[0], self.unmet))
        if self.unmet:
            # Below the middle; above it, the same with the other sign.
            half = np.log((2 * np.arange(_UNMET_SHARES // 2) + 1) / _UNMET_SHARES)
            room = (room[:, None] - self.unmet * np.concatenate([half, -half])).ravel()
        scale, freedom = kept[0]
        return float(np.mean(stdtr(freedom, room / scale)))

    def beliefs(self, smallest: float, *, higher_is_better: bool) -> Bayes:
        """Give the three probabilities.

        Args:
            smallest: the smallest difference that matters, above 0.
            higher_is_better: whether a positive difference speaks for the variant.

        >>> found = Posterior(0.01, ((0.005, 9.0),)).beliefs(0.005, higher_is_better=True)
        >>> f"{found.better:.2f} {found.equivalent:.2f} {found.worse:.2f}"
        '0.83 0.16 0.01'
        """
        low, high = self.below(-smallest), self.below(smallest)
        below, above = low, 1.0 - high
        better, worse = (above, below) if higher_is_better else (below, above)
        return Bayes(better, max(high - low, 0.0), worse)


def over_seeds_and_rows(measured: Crossed) -> Posterior | None:
    """Give what is believed on one split; None for one seed or row.

    Seeds and rows are two samples, so two errors are added: of the seeds with the scale ``sqrt(MS_seed / (S
    n))`` and S - 1 degrees of freedom, of the rows with ``sqrt((MS_row - MS_rest) / (S n))`` and n - 1. That
    sum is Behrens's and Fisher's. No training rows are shared between seeds, so nothing is corrected for
    overlap (rho is 0). Where a score moves in steps, rows of a kind that was not met are believed in as the
    interval allows for them (``crossed.half_width``): more than ``ln(1 / alpha) / n`` with probability alpha.

    Args:
        measured: seeds by rows.

    Source:
        Box & Tiao, *Bayesian Inference in Statistical Analysis* (1973), sections 2.5 and 5.2. Departure: the
        mean square of the rest is taken as known, since it has (S - 1)(n - 1) degrees of freedom.

    >>> from trainlab.comparison.crossed import crossed
    >>> table = np.array([[0.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0]])
    >>> found = over_seeds_and_rows(crossed(table)).beliefs(0.1, higher_is_better=True)
    >>> round(found.better, 2)
    0.93
    """
    if measured.squares is None:
        return None
    layout, squares = measured.layout, measured.squares
    count = layout.seeds * layout.rows
    of_seeds, of_rows = float(squares.seed), max(float(squares.row - squares.rest), 0.0)
    if of_seeds + of_rows < squares.row:  # the seeds agree better than chance lets them: rows alone, in full
        of_seeds, of_rows = 0.0, float(squares.row)
    parts = (
        (math.sqrt(of_seeds / count), layout.seeds - 1.0),
        (math.sqrt(of_rows / count), layout.rows - 1.0),
    )
    return Posterior(measured.mean, parts, layout.step / layout.rows)


def over_overlapping_folds(measured: OverFolds) -> Posterior | None:
    """Give what is believed over folds, the correlated t; None for one fold.

    A Student t with folds - 1 degrees of freedom around the mean, whose variance is that between folds times
    ``1 / J + rho / (1 - rho)``, where rho is the share of a fold's rows that validate: the interval of the
    verdict, read as a belief.

    Args:
        measured: a mean over folds.

    Source:
        Benavoli, Corani, Demsar & Zaffalon, *Time for a change: a tutorial for comparing multiple classifiers
        through Bayesian analysis*, Journal of Machine Learning Research 18 (2017); Corani & Benavoli, *A
        Bayesian approach for comparing cross-validated algorithms on multiple data sets*, Machine Learning
        100 (2015).

    >>> from trainlab.comparison.over_folds import corrected_t
    >>> measured = corrected_t([0.02, 0.03, 0.01, 0.04, 0.02], ratio=20 / 80)
    >>> found = over_overlapping_folds(measured).beliefs(0.01, higher_is_better=True)
    >>> f"{found.better:.3f} {found.equivalent:.3f} {found.worse:.3f}"
    '0.929 0.065 0.006'
    """
    error = measured.standard_error
    if error is None:
        return None
    layout = measured.layout
    return Posterior(measured.mean, ((error, layout.folds - 1.0),), layout.step / layout.rows)


def _double_exponential(value: float, scale: float) -> float:
    """Give its distribution function; a step where it has no width."""
    if scale == 0:
        return 1.0 if value >= 0 else 0.0
    tail = math.exp(-abs(value) / scale) / 2
    return tail if value < 0 else 1.0 - tail
