"""Whole experiments in one row each: validation curves, hidden weights, and scores with their verdicts.

The picture for a page about a technique. What is drawn is an ``Outline``: nothing is measured here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainlab.reporting.drawing.canvas import (
    SMALL,
    TEXT,
    blank,
    drawing,
    drawn,
    pixels,
    placed,
    ruled_across,
    ruled_up,
    written,
)
from trainlab.reporting.drawing.theme import INK, LINE, MUTED, PAPER, SERIES
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.facts.variants import VariantFacts
from trainlab.reporting.wording.names import fitted, width
from trainlab.reporting.wording.plain import percent
from trainlab.reporting.wording.shared_out import UNITS, interval_head
from trainlab.reporting.wording.words import counted, unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = 1000.0

_TITLE, _HEADS, _DOWN, _FOOT = 30.0, 62.0, 176.0, 48.0
_ROW = 44.0
_SWATCH = 18.0
# A share of weights in one bin above this, and the other bins would be seen no more on a linear axis.
_STEEP = 0.25
# From here on two digits would be written with an exponent.
_HUNDRED, _TOO_LONG = 99.5, 1e9
# An axis whose ends are this many times apart shows factors.
_LOG_FROM = 20.0


@dataclass(frozen=True)
class Case:
    """One experiment of the picture.

    Args:
        title: what it shows, in a few words.
        outline: the experiment.
    """

    title: str
    outline: Outline


@dataclass(frozen=True)
class _Panel:
    """Where a panel stands, in pixels from the left."""

    left: float
    across: float


_CURVES, _WEIGHTS, _SCORES = _Panel(48, 270), _Panel(374, 240), _Panel(654, 334)


@dataclass(frozen=True)
class _Drawn:
    """One variant as it is drawn: its place among the variants, its facts, its colour."""

    place: int
    facts: VariantFacts
    colour: str


def overview(cases: Sequence[Case]) -> str:
    """Draw experiments below each other, each as a row of three panels.

    Args:
        cases: the experiments; of each, the reference and the first six other variants are drawn.

    Returns:
        SVG on white paper, 1000 pixels wide.
    """
    with drawing():
        figure = blank(WIDE, sum(_height(case.outline) for case in cases))
        _on_paper(figure)
        top = 0.0
        for case in cases:
            _case(figure, case, top)
            top += _height(case.outline)
        titles = "; ".join(case.title for case in cases)
        return drawn(figure, f"Validation curves, hidden weights and scores. {titles}")


def verdict_words(outline: Outline, variant: VariantFacts) -> str:
    """Say in a few words how a variant compares with the reference, from the comparison's own numbers.

    Args:
        outline: the experiment.
        variant: one of its variants.
    """
    ended = f"{counted(len(variant.diverged), 'run')} diverged" if variant.diverged else ""
    found = variant.difference
    if variant.is_reference or found is None or found.value is None:
        return ended
    said = _signed(outline, found.value) + (" points" if outline.metric.is_rate else "")
    if found.low is not None and found.high is not None:
        said += f" [{_signed(outline, found.low)}, {_signed(outline, found.high)}]"
    return ", ".join(part for part in (f"{said}: {found.verdict}", ended) if part)


def _signed(outline: Outline, value: float) -> str:
    """Write a difference as short as it is still true: points with one decimal, the rest with two digits."""
    if not outline.metric.is_rate and _HUNDRED <= abs(value) < _TOO_LONG:
        text = f"{value:+,.0f}"
    else:
        text = f"{100 * value:+.1f}" if outline.metric.is_rate else f"{value:+#.2g}".removesuffix(".")
    if outline.metric.is_rate and not text.strip("+-0."):
        text = f"{100 * value:+.1g}" if value else "0"
    return text.replace("-", "−")


def _variants(outline: Outline) -> list[_Drawn]:
    own = iter(SERIES)
    found = []
    for place, facts in enumerate(outline.variants):
        colour = INK if facts.is_reference else next(own, None)
        if colour is not None:
            found.append(_Drawn(place, facts, colour))
    return found


def _height(outline: Outline) -> float:
    return _TITLE + _HEADS + _down(outline) + _FOOT


def _down(outline: Outline) -> float:
    return max(_DOWN, _ROW * len(_variants(outline)))


def _on_paper(figure: "Figure") -> None:
    from matplotlib.patches import Rectangle

    figure.add_artist(
        Rectangle((0, 0), 1, 1, transform=figure.transFigure, facecolor=PAPER, edgecolor="none", zorder=-9)
    )


def _case(figure: "Figure", case: Case, top: float) -> None:
    outline, down = case.outline, _down(case.outline)
    above = top + _TITLE + _HEADS
    label = unit(outline.metric)
    over = UNITS[outline.splits]
    units = len(outline.seeds) if over == "seed" else outline.folds
    banded = units > 1 and outline.splits in {"one split", "folds", "disjoint sets"}
    band = "mean, 95 % band" if banded else "one run" if units * len(outline.seeds) == 1 else "mean"
    sure = "" if outline.splits == "time series" else f", {interval_head(outline.splits)}"
    _head(figure, 10, top + 17, case.title, TEXT + 2)
    _head(figure, 10, top + _TITLE + 11, f"Validation {label} ({band})", SMALL)
    _head(figure, _WEIGHTS.left - 36, top + _TITLE + 11, "Hidden weights at the scored epoch", SMALL)
    _head(
        figure,
        _SCORES.left,
        top + _TITLE + 11,
        f"Score of each of {counted(units, over)}, mean{sure}",
        SMALL,
    )
    _names(figure, outline, top + _TITLE + 29)
    _curves(placed(figure, _CURVES.left, above, _CURVES.across, down), outline)
    _weights(placed(figure, _WEIGHTS.left, above, _WEIGHTS.across, down), outline)
    _scores(figure, outline, above - 22, down + 22)


def _head(figure: "Figure", left: float, height: float, text: str, size: float) -> None:
    written(figure, left, height, text, weight="bold", size=size, va="center_baseline")


def _names(figure: "Figure", outline: Outline, height: float) -> None:
    """Name the lines of curves and weights, each behind a stroke of its colour."""
    from matplotlib.lines import Line2D

    whole_width, whole_height = (72 * size for size in figure.get_size_inches())
    variants = _variants(outline)
    room = (_SCORES.left - 20) / len(variants) - _SWATCH - 14
    left = 10.0
    for one in variants:
        name = fitted(one.facts.short, SMALL, room)
        ends = [left / whole_width, (left + _SWATCH - 5) / whole_width]
        up = 1 - height / whole_height
        figure.add_artist(Line2D(ends, [up, up], color=one.colour, linewidth=2.4))
        written(figure, left + _SWATCH, height, name, size=SMALL, va="center_baseline")
        left += _SWATCH + width(name, SMALL) + 14


def _curves(axes: "Axes", outline: Outline) -> None:
    from matplotlib.ticker import MaxNLocator

    times = _times(outline)
    curves = [(one, outline.curves[one.place].curves["validation_metric"]) for one in _variants(outline)]
    means = [times * value for _, curve in curves for value in curve.mean if value is not None]
    bands = [times * value for _, curve in curves for value in (*curve.low, *curve.high) if value is not None]
    epochs = max((len(curve.mean) for _, curve in curves), default=1)
    axes.set_xlim(1 - 0.02 * epochs, max(epochs, 2) + 0.02 * epochs)
    if not means:
        return
    up = _scale(axes, means, bands, outline, vertical=True)
    ruled_up(axes, up, 0.025)
    ruled_across(
        axes,
        [tick for tick in MaxNLocator(6, integer=True).tick_values(1, epochs) if tick >= 1],
        "epoch",
        grid=False,
    )
    for one, curve in curves:
        steps = range(1, len(curve.mean) + 1)
        mean, low, high = (_drawable(values, times) for values in (curve.mean, curve.low, curve.high))
        whole = curve.whole
        line: dict[str, Any] = {"color": one.colour, "zorder": 4}
        axes.plot(steps[:whole], mean[:whole], linewidth=1.7, **line)
        # From where not all runs got that far, the mean is over fewer.
        axes.plot(
            steps[max(0, whole - 1) :],
            mean[max(0, whole - 1) :],
            linewidth=1.2,
            linestyle=(0, (1, 2)),
            **line,
        )
        axes.fill_between(steps[:whole], low[:whole], high[:whole], color=one.colour, alpha=0.13, linewidth=0)


def _weights(axes: "Axes", outline: Outline) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator

    facts = outline.weights
    by_place = {one.variant: one for one in facts.variants} if facts is not None else {}
    if facts is None or not any(sum(one.shares) for one in by_place.values()):
        note = "no hidden weights were kept" if facts is None else facts.note or "there are no hidden weights"
        axes.text(0.5, 0.5, note, transform=axes.transAxes, ha="center", size=SMALL, color=MUTED)
        return
    shares = [share for one in by_place.values() for share in one.shares if share > 0]
    axes.set_xlim(facts.edges[0], facts.edges[-1])
    across = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], symmetric=True).tick_values(*axes.get_xlim())
    if max(shares) > _STEEP:
        least = 100 * max(min(shares), 1e-4)
        axes.set_yscale("log")
        axes.set_ylim(least / 1.5, 130 * max(shares))
        up = LogLocator(numticks=8).tick_values(least, 100 * max(shares))
    else:
        axes.set_ylim(0, 108 * max(shares))
        up = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, 100 * max(shares))
    ruled_up(axes, up, 0.025)
    ruled_across(axes, across, "weight", grid=False)
    scale = ", log scale" if max(shares) > _STEEP else ""
    style: dict[str, Any] = {"transform": axes.transAxes, "size": SMALL}
    above = 1 + 16 / pixels(axes)[1]
    axes.text(-0.15, above, f"% of weights in a bin{scale}", color=MUTED, va="center_baseline", **style)
    height = 0.97
    for one in _variants(outline):
        counts = by_place.get(one.place)
        if counts is None:
            continue
        axes.stairs(
            [100 * share for share in counts.shares], facts.edges, color=one.colour, linewidth=1.3, zorder=4
        )
        if counts.zero > 0.0005:
            told = f"{percent(round(counts.zero, 3))} are zero"
            axes.text(0.99, height, told, ha="right", va="top", color=one.colour, **style)
            height -= 0.08


def _scores(figure: "Figure", outline: Outline, above: float, down: float) -> None:
    variants, times = _variants(outline), _times(outline)
    axes = placed(figure, _SCORES.left, above, _SCORES.across, down)
    axes.set_ylim(down, 0)
    row = down / len(variants)
    known = [
        times * value
        for one in variants
        for value in (*one.facts.scores, one.facts.mean)
        if value is not None
    ]
    ends = [
        times * value for one in variants for value in (one.facts.low, one.facts.high) if value is not None
    ]
    if known:
        ruled_across(
            axes, _scale(axes, known, ends, outline, vertical=False), unit(outline.metric), grid=True
        )
    for number, one in enumerate(variants):
        facts, height = one.facts, row * (number + 0.72)
        told = verdict_words(outline, facts)
        name = fitted(facts.short, SMALL, _SCORES.across - width(told, SMALL) - 8)
        words: dict[str, Any] = {"size": SMALL, "va": "center_baseline", "zorder": 6}
        paper = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.2}  # lines of the grid don't cross words
        words |= {"transform": axes.get_yaxis_transform(), "bbox": paper}
        axes.text(0, row * (number + 0.28), name, weight="bold", color=one.colour, **words)
        if told:
            axes.text(1, row * (number + 0.28), told, ha="right", **words)
        axes.hlines([height], 0, 1, transform=axes.get_yaxis_transform(), color=LINE, linewidth=0.6, zorder=0)
        _dots(axes, one, height, times)


def _dots(axes: "Axes", one: _Drawn, height: float, times: float) -> None:
    facts = one.facts
    values = [times * value for value in facts.scores if value is not None]
    axes.scatter(values, [height + 5] * len(values), s=20, facecolor="none", edgecolor=one.colour, zorder=3)
    if facts.low is not None and facts.high is not None:
        bar = [times * facts.low, times * facts.high]
        axes.plot(bar, [height - 5] * 2, color=one.colour, linewidth=2.2, zorder=4)
    if facts.mean is not None:
        axes.scatter(
            *([times * facts.mean], [height - 5]),
            s=46,
            marker="D",
            color=one.colour,
            edgecolor=PAPER,
            zorder=5,
        )


def _scale(
    axes: "Axes", values: Sequence[float], bands: Iterable[float], outline: Outline, *, vertical: bool
) -> list[float]:
    """Fit an axis so that all values are on it, and bands as far as they may be; give its ticks."""
    from matplotlib.ticker import LogLocator, MaxNLocator

    set_limits = axes.set_ylim if vertical else axes.set_xlim
    least, most = min(values), max(values)
    spread = (most - least) or 0.1 * abs(most) or 1.0
    if not outline.metric.is_rate and least > 0 and most > _LOG_FROM * least:
        (axes.set_yscale if vertical else axes.set_xscale)("log")
        low, high = 0.8 * least, 1.25 * most
        set_limits(low, high)
        steps = (1.0, 2.0, 5.0) if high < 200 * low else (1.0,)
        return [float(tick) for tick in LogLocator(subs=steps, numticks=12).tick_values(low, high)]
    low = max(min([least, *bands]), least - 0.3 * spread) - 0.05 * spread
    high = min(max([most, *bands]), most + 0.3 * spread) + 0.05 * spread
    if least >= 0:
        low = max(low, 0.0)
    if outline.metric.is_rate:
        high = min(high, 100.8)
    set_limits(low, high)
    return [float(tick) for tick in MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)]


def _times(outline: Outline) -> float:
    return 100.0 if outline.metric.is_rate else 1.0


def _drawable(values: Sequence[float | None], times: float) -> list[float]:
    return [float("nan") if value is None else times * value for value in values]
