"""The hidden weights of one variant as a histogram, on axes that all variants share."""

from trainlab.reporting.drawing.canvas import (
    SMALL,
    TEXT,
    blank,
    drawing,
    drawn,
    placed,
    ruled_across,
    ruled_up,
    written,
)
from trainlab.reporting.drawing.highlights import colours
from trainlab.reporting.drawing.theme import MUTED
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.facts.weight_counts import WeightCounts, WeightFacts
from trainlab.reporting.wording.names import fitted, width
from trainlab.reporting.wording.plain import percent
from trainlab.reporting.wording.words import number

PANEL = 300.0
_LEFT, _RIGHT, _TOP, _DOWN, _FOOT = 44.0, 14.0, 42.0, 92.0, 42.0


def weight_bars(outline: Outline, facts: WeightFacts, counts: WeightCounts) -> str:
    """Draw the hidden weights of one variant.

    Args:
        outline: for the variant's name and colour.
        facts: all variants that are drawn, since they share their axes.
        counts: the one that is drawn here.
    """
    from matplotlib.ticker import MaxNLocator

    variant = outline.variants[counts.variant]
    hue = colours(outline)[counts.variant]
    told = [f"spread {number(float(f'{counts.spread:.2g}'))}"]
    if counts.zero:
        told.insert(0, f"{percent(round(counts.zero, 3))} are zero")
    with drawing():
        figure = blank(PANEL, _TOP + _DOWN + _FOOT)
        beside = ", ".join(told)
        name = fitted(variant.short, TEXT, PANEL - 20 - width(beside, SMALL))
        written(figure, 4, 11, name, weight="bold", va="center_baseline")
        written(figure, PANEL - 4, 11, beside, ha="right", size=SMALL, color=MUTED, va="center_baseline")
        written(figure, 4, _TOP - 11, "% of weights", size=SMALL, color=MUTED, va="center_baseline")
        axes = placed(figure, _LEFT, _TOP, PANEL - _LEFT - _RIGHT, _DOWN)
        most = 100 * max(max(one.shares) for one in facts.variants)
        axes.set_xlim(facts.edges[0], facts.edges[-1])
        axes.set_ylim(0, 1.08 * most or 1.0)
        ruled_up(axes, MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(0, most), 0.025)
        ruled_across(
            axes,
            MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], symmetric=True).tick_values(*axes.get_xlim()),
            "weight",
            grid=False,
        )
        axes.stairs([100 * share for share in counts.shares], facts.edges, fill=True, color=hue, zorder=2)
        return drawn(figure, f"Hidden weights of {variant.short}")
