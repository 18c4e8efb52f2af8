"""The time of one run of each variant, measured alone."""

from collections.abc import Sequence

from trainlab.reporting.drawing.canvas import drawing, drawn
from trainlab.reporting.drawing.highlights import colours
from trainlab.reporting.drawing.rows import Column, measured, sheet
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.wording.words import duration


def time_bars(outline: Outline, places: Sequence[int], *, wide: bool) -> str:
    """Draw the seconds of one run of some variants, given by their places among the variants."""
    variants = [outline.variants[place] for place in places]
    with drawing():
        rows = sheet(
            [variant.short for variant in variants],
            [Column("one run", [duration(variant.seconds) for variant in variants])],
            wide=wide,
            bold=[variant.is_reference for variant in variants],
        )
        longest = max((variant.seconds or 0.0 for variant in variants), default=0.0)
        times, name = (
            (1000.0, "milliseconds")
            if longest < 1
            else (1.0, "seconds")
            if longest < 300
            else (1 / 60, "minutes")
        )
        hues = colours(outline)
        for place, variant, height in zip(places, variants, rows.places, strict=True):
            if variant.seconds is not None:
                rows.axes.barh([height], [times * variant.seconds], height=9, color=hues[place], zorder=2)
        rows.axes.set_xlim(0, 1.05 * times * longest or 1.0)
        measured(rows.axes, name)
        return drawn(rows.figure, f"Time of one run for {len(variants)} variants")
