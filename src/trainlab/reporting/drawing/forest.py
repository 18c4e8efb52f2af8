"""The differences: each variant minus its reference, with its interval, and the difference that matters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trainlab.reporting.drawing.canvas import SMALL, drawing, drawn, pixels, written
from trainlab.reporting.drawing.highlights import colours
from trainlab.reporting.drawing.rows import Column, measured, sheet
from trainlab.reporting.drawing.theme import INK, MUTED, PAPER, ZONE
from trainlab.reporting.facts.compared import Compared
from trainlab.reporting.facts.outline import ComparisonFacts
from trainlab.reporting.wording.shared_out import interval_head
from trainlab.reporting.wording.words import difference, difference_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def forest(outline: Compared, comparisons: Sequence[ComparisonFacts], *, wide: bool) -> str:
    """Draw some comparisons, one in each row."""
    metric = outline.metric
    times = 100.0 if metric.is_rate else 1.0
    differences = [comparison.difference for comparison in comparisons]
    values = Column("difference", [difference(metric, one.value) for one in differences])
    intervals = Column(
        interval_head(outline.splits), [difference_interval(metric, one.low, one.high) for one in differences]
    )
    verdicts = Column("verdict", [one.verdict for one in differences], "left")
    with drawing():
        rows = sheet(
            [_name(outline, comparison) for comparison in comparisons],
            [values, intervals, verdicts] if wide else [values, verdicts],
            wide=wide,
            bold=[False] * len(comparisons),
        )
        axes = rows.axes
        smallest = times * (outline.smallest_difference or 0.0)
        zone(axes, smallest)
        hues = colours(outline)
        for comparison, one, height in zip(comparisons, differences, rows.places, strict=True):
            found = (one.value, one.low, one.high)
            hue = hues[comparison.variant]
            estimate(axes, height, found, times=times, verdict=one.verdict, hue=hue)
        axes.set_xlim(*_limits(outline, comparisons, times))
        in_unit = f", {metric.unit_of_difference}" if metric.is_rate else ""
        measured(axes, f"difference in {metric.label}{in_unit}")
        _directions(outline, rows.figure, axes)
        return drawn(rows.figure, f"{len(comparisons)} differences with their intervals")


def zone(axes: "Axes", smallest: float) -> None:
    """Shade the differences too small to matter, and rule zero."""
    axes.axvspan(-smallest, smallest, color=ZONE, linewidth=0, zorder=-1)
    axes.axvline(0, color=INK, linewidth=1, zorder=1)


def estimate(
    axes: "Axes",
    height: float,
    found: tuple[float | None, float | None, float | None],
    *,
    times: float,
    verdict: str,
    hue: str,
) -> None:
    """Draw a difference with its interval, and by its mark what it is said to be.

    Args:
        axes: where.
        height: of its row.
        found: the difference and the ends of its interval; None where there is none.
        times: what numbers are multiplied with, 100 for rates.
        verdict: open for undecided, square for equivalent.
        hue: its colour.
    """
    value, low, high = found
    if low is not None and high is not None:
        ends = [times * low, times * high]
        axes.plot(ends, [height, height], color=hue, linewidth=2.2, marker="|", markersize=8, zorder=3)
    if value is not None:
        decided = verdict != "undecided"
        axes.scatter(
            [times * value],
            [height],
            s=52,
            marker="s" if verdict == "equivalent" else "o",
            facecolor=hue if decided else PAPER,
            edgecolor=PAPER if decided else hue,
            linewidth=1.2 if decided else 1.8,
            zorder=4,
        )


def _name(outline: Compared, comparison: ComparisonFacts) -> str:
    variant, against = outline.variants[comparison.variant], outline.variants[comparison.against]
    return variant.short if against.is_reference else f"{variant.short} − {against.short}"


def _directions(outline: Compared, figure: "Figure", axes: "Axes") -> None:
    """Above the marks, on which side of zero a variant is better."""
    across, _ = pixels(axes)
    begin = across / axes.get_position().width * axes.get_position().x0
    low, high = axes.get_xlim()
    zero = begin + across * (0 - low) / (high - low)
    left, right = ("worse", "better") if outline.metric.higher_is_better else ("better", "worse")
    style = {"size": SMALL, "color": MUTED, "va": "center_baseline"}
    if zero - begin > 55:
        written(figure, zero - 6, 13, f"← {left}", ha="right", **style)
    if begin + across - zero > 55:
        written(figure, zero + 6, 13, f"{right} →", ha="left", **style)


def _limits(outline: Compared, comparisons: Sequence[ComparisonFacts], times: float) -> tuple[float, float]:
    smallest = times * (outline.smallest_difference or 0.0)
    known = [-smallest, smallest]
    for comparison in comparisons:
        one = comparison.difference
        known += [times * value for value in (one.value, one.low, one.high) if value is not None]
    least, most = min(known), max(known)
    spare = 0.06 * (most - least) or 1.0
    return least - spare, most + spare
