"""What several checks after a run need of the results: what matters, what is better, seeds without folds."""

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.diverged import trivial_rows
from trainlab.comparison.over_seeds import over_seeds
from trainlab.comparison.verdict import smallest_difference
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

Floats = NDArray[np.float64]


def smallest(results: Results) -> float:
    """Give the smallest difference in the metric that matters: the one asked for, else the usual one."""
    named = results.facts["experiment"].get("smallest_difference")
    return smallest_difference(results.metric, trivial(results)) if named is None else float(named)


def trivial(results: Results, metric: str | None = None) -> float:
    """Score the predictor that has learned nothing, on all validation rows."""
    name = results.metric.name if metric is None else metric
    rows = [trivial_rows(name, results.facts["data"], targets) for targets in results.validation_targets]
    return float(np.concatenate(rows).mean())


def better(results: Results, values: Floats) -> Floats:
    """Turn scores, or differences of them, so that more is better."""
    return values if results.metric.higher_is_better else -values


def finished(results: Results) -> NDArray[np.bool_]:
    """Tell ``(variant, seed, fold)`` which runs trained all their epochs."""
    return np.asarray(results.outcomes == Outcome.FINISHED)


def by_seed(values: Floats) -> Floats:
    """Average ``(seed, fold)`` over folds; seeds of which any fold is missing are left out.

    >>> by_seed(np.array([[1.0, 3.0], [2.0, np.nan]]))
    array([2.])
    """
    means: Floats = values[np.isfinite(values).all(axis=1)].mean(axis=1)
    return means


def interval(values: Floats) -> tuple[float, float] | None:
    """Give the t interval of the mean over seeds; None for fewer than two seeds."""
    return over_seeds(values).interval()


def shown(results: Results, value: float, bounds: tuple[float, float] | None = None) -> str:
    """Write a difference in the metric with its unit, and its interval where there is one.

    Args:
        results: whose metric it is.
        value: the difference.
        bounds: its interval.
    """
    metric = results.metric
    inside = "" if bounds is None else f" [{', '.join(map(metric.shown_difference, bounds))}]"
    return f"{metric.shown_difference(value)}{inside} {metric.unit_of_difference}"
