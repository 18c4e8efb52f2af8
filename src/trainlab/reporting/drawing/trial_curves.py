"""Scores of trials after each epoch: which were given up when, and how the others went on."""

from typing import TYPE_CHECKING, Any

import numpy as np

from trainlab.experiment.metrics import Metric
from trainlab.reporting.drawing.canvas import (
    SMALL,
    blank,
    drawing,
    drawn,
    placed,
    ruled_across,
    ruled_up,
    written,
)
from trainlab.reporting.drawing.panel import ticks
from trainlab.reporting.drawing.rows import NARROW, WIDE
from trainlab.reporting.drawing.theme import INK, MUTED, SERIES
from trainlab.reporting.facts.trials import Studied
from trainlab.reporting.wording.words import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEFT, _RIGHT, _TOP, _DOWN, _FOOT = 46.0, 14.0, 24.0, 170.0, 44.0
_WORST = 5.0  # per cent of all values that may lie below the picture


def trial_curves(metric: Metric, study: Studied, *, wide: bool) -> str:
    """Draw the curves of a study.

    Args:
        metric: what is scored.
        study: what was tried.
        wide: for a wide page or a narrow one.
    """
    whole = WIDE if wide else NARROW
    times = 100.0 if metric.is_rate else 1.0
    curves = [
        (place, np.array([np.nan if value is None else times * value for value in trial.curve]))
        for place, trial in enumerate(study.trials)
    ]
    curves = [(place, curve) for place, curve in curves if np.isfinite(curve).any()]
    with drawing():
        figure = blank(whole, _TOP + _DOWN + _FOOT)
        quiet: Any = {"size": SMALL, "color": MUTED, "va": "center_baseline"}
        written(figure, 4, 10, unit(metric), **quiet)
        axes = placed(figure, _LEFT, _TOP, whole - _LEFT - _RIGHT, _DOWN)
        _fit(axes, np.concatenate([curve for _, curve in curves]), higher=metric.higher_is_better)
        epochs = max(len(curve) for _, curve in curves)
        axes.set_xlim(0.6, epochs + 0.4)
        ruled_up(axes, ticks(axes.get_ylim(), 5), 6 / (whole - _LEFT - _RIGHT))
        marks = [tick for tick in ticks((1, max(epochs, 2)), 8) if float(tick).is_integer() and tick >= 1]
        ruled_across(axes, marks, "epoch", grid=False)
        for place, curve in curves:
            _curve(axes, curve, study.trials[place].outcome, chosen=place == study.chosen)
        return drawn(figure, f"{unit(metric)} of {len(curves)} trials after each epoch")


def _fit(axes: "Axes", values: np.ndarray, *, higher: bool) -> None:
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    if higher:
        low = float(np.percentile(values, _WORST))
    else:
        high = float(np.percentile(values, 100 - _WORST))
    spare = 0.05 * (high - low) or 0.1 * abs(high) or 1.0
    axes.set_ylim(low - spare, high + spare)


def _curve(axes: "Axes", curve: np.ndarray, outcome: str, *, chosen: bool) -> None:
    epochs = np.arange(1, curve.size + 1)
    there = np.isfinite(curve)
    pruned = outcome == "pruned"
    hue = INK if chosen else MUTED if pruned else SERIES[0]
    strong = {"linewidth": 2.0, "zorder": 4} if chosen else {"linewidth": 0.9, "zorder": 2 + (not pruned)}
    alpha = 1.0 if chosen else 0.55
    axes.plot(epochs[there], curve[there], color=hue, alpha=alpha, **strong)  # type: ignore[arg-type]
    if pruned or there.sum() == 1:
        last = np.flatnonzero(there)[-1]
        style: Any = {"marker": "_" if pruned else "o", "markersize": 6 if pruned else 3, "zorder": 3}
        axes.plot([epochs[last]], [curve[last]], color=hue, **style)
