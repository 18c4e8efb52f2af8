"""Scores over two numbers of a search at once: a smooth map between the trials, and the trials on it.

The map is the mean score of the trials around, weighed by how near they are (Nadaraya and Watson), so that it
never claims a score that no trial had. It is drawn inside of the trials' hull only. How far "near" reaches is
what predicts each trial best from the others.
"""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trainlab.experiment.metrics import Metric
from trainlab.reporting.drawing.canvas import (
    SMALL,
    blank,
    drawing,
    drawn,
    pixels,
    placed,
    ruled_across,
    ruled_up,
    shown,
    written,
)
from trainlab.reporting.drawing.panel import ticks
from trainlab.reporting.drawing.rows import NARROW, WIDE
from trainlab.reporting.drawing.theme import INK, LINE, MUTED, PAPER, SERIES
from trainlab.reporting.drawing.trial_marks import ScoreAxis
from trainlab.reporting.facts.trials import Axis, Studied
from trainlab.reporting.wording.names import fitted, width
from trainlab.reporting.wording.words import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    Floats = NDArray[np.float64]

LEAST_TRIALS = 16

_LEFT, _TOP, _RIGHT, _FOOT = 58.0, 44.0, 16.0, 44.0
_DOWN = (260.0, 220.0)
_WIDEST = 500.0
_CELLS = 64
_LEAST_SPAN = 0.35  # of what the scores themselves span: a level map shows no hills
_LEVELS = 8
_REACHES = (0.04, 0.06, 0.09, 0.13, 0.2, 0.3)


def contour(
    metric: Metric, scale: ScoreAxis, study: Studied, across: int, up: int, *, wide: bool
) -> str | None:
    """Draw the scores over two numbers; None with too few trials that use both and have a score.

    Args:
        metric: what is scored.
        scale: the axis of scores; its worst score is the palest.
        study: what was tried.
        across: place of the number that lies across; no choice.
        up: place of the number that stands up; no choice.
        wide: for a wide page or a narrow one.
    """
    first, second = study.axes[across], study.axes[up]
    there = [
        (place, first.position(x), second.position(y), scale.times * trial.score)
        for place, trial in enumerate(study.trials)
        if trial.scored
        and trial.score is not None
        and (x := trial.values[across]) is not None
        and (y := trial.values[up]) is not None
    ]
    if len(there) < LEAST_TRIALS:
        return None
    points = np.array([[x, y] for _, x, y, _ in there])
    sign = 1.0 if metric.higher_is_better else -1.0
    gains = np.clip(sign * np.array([score for *_, score in there]), sign * scale.worst, None)
    with drawing():
        whole, down = (WIDE, _DOWN[0]) if wide else (NARROW, _DOWN[1])
        figure = blank(whole, _TOP + down + _FOOT)
        axes = placed(figure, _LEFT, _TOP, min(whole - _LEFT - _RIGHT, _WIDEST), down)
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(-0.03, 1.03)
        levels = _map(axes, points, gains)
        _legend(figure, metric, [sign * level for level in (levels[0], levels[-1])])
        _rules(axes, first, second)
        for place, x, y, _ in there:
            chosen = place == study.chosen
            style: dict[str, Any] = {"marker": "D" if chosen else "o", "markersize": 7 if chosen else 3.5}
            style |= {"markeredgecolor": INK, "markeredgewidth": 0.8, "linestyle": "", "clip_on": False}
            axes.plot([x], [y], markerfacecolor=INK if chosen else PAPER, zorder=6 if chosen else 5, **style)
        return drawn(figure, f"{unit(metric)} over {first.name} and {second.name}")


def _map(axes: "Axes", points: "Floats", gains: "Floats") -> "Floats":
    """Fill the hull of the trials; give the levels between its shades."""
    from matplotlib.patches import Polygon
    from scipy.spatial import ConvexHull, QhullError

    try:
        hull = points[ConvexHull(points).vertices]
    except QhullError:  # all on one line: there is no inside
        return np.linspace(gains.min(), gains.max(), _LEVELS + 1)
    line = np.linspace(0, 1, _CELLS)
    grid = np.stack(np.meshgrid(line, line), axis=-1)
    heights = smoothed(points, gains, grid.reshape(-1, 2), reach(points, gains)).reshape(grid.shape[:2])
    levels = _levels(heights, gains)
    edge = axes.add_patch(Polygon(hull, closed=True, facecolor="none", edgecolor="none"))
    for level in range(_LEVELS):
        # Shades of one hue, by strength, show on paper as on a dark page.
        shade = axes.contourf(
            line,
            line,
            heights,
            levels=levels[level : level + 2],
            colors=[SERIES[0]],
            alpha=_strength(level),
            zorder=1,
        )
        shade.set_clip_path(edge)
    return levels


def _levels(heights: "Floats", gains: "Floats") -> "Floats":
    """Give levels that the map lies between, and that are no finer than noise."""
    low, high = float(heights.min()), float(heights.max())
    least = _LEAST_SPAN * float(np.ptp(gains)) or 1e-6
    spare = max(least - (high - low), 1e-6 * least) / 2
    return np.linspace(low - spare, high + spare, _LEVELS + 1)


def _strength(level: int) -> float:
    return 0.05 + 0.75 * math.pow(level / (_LEVELS - 1), 1.5)


def smoothed(points: "Floats", gains: "Floats", at: "Floats", near: float) -> "Floats":
    """Give the mean of scores around places, weighed by nearness.

    Args:
        points: ``(trial, 2)`` where scores are known.
        gains: ``(trial,)`` scores.
        at: ``(place, 2)`` where they are wanted.
        near: standard deviation of the weights, in the unit of the points.

    Source:
        Nadaraya, Theory of Probability and its Applications 9 (1964); Watson, Sankhya A 26 (1964).

    >>> smoothed(
    ...     np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([1.0, 3.0]), np.array([[0.5, 0.0]]), 0.2
    ... ).tolist()
    [2.0]
    """
    squares = ((at[:, None, :] - points[None, :, :]) ** 2).sum(axis=-1) / (2 * near**2)
    weights = np.exp(-(squares - squares.min(axis=1, keepdims=True)))
    means: Floats = weights @ gains / weights.sum(axis=1)
    return means


def reach(points: "Floats", gains: "Floats") -> float:
    """Give the reach that predicts each score best from the others.

    Args:
        points: ``(trial, 2)`` in the unit square.
        gains: ``(trial,)`` scores.
    """
    squares = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=-1)
    np.fill_diagonal(squares, np.inf)
    errors = []
    for near in _REACHES:
        scaled = squares / (2 * near**2)
        weights = np.exp(-(scaled - scaled.min(axis=1, keepdims=True)))
        errors.append(float(((weights @ gains / weights.sum(axis=1) - gains) ** 2).mean()))
    return _REACHES[int(np.argmin(errors))]


def _legend(figure: Any, metric: Metric, ends: list[float]) -> None:
    from matplotlib.patches import Rectangle

    quiet: Any = {"size": SMALL, "color": MUTED, "va": "center_baseline"}
    written(figure, 4, 10, unit(metric), **quiet)
    begin = 14 + width(unit(metric), SMALL)
    texts = [shown(float(f"{end:.4g}")) for end in ends]
    written(figure, begin, 10, texts[0], **quiet)
    begin += width(texts[0], SMALL) + 6
    bar = placed(figure, begin, 4, 12 * _LEVELS, 12)
    bar.set_xlim(0, _LEVELS)
    bar.set_ylim(0, 1)
    for level in range(_LEVELS):
        bar.add_patch(Rectangle((level, 0), 1, 1, facecolor=SERIES[0], alpha=_strength(level), linewidth=0))
    written(figure, begin + 12 * _LEVELS + 6, 10, texts[1], **quiet)


def _rules(axes: "Axes", first: Axis, second: Axis) -> None:
    """Rule axes that count positions with the values that stand there."""
    room, down = pixels(axes)
    ruled_across(axes, (), first.name, grid=False)
    ruled_up(axes, (), 0.0)
    for value in _values(first, 5):
        at = first.position(value)
        axes.vlines([at], -4 / down, 0, transform=axes.get_xaxis_transform(), color=LINE, clip_on=False)
        axes.text(
            at,
            -13 / down,
            shown(value),
            transform=axes.get_xaxis_transform(),
            size=SMALL,
            color=MUTED,
            ha="center",
            va="center_baseline",
        )
    for value in _values(second, 5):
        at = second.position(value)
        axes.text(
            -6 / room,
            at,
            fitted(shown(value), SMALL, _LEFT - 8),
            transform=axes.get_yaxis_transform(),
            size=SMALL,
            color=MUTED,
            ha="right",
            va="center_baseline",
        )
    style: Any = {"size": SMALL, "color": MUTED, "va": "bottom", "ha": "left", "transform": axes.transAxes}
    axes.text(-(_LEFT - 4) / room, 1 + 6 / down, second.name, **style)


def _values(axis: Axis, most: int) -> list[float]:
    found = ticks((axis.low, axis.high), most, logarithmic=axis.kind == "log")
    return [value for value in found if -1e-9 <= _safe(axis, value) <= 1 + 1e-9]


def _safe(axis: Axis, value: float) -> float:
    return -1.0 if axis.kind == "log" and value <= 0 else axis.position(value)
