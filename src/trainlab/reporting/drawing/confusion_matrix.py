"""A confusion matrix: of the rows of each class, how many are said to be of which class."""

from typing import TYPE_CHECKING, Any

from trainlab.reporting.drawing.canvas import SMALL, TEXT, blank, drawing, drawn, placed, written
from trainlab.reporting.drawing.theme import INK, LINE, MUTED, SERIES
from trainlab.reporting.facts.predictions import PredictionFacts
from trainlab.reporting.wording.names import fitted, width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CLASSES = 20

_NUMBERED = 12
_SIDE = 250.0
_LONGEST_NAME = 84.0
_LEAST = 0.005
_RIGHT, _WRONG = SERIES[0], SERIES[1]


def confusion_matrix(facts: PredictionFacts, title: str) -> str:
    """Draw the matrix of one variant, at most twenty classes.

    Args:
        facts: shares of the rows of each class.
        title: the variant's name.
    """
    names = [one.name for one in facts.classes]
    count = len(names)
    cell = _SIDE / count
    longest = min(max(width(name, SMALL) for name in names), _LONGEST_NAME)
    left, top = max(longest + 14, 34.0), 44.0
    upright = longest > cell - 4
    foot = (longest + 30) if upright else 38.0
    with drawing():
        figure = blank(left + _SIDE + 8, top + _SIDE + foot)
        written(figure, 4, 11, fitted(title, TEXT, left + _SIDE - 8), weight="bold", va="center_baseline")
        quiet: Any = {"size": SMALL, "color": MUTED, "va": "center_baseline"}
        written(figure, left - 8, top - 11, "is ↓", ha="right", **quiet)
        written(figure, left + _SIDE / 2, top + _SIDE + foot - 8, "said", ha="center", **quiet)
        axes = placed(figure, left, top, _SIDE, _SIDE)
        axes.set_xlim(0, count)
        axes.set_ylim(count, 0)
        for true, shares in enumerate(facts.shares):
            written(
                figure,
                left - 8,
                top + cell * (true + 0.5),
                fitted(names[true], SMALL, longest),
                ha="right",
                size=SMALL,
                color=INK,
                va="center_baseline",
            )
            for said, share in enumerate(shares):
                _cell(axes, true, said, share, numbered=count <= _NUMBERED)
        for said, name in enumerate(names):
            text = fitted(name, SMALL, longest if upright else cell - 2)
            style: Any = {"ha": "center", "size": SMALL, "color": INK}
            style |= {"rotation": 90, "va": "top"} if upright else {"va": "center_baseline"}
            below = top + _SIDE + (8 if upright else 13)
            written(figure, left + cell * (said + 0.5), below, text, **style)
        edges = [0, count, count, 0, 0], [0, 0, count, count, 0]
        axes.plot(*edges, color=LINE, linewidth=1, clip_on=False)
        return drawn(figure, f"Confusion matrix of {title}")


def _cell(axes: "Axes", true: int, said: int, share: float, *, numbered: bool) -> None:
    from matplotlib.patches import Rectangle

    if share < _LEAST and true != said:
        return
    hue = _RIGHT if true == said else _WRONG
    # What is wrong is rare: it is drawn stronger, or nobody would see it.
    strength = 0.1 + 0.5 * share if true == said else min(0.85, 0.12 + 1.6 * share)
    axes.add_patch(Rectangle((said, true), 1, 1, facecolor=hue, alpha=strength, linewidth=0, zorder=1))
    if numbered:
        axes.text(
            said + 0.5,
            true + 0.5,
            f"{100 * share:.0f}",
            size=SMALL - 1,
            color=INK,
            ha="center",
            va="center_baseline",
            zorder=3,
        )
