"""Effects of techniques with their intervals: what each does, averaged over all settings of the others."""

from collections.abc import Sequence

from trainlab.comparison.attribution import FactorEffect
from trainlab.reporting.drawing.canvas import drawing, drawn
from trainlab.reporting.drawing.forest import estimate, zone
from trainlab.reporting.drawing.rows import Column, measured, sheet
from trainlab.reporting.drawing.theme import SERIES
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.shared_out import interval_head
from trainlab.reporting.wording.words import difference, difference_interval

LONGEST = 60

_TOGETHER = {"better": "more than the sum", "worse": "less than the sum", "equivalent": "they add up"}


def effect_forest(outline: Outline, effects: Sequence[FactorEffect], *, wide: bool) -> str:
    """Draw some effects, one in each row."""
    metric = outline.metric
    times = 100.0 if metric.is_rate else 1.0
    values = Column("effect", [difference(metric, one.difference) for one in effects])
    sure = Column(
        interval_head(outline.splits), [difference_interval(metric, one.low, one.high) for one in effects]
    )
    verdicts = Column("verdict", [_verdict(one) for one in effects], "left")
    smallest = times * (outline.smallest_difference or 0.0)
    with drawing():
        rows = sheet(
            [clean(one.name, LONGEST) for one in effects],
            [values, sure, verdicts] if wide else [values, verdicts],
            wide=wide,
            bold=[False] * len(effects),
        )
        axes = rows.axes
        zone(axes, smallest)
        ends = [-smallest, smallest]
        for one, height in zip(effects, rows.places, strict=True):
            found = (one.difference, one.low, one.high)
            ends += [times * value for value in found if value is not None]
            estimate(axes, height, found, times=times, verdict=one.verdict, hue=SERIES[0])
        spare = 0.06 * (max(ends) - min(ends)) or 1.0
        axes.set_xlim(min(ends) - spare, max(ends) + spare)
        unit = f", {metric.unit_of_difference}" if metric.is_rate else ""
        measured(axes, f"effect on {metric.label}{unit}")
        return drawn(rows.figure, f"{len(effects)} effects with their intervals")


def _verdict(one: FactorEffect) -> str:
    return one.verdict if len(one.factors) == 1 else _TOGETHER.get(one.verdict, one.verdict)
