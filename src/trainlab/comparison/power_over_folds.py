"""How many folds, seeds or rows a verdict over several splits needs, for a difference named beforehand.

The same promise as in ``power``, for the corrected t of ``over_folds``. The variance between folds is
estimated from a handful of them, so every answer here is an "about".
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from trainlab.comparison.crossed import Floats
from trainlab.comparison.over_folds import FoldLayout, OverFolds, fold_half_width, widened
from trainlab.comparison.power import MOST_ROWS, MOST_SEEDS, PROMISED, Needed, least, room_for, share_below

FoldAxis = Literal["folds", "seeds", "rows"]

MOST_FOLDS = 10_000
_TIMES = (2, 3, 5, 10, 30, 100)


@dataclass(frozen=True)
class FoldParts:
    """What the variance of one fold's difference is made of.

    With ``S`` seeds and ``n`` rows in the data set it is ``training + seed / S + row / n``.

    Args:
        training: the part of the training set, which neither more seeds nor more rows make smaller.
        seed: the part of one seed.
        row: the part of the rows that validate, times the rows of the data set.
    """

    training: float
    seed: float
    row: float

    def variance(self, layout: FoldLayout) -> float:
        """Give the variance between folds that this layout would have."""
        return self.training + self.seed / layout.seeds + self.row / layout.rows


def fold_parts(measured: OverFolds, *, seed: float, row: float) -> FoldParts:
    """Take the variance between folds apart.

    Args:
        measured: the mean over folds; of at least two.
        seed: variance over seeds within a fold; 0 where one seed shows none.
        row: part of the variance between folds that the rows within folds explain; 0 where not known.

    >>> fold_parts(OverFolds(0.0, 4.0, FoldLayout(5, 0.25, rows=100, seeds=2)), seed=4.0, row=1.0)
    FoldParts(training=1.0, seed=4.0, row=100.0)
    """
    whole, layout = measured.variance or 0.0, measured.layout
    known = seed / layout.seeds + row
    # Parts are estimated apart from the whole: where they come to more, they share it.
    share = min(1.0, whole / known) if known else 0.0
    rest = max(whole - known * share, 0.0)
    return FoldParts(rest, seed * share, row * share * layout.rows)


def needed_over_folds(
    measured: OverFolds, parts: FoldParts, smallest: float, alpha: float = 0.05, *, one_row: bool = False
) -> Needed:
    """Say what would settle an undecided comparison over folds.

    More folds are folds of the same size, as repeats of k folds give them; more rows let training and
    validation rows grow alike. Tried first is what can lower the variance most.

    Args:
        measured: what is known so far.
        parts: what its variance is made of.
        smallest: the smallest difference that matters, above 0.
        alpha: probability left outside the interval, as the verdict used it.
        one_row: whether every fold leaves one row out: then more rows are more folds.

    Returns:
        How many folds, seeds or rows in all give 80 % power at a true difference of ``smallest``; as ``power.
        needed`` goes on where those are at hand.

    >>> from trainlab.comparison.over_folds import corrected_t
    >>> few = corrected_t([0.03, -0.02, 0.01], ratio=0.5, rows=120)
    >>> needed_over_folds(few, fold_parts(few, seed=0.0, row=0.0), smallest=0.08).what
    'folds'
    """
    if measured.variance is None:
        return Needed("folds", 2)
    layout = measured.layout
    for chance in (_shown, _ruled_out):

        def foreseen(changed: FoldLayout, chance: Chance = chance) -> float:
            return chance(parts, changed, alpha, smallest)

        if foreseen(layout) < PROMISED:
            for axis in _order(parts, layout, one_row=one_row):
                n = _enough(foreseen, layout, axis, one_row=one_row)
                if n is not None:
                    return Needed(axis, n)
            return _together(foreseen, parts, layout, one_row=one_row)
    return Needed("none")


def power_over_folds(parts: FoldParts, layout: FoldLayout, alpha: float, difference: float) -> float:
    """Give the probability that the corrected interval excludes zero at this true difference.

    It takes the correction for the truth: the mean's variance is as the interval supposes.

    >>> round(power_over_folds(FoldParts(0.001, 0.0, 0.0), FoldLayout(10, 1 / 9, rows=500), 0.05, 0.047), 2)
    0.82
    """
    return _shown(parts, layout, alpha, difference)


def detectable_over_folds(parts: FoldParts, layout: FoldLayout, alpha: float) -> float:
    """Give the smallest true difference whose corrected interval excludes zero with 80 % probability.

    >>> round(detectable_over_folds(FoldParts(0.001, 0.0, 0.0), FoldLayout(10, 1 / 9, rows=500), 0.05), 3)
    0.046
    """
    error, half = _foreseen(parts, layout, alpha)
    return room_for(half, error)


def _together(
    foreseen: Callable[[FoldLayout], float], parts: FoldParts, layout: FoldLayout, *, one_row: bool
) -> Needed:
    """Find a few times the folds or the seeds, and what of another kind would do together with them."""
    if one_row:
        return Needed("none", out_of_reach=True)
    for times in _TIMES:
        folds, seeds = times * layout.folds, times * layout.seeds
        for changed, others in (
            (replace(layout, folds=folds), {"rows", "seeds"}),
            (replace(layout, seeds=seeds), {"rows"}),
        ):
            for axis in _order(parts, changed, one_row=False):
                n = _enough(foreseen, changed, axis, one_row=False) if axis in others else None
                if n is not None:
                    return Needed(
                        "none",
                        folds=folds if changed.folds == folds else None,
                        seeds=seeds if changed.seeds == seeds else n if axis == "seeds" else None,
                        rows=n if axis == "rows" else None,
                    )
    return Needed("none", out_of_reach=True)


Chance = Callable[[FoldParts, FoldLayout, float, float], float]


def _shown(parts: FoldParts, layout: FoldLayout, alpha: float, difference: float) -> float:
    error, half = _foreseen(parts, layout, alpha)
    return share_below(abs(difference) - half, error)


def _ruled_out(parts: FoldParts, layout: FoldLayout, alpha: float, smallest: float) -> float:
    error, half = _foreseen(parts, layout, alpha)
    return max(2 * share_below(smallest - half, error, least=0.5) - 1, 0.0)


def _foreseen(parts: FoldParts, layout: FoldLayout, alpha: float) -> tuple[float, Floats]:
    """Foresee the standard error, and half widths as the variance between folds will vary."""
    from scipy.special import gammaincinv

    at = (np.arange(200) + 0.5) / 200
    around_one: Floats = gammaincinv((layout.folds - 1) / 2, at) * 2 / (layout.folds - 1)
    variance = parts.variance(layout)
    half: Floats = fold_half_width(variance * around_one, layout, alpha)
    return math.sqrt(variance * widened(layout)), half


def _order(parts: FoldParts, layout: FoldLayout, *, one_row: bool) -> list[FoldAxis]:
    """Put the axes in the order of how much variance each could take away."""
    whole, wide = parts.variance(layout), widened(layout)
    unmet = layout.step * math.log(20) / layout.rows / 2
    gains: dict[FoldAxis, float] = {
        "folds": 0.0 if one_row else whole / layout.folds,
        "seeds": wide * parts.seed / layout.seeds,
        "rows": (whole * wide if one_row else wide * parts.row / layout.rows) + unmet**2,
    }
    return [axis for axis in sorted(gains, key=lambda axis: -gains[axis]) if gains[axis] > 0]


def _enough(
    chance: Callable[[FoldLayout], float], layout: FoldLayout, axis: FoldAxis, *, one_row: bool
) -> int | None:
    """Find the least number that keeps the promise; None where none does."""

    def changed(n: int) -> FoldLayout:
        if axis == "rows":
            if one_row:
                return replace(layout, rows=n, folds=n, ratio=1 / (n - 1))
            return replace(layout, rows=n)
        return replace(layout, folds=n) if axis == "folds" else replace(layout, seeds=n)

    low, high = {
        "folds": (layout.folds, MOST_FOLDS),
        "seeds": (layout.seeds, MOST_SEEDS),
        "rows": (layout.rows, MOST_ROWS),
    }[axis]
    return least(lambda n: chance(changed(n)) >= PROMISED, low, high)
