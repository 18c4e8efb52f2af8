"""Pictures with one row for each variant: names, marks on a shared axis, numbers.

On a wide page names stand left of the marks and numbers right of them; on a narrow one both stand above.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainlab.reporting.drawing.canvas import SMALL, TEXT, blank, pixels, placed, ruled_across, written
from trainlab.reporting.drawing.theme import INK, LINE, MUTED
from trainlab.reporting.wording.names import fitted, width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = 640.0
NARROW = 360.0

_HEAD = 26.0
_FOOT = 42.0
_GAP = 14.0
_LEAST = 150.0
_WIDEST_NAME = 190.0


@dataclass(frozen=True)
class Column:
    """Numbers or words beside the marks: a head, and one text for each row."""

    head: str
    texts: Sequence[str]
    align: str = "right"


@dataclass(frozen=True)
class Sheet:
    """A picture with rows, ready for marks.

    Args:
        figure: the whole of it.
        axes: where the marks go; its vertical axis counts pixels downwards.
        places: height of each row on that axis.
        left: where the axes begin, in pixels.
    """

    figure: "Figure"
    axes: "Axes"
    places: tuple[float, ...]
    left: float


def sheet(
    names: Sequence[str],
    columns: Sequence[Column],
    *,
    wide: bool,
    bold: Sequence[bool],
    margin: float = 0.0,
) -> Sheet:
    """Lay out the rows; to be called while drawing.

    Args:
        names: one for each row.
        columns: what stands beside the marks; a narrow page shows their texts above, without heads.
        wide: for a wide page or a narrow one.
        bold: whether the name is written in bold, for each row.
        margin: pixels kept free left of the axis.
    """
    if wide:
        return _wide(names, columns, bold, margin)
    return _narrow(names, columns, bold, margin)


def _wide(names: Sequence[str], columns: Sequence[Column], bold: Sequence[bool], margin: float) -> Sheet:
    row = 28.0
    columns = [column for column in columns if any(column.texts)]
    widths = [max(width(text, SMALL) for text in (column.head, *column.texts)) for column in columns]
    names = [fitted(name, TEXT, _WIDEST_NAME) for name in names]
    left = max(60.0, *(width(name, TEXT) for name in names)) + _GAP + margin
    right = sum(widths) + _GAP * len(columns) + 4
    height = _HEAD + row * len(names)
    whole = max(WIDE, left + _LEAST + right)
    figure = blank(whole, height + _FOOT)
    places = tuple(row * (index + 0.5) for index in range(len(names)))
    axes = _axes(figure, left, whole - left - right, row * len(names), places)
    for name, strong, place in zip(names, bold, places, strict=True):
        weight = "bold" if strong else "normal"
        written(
            figure, left - margin - _GAP, _HEAD + place, name, ha="right", va="center_baseline", weight=weight
        )
    edge = whole - right
    for column, wanted in zip(columns, widths, strict=True):
        edge += _GAP + wanted
        at = edge if column.align == "right" else edge - wanted
        style = {"size": SMALL, "ha": column.align, "va": "center_baseline"}
        written(figure, at, _HEAD - 13, column.head, color=MUTED, **style)
        for text, place in zip(column.texts, places, strict=True):
            written(figure, at, _HEAD + place, text, color=INK, **style)
    return Sheet(figure, axes, places, left)


def _narrow(names: Sequence[str], columns: Sequence[Column], bold: Sequence[bool], margin: float) -> Sheet:
    row = 44.0
    left, right = 12.0 + margin, 12.0
    figure = blank(NARROW, _HEAD + row * len(names) + _FOOT)
    places = tuple(row * index + 30 for index in range(len(names)))
    axes = _axes(figure, left, NARROW - left - right, row * len(names), places)
    for index, (name, strong, place) in enumerate(zip(names, bold, places, strict=True)):
        above = {"va": "center_baseline"}
        weight = "bold" if strong else "normal"
        told = "  ".join(column.texts[index] for column in columns if column.texts[index])
        short = fitted(name, TEXT, NARROW - 36 - width(told, SMALL))
        written(figure, 12, _HEAD + place - 19, short, ha="left", weight=weight, **above)
        written(figure, NARROW - right, _HEAD + place - 19, told, ha="right", size=SMALL, color=INK, **above)
    return Sheet(figure, axes, places, left)


def measured(axes: "Axes", name: str) -> None:
    """Draw the shared axis below the rows, when the limits are set."""
    from matplotlib.ticker import MaxNLocator

    low, high = axes.get_xlim()
    across, _ = pixels(axes)
    ticks = MaxNLocator(max(3, int(across // 60)), steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ruled_across(axes, ticks, name, grid=True)


def _axes(figure: "Figure", left: float, across: float, down: float, places: Sequence[float]) -> "Axes":
    axes = placed(figure, left, _HEAD, across, down)
    axes.set_ylim(down, 0)
    axes.hlines(places, 0, 1, transform=axes.get_yaxis_transform(), color=LINE, linewidth=0.6, zorder=0)
    return axes
