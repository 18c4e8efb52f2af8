"""Scores against one number: against training rows with the fitted law, or against any setting."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trainlab.diagnosis.learning_curve import Line, Sized
from trainlab.diagnosis.validation_curve import ValidationCurve, Valued
from trainlab.reporting.drawing.canvas import drawing, drawn
from trainlab.reporting.drawing.panel import named_ends, panel, ruled
from trainlab.reporting.drawing.theme import INK, MUTED, SERIES
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL = 340.0

_LOG_FROM = 8.0
_VALIDATION, _TRAINING = SERIES[0], MUTED


def rows_curve(outline: Outline, line: Line) -> str:
    """Draw a learning curve over training rows, with the fitted law where there is one."""
    sizes = [one.rows for one in line.points]
    drawn_to = [rows for rows, *_ in line.law.drawn] if line.law is not None else []
    title = clean(line.name, 60) or "Score against training rows"
    with drawing():
        made = panel(title, above=unit(outline.metric), down=170.0, right=74.0, whole=PANEL)
        axes = made.axes
        law = [] if line.law is None else [row[1:] for row in line.law.drawn]
        low, high = _limits(outline, line.points, [value for row in law for value in row])
        across = [*sizes, *drawn_to]
        _scaled(axes, across, low, high, logarithmic=max(across) > _LOG_FROM * min(across))
        ruled(axes, "training rows", most_across=5)
        times = _times(outline)
        if line.law is not None:
            axes.plot(drawn_to, [times * row[0] for row in law], color=INK, linewidth=1.1, zorder=2)
            band = [(rows, row[1], row[2]) for rows, row in zip(drawn_to, law, strict=True)]
            kept = [(rows, a, b) for rows, a, b in band if a is not None and b is not None]
            axes.fill_between(
                [rows for rows, _, _ in kept],
                [times * a for _, a, _ in kept],
                [times * b for _, _, b in kept],
                color=INK,
                alpha=0.1,
                linewidth=0,
                zorder=1,
            )
        ends = _both(axes, outline, line.points, sizes, (low, high))
        if line.law is not None and law:
            ends.append(((times * law[-1][0] - low) / (high - low), "law", INK))
        named_ends(axes, ends)
        return drawn(made.figure, f"Learning curve over training rows {title}")


def setting_curve(outline: Outline, curve: ValidationCurve) -> str:
    """Draw training and validation scores against one setting."""
    values = [one.value for one in curve.points]
    name = clean(curve.setting, 40)
    with drawing():
        made = panel(
            clean(curve.name, 60) or f"Score against {name}",
            above=unit(outline.metric),
            down=150.0,
            right=74.0,
            whole=PANEL,
        )
        axes = made.axes
        low, high = _limits(outline, curve.points, [])
        _scaled(axes, values, low, high, logarithmic=curve.logarithmic)
        ruled(axes, name, most_across=5)
        times = _times(outline)
        for place in curve.as_good:
            score = curve.points[place].score
            if score is not None:
                axes.plot(
                    [values[place]],
                    [times * score],
                    marker="o",
                    markersize=10 if place == curve.best else 8,
                    markerfacecolor="none",
                    markeredgecolor=INK,
                    markeredgewidth=1.6 if place == curve.best else 0.8,
                    zorder=5,
                )
        named_ends(axes, _both(axes, outline, curve.points, values, (low, high)))
        return drawn(made.figure, f"Scores against {name}")


def _both(
    axes: "Axes",
    outline: Outline,
    points: Sequence[Sized | Valued],
    across: Sequence[float],
    limits: tuple[float, float],
) -> list[tuple[float, str, str]]:
    """Draw training and validation scores with their intervals; give where the lines end."""
    times, ends = _times(outline), []
    for side, hue, style in (("train_", _TRAINING, (0, (4, 2))), ("", _VALIDATION, "solid")):
        found = [
            (at, getattr(one, f"{side}score"), getattr(one, f"{side}low"), getattr(one, f"{side}high"))
            for at, one in zip(across, points, strict=True)
        ]
        told = [(at, times * score, low, high) for at, score, low, high in found if score is not None]
        if not told:
            continue
        line = [at for at, *_ in told], [score for _, score, *_ in told]
        axes.plot(*line, color=hue, linestyle=style, linewidth=1.6, zorder=3)
        axes.plot(*line, color=hue, linestyle="", marker="o", markersize=4.5, zorder=4)
        for at, _, low, high in told:
            if low is not None and high is not None:
                axes.plot(
                    [at, at], [times * low, times * high], color=hue, linewidth=1.2, alpha=0.7, zorder=3
                )
        name = "training" if side else "validation"
        ends.append(((told[-1][1] - limits[0]) / (limits[1] - limits[0]), name, hue))
    return ends


def _limits(
    outline: Outline, points: Sequence[Sized | Valued], more: Sequence[float | None]
) -> tuple[float, float]:
    means = [value for one in points for value in (one.score, one.train_score) if value is not None]
    ends = [
        value
        for one in points
        for value in (one.low, one.high, one.train_low, one.train_high)
        if value is not None
    ]
    times = _times(outline)
    least, most = min(means, default=0.0), max(means, default=1.0)
    spread = (most - least) or 0.1 * abs(most) or 1.0
    # Intervals of two or three runs may be many times as wide as all scores: they are cut.
    wide = [value for value in (*ends, *more) if value is not None]
    low = max(min([least, *wide]), least - 0.6 * spread) - 0.06 * spread
    high = min(max([most, *wide]), most + 0.6 * spread) + 0.06 * spread
    return times * low, times * high


def _scaled(axes: "Axes", across: Sequence[float], low: float, high: float, *, logarithmic: bool) -> None:
    first, last = min(across), max(across)
    if logarithmic and first > 0:
        axes.set_xscale("log")
        spare = math.exp(0.04 * math.log(last / first))
        axes.set_xlim(first / spare, last * spare)
    else:
        axes.set_xlim(first - 0.04 * (last - first), last + 0.04 * (last - first))
    axes.set_ylim(low, high)


def _times(outline: Outline) -> float:
    return 100.0 if outline.metric.is_rate else 1.0
