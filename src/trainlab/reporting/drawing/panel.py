"""Small drawings that stand side by side: a title, one pair of axes, its ruler and the names of both axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainlab.reporting.drawing.canvas import (
    SMALL,
    TEXT,
    blank,
    pixels,
    placed,
    ruled_across,
    ruled_up,
    written,
)
from trainlab.reporting.drawing.rows import NARROW, WIDE
from trainlab.reporting.drawing.theme import MUTED
from trainlab.reporting.wording.names import fitted, width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL = 300.0

_TOP, _FOOT = 42.0, 42.0
_LABEL_GAP = 12.5


@dataclass(frozen=True)
class Panel:
    """A small drawing, ready for marks."""

    figure: "Figure"
    axes: "Axes"


def panel(
    title: str,
    beside: str = "",
    *,
    above: str = "",
    left: float = 44.0,
    right: float = 14.0,
    down: float = 112.0,
    whole: float = PANEL,
) -> Panel:
    """Lay out a small drawing; to be called while drawing.

    Args:
        title: in bold above the axes, cut where it is too long.
        beside: right of the title, in small letters.
        above: name of the vertical axis.
        left: pixels left of the axes.
        right: pixels right of them.
        down: height of the axes.
        whole: width of the drawing.
    """
    top = _TOP if above else _TOP - 16
    figure = blank(whole, top + down + _FOOT)
    name = fitted(title, TEXT, whole - 20 - width(beside, SMALL))
    written(figure, 4, 11, name, weight="bold", va="center_baseline")
    written(figure, whole - 4, 11, beside, ha="right", size=SMALL, color=MUTED, va="center_baseline")
    written(figure, 4, top - 11, above, size=SMALL, color=MUTED, va="center_baseline")
    return Panel(figure, placed(figure, left, top, whole - left - right, down))


def squares(titles: Sequence[str], *, wide: bool, legend: Sequence[tuple[str, str]] = ()) -> "Squares":
    """Lay out up to three square axes: side by side on a wide page, one below the other on a narrow one.

    Args:
        titles: one for each.
        wide: for which page.
        legend: names with their colours, written above all.
    """
    left, top, foot = 36.0, 26.0, 44.0
    begin = 22.0 if legend else 0.0
    cell = (WIDE / 3, WIDE / 3 - left - 10 + top + foot) if wide else (NARROW, 250 + top + foot)
    side = cell[1] - top - foot
    rows = 1 if wide else len(titles)
    figure = blank(WIDE if wide else NARROW, begin + rows * cell[1])
    at = 4.0
    for name, hue in legend:
        text = f"■ {fitted(name, SMALL, 90)}"
        written(figure, at, 10, text, size=SMALL, color=hue, va="center_baseline")
        at += width(text, SMALL) + 12
    found = []
    for place, title in enumerate(titles):
        across, down = (place * cell[0], begin) if wide else (0.0, begin + place * cell[1])
        name = fitted(title, TEXT, cell[0] - 8)
        written(figure, across + 4, down + 11, name, weight="bold", va="center_baseline")
        found.append(placed(figure, across + left, down + top, side, side))
    return Squares(figure, tuple(found))


@dataclass(frozen=True)
class Squares:
    """A drawing with several square axes, ready for marks."""

    figure: "Figure"
    axes: "tuple[Axes, ...]"


def ruled(axes: "Axes", across: str, *, most_across: int = 5, most_up: int = 4, grid: bool = False) -> None:
    """Draw both rulers of axes with their limits set; a logarithmic axis has its powers of ten.

    Args:
        axes: axes with their limits set.
        across: name of the horizontal axis.
        most_across: how many labels there are below at most.
        most_up: and on the left.
        grid: draw lines upwards too.
    """
    ruled_up(axes, ticks(axes.get_ylim(), most_up, logarithmic=axes.get_yscale() == "log"), 0.025)
    marks = ticks(axes.get_xlim(), most_across, logarithmic=axes.get_xscale() == "log")
    ruled_across(axes, marks, across, grid=grid)


def ticks(limits: tuple[float, float], most: int, *, logarithmic: bool = False) -> Sequence[float]:
    """Give round numbers between limits, at most about so many.

    >>> [float(tick) for tick in ticks((0.0, 1.0), 4)]
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    from matplotlib.ticker import LogLocator, MaxNLocator

    low, high = min(limits), max(limits)
    if logarithmic:
        steps = (1.0, 2.0, 5.0) if high < 50 * low else (1.0,)
        found = LogLocator(subs=steps, numticks=most + 2).tick_values(low, high)
    else:
        found = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in found]


def named_ends(axes: "Axes", ends: Sequence[tuple[float, str, str]]) -> None:
    """Write names right of where lines end, moved apart where they would touch.

    Args:
        axes: axes with their limits set.
        ends: for each line how far up it ends as a share of the axes from 0 to 1, its name and its colour.
    """
    down = pixels(axes)[1]
    there = sorted(ends, key=lambda end: end[0])
    wanted = [down * min(max(share, 0.0), 1.0) for share, _, _ in there]
    for (share, name, colour), height in zip(there, spread(wanted, _LABEL_GAP, down), strict=True):
        inside = min(max(share, 0.0), 1.0)
        axes.plot(
            [1.0, 1.025],
            [inside, height / down],
            transform=axes.transAxes,
            color=colour,
            linewidth=0.7,
            clip_on=False,
        )
        axes.text(
            1.035,
            height / down,
            name,
            transform=axes.transAxes,
            size=SMALL,
            color=colour,
            va="center_baseline",
        )


def spread(heights: Sequence[float], step: float, most: float) -> list[float]:
    """Move ascending heights until neighbours are a step apart, each as little as will do, inside 0 to most.

    >>> spread([20.0, 21.0, 50.0], 10.0, 100.0)
    [15.5, 25.5, 50.0]
    """
    groups: list[tuple[float, int]] = []  # neighbours that touch move as one
    for place, height in enumerate(heights):
        mean, count = height - place * step, 1
        while groups and groups[-1][0] >= mean:
            before, others = groups.pop()
            mean, count = (mean * count + before * others) / (count + others), count + others
        groups.append((mean, count))
    highest = max(most - (len(heights) - 1) * step, 0.0)
    free = [min(max(mean, 0.0), highest) for mean, count in groups for _ in range(count)]
    return [height + place * step for place, height in enumerate(free)]
