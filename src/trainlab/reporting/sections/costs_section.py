"""What variants give and cost, as a section: loss and metric side by side, and the price of an answer."""

from trainlab.reporting.drawing.cost_bars import cost_bars
from trainlab.reporting.drawing.highlights import chosen
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.facts.costs import CostFacts
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import Block, Panels, Section, Table
from trainlab.reporting.wording.shared_out import interval_head
from trainlab.reporting.wording.words import duration, number, score, unit

MOST_BARS = 16
_MOST_ROWS = 40
_MICRO, _MILLI = 1e-6, 1e-3
_KILO, _MEGA, _GIGA = 1e3, 1e6, 1e9


def costs_section(facts: Outline) -> Section | None:
    """Give loss and metric side by side; None where no run has ended."""
    costs = facts.details.costs
    blocks: list[Block] = []
    bars = _bars(facts, costs) if any(one.loss[0] is not None for one in costs) else None
    if bars is not None:
        blocks.append(bars)
    table = _answers(facts, costs)
    if table is not None:
        blocks.append(Section("What an answer costs", (table,), 3))
    return Section("Loss and metric (validation rows)", tuple(blocks)) if blocks else None


def _bars(facts: Outline, costs: tuple[CostFacts, ...]) -> Panels:
    places = chosen(facts, MOST_BARS)
    metric = facts.metric
    pictures = []
    losses = [costs[place].loss for place in places]
    told = ["–" if mean is None else number(float(f"{mean:.4g}")) for mean, _, _ in losses]
    pictures.append(cost_bars(facts, places, losses, told, "validation loss"))
    if not facts.loss_is_metric:
        times = 100.0 if metric.is_rate else 1.0
        scores = [
            tuple(None if value is None else times * value for value in costs[place].score)
            for place in places
        ]
        told = [score(metric, costs[place].score[0]) for place in places]
        pictures.append(cost_bars(facts, places, scores, told, unit(metric)))  # type: ignore[arg-type]
    said = ["Bars are means over runs that did not diverge and begin at zero"]
    if any(costs[place].loss[1] is not None for place in places):
        said.append(f"; the lines are their {interval_head(facts.splits)}s".replace("95 %s", "95 %"))
    said.append(", on validation rows at the scored epoch.")
    if len(places) < len(facts.variants):
        said.append(
            f" Shown are {len(places)} of {len(facts.variants)} variants, those furthest from the reference."
        )
    return Panels(tuple(Picture(svg, "", "") for svg in pictures), "".join(said), "costs")


def _answers(facts: Outline, costs: tuple[CostFacts, ...]) -> Table | None:
    rows = tuple(
        (
            facts.variants[place].label,
            time_of_a_row(one.answer_seconds),
            "–" if one.answer_seconds is None else f"{1 / one.answer_seconds:,.0f}",
            size_of(one.answer_bytes),
            "–" if one.parameters is None else f"{one.parameters:,}",
        )
        for place, one in enumerate(costs)
        if one.answer_bytes is not None and place in chosen(facts, _MOST_ROWS)
    )
    if not rows:
        return None
    head = ("variant", "time of a row", "rows in a second", "size", "trainable numbers")
    caption = (
        "Steady time on the machine of the run, many rows at once and nothing else beside; the size is of "
        "all that an answer needs, as 32-bit numbers."
    )
    return Table(head, rows, caption, (1, 2, 3, 4), stacked=True)


def time_of_a_row(seconds: float | None) -> str:
    """Write a short time.

    >>> time_of_a_row(3.21e-6), time_of_a_row(0.0021), time_of_a_row(None)
    ('3.21 µs', '2.1 ms', '–')
    """
    if seconds is None:
        return "–"
    if seconds < _MILLI:
        return f"{seconds / _MICRO:.3g} µs"
    return f"{seconds / _MILLI:.3g} ms" if seconds < 1 else duration(seconds)


def size_of(count: int | None) -> str:
    """Write a number of bytes.

    >>> size_of(812), size_of(77_000), size_of(3_400_000), size_of(None)
    ('812 B', '77 kB', '3.4 MB', '–')
    """
    if count is None:
        return "–"
    for unit_size, name in ((_GIGA, "GB"), (_MEGA, "MB"), (_KILO, "kB")):
        if count >= unit_size:
            return f"{count / unit_size:.3g} {name}"
    return f"{count} B"
