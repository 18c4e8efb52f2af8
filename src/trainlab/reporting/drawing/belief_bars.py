"""What is believed of each difference, as bars: how probably a variant is better, equivalent, worse."""

from collections.abc import Sequence

from trainlab.reporting.drawing.canvas import SMALL, drawing, drawn, written
from trainlab.reporting.drawing.rows import Column, measured, sheet
from trainlab.reporting.drawing.theme import MUTED, PAPER, SERIES, ZONE
from trainlab.reporting.facts.beliefs import BeliefFacts
from trainlab.reporting.facts.outline import Outline

_BETTER, _WORSE = SERIES[2], SERIES[1]
_THICK = 13.0


def belief_bars(outline: Outline, facts: Sequence[BeliefFacts], *, wide: bool) -> str:
    """Draw some comparisons, one in each row; those about which nothing is believed are to be left out."""
    columns = [
        Column(head, [chance((one.beliefs or (0, 0, 0))[at]) for one in facts])
        for at, head in enumerate(("better", "equivalent", "worse"))
    ]
    if not wide:
        together = zip(*(column.texts for column in columns), strict=True)
        columns = [Column("", [" · ".join(texts) for texts in together])]
    with drawing():
        rows = sheet([named(outline, one) for one in facts], columns, wide=wide, bold=[False] * len(facts))
        axes = rows.axes
        for one, height in zip(facts, rows.places, strict=True):
            left = 0.0
            # Told apart by lightness too: full, pale with a frame, and hatched.
            for share, face, edge, hatch in zip(
                one.beliefs or (0.0, 0.0, 0.0),
                (_BETTER, ZONE, PAPER),
                (_BETTER, MUTED, _WORSE),
                ("", "", "////"),
                strict=True,
            ):
                if share > 0.002:
                    axes.barh(
                        [height],
                        [100 * share],
                        left=100 * left,
                        height=_THICK,
                        facecolor=face,
                        edgecolor=edge,
                        linewidth=0.9,
                        hatch=hatch,
                        zorder=2,
                    )
                left += share
        axes.set_xlim(0, 100)
        measured(axes, "probability, %")
        if not wide:
            style = {"size": SMALL, "color": MUTED, "va": "center_baseline"}
            written(rows.figure, 12, 13, "better · equivalent · worse", ha="left", **style)
        return drawn(rows.figure, f"What is believed of {len(facts)} differences")


def chance(share: float) -> str:
    """Write a probability; one that is not quite 0 or 1 is never written so.

    >>> chance(0.124), chance(0.999), chance(0.001), chance(0.0)
    ('12 %', '> 99 %', '< 1 %', '0 %')
    """
    if 0 < share < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 < share < 1 else f"{100 * share:.0f} %"


def named(outline: Outline, one: BeliefFacts) -> str:
    """Name a comparison by its variant, and by both where the other is not the reference."""
    variant, against = outline.variants[one.variant], outline.variants[one.against]
    return variant.short if against.is_reference else f"{variant.short} − {against.short}"
