"""How sure and how large, as a section: effect sizes, what is believed, and the noise floor of the design."""

from trainlab.reporting.drawing.belief_bars import belief_bars, named
from trainlab.reporting.drawing.highlights import chosen
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.facts.beliefs import BeliefFacts, Interval
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import Block, Figure, Paragraph, Section, Table
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import difference

MOST_ROWS = 40


def noise_section(facts: Outline) -> Section | None:
    """Give effect sizes, beliefs and the noise floor; None where there are none."""
    told = facts.details
    places = set(chosen(facts, MOST_ROWS + 1))
    shown = [one for one in told.beliefs if {one.variant, one.against} <= places][:MOST_ROWS]
    blocks: list[Block] = []
    if told.noise is not None:
        blocks.append(Paragraph(clean(told.noise.sentence, 1_000)))
    believed = [one for one in shown if one.beliefs is not None]
    if believed:
        caption = (
            "How probable it is that a variant is better by more than the difference that matters (full), "
            "equivalent (pale), or worse by more than that (hatched), where nothing was believed before. "
            "Each comparison by itself; verdicts do not read this."
        )
        wide, narrow = (belief_bars(facts, believed, wide=wide) for wide in (True, False))
        blocks.append(Figure(Picture(wide, narrow, caption), "beliefs"))
    table = _effects(facts, shown)
    if table is not None:
        blocks.append(table)
    return Section("How large, and how sure", tuple(blocks)) if blocks else None


def _effects(facts: Outline, shown: list[BeliefFacts]) -> Table | None:
    if not any(one.wins[0] is not None or one.detectable is not None for one in shown):
        return None
    metric = facts.metric
    unit = ", points" if metric.is_rate else ""
    rows = tuple(
        (
            named(facts, one),
            _lines(one.size, "{:+.2f}"),
            _lines(one.wins, "{:.0%}"),
            "–" if one.detectable is None else difference(metric, one.detectable).removeprefix("+"),
        )
        for one in shown
    )
    head = ("variant", "effect size", "a run of it wins", f"detectable{unit}")
    caption = (
        "Effect size: the mean difference by the standard deviation of its pairs, corrected for few of them. "
        "A run of it wins: how often a new run of the variant beats a new run of the other. Detectable: the "
        "smallest true difference that this comparison finds with 80 % probability. Intervals hold for all "
        "rows at once."
    )
    return Table(head, rows, caption, (1, 2, 3), stacked=True)


def _lines(told: Interval, written: str) -> str:
    value, low, high = told
    if value is None:
        return "–"
    shown = _written(written, value)
    if low is None or high is None:
        return shown
    return f"{shown}\n{_written(written, low)} to {_written(written, high)}"


def _written(written: str, value: float) -> str:
    return written.format(value).replace("-", "−").replace("%", " %")
