"""Loss or metric of the variants as bars from zero, each with the interval of its mean."""

from collections.abc import Sequence

from trainlab.reporting.drawing.canvas import drawing, drawn
from trainlab.reporting.drawing.highlights import colours
from trainlab.reporting.drawing.rows import Column, measured, sheet
from trainlab.reporting.drawing.theme import INK
from trainlab.reporting.facts.costs import Interval
from trainlab.reporting.facts.outline import Outline


def cost_bars(
    outline: Outline, places: Sequence[int], values: Sequence[Interval], texts: Sequence[str], name: str
) -> str:
    """Draw one quantity of some variants, on one page as on another.

    Args:
        outline: for names and colours.
        places: places of the variants.
        values: of each its mean and the ends of its interval, in the unit drawn.
        texts: of each what stands beside its name.
        name: of the quantity, with its unit.
    """
    with drawing():
        rows = sheet(
            [outline.variants[place].short for place in places],
            [Column("", texts)],
            wide=False,
            bold=[outline.variants[place].is_reference for place in places],
        )
        axes, hues = rows.axes, colours(outline)
        ends = [0.0]
        for place, (mean, low, high), height in zip(places, values, rows.places, strict=True):
            if mean is None:
                continue
            ends.append(mean)
            axes.barh([height], [mean], height=9, color=hues[place], alpha=0.75, zorder=2)
            if low is not None and high is not None:
                ends += [low, high]
                axes.plot(
                    [low, high], [height] * 2, color=INK, linewidth=1.4, marker="|", markersize=7, zorder=3
                )
        spare = 0.05 * (max(ends) - min(ends)) or 1.0
        axes.set_xlim(min(ends) - (spare if min(ends) < 0 else 0.0), max(ends) + spare)
        if min(ends) < 0:
            axes.axvline(0, color=INK, linewidth=1, zorder=1)
        measured(axes, name)
        return drawn(rows.figure, f"{name} of {len(places)} variants")
