"""Who is ahead after equal epochs, equal updates and equal time: one small drawing for each axis."""

import math
from collections.abc import Sequence

from trainlab.comparison.convergence import Numbers, Track, View
from trainlab.reporting.drawing.canvas import drawing, drawn
from trainlab.reporting.drawing.highlights import colours
from trainlab.reporting.drawing.panel import named_ends, panel, ruled
from trainlab.reporting.drawing.theme import LINE, MUTED
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.wording.names import shortened
from trainlab.reporting.wording.words import unit

PANEL = 330.0
TITLES = {"epochs": "equal epochs", "updates": "equal updates", "seconds": "equal time"}
NAMES = {"epochs": "epoch", "updates": "optimizer steps", "seconds": "seconds of a run"}

_LOG_FROM = 30.0
_FEW = 3


def limits_of(outline: Outline, views: Sequence[View]) -> tuple[float, float, bool]:
    """Give the ends of the vertical axis that all drawings share, and whether its steps are factors."""
    times = _times(outline)
    values = [
        times * value for view in views for track in view.tracks for value in track.mean if value is not None
    ]
    if not values:
        return 0.0, 1.0, False
    low, high = min(values), max(values)
    if not outline.metric.higher_is_better and low > 0 and high > _LOG_FROM * low:
        return low / 1.2, high * 1.2, True
    spare = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return low - spare, high + spare, False


def convergence_panel(
    outline: Outline, view: View, places: Sequence[int], limits: tuple[float, float, bool]
) -> str:
    """Draw one axis.

    Args:
        outline: for names and colours.
        view: the variants along that axis.
        places: the variants that are named; the others are grey.
        limits: see ``limits_of``.
    """
    low, high, logarithmic = limits
    hues, times = colours(outline), _times(outline)
    with drawing():
        made = panel(
            f"At {TITLES[view.axis]}", above=unit(outline.metric), down=150.0, right=96.0, whole=PANEL
        )
        axes = made.axes
        last = view.points[-1] if view.points else 1.0
        axes.set_xlim(0, last * 1.02)
        if logarithmic:
            axes.set_yscale("log")
        axes.set_ylim(low, high)
        ruled(axes, NAMES[view.axis], most_across=4)
        if view.end is not None and view.end < 0.995 * last:
            axes.axvline(view.end, color=MUTED, linewidth=1.0, linestyle=(0, (2, 2)), zorder=1)
        ends = []
        for place, track in enumerate(view.tracks):
            mean, lower, upper = (
                [math.nan if value is None else times * value for value in part]
                for part in (track.mean, track.low, track.high)
            )
            named = place in places
            hue = hues[place] if named else LINE
            axes.plot(view.points, mean, color=hue, linewidth=1.8 if named else 0.8, zorder=4 if named else 2)
            if named and len(places) <= _FEW:
                axes.fill_between(view.points, lower, upper, color=hue, alpha=0.14, linewidth=0, zorder=3)
            at = last_of(track.mean)
            if len([value for value in track.mean if value is not None]) == 1:
                axes.plot(view.points, mean, color=hue, marker="o", markersize=5, zorder=5)
            if named and at is not None:
                ends.append((_share(times * at, limits), outline.variants[place].short, hue))
        named_ends(axes, [(share, _short(name), hue) for share, name, hue in ends])
        return drawn(made.figure, f"Learning at {TITLES[view.axis]}")


def last_of(values: Numbers) -> float | None:
    """Give the last number there is.

    >>> last_of((0.5, 0.75, None))
    0.75
    """
    return next((value for value in reversed(values) if value is not None), None)


def ahead(view: View, outline: Outline) -> Track | None:
    """Give the variant that is ahead at the common end of a view; None where nothing is common."""
    there = [track for track in view.tracks if track.at_end.mean is not None]
    if not there:
        return None
    sign = 1 if outline.metric.higher_is_better else -1
    return max(there, key=lambda track: sign * (track.at_end.mean or 0.0))


def _short(name: str) -> str:
    return shortened(name, 14)


def _times(outline: Outline) -> float:
    return 100.0 if outline.metric.is_rate else 1.0


def _share(value: float, limits: tuple[float, float, bool]) -> float:
    low, high, logarithmic = limits
    if logarithmic:
        value, low, high = (math.log(max(one, limits[0])) for one in (value, low, high))
    return (value - low) / (high - low)
