"""The differences: each variant minus its reference, with its interval, and the difference that matters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trainlab.report.canvas import SMALL, drawing, drawn, written
from trainlab.report.highlights import colours
from trainlab.report.outline import ComparisonFacts, Outline
from trainlab.report.rows import Column, sheet
from trainlab.report.theme import INK, MUTED, PAPER, ZONE
from trainlab.report.words import difference, difference_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def forest(outline: Outline, comparisons: Sequence[ComparisonFacts], *, wide: bool) -> str:
    """Draw some comparisons, one in each row."""
    metric = outline.metric
    times = 100.0 if metric.is_rate else 1.0
    measured = [comparison.difference for comparison in comparisons]
    values = Column("difference", [difference(metric, one.value) for one in measured])
    intervals = Column("95 % interval", [difference_interval(metric, one.low, one.high) for one in measured])
    verdicts = Column("verdict", [one.verdict for one in measured], "left")
    with drawing():
        rows = sheet(
            [_name(outline, comparison) for comparison in comparisons],
            [values, intervals, verdicts] if wide else [values, verdicts],
            wide=wide,
            bold=[False] * len(comparisons),
        )
        axes = rows.axes
        smallest = times * (outline.smallest_difference or 0.0)
        axes.axvspan(-smallest, smallest, color=ZONE, linewidth=0, zorder=-1)
        axes.axvline(0, color=INK, linewidth=1, zorder=1)
        hues = colours(outline)
        for comparison, one, height in zip(comparisons, measured, rows.places, strict=True):
            hue = hues[comparison.variant]
            if one.low is not None and one.high is not None:
                ends = [times * one.low, times * one.high]
                axes.plot(
                    ends, [height, height], color=hue, linewidth=2.2, marker="|", markersize=8, zorder=3
                )
            if one.value is not None:
                decided = one.verdict != "undecided"
                axes.scatter(
                    [times * one.value],
                    [height],
                    s=52,
                    marker="s" if one.verdict == "equivalent" else "o",
                    facecolor=hue if decided else PAPER,
                    edgecolor=PAPER if decided else hue,
                    linewidth=1.2 if decided else 1.8,
                    zorder=4,
                )
        axes.set_xlim(*_limits(outline, comparisons, times))
        axes.set_xlabel(
            f"difference in {metric.label}, {metric.unit_of_difference}"
            if metric.is_rate
            else f"difference in {metric.label}"
        )
        _directions(outline, rows.figure, axes)
        return drawn(rows.figure, f"{len(comparisons)} differences with their intervals")


def _name(outline: Outline, comparison: ComparisonFacts) -> str:
    variant, against = outline.variants[comparison.variant], outline.variants[comparison.against]
    return variant.short if against.is_reference else f"{variant.short} − {against.short}"


def _directions(outline: Outline, figure: "Figure", axes: "Axes") -> None:
    """Above the marks, on which side of zero a variant is better."""
    whole = figure.get_size_inches()[0] * figure.dpi
    box = axes.get_position()
    low, high = axes.get_xlim()
    zero = whole * (box.x0 + box.width * (0 - low) / (high - low))
    left, right = ("worse", "better") if outline.metric.higher_is_better else ("better", "worse")
    style = {"size": SMALL, "color": MUTED, "va": "center_baseline"}
    if zero - whole * box.x0 > 55:
        written(figure, zero - 6, 13, f"← {left}", ha="right", **style)
    if whole * box.x1 - zero > 55:
        written(figure, zero + 6, 13, f"{right} →", ha="left", **style)


def _limits(outline: Outline, comparisons: Sequence[ComparisonFacts], times: float) -> tuple[float, float]:
    smallest = times * (outline.smallest_difference or 0.0)
    known = [-smallest, smallest]
    for comparison in comparisons:
        one = comparison.difference
        known += [times * value for value in (one.value, one.low, one.high) if value is not None]
    least, most = min(known), max(known)
    spare = 0.06 * (most - least) or 1.0
    return least - spare, most + spare
