"""Scores of trials against single numbers: a cell for each, all with the same axis of scores.

Used for one number over several variants, and for all numbers of one search. The outer tenth of each range is
shaded: who finds the best there should look beyond.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainlab.experiment.metrics import Metric
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
    shown,
    written,
)
from trainlab.reporting.drawing.panel import ticks
from trainlab.reporting.drawing.rows import NARROW, WIDE
from trainlab.reporting.drawing.theme import INK, LINE, MUTED, WARNING, ZONE
from trainlab.reporting.drawing.trial_marks import ScoreAxis, mark_all, named
from trainlab.reporting.facts.trials import Axis, Studied
from trainlab.reporting.wording.names import fitted, width
from trainlab.reporting.wording.words import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEFT, _GAP = 46.0, 16.0
_TOP, _DOWN, _HEAD = 24.0, 112.0, 20.0
_LONGEST = 66.0
_EDGE = 0.1
_FEW = 9
_SPARE = 0.04
_JITTER = (0.0, -0.16, 0.16, -0.08, 0.08, -0.24, 0.24)


@dataclass(frozen=True)
class Cell:
    """One number or choice, and the trials that are shown against it.

    Args:
        title: stands above.
        axis: what lies across.
        trials: studies, each with the place of the axis in it.
    """

    title: str
    axis: Axis
    trials: tuple[tuple[Studied, int], ...]


def slices(metric: Metric, scale: ScoreAxis, cells: Sequence[Cell], across: str, *, wide: bool) -> str:
    """Draw the cells.

    Args:
        metric: what is scored.
        scale: the axis of scores that all cells share.
        cells: from left to right, and from top to bottom.
        across: name of what lies across in all cells; empty where titles say it.
        wide: for a wide page or a narrow one.
    """
    columns = _columns(len(cells), wide=wide)
    whole = WIDE if wide else NARROW
    room = (whole - _LEFT) / columns - _GAP
    foot = max(_foot(cell.axis, room) for cell in cells) + (14.0 if across else 0.0)
    rows = -(-len(cells) // columns)
    tall = _TOP + _DOWN + foot
    with drawing():
        figure = blank(whole, _HEAD + rows * tall)
        quiet: Any = {"size": SMALL, "color": MUTED, "va": "center_baseline"}
        written(figure, 4, 10, unit(metric), **quiet)
        for place, cell in enumerate(cells):
            row, column = divmod(place, columns)
            left, top = _LEFT + column * (room + _GAP), _HEAD + row * tall + _TOP
            warned = "at the edge" if cell.axis.edge else ""
            name = fitted(cell.title, TEXT, room - width(warned, SMALL) - 4)
            written(figure, left, top - 11, name, weight="bold", va="center_baseline")
            hot: Any = {**quiet, "color": WARNING, "ha": "right"}
            written(figure, left + room, top - 11, warned, **hot)
            axes = placed(figure, left, top, room, _DOWN)
            scale.fit(axes)
            low, high = axes.get_ylim()
            heights = [tick for tick in ticks((low, high), 4) if _in_place(scale, tick)]
            if column == 0:
                ruled_up(axes, heights, 6 / room)
            else:
                axes.hlines(
                    heights, 0, 1, transform=axes.get_yaxis_transform(), color=LINE, linewidth=0.7, zorder=0
                )
            _across(axes, cell.axis, across, foot)
            _trials(axes, scale, cell)
        return drawn(figure, f"{unit(metric)} of trials against {across or 'each number'}")


def _columns(count: int, *, wide: bool) -> int:
    if not wide:
        return 1 if count == 1 else 2
    return {1: 2, 2: 2, 3: 3, 4: 4, 5: 3, 6: 3, 9: 3}.get(count, 4)


def _in_place(scale: ScoreAxis, tick: float) -> bool:
    if scale.strip is None:
        return True
    return tick >= scale.worst - 1e-9 if scale.higher_is_better else tick <= scale.worst + 1e-9


def _foot(axis: Axis, room: float) -> float:
    """Give how much room the labels below a cell take."""
    if axis.kind != "choice" or not _upright(axis, room):
        return 26.0
    return 14.0 + min(_LONGEST, max(width(label, SMALL) for label in axis.choices))


def _upright(axis: Axis, room: float) -> bool:
    return max(width(label, SMALL) for label in axis.choices) > room / len(axis.choices) - 4


def _across(axes: "Axes", axis: Axis, name: str, foot: float) -> None:
    room, down = pixels(axes)
    if axis.kind == "choice":
        _choices(axes, axis, room, down)
    else:
        _numbers(axes, axis, room)
    if name:
        axes.text(
            0.5,
            -(foot - 8) / down,
            name,
            transform=axes.transAxes,
            size=SMALL,
            color=MUTED,
            ha="center",
            va="center_baseline",
        )


def _numbers(axes: "Axes", axis: Axis, room: float) -> None:
    low, high = axis.low, axis.high
    if axis.kind == "log":
        axes.set_xscale("log")
        grown = (high / low) ** _SPARE
        axes.set_xlim(low / grown, high * grown)
        inner = low * (high / low) ** _EDGE, low * (high / low) ** (1 - _EDGE)
    else:
        axes.set_xlim(low - _SPARE * (high - low), high + _SPARE * (high - low))
        inner = low + _EDGE * (high - low), high - _EDGE * (high - low)
    begin, end = axes.get_xlim()
    if not _few(axis):
        axes.axvspan(begin, inner[0], color=ZONE, linewidth=0, zorder=-1)
        axes.axvspan(inner[1], end, color=ZONE, linewidth=0, zorder=-1)
    most = max(2, int(room // 48))
    found = ticks((low, high), most, logarithmic=axis.kind == "log")
    kept = [tick for tick in found if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9) or axis.kind != "log"]
    there = [tick for tick in kept if begin <= tick <= end and (not axis.whole or float(tick).is_integer())]
    while len(there) > 1 and sum(width(shown(tick), SMALL) + 8 for tick in there) > room:
        there = there[::2]
    ruled_across(axes, there or [low, high], "", grid=False)


def _few(axis: Axis) -> bool:
    """Tell whether an axis has a few whole numbers only."""
    return axis.whole and axis.kind == "linear" and axis.high - axis.low < _FEW


def _choices(axes: "Axes", axis: Axis, room: float, down: float) -> None:
    count = len(axis.choices)
    axes.set_xlim(-0.5, count - 0.5)
    axes.plot([0, 1], [0, 0], transform=axes.transAxes, color=LINE, linewidth=1, clip_on=False)
    upright = _upright(axis, room)
    style: dict[str, Any] = {"size": SMALL, "color": MUTED, "ha": "center"}
    style |= {"rotation": 90, "va": "top"} if upright else {"va": "center_baseline"}
    for place, label in enumerate(axis.choices):
        text = fitted(label, SMALL, _LONGEST) if upright else label
        at = -(6 if upright else 13) / down
        axes.text(place, at, text, transform=axes.get_xaxis_transform(), **style)


def _trials(axes: "Axes", scale: ScoreAxis, cell: Cell) -> None:
    for study, place in cell.trials:
        # Trials with the same value stand apart, or nobody could count them.
        apart = 1.0 if cell.axis.kind == "choice" else 0.35 if _few(cell.axis) else 0.0
        there = {
            number: value + apart * _JITTER[number % len(_JITTER)]
            for number, trial in enumerate(study.trials)
            if (value := trial.values[place]) is not None
        }
        mark_all(axes, scale, study, there)
        height = None if study.winner is None else scale.of(study.winner)
        if len(cell.trials) > 1 and study.chosen in there and height is not None:
            named(axes, there[study.chosen], height, str(study.fold + 1))
    if not any(
        trial.values[place] is not None and trial.outcome != "running"
        for study, place in cell.trials
        for trial in study.trials
    ):
        style: Any = {"size": SMALL, "color": INK, "ha": "center", "va": "center"}
        axes.text(0.5, 0.5, "no trial yet", transform=axes.transAxes, **style)
