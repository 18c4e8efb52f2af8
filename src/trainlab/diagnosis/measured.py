"""What several checks after a run need of the results: settings in force, what matters, means over folds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.diverged import trivial_rows
from trainlab.comparison.over_seeds import over_seeds
from trainlab.comparison.verdict import smallest_difference
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

Floats = NDArray[np.float64]

LOG_LOSS = {None, "categorical_crossentropy", "sparse_categorical_crossentropy"}
SQUARED_ERROR = {None, "mean_squared_error"}


def smallest(results: Results) -> float:
    """Give the smallest difference in the metric that matters: the one asked for, else the usual one."""
    named = results.facts["experiment"].get("smallest_difference")
    return smallest_difference(results.metric, trivial(results)) if named is None else float(named)


def trivial(results: Results, metric: str | None = None) -> float:
    """Score the predictor that has learned nothing, on all validation rows."""
    name = results.metric.name if metric is None else metric
    rows = [trivial_rows(name, results.facts["data"], targets) for targets in results.validation_targets]
    return float(np.concatenate(rows).mean())


def settings(results: Results, variant: str) -> dict[str, Any]:
    """Give the settings of a variant, as the stored experiment writes them; defaults are left out."""
    document = results.facts["experiment"]
    return {**(document.get("recipe") or {}), **(document["variants"][variant] or {})}


def guessed_loss(results: Results, place: int) -> float:
    """Give the training loss of a predictor that has learned nothing, in the unit that was trained on.

    The amounts of a regression are trained on in another unit than their metric has, where they were
    standardized: how the validation loss stands to the mean squared error tells it. Where neither is known,
    the largest training loss that a usual run had stands in for the loss of guessing.

    Args:
        results: what is stored.
        place: which variant.
    """
    loss = settings(results, results.variants[place]).get("loss")
    if results.facts["data"]["task"] == "classification" and loss in LOG_LOSS:
        return trivial(results, "log_loss")
    asked = finished(results)[place]
    if results.metric.name == "mse" and loss in SQUARED_ERROR:
        trained_on = results.validation_curve("loss")[place][asked]
        units = trained_on / results.validation_curve("metric")[place][asked]
        if np.isfinite(units).any():
            return trivial(results) * float(np.nanmedian(units))
    losses = np.abs(results.curves["train_loss"][place][asked])
    known = losses[np.isfinite(losses).any(axis=-1)]
    return float(np.median(np.nanmax(known, axis=-1))) if known.size else float("nan")


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
