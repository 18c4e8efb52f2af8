"""Histograms at several moments of training, one over the other: before it, at the scored and last epoch."""

from typing import TYPE_CHECKING

from trainlab.reporting.drawing.canvas import SMALL, drawing, drawn
from trainlab.reporting.drawing.panel import PANEL, panel, ruled
from trainlab.reporting.drawing.theme import INK, MUTED
from trainlab.reporting.facts.inside import CHOSEN, LAST, START, Histogram

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONELY = 3.0
_ROOM = 1.35


def histogram(facts: Histogram, title: str, hue: str, *, what: str, last: bool) -> str:
    """Draw one histogram.

    Args:
        facts: shares in bins, moment by moment.
        title: whose numbers these are.
        hue: colour of the variant.
        what: what is counted, as ``"weight"``.
        last: whether the last epoch is drawn beside the scored one.
    """
    start, chosen = facts.shares[START], facts.shares[CHOSEN]
    there = [shares for shares in (start, chosen, facts.shares[LAST] if last else ()) if shares]
    with drawing():
        made = panel(title, above=f"% of {what}s", whole=PANEL, down=92.0)
        axes = made.axes
        axes.set_xlim(facts.edges[0], facts.edges[-1])
        top = _top(there)
        axes.set_ylim(0, top)
        ruled(axes, what)
        if chosen:
            axes.stairs(
                [min(100 * share, top) for share in chosen],
                facts.edges,
                fill=True,
                color=hue,
                alpha=0.55,
                linewidth=0,
                zorder=2,
            )
            _told_bar(axes, facts, chosen, top, hue)
        if start:
            values = [min(100 * share, top) for share in start]
            axes.stairs(values, facts.edges, color=MUTED, linewidth=1.3, linestyle=(0, (3, 2)), zorder=3)
        if last and facts.shares[LAST]:
            values = [min(100 * share, top) for share in facts.shares[LAST]]
            axes.stairs(values, facts.edges, color=INK, linewidth=1.0, zorder=4)
        return drawn(made.figure, f"Histogram of {what}s: {title}")


def _top(there: list[tuple[float, ...]]) -> float:
    """Give the height of the axis in percent: one bar far above all others leaves the picture."""
    heights = sorted((100 * share for shares in there for share in shares), reverse=True)
    if not heights or heights[0] <= 0:
        return 1.0
    highest = max(100 * max(shares) for shares in there)
    others = max((sorted(shares)[-2] for shares in there if len(shares) > 1), default=0.0) * 100
    return _ROOM * others if others > 0 and highest > _LONELY * others else 1.08 * highest


def _told_bar(axes: "Axes", facts: Histogram, shares: tuple[float, ...], top: float, hue: str) -> None:
    highest = max(shares)
    if 100 * highest <= top:
        return
    place = shares.index(highest)
    middle = (facts.edges[place] + facts.edges[place + 1]) / 2
    share = (middle - facts.edges[0]) / (facts.edges[-1] - facts.edges[0])
    side, offset = ("left", 0.03) if share < 0.6 else ("right", -0.03)
    axes.text(
        share + offset,
        0.93,
        f"{'↑ ' if side == 'left' else ''}{100 * highest:.0f} %{' ↑' if side == 'right' else ''}",
        transform=axes.transAxes,
        size=SMALL,
        color=hue,
        ha=side,
        va="center_baseline",
    )
