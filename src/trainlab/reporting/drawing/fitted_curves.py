"""What networks with one input say along it: the fitted curve, or the probability of each class.

Thin lines are single runs at the scored epoch and the thick one their mean; the dashed line is the mean
before training, the dotted one after the first epoch.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trainlab.reporting.drawing.canvas import drawing, drawn
from trainlab.reporting.drawing.class_colours import class_colours
from trainlab.reporting.drawing.panel import named_ends, panel, ruled
from trainlab.reporting.drawing.theme import INK, MUTED, PAPER
from trainlab.reporting.facts.grid_facts import GridFacts, Scene
from trainlab.reporting.facts.inside import CHOSEN, FIRST, START
from trainlab.reporting.wording.names import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL = 340.0
MOST_POINTS = 150
_SHORT = 24


def limits_of(variants: Sequence[GridFacts], scene: Scene) -> tuple[float, float]:
    """Give the ends of the vertical axis, the same for all variants."""
    if scene.is_classes:
        return -0.03, 1.03
    said = [
        np.array(part)[..., 0]
        for facts in variants
        for part in (*(facts.means[moment] for moment in (START, CHOSEN) if facts.means[moment]), *facts.runs)
    ]
    values = np.concatenate([*(one.ravel() for one in said), np.array([row[1] for row in scene.rows])])
    low, high = float(values.min()), float(values.max())
    spare = 0.05 * (high - low) or 0.5
    return low - spare, high + spare


def fitted_curve(facts: GridFacts, scene: Scene, title: str, hue: str, limits: tuple[float, float]) -> str:
    """Draw the curves of one variant.

    Args:
        facts: what its networks say.
        scene: names of input and outputs, and rows to be shown as points.
        title: the variant's name.
        hue: the variant's colour.
        limits: ends of the vertical axis, see ``limits_of``.
    """
    above = "probability" if scene.is_classes else shortened(scene.said[0], _SHORT)
    with drawing():
        made = panel(title, above=above, down=160.0, right=74.0, whole=PANEL)
        axes = made.axes
        low, high = facts.axes[0]
        axes.set_xlim(low, high)
        axes.set_ylim(*limits)
        ruled(axes, shortened(scene.inputs[0], _SHORT))
        across = np.linspace(low, high, len(facts.spread))
        ends = []
        hues = class_colours(scene.said)
        shown = range(len(scene.said)) if scene.is_classes else range(1)
        for place in shown:
            colour = hues[place] if scene.is_classes else hue
            for run in facts.runs:
                axes.plot(across, np.array(run)[:, place], color=colour, linewidth=0.7, alpha=0.45, zorder=3)
            mean = np.array(facts.means[CHOSEN])[:, place]
            axes.plot(across, mean, color=colour, linewidth=2.0, zorder=5)
            name = shortened(scene.said[place], 10) if scene.is_classes else "scored"
            ends.append(((mean[-1] - limits[0]) / (limits[1] - limits[0]), name, colour))
            if scene.is_classes:
                continue
            for moment, word, style in ((FIRST, "epoch 1", (0, (1, 2))), (START, "start", (0, (4, 2)))):
                if facts.means[moment]:
                    before = np.array(facts.means[moment])[:, place]
                    axes.plot(across, before, color=MUTED, linestyle=style, linewidth=1.2, zorder=2)
                    ends.append(((before[-1] - limits[0]) / (limits[1] - limits[0]), word, MUTED))
        _points(axes, scene, hues)
        named_ends(axes, [(float(share), word, colour) for share, word, colour in ends])
        return drawn(made.figure, f"Fitted curves of {title}")


def _points(axes: "Axes", scene: Scene, hues: Sequence[str]) -> None:
    rows = scene.rows[:: max(1, -(-len(scene.rows) // MOST_POINTS))]
    settings: Any = {"linestyle": "", "marker": "o", "markersize": 2.8, "zorder": 4}
    settings |= {"markeredgecolor": PAPER, "markeredgewidth": 0.5}
    if not scene.is_classes:
        axes.plot([row[0] for row in rows], [row[1] for row in rows], color=INK, **settings)
        return
    for kind in sorted({int(row[1]) for row in rows}):
        there = [row[0] for row in rows if int(row[1]) == kind]
        axes.plot(there, [1.0] * len(there), color=hues[kind], **settings)
