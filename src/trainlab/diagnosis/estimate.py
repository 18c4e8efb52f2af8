"""An estimate with its interval, and what that says beside the smallest difference that matters.

On one split an interval covers seeds, and validation rows where each row was scored; over folds it is the
corrected one. Folds of a time series and resamples only describe: there the seeds alone speak, for exactly
those folds. Knows nothing of what is estimated.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.crossed import Crossed, crossed
from trainlab.comparison.over_folds import corrected_t
from trainlab.comparison.over_seeds import over_seeds
from trainlab.comparison.power import Needed, least, needed
from trainlab.comparison.splits import Splits
from trainlab.comparison.units import by_group, in_rows
from trainlab.diagnosis.measured import Floats

Answer = Literal["yes", "no", "open"]

ALPHA = 0.05
_MOST_RUNS = 10_000
_MOST_ROWS = 1_000_000_000


def _nothing() -> Needed:
    return Needed("nothing")


@dataclass(frozen=True, eq=False)
class Estimate:
    """A mean over runs with its interval; more speaks for what is asked.

    Args:
        mean: mean over runs.
        low: lower end of the interval; None where a single run shows no spread.
        high: upper end.
        runs: ``(seed, fold)`` values of single runs; NaN where there is none.
        count: gives ``lacks``; counted only where it is asked for, since that takes longer than the rest.
    """

    mean: float
    low: float | None
    high: float | None
    runs: Floats
    count: Callable[[], Needed] = _nothing

    @property
    def lacks(self) -> Needed:
        """What would make the interval no wider than what matters to either side."""
        return self.count()

    @property
    def half(self) -> float | None:
        """Half the width of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2

    def exceeds(self, matters: float) -> Answer:
        """Tell whether the estimate lies above what matters, with its whole interval.

        ``"open"`` is for an interval that reaches beyond what matters and is wider than it: more runs or rows
        might say yes. One that is narrower and yet not above says no.

        >>> known = Estimate(0.04, 0.03, 0.05, np.zeros((2, 1)))
        >>> known.exceeds(0.02), known.exceeds(0.035), known.exceeds(0.004)
        ('yes', 'no', 'yes')
        >>> Estimate(0.004, -0.02, 0.028, np.zeros((2, 1))).exceeds(0.005)
        'open'
        """
        if self.low is None or self.high is None:
            return "open"
        if self.low > matters:
            return "yes"
        return "open" if self.high > matters and (self.high - self.low) / 2 > matters else "no"

    def widened(self, error: float, rows: int, matters: float) -> "Estimate":
        """Give the estimate with an interval that allows for another, independent half width.

        Args:
            error: the half width, that of a mean over rows.
            rows: how many rows.
            matters: what the estimate will be compared with.
        """
        if self.half is None:
            return self
        half = math.hypot(self.half, error)
        found = replace(self, low=self.mean - half, high=self.mean + half)
        if error <= self.half:
            return found
        wanted = min(math.ceil(rows * (half / matters) ** 2), _MOST_ROWS)
        return replace(found, count=partial(Needed, "rows", wanted))


def over_runs(splits: Splits, values: Floats, matters: float, alpha: float = ALPHA) -> Estimate | None:
    """Estimate from one number of each run; None where no run has one.

    Args:
        splits: how rows were shared out.
        values: ``(seed, fold)`` numbers; NaN where there is none.
        matters: what the estimate will be compared with.
        alpha: probability left outside of the interval.

    Source:
        Over folds Nadeau & Bengio (2003), as ``comparison.over_folds`` has it; else Student's t over seeds.

    >>> one = Splits("one split", (80,), (20,), 20)
    >>> found = over_runs(one, np.array([[0.10], [0.12], [0.14]]), 0.01)
    >>> f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}], {found.lacks.n} seeds"
    '0.12 [0.07, 0.17], 18 seeds'
    """
    there = np.isfinite(values)
    if not there.any():
        return None
    by_fold = splits.kind != "one split" and not splits.describes and there.any(axis=0).sum() > 1
    if by_fold:
        counts = there.sum(axis=0)
        known = counts > 0
        means = np.where(there, values, 0.0).sum(axis=0)[known] / counts[known]
        measured = corrected_t(means, ratio=splits.ratio)
        low, high = measured.interval(1 - alpha) or (None, None)
        return Estimate(measured.mean, low, high, values, partial(Needed, "none"))
    whole = values[there.all(axis=1)].mean(axis=1)
    mean = float(values[there].mean()) if not whole.size else float(whole.mean())
    interval = over_seeds(whole).interval(1 - alpha)
    if interval is None:
        return Estimate(mean, None, None, values, partial(Needed, "seeds", 2))
    spread = float(whole.std(ddof=1))
    return Estimate(mean, *interval, values, partial(_seeds_needed, spread, len(whole), matters, alpha))


def over_rows(
    splits: Splits,
    tables: Sequence[tuple[NDArray[np.int64], Floats]],
    shape: tuple[int, int],
    matters: float,
    *,
    groups: Sequence[NDArray[np.integer] | None],
    right_or_wrong: bool,
    alpha: float = ALPHA,
) -> Estimate | None:
    """Estimate from a number for each run and validation row; None where there is none.

    On one split seeds and rows are both taken as samples, so that the interval holds for new rows too.

    Args:
        splits: how rows were shared out.
        tables: for each fold, which seeds there are, and their ``(seed, row)`` numbers.
        shape: how many seeds and folds.
        matters: what the estimate will be compared with.
        groups: for each fold the groups that its rows belong to; None where rows stand alone.
        right_or_wrong: whether a row is right or wrong.
        alpha: probability left outside of the interval.

    >>> one = Splits("one split", (80,), (20,), 3)
    >>> table = np.array([[0.3, 0.2, 0.1], [0.3, 0.1, 0.2]])
    >>> found = over_rows(one, [(np.arange(2), table)], (2, 1), 0.01, groups=[None], right_or_wrong=False)
    >>> f"{found.mean:.2f}, {found.exceeds(0.01)}, {found.lacks.what}"
    '0.20, open, rows'
    """
    means = np.full(shape, np.nan)
    for fold, (seeds, table) in enumerate(tables):
        if table.size:
            means[seeds, fold] = table.mean(axis=1)
    plain = over_runs(splits, means, matters, alpha)
    if plain is None or splits.kind != "one split":
        return plain
    ((_, by_row),) = tables
    if by_row.shape[1] == 1:  # a score alone, without its rows
        return plain
    table, unit = by_group(by_row, groups[0])
    measured = crossed(table, step=unit if right_or_wrong else 0.0)
    interval = measured.interval(1 - alpha)
    if interval is None:
        return plain
    per_unit = by_row.shape[1] / table.shape[1]
    return Estimate(plain.mean, *interval, means, partial(_rows_needed, measured, matters, alpha, per_unit))


def _seeds_needed(spread: float, seeds: int, matters: float, alpha: float) -> Needed:
    n = least(lambda count: _half(spread, count, alpha) <= matters, seeds, _MOST_RUNS)
    return Needed("none") if n is None else Needed("seeds", n)


def _rows_needed(measured: Crossed, matters: float, alpha: float, per_unit: float) -> Needed:
    return in_rows(needed(measured, matters, alpha), per_unit)


def _half(spread: float, seeds: int, alpha: float) -> float:
    from scipy.special import stdtrit

    return float(-stdtrit(seeds - 1, alpha / 2)) * spread / math.sqrt(seeds)
