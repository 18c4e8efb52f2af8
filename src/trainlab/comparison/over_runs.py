"""Means over runs with the interval that the layout allows, for many quantities at once.

On one split the plain t over seeds, for this network on exactly these validation rows; over several splits
the corrected one over folds, seeds averaged within each. Knows nothing of what is averaged.
"""

from dataclasses import dataclass

import numpy as np

from trainlab.comparison.crossed import Floats
from trainlab.comparison.over_folds import LEAST_RESAMPLES, FoldLayout, fold_half_width
from trainlab.comparison.over_seeds import CLAIM
from trainlab.comparison.splits import Splits


@dataclass(frozen=True, eq=False)
class Means:
    """Means over runs, each with its interval.

    Args:
        mean: ``(...)`` means; NaN where there is none.
        low: ``(...)`` lower ends of the intervals; NaN where there is none.
        high: ``(...)`` upper ends.
    """

    mean: Floats
    low: Floats
    high: Floats


def claim_of(splits: Splits) -> str:
    """Say for what these intervals hold."""
    return CLAIM if splits.kind == "one split" else splits.claim


def over_runs(values: Floats, splits: Splits, alpha: float = 0.05) -> Means:
    """Average runs; a quantity that one of them lacks has no mean, since it would be one of other runs.

    Args:
        values: ``(seed, fold, ...)``; a run that is left out is NaN throughout.
        splits: how rows were shared out.
        alpha: probability left outside an interval.

    >>> one = Splits("one split", (80,), (20,), 20)
    >>> found = over_runs(np.array([[[0.90]], [[0.92]], [[0.94]]]), one)
    >>> found.mean.round(2), found.low.round(2), found.high.round(2)
    (array([0.92]), array([0.87]), array([0.97]))
    """
    flat = values.reshape(*values.shape[:2], -1)
    begun = np.asarray(np.isfinite(flat).any(axis=2), bool)
    if splits.kind == "one split":
        units = [flat[begun[:, 0], 0]]
    else:
        units = [flat[there, fold].mean(axis=0)[None] for fold, there in enumerate(begun.T) if there.any()]
    shape = values.shape[2:]
    if not begun.any():
        nothing = np.full(shape, np.nan)
        return Means(nothing, nothing, nothing)
    table = np.concatenate(units)
    mean = table.mean(axis=0)
    low, high = _ends(table, mean, splits, alpha)
    return Means(mean.reshape(shape), low.reshape(shape), high.reshape(shape))


def _ends(table: Floats, mean: Floats, splits: Splits, alpha: float) -> tuple[Floats, Floats]:
    nothing = np.full_like(mean, np.nan)
    if splits.kind == "resamples" and len(table) >= LEAST_RESAMPLES:
        low, high = np.quantile(table, [alpha / 2, 1 - alpha / 2], axis=0)
        return low, high
    if len(table) < 2 or splits.describes:
        return nothing, nothing
    ratio = 0.0 if splits.kind == "one split" else splits.ratio
    layout = FoldLayout(len(table), ratio, splits.scored_rows)
    half = fold_half_width(table.var(axis=0, ddof=1), layout, alpha)
    return mean - half, mean + half
