"""The parts of a mean loss as stacked bars: noise, bias, variance of the training rows and of the seed."""

from collections.abc import Sequence
from typing import Any

from trainlab.diagnosis.loss_parts import LossParts, Part
from trainlab.reporting.drawing.canvas import SMALL, drawing, drawn, written
from trainlab.reporting.drawing.rows import Column, Sheet, measured, sheet
from trainlab.reporting.drawing.theme import INK, MUTED, PAPER, SERIES
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.wording.names import width
from trainlab.reporting.wording.words import number

# Told apart by hatching as well as by colour.
STYLES = {
    "noise": (MUTED, ""),
    "bias": (SERIES[0], ""),
    "data": (SERIES[1], "////"),
    "seed": (SERIES[2], "...."),
    "chance": (MUTED, "xxxx"),
    "variance": (SERIES[1], "////"),
}
_NAMES = {
    "noise": "noise",
    "chance": "chance of these rows",
    "data": "variance, training rows",
    "seed": "variance, seed",
    "variance": "variance",
}
_THICK = 13.0


def parts_of(loss: LossParts) -> tuple[tuple[str, Part], ...]:
    """Give the parts that add up to the whole, by name: data and seed apart where they can be told apart."""
    names = ("noise", "bias", "chance", *(("data", "seed") if loss.data is not None else ("variance",)))
    there = ((name, getattr(loss, name)) for name in names)
    return tuple((name, part) for name, part in there if part is not None)


def named(part: str, loss: LossParts) -> str:
    """Name a part; the bias of squared losses and of votes is a square."""
    if part == "bias":
        return "bias" if loss.loss == "log_loss" else "bias²"
    return _NAMES[part]


def decomposition_bars(
    outline: Outline, places: Sequence[int], losses: Sequence[LossParts], *, wide: bool
) -> str:
    """Draw one loss of some variants.

    Args:
        outline: for names.
        places: places of the variants.
        losses: the loss of each, taken apart.
        wide: for which page.
    """
    with drawing():
        totals = [_shown(one.total.value) for one in losses]
        rows = sheet(
            [outline.variants[place].short for place in places],
            [Column("mean loss", totals)],
            wide=wide,
            bold=[outline.variants[place].is_reference for place in places],
        )
        axes = rows.axes
        ends = [0.0]
        for one, height in zip(losses, rows.places, strict=True):
            above = below = 0.0
            for name, part in parts_of(one):
                # A part near zero may come out negative: it stands left of zero and moves no other.
                start = above if part.value >= 0 else below
                face, hatch = STYLES[name]
                axes.barh(
                    [height],
                    [part.value],
                    left=start,
                    height=_THICK,
                    facecolor=PAPER if hatch else face,
                    edgecolor=face,
                    linewidth=0.9,
                    hatch=hatch,
                    zorder=2,
                )
                above, below = above + max(part.value, 0.0), below + min(part.value, 0.0)
            ends += [above, below]
            total = one.total
            if total.low is not None and total.high is not None:
                ends += [total.low, total.high]
                settings: Any = {"color": INK, "linewidth": 1.3, "marker": "|", "markersize": 6, "zorder": 4}
                axes.plot([total.low, total.high], [height - _THICK / 2 - 3] * 2, **settings)
        spare = 0.04 * (max(ends) - min(ends)) or 1.0
        axes.set_xlim(min(ends) - (spare if min(ends) < 0 else 0.0), max(ends) + spare)
        axes.axvline(0, color=INK, linewidth=1, zorder=3)
        measured(axes, losses[0].label)
        _legend(rows, losses)
        return drawn(rows.figure, f"{losses[0].label} of {len(places)} variants taken apart")


def _legend(rows: Sheet, losses: Sequence[LossParts]) -> None:
    names = list(dict.fromkeys(name for one in losses for name, _ in parts_of(one)))
    at = 8.0
    for name in names:
        mark = {"": "■", "////": "▨", "....": "▦", "xxxx": "▩"}[STYLES[name][1]]
        text = f"{mark} {named(name, losses[0])}"
        written(rows.figure, at, 12, text, size=SMALL, color=STYLES[name][0], va="center_baseline")
        at += width(text, SMALL) + 8


def _shown(value: float) -> str:
    return number(float(f"{value:.3g}")).replace("-", "−", 1)
