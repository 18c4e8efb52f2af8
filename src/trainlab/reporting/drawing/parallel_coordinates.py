"""All numbers of a search at once: an axis for each, and a line for each trial through its values.

A number that a trial does not use has a place of its own at the foot of its axis. On a wide page axes stand
side by side; on a narrow one they lie below each other, since a name needs more room than a number.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trainlab.experiment.metrics import Metric
from trainlab.reporting.drawing.canvas import SMALL, blank, drawing, drawn, placed
from trainlab.reporting.drawing.rows import NARROW, WIDE
from trainlab.reporting.drawing.theme import INK, LINE, MUTED, PAPER, SERIES
from trainlab.reporting.drawing.trial_marks import ScoreAxis
from trainlab.reporting.facts.trials import Axis, Studied, Tried
from trainlab.reporting.wording.names import fitted, width
from trainlab.reporting.wording.words import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_AXES = 8

_UNUSED = -0.16
_TALL, _HEAD, _FOOT = 230.0, 46.0, 22.0
_ROW, _SIDE = 58.0, 26.0
_SMALLER = SMALL - 1
_NAME = 92.0
_MOST_COLOURED = 30


def parallel_coordinates(
    metric: Metric, scale: ScoreAxis, study: Studied, axes_shown: Sequence[int], *, wide: bool
) -> str:
    """Draw the trials of a study that have a score.

    Args:
        metric: what is scored.
        scale: the axis of scores.
        study: what was tried.
        axes_shown: places of its axes, at most eight.
        wide: for a wide page or a narrow one.
    """
    shown = [study.axes[place] for place in axes_shown]
    count = len(shown) + 1
    with drawing():
        if wide:
            step = WIDE / count
            figure = blank(WIDE, _HEAD + _TALL + _FOOT)
            axes = placed(figure, step / 2, _HEAD, WIDE - step, _TALL)
            axes.set_xlim(0, count - 1)
            axes.set_ylim(_UNUSED - 0.03 if _unused(shown) else -0.03, 1.03)
        else:
            figure = blank(NARROW, _ROW * count)
            axes = placed(figure, _SIDE, 26, NARROW - 2 * _SIDE, _ROW * (count - 1))
            axes.set_ylim(count - 1, 0)
            axes.set_xlim(_UNUSED - 0.03 if _unused(shown) else -0.03, 1.03)
        for place, axis in enumerate(shown):
            _rule(axes, place, axis, step=WIDE / count, wide=wide)
        _score_rule(axes, count - 1, metric, scale, step=WIDE / count, wide=wide)
        _lines(axes, scale, study, axes_shown, wide=wide)
        return drawn(figure, f"{unit(metric)} and values of {len(study.trials)} trials on {count} axes")


def _unused(shown: Sequence[Axis]) -> bool:
    return any(axis.conditional for axis in shown)


def _lines(axes: "Axes", scale: ScoreAxis, study: Studied, axes_shown: Sequence[int], *, wide: bool) -> None:
    """Draw a line for each trial: the best quarter by hue, the better the stronger; the chosen one in ink."""
    ranked = sorted(
        (place for place, trial in enumerate(study.trials) if trial.scored),
        key=lambda place: (study.trials[place].score or 0.0) * (1 if scale.higher_is_better else -1),
    )
    coloured = min(max(len(ranked) / 4, 1), _MOST_COLOURED)
    pale = max(0.08, 0.3 - 0.001 * len(ranked))
    for rank, place in enumerate(ranked):
        trial = study.trials[place]
        along = []
        for axis in axes_shown:
            value = trial.values[axis]
            if value is None:
                along.append(_UNUSED)
                continue
            spread = (
                _spread(place) / max(len(study.axes[axis].choices), 1) if study.axes[axis].choices else 0.0
            )
            along.append(study.axes[axis].position(value) + spread)
        along.append(_score_position(scale, trial))
        behind = (len(ranked) - 1 - rank) / coloured
        hue, alpha, thick = (SERIES[0], 0.95 - 0.65 * behind, 1.1) if behind < 1 else (MUTED, pale, 0.8)
        if place == study.chosen:
            hue, alpha, thick = INK, 1.0, 2.2
        across = range(len(along))
        line = (across, along) if wide else (along, across)
        axes.plot(
            *line,
            color=hue,
            alpha=alpha,
            linewidth=thick,
            zorder=5 if place == study.chosen else 2 + rank / len(ranked),
            clip_on=False,
        )


def _spread(place: int) -> float:
    """Move lines of one choice apart, so that they can be told from one another; -0.3 to 0.3."""
    return 0.6 * ((place * 0.618034) % 1.0) - 0.3


def _score_position(scale: ScoreAxis, trial: Tried) -> float:
    height = scale.of(trial)
    here = scale.low if height is None else height
    return (here - scale.low) / (scale.high - scale.low)


def _rule(axes: "Axes", place: int, axis: Axis, *, step: float, wide: bool) -> None:
    low = _UNUSED if axis.conditional else 0.0
    _line(axes, place, 0.0, 1.0, wide=wide)
    if axis.conditional:
        _line(axes, place, low, 0.0, wide=wide, dotted=True)
        _label(axes, place, low, "not used", wide=wide, step=step)
    _name(axes, place, axis.name, step=step, wide=wide)
    if axis.kind == "choice":
        for at, label in enumerate(axis.choices):
            _label(axes, place, (at + 0.5) / len(axis.choices), label, wide=wide, step=step)
        return
    for end, value in ((0.0, axis.low), (1.0, axis.high)):
        _label(axes, place, end, axis.shown(value), wide=wide, step=step)
    _label(axes, place, 0.5, axis.shown(_middle(axis)), wide=wide, step=step)


def _middle(axis: Axis) -> float:
    middle = float(np.sqrt(axis.low * axis.high)) if axis.kind == "log" else (axis.low + axis.high) / 2
    return round(middle) if axis.whole else float(f"{middle:.2g}")


def _score_rule(
    axes: "Axes", place: int, metric: Metric, scale: ScoreAxis, *, step: float, wide: bool
) -> None:
    from matplotlib.ticker import MaxNLocator

    _line(axes, place, 0.0, 1.0, wide=wide)
    _name(axes, place, unit(metric), step=step, wide=wide)
    for tick in MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(scale.low, scale.high):
        share = (tick - scale.low) / (scale.high - scale.low)
        if 0 <= share <= 1 and scale.at(tick / scale.times) != scale.strip:
            _label(axes, place, share, f"{float(f'{tick:.6g}'):g}".replace("-", "−"), wide=wide, step=step)


def _line(axes: "Axes", place: int, low: float, high: float, *, wide: bool, dotted: bool = False) -> None:
    ends = ([place, place], [low, high]) if wide else ([low, high], [place, place])
    style: Any = (0, (2, 2)) if dotted else "solid"
    axes.plot(*ends, color=LINE if dotted else MUTED, linewidth=1.1, linestyle=style, zorder=1, clip_on=False)


def _name(axes: "Axes", place: int, name: str, *, step: float, wide: bool) -> None:
    style: Any = {"size": SMALL, "color": INK, "weight": "bold", "clip_on": False, "zorder": 8}
    if wide:
        text = "\n".join(_two_lines(name, step - 4))
        axes.annotate(
            text, (place, 1.0), xytext=(0, 16), textcoords="offset points", ha="center", va="bottom", **style
        )
        return
    text = fitted(name, SMALL, NARROW - 2 * _SIDE)
    axes.annotate(text, (0.0, place), xytext=(-4, 9), textcoords="offset points", ha="left", **style)


def _two_lines(name: str, room: float) -> tuple[str, ...]:
    """Break a name at the space that makes both lines short; each is cut where it is still too long."""
    if width(name, SMALL) <= room or " " not in name:
        return (fitted(name, SMALL, room),)
    words = name.split(" ")
    pairs = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    best = min(pairs, key=lambda pair: max(width(line, SMALL) for line in pair))
    return tuple(fitted(line, SMALL, room) for line in best)


def _label(axes: "Axes", place: int, along: float, text: str, *, wide: bool, step: float) -> None:
    """Write a value beside its axis, on a piece of paper, since lines run below it."""
    style: Any = {"size": _SMALLER, "color": MUTED, "clip_on": False, "zorder": 7}
    style["bbox"] = {"facecolor": PAPER, "alpha": 0.8, "edgecolor": "none", "pad": 0.6}
    if wide:
        short = fitted(text, _SMALLER, step - 12)
        axes.annotate(
            short, (place, along), xytext=(4, 0), textcoords="offset points", va="center", ha="left", **style
        )
        return
    short = fitted(text, _SMALLER, _NAME)
    axes.annotate(
        short, (along, place), xytext=(0, -9), textcoords="offset points", va="center", ha="center", **style
    )
