"""What networks with two inputs say all over the plane: regions of classes, or heights of the target.

Regions are those of the mean over runs, thin lines the boundaries of single runs: where they part, the seed
decides. Drawn as outlines, so that the colours are those of the page.
"""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trainlab.reporting.drawing.canvas import SMALL, drawing, drawn, shown
from trainlab.reporting.drawing.class_colours import class_colours
from trainlab.reporting.drawing.panel import ruled, squares, ticks
from trainlab.reporting.drawing.theme import INK, MUTED, PAPER, SERIES
from trainlab.reporting.facts.grid_facts import GridFacts, Scene
from trainlab.reporting.facts.inside import CHOSEN, FIRST, START
from trainlab.reporting.wording.names import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_NAMED = 6
MOST_POINTS = 150

_LEVELS = 8
_SPREAD_LEVELS = 5
_SHORT = 22

Floats = NDArray[np.float64]


def plane(facts: GridFacts, scene: Scene, levels: Sequence[float], *, wide: bool) -> str:
    """Draw what the networks of one variant say: at three moments, or at two with the spread over runs.

    Args:
        facts: what they say.
        scene: names of inputs and classes, and rows to be shown as points.
        levels: of a regression, the heights at which lines are drawn.
        wide: for which page.
    """
    hues = class_colours(scene.said)
    titles = {
        START: "before training",
        FIRST: "after epoch 1",
        CHOSEN: f"scored, epoch {facts.epochs[CHOSEN]}",
    }
    if not scene.is_classes:
        del titles[FIRST]  # its place is taken by the spread
    moments = [moment for moment in titles if facts.means[moment]]
    named = [titles[moment] for moment in moments]
    spread = not scene.is_classes and facts.counted > 1
    legend = list(zip(scene.said, hues, strict=True)) if scene.is_classes and len(hues) <= MOST_NAMED else []
    with drawing():
        made = squares([*named, "spread over runs"] if spread else named, wide=wide, legend=legend)
        for axes in made.axes:
            axes.set_xlim(*facts.axes[0])
            axes.set_ylim(*facts.axes[1])
            # Numbers and the name of the upward axis: on the left of each, for any page.
            ruled(axes, shortened(scene.inputs[0], _SHORT), most_across=4, most_up=4)
            _named_up(axes, scene)
        for moment, axes in zip(moments, made.axes, strict=False):
            if scene.is_classes:
                _regions(axes, facts, moment, hues)
            else:
                _map(axes, np.array(facts.means[moment])[..., 0], _places(facts), levels, SERIES[0])
            _points(axes, scene, hues)
        if spread:
            values: Floats = np.array(facts.spread)
            steps = ticks((0.0, float(values.max()) or 1.0), _SPREAD_LEVELS)
            _map(made.axes[-1], values, _places(facts), steps, SERIES[1])
        return drawn(made.figure, f"What networks say over the plane of {' and '.join(scene.inputs)}".strip())


def levels_of(variants: Sequence[GridFacts], moment: int) -> Sequence[float]:
    """Give the heights at which lines are drawn, the same for all variants."""
    values = [np.array(facts.means[moment])[..., 0] for facts in variants]
    return ticks((min(one.min() for one in values), max(one.max() for one in values)), _LEVELS)


def margins(said: Floats) -> list[Floats]:
    """Give for each class how much more probable it is than the most probable other one.

    >>> [margin.tolist() for margin in margins(np.array([[0.75, 0.25]]))]
    [[0.5], [-0.5]]
    """
    classes = [said[..., place] for place in range(said.shape[-1])]
    return [
        own - functools.reduce(np.maximum, (other for other in classes if other is not own))
        for own in classes
    ]


def _named_up(axes: "Axes", scene: Scene) -> None:
    if not scene.inputs[1]:
        return
    settings: Any = {"size": SMALL, "color": MUTED, "ha": "left", "va": "center_baseline"}
    name = shortened(scene.inputs[1], _SHORT)
    axes.text(0.02, 0.96, f"↑ {name}", transform=axes.transAxes, zorder=6, **settings)


def _regions(axes: "Axes", facts: GridFacts, moment: int, hues: Sequence[str]) -> None:
    across, up = _places(facts)
    for place, margin in enumerate(margins(np.array(facts.means[moment]))):
        if (margin > 0).any():
            axes.contourf(across, up, margin.T, levels=[0, 2], colors=[hues[place]], alpha=0.3, zorder=1)
    for run in facts.runs if moment == CHOSEN else ():
        found = margins(np.array(run))
        # Between two classes one line is both boundaries.
        for margin in found[:1] if len(found) == 2 else found:
            if margin.min() < 0 < margin.max():
                settings: Any = {"colors": [INK], "linewidths": 0.7, "alpha": 0.55, "zorder": 2}
                axes.contour(across, up, margin.T, levels=[0], **settings)


def _places(facts: GridFacts) -> tuple[Floats, Floats]:
    sizes = len(facts.spread), len(facts.spread[0])
    first, second = (
        np.linspace(low, high, size) for (low, high), size in zip(facts.axes, sizes, strict=True)
    )
    return first, second


def _map(
    axes: "Axes", values: Floats, places: tuple[Floats, Floats], levels: Sequence[float], hue: str
) -> None:
    highest = float(values.max()) + 1
    for step, level in enumerate(levels):
        if (values > level).any():
            # Each layer lies on those below it, so that higher is darker.
            alpha = 0.11 + 0.01 * step
            axes.contourf(*places, values.T, levels=[level, highest], colors=[hue], alpha=alpha, zorder=1)
    inside = [level for level in levels if values.min() < level < values.max()]
    if inside:
        lines = axes.contour(*places, values.T, levels=inside, colors=[INK], linewidths=0.6, zorder=2)
        settings: Any = {"fmt": shown, "fontsize": SMALL - 1, "inline": True}
        axes.clabel(lines, **settings)


def _points(axes: "Axes", scene: Scene, hues: Sequence[str]) -> None:
    rows = scene.rows[:: max(1, -(-len(scene.rows) // MOST_POINTS))]
    kinds = sorted({int(row[2]) for row in rows}) if scene.is_classes else [0]
    for kind in kinds:
        there = [row for row in rows if not scene.is_classes or int(row[2]) == kind]
        axes.plot(
            [row[0] for row in there],
            [row[1] for row in there],
            linestyle="",
            marker="o" if kind % 2 == 0 else "s",
            markersize=2.8,
            color=hues[kind] if scene.is_classes else INK,
            markeredgecolor=PAPER,
            markeredgewidth=0.5,
            zorder=4,
        )
