"""Learning curves: one picture for each variant, and one with all of them on shared axes.

All pictures share their axes, so that they can be compared by eye.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainlab.reporting.drawing.canvas import (
    SMALL,
    TEXT,
    blank,
    drawing,
    drawn,
    placed,
    ruled_across,
    ruled_up,
    written,
)
from trainlab.reporting.drawing.highlights import colours
from trainlab.reporting.drawing.panel import named_ends
from trainlab.reporting.drawing.rows import NARROW, WIDE
from trainlab.reporting.drawing.theme import MUTED, WARNING
from trainlab.reporting.facts.curves import Curve, LoneRun, Numbers
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.wording.names import fitted, width
from trainlab.reporting.wording.words import counted, unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL = 340.0

_LEFT = 46.0
_DOWN = 132.0
_SIDES = {"train": "training", "validation": "validation"}
_LOG_FROM = 30.0
_FEW = 4


@dataclass(frozen=True)
class Scale:
    """The vertical axis that all pictures of one quantity share.

    Args:
        low: lower end, in the unit drawn.
        high: upper end.
        logarithmic: whether steps are factors.
        times: what stored values are multiplied with.
        label: name with unit.
    """

    low: float
    high: float
    logarithmic: bool
    times: float
    label: str


def scales(outline: Outline) -> Mapping[str, Scale]:
    """Give the axis of ``loss`` and, where it is something else, of ``metric``."""
    found = {"loss": _scale(outline, "loss", 1.0, "loss")}
    if not outline.loss_is_metric:
        metric = outline.metric
        found["metric"] = _scale(outline, "metric", 100.0 if metric.is_rate else 1.0, unit(metric))
    return found


def variant_panel(outline: Outline, place: int, shared: Mapping[str, Scale] | None = None) -> str:
    """Draw training and validation of one variant, given by its place among the variants.

    Args:
        outline: what is drawn.
        place: which variant.
        shared: the axes, where they are known already: looking for them takes a while with many variants.
    """
    variant, curves = outline.variants[place], outline.curves[place]
    axes_of = scales(outline) if shared is None else shared
    hue = colours(outline)[place]
    told = f"{counted(len(variant.diverged), 'run')} diverged (×)" if variant.diverged else ""
    top, gap, right = 42.0, 24.0, 74.0
    with drawing():
        figure = blank(PANEL, top + len(axes_of) * (_DOWN + gap) - gap + 36)
        name = fitted(variant.short, TEXT, PANEL - 20 - width(told, SMALL))
        written(figure, 4, 11, name, weight="bold", va="center_baseline")
        written(figure, PANEL - 4, 11, told, ha="right", size=SMALL, color=WARNING, va="center_baseline")
        for row, (quantity, scale) in enumerate(axes_of.items()):
            bottom = row == len(axes_of) - 1
            across = PANEL - _LEFT - right
            above = top + row * (_DOWN + gap)
            axes = placed(figure, _LEFT, above, across, _DOWN)
            written(figure, 4, above - 11, scale.label, size=SMALL, color=MUTED, va="center_baseline")
            _fit(axes, outline, scale, labelled=bottom)
            ends = []
            for side, (colour, style) in {
                "train": (MUTED, (0, (4, 2))),
                "validation": (hue, "solid"),
            }.items():
                curve = curves.curves[f"{side}_{quantity}"]
                _line(axes, curve, scale, colour, style)
                ends.append((_last(curve, scale), _SIDES[side], colour))
                for run in curves.diverged:
                    _lone(axes, run, f"{side}_{quantity}", scale, style)
            _name_ends(axes, ends, scale)
        return drawn(figure, f"Learning curves of {variant.short}")


def overlay(outline: Outline, places: Sequence[int], *, wide: bool) -> str:
    """Draw all variants on shared axes, those at the given places by name and the others in grey."""
    axes_of = scales(outline)
    hues = colours(outline)
    names = max(width(outline.variants[place].short, SMALL) for place in places) + 26
    cells = [(side, quantity) for quantity in axes_of for side in _SIDES]
    top, gap = 28.0, 38.0
    with drawing():
        if wide:
            across = (WIDE - 2 * _LEFT - names - 8) / 2
            figure = blank(WIDE, len(axes_of) * (top + _DOWN + 24 + gap) - gap + 36)
        else:
            across = NARROW - _LEFT - names
            figure = blank(NARROW, len(cells) * (top + _DOWN + gap) + 6)
        for cell, (side, quantity) in enumerate(cells):
            row, column = divmod(cell, 2) if wide else (cell, 0)
            down = _DOWN + 24 if wide else _DOWN
            above = row * (top + down + gap) + top
            left = _LEFT + column * (across + _LEFT + 8)
            axes = placed(figure, left, above, across, down)
            _fit(axes, outline, axes_of[quantity], labelled=True)
            title = f"{_SIDES[side]} {axes_of[quantity].label.removesuffix(', log scale')}"
            written(
                figure, left - _LEFT + 4, above - 14, title, weight="bold", size=SMALL, va="center_baseline"
            )
            ends = []
            shown = [one.curves[f"{side}_{quantity}"] for one in outline.curves]
            _others(
                axes, [curve for place, curve in enumerate(shown) if place not in places], axes_of[quantity]
            )
            for place in places:
                curve, band = shown[place], 0.16 if len(places) <= _FEW else 0.08
                _line(axes, curve, axes_of[quantity], hues[place], "solid", band=band)
                ends.append((_last(curve, axes_of[quantity]), outline.variants[place].short, hues[place]))
            if column == 1 or not wide:
                _name_ends(axes, ends, axes_of[quantity])
        return drawn(figure, f"Learning curves of {len(places)} variants on shared axes")


def _scale(outline: Outline, quantity: str, times: float, label: str) -> Scale:
    curves = [one.curves[f"{side}_{quantity}"] for one in outline.curves for side in _SIDES]
    means = [times * value for curve in curves for value in curve.mean if value is not None]
    if not means:  # every run diverged: show what they went through, if anything
        runs = [run for one in outline.curves for run in one.diverged]
        lone = (value for run in runs for value in run.values[f"validation_{quantity}"])
        means = [times * value for value in lone if value is not None] or [0.0, times]
    least, most = min(means), max(means)
    if quantity == "loss" and least > 0 and most > _LOG_FROM * least:
        return Scale(0.85 * least, 1.15 * most, logarithmic=True, times=times, label=f"{label}, log scale")
    # Bands of two or three runs may be many times as wide as all curves: they are cut, or nothing is seen.
    spread = (most - least) or 0.1 * abs(most) or 1.0
    bands = [times * value for curve in curves for value in (*curve.low, *curve.high) if value is not None]
    low = max(min([least, *bands]), least - 0.4 * spread) - 0.06 * spread
    high = min(max([most, *bands]), most + 0.4 * spread) + 0.06 * spread
    if least >= 0:
        low = max(low, 0.0)
    if outline.metric.is_rate and quantity == "metric":
        high = min(high, 102.0)
    return Scale(low, high, logarithmic=False, times=times, label=label)


def _fit(axes: "Axes", outline: Outline, scale: Scale, *, labelled: bool) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator

    epochs = max((len(curves.curves["train_loss"].mean) for curves in outline.curves), default=1)
    spare = 0.02 * epochs if epochs > 1 else 0.5
    axes.set_xlim(1 - spare, max(1, epochs) + spare)
    if scale.logarithmic:
        axes.set_yscale("log")
        steps = (1.0, 2.0, 5.0) if scale.high < 1000 * scale.low else (1.0,)
        up = LogLocator(subs=steps, numticks=12).tick_values(scale.low, scale.high)
    else:
        up = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(scale.low, scale.high)
    axes.set_ylim(scale.low, scale.high)
    ruled_up(axes, up, 0.025)
    if labelled:
        counts = MaxNLocator(6, integer=True).tick_values(1, epochs) if epochs > 1 else [1.0]
        ruled_across(axes, [tick for tick in counts if tick >= 1], "epoch", grid=False)
    else:
        ruled_across(axes, [], "", grid=False)


def _line(
    axes: "Axes",
    curve: Curve,
    scale: Scale,
    colour: str,
    style: object,
    *,
    band: float = 0.16,
) -> None:
    mean, low, high = (_drawable(values, scale) for values in (curve.mean, curve.low, curve.high))
    epochs = range(1, len(mean) + 1)
    whole = curve.whole
    shown: dict[str, Any] = {"color": colour, "zorder": 4}
    axes.plot(epochs[:whole], mean[:whole], linestyle=style, linewidth=1.8, **shown)
    if whole < len(mean):  # fewer runs from here on
        begin = max(0, whole - 1)
        axes.plot(epochs[begin:], mean[begin:], linestyle=(0, (1, 2.2)), linewidth=1.2, **shown)
    if band and whole:
        axes.fill_between(
            epochs[:whole], low[:whole], high[:whole], color=colour, alpha=band, linewidth=0, zorder=3
        )
    if len(mean) == 1:
        axes.plot([1], mean, marker="o", markersize=5, color=colour, zorder=5)
        if band:
            axes.plot([1, 1], [low[0], high[0]], color=colour, linewidth=1.4, zorder=4)


def _others(axes: "Axes", curves: Sequence[Curve], scale: Scale) -> None:
    """Draw many lines thin and grey, as one path with gaps: one path each takes most of a picture's time."""
    gap = (math.nan, math.nan)
    whole, fewer = [gap], [gap]
    for curve in curves:
        points = list(enumerate(_drawable(curve.mean, scale), start=1))
        whole += [*points[: curve.whole], gap]
        if curve.whole < len(points):
            fewer += [*points[max(0, curve.whole - 1) :], gap]
    shown: dict[str, Any] = {"color": MUTED, "alpha": 0.5, "zorder": 2, "linewidth": 0.8}
    alone = "o" if any(len(curve.mean) == 1 for curve in curves) else ""
    if len(whole) > 1:
        axes.plot(*zip(*whole, strict=True), marker=alone, markersize=4, **shown)
    if len(fewer) > 1:
        axes.plot(*zip(*fewer, strict=True), linestyle=(0, (1, 2.2)), **shown)


def _lone(axes: "Axes", run: LoneRun, kind: str, scale: Scale, style: object) -> None:
    values = [
        (place + 1, scale.times * value) for place, value in enumerate(run.values[kind]) if value is not None
    ]
    if not values:
        return
    axes.plot(*zip(*values, strict=True), color=WARNING, linewidth=0.9, linestyle=style, zorder=3)
    epoch, value = next(
        ((epoch, value) for epoch, value in values if not scale.low <= value <= scale.high), values[-1]
    )
    inside = min(max(value, scale.low), scale.high)
    axes.plot([epoch], [inside], marker="x", markersize=6, color=WARNING, zorder=6, clip_on=False)


def _name_ends(axes: "Axes", ends: Sequence[tuple[float | None, str, str]], scale: Scale) -> None:
    """Write names right of where lines end, and leave out what has no line."""
    there = [(_share(value, scale), name, colour) for value, name, colour in ends if value is not None]
    named_ends(axes, there)


def _last(curve: Curve, scale: Scale) -> float | None:
    known = [value for value in curve.mean if value is not None]
    return scale.times * known[-1] if known else None


def _share(value: float, scale: Scale) -> float:
    """How far up the axis a value is, from 0 to 1."""
    low, high = scale.low, scale.high
    if scale.logarithmic:
        value, low, high = (math.log(max(one, scale.low)) for one in (value, low, high))
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _drawable(values: Numbers, scale: Scale) -> list[float]:
    """Values in the unit drawn; what a logarithmic axis cannot show lies far below it."""
    floor = scale.low / 10 if scale.logarithmic else -math.inf
    return [math.nan if value is None else max(scale.times * value, floor) for value in values]
