"""The final scores: a dot for each seed or fold, and the mean with its interval, in one row for each variant.

Baselines are dashed lines across all rows, named above them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trainlab.reporting.drawing.canvas import SMALL, drawing, drawn, pixels, written
from trainlab.reporting.drawing.highlights import colours
from trainlab.reporting.drawing.rows import Column, measured, sheet
from trainlab.reporting.drawing.theme import LINE, MUTED, PAPER, WARNING
from trainlab.reporting.facts.compared import Compared
from trainlab.reporting.facts.variants import VariantFacts
from trainlab.reporting.wording.names import fitted, width
from trainlab.reporting.wording.shared_out import UNITS, interval_head
from trainlab.reporting.wording.words import interval, score, unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STRIP = 46.0
_SPREAD = 7.0
_ABOVE, _BELOW = 5.0, 6.0
_BETWEEN = 6.0
_ONE_LINE = 1.0


def score_dots(outline: Compared, places: Sequence[int], *, wide: bool) -> str:
    """Draw the scores of some variants, given by their places among the variants."""
    variants = [outline.variants[place] for place in places]
    metric = outline.metric
    times = 100.0 if metric.is_rate else 1.0
    means = Column("mean", [score(metric, variant.mean) for variant in variants])
    sure = [interval(metric, variant.low, variant.high) for variant in variants]
    intervals = Column(interval_head(outline.splits), sure)
    some_diverged = any(variant.diverged for variant in variants)
    with drawing():
        rows = sheet(
            [variant.short for variant in variants],
            [means, intervals] if wide else [means],
            wide=wide,
            bold=[variant.is_reference for variant in variants],
            margin=_STRIP if some_diverged else 0.0,
        )
        axes = rows.axes
        hues = colours(outline)
        for place, variant, height in zip(places, variants, rows.places, strict=True):
            hue = hues[place]
            offsets = _offsets(len(variant.scores))
            dots = [
                (value, offset)
                for value, offset in zip(variant.scores, offsets, strict=True)
                if value is not None
            ]
            axes.scatter(
                [times * value for value, _ in dots],
                [height + _BELOW + offset for _, offset in dots],
                s=22,
                facecolor="none",
                edgecolor=hue,
                linewidth=1.1,
                alpha=0.75,
                zorder=3,
            )
            if variant.low is not None and variant.high is not None:
                axes.plot(
                    [times * variant.low, times * variant.high],
                    [height - _ABOVE] * 2,
                    color=hue,
                    linewidth=2.4,
                    zorder=4,
                )
            if variant.mean is not None:
                axes.scatter(
                    [times * variant.mean],
                    [height - _ABOVE],
                    s=52,
                    marker="D",
                    color=hue,
                    edgecolor=PAPER,
                    linewidth=1.2,
                    zorder=5,
                )
        axes.set_xlim(*_limits(variants, times))
        measured(axes, unit(metric))
        _baselines(axes, outline, shown_baselines(outline, places), times)
        if some_diverged:
            _strip(rows.figure, rows.left, variants, rows.places)
        return drawn(
            rows.figure,
            f"Scores of {len(variants)} variants: a dot for each {UNITS[outline.splits]}, "
            "the mean with its interval",
        )


def shown_baselines(outline: Compared, places: Sequence[int]) -> tuple[int, ...]:
    """Tell which baselines lie on the axis of these variants, by their places among the baselines.

    The others are no part of the picture: one far away would leave no room to tell variants apart.
    """
    low, high = _limits([outline.variants[place] for place in places], 1.0)
    return tuple(
        place
        for place, one in enumerate(outline.baselines)
        if one.mean is not None and low <= one.mean <= high
    )


def _baselines(axes: "Axes", outline: Compared, there: Sequence[int], times: float) -> None:
    """Draw a dashed line for each baseline, its name above the rows at the end of a short stroke."""
    low, high = axes.get_xlim()
    across, down = pixels(axes)
    lines: list[tuple[float, str]] = []
    for one in sorted((outline.baselines[place] for place in there), key=lambda one: one.mean or 0.0):
        if one.mean is None:
            continue
        axes.axvline(times * one.mean, color=MUTED, linewidth=1.1, linestyle=(0, (4, 3)), zorder=1)
        at = across * (times * one.mean - low) / (high - low)
        if lines and at - lines[-1][0] < _ONE_LINE:
            lines[-1] = (lines[-1][0], f"{lines[-1][1]}, {one.short}")
        else:
            lines.append((at, one.short))
    named = [(at, fitted(name, SMALL, across)) for at, name in lines]
    middles = apart([(at, width(name, SMALL)) for at, name in named], across)
    # Where there is no room for all of them, the table names the others.
    for (at, name), middle in zip(named, middles, strict=False):
        axes.plot(
            [at / across, middle / across],
            [1, 1 + 4 / down],
            transform=axes.transAxes,
            color=MUTED,
            linewidth=0.9,
            clip_on=False,
        )
        axes.text(
            middle / across,
            1 + 11 / down,
            name,
            transform=axes.transAxes,
            size=SMALL,
            color=MUTED,
            ha="center",
            va="center_baseline",
        )


def apart(wanted: Sequence[tuple[float, float]], room: float) -> list[float]:
    """Move labels apart: as near to their places as they can be without touching, in their order.

    Args:
        wanted: for each label, from left to right, the place of its middle and its width, in pixels.
        room: pixels there are.

    Returns:
        The middles with the least squared way from their places, for as many labels, from the left, as there
        is room for.

    Source:
        With the widths before them taken off, places only have to rise: isotonic regression, by pooling
        neighbours that fall (Barlow et al., *Statistical Inference under Order Restrictions*, 1972).

    >>> apart([(50.0, 20.0), (52.0, 20.0), (99.0, 20.0)], 100.0)
    [38.0, 64.0, 90.0]
    """
    labels = list(wanted)
    while sum(wide + _BETWEEN for _, wide in labels) - _BETWEEN > room:
        labels.pop()
    if not labels:
        return []
    taken = [
        sum(wide + _BETWEEN for _, wide in labels[:place]) + own / 2 for place, (_, own) in enumerate(labels)
    ]
    pools: list[tuple[float, int]] = []
    for (place, _), before in zip(labels, taken, strict=True):
        mean, count = place - before, 1
        while pools and pools[-1][0] > mean:
            other, more = pools.pop()
            mean, count = (mean * count + other * more) / (count + more), count + more
        pools.append((mean, count))
    spare = room - taken[-1] - labels[-1][1] / 2
    shifts = [min(max(mean, 0.0), spare) for mean, count in pools for _ in range(count)]
    return [shift + before for shift, before in zip(shifts, taken, strict=True)]


def _strip(figure: "Figure", left: float, variants: Sequence[VariantFacts], heights: Sequence[float]) -> None:
    """Left of the axis, where no score can be read off, one cross for each run that diverged."""
    from matplotlib.lines import Line2D

    whole_width, whole_height = figure.get_size_inches() * figure.dpi
    middle = left - _STRIP / 2
    written(figure, middle, 13, "diverged", size=SMALL, color=MUTED, ha="center", va="center_baseline")
    for variant, height in zip(variants, heights, strict=True):
        step = min(9.0, (_STRIP - 12) / max(1, len(variant.diverged)))
        for number in range(len(variant.diverged)):
            across = middle + step * (number - (len(variant.diverged) - 1) / 2)
            figure.add_artist(
                Line2D(
                    [across / whole_width],
                    [1 - (26 + height) / whole_height],
                    marker="x",
                    markersize=6,
                    color=WARNING,
                )
            )
    figure.add_artist(
        Line2D(
            [left / whole_width - 0.003] * 2,
            [42 / whole_height, 1 - 26 / whole_height],
            color=LINE,
            linewidth=1,
        )
    )


def _offsets(count: int) -> list[float]:
    """Heights that keep dots apart, in pixels around the row."""
    if count == 1:
        return [0.0]
    return [_SPREAD * (number / (count - 1) - 0.5) for number in range(count)]


def _limits(variants: Sequence[VariantFacts], times: float) -> tuple[float, float]:
    known = [
        times * value
        for variant in variants
        for value in (*variant.scores, variant.mean, variant.low, variant.high)
        if value is not None
    ]
    if not known:
        return 0.0, times
    least, most = min(known), max(known)
    spare = 0.06 * (most - least) or 0.05 * abs(most) or 1.0
    return least - spare, most + spare
