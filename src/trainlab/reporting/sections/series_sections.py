"""Several experiments as one short report: a table of all answers, then a section for each."""

from collections.abc import Sequence
from dataclasses import dataclass

from trainlab.reporting.drawing.overview import Case, overview
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.all_sections import title
from trainlab.reporting.sections.answer_sections import answer_blocks, variants_table
from trainlab.reporting.sections.blocks import Block, Figure, Listing, Paragraph, Section, Table
from trainlab.reporting.wording.names import clean, quoted

_CAPTION = (
    "Left, what was reached on validation rows by epoch; in the middle, how large the hidden weights are; "
    "right, the score of every run, and the difference from the reference."
)

_LONGEST = 1_000


@dataclass(frozen=True)
class Part:
    """One experiment of a series.

    Args:
        name: what it is called in the series: lower case letters, digits and ``-``.
        facts: what its own report shows.
    """

    name: str
    facts: Outline


def series_sections(parts: Sequence[Part]) -> tuple[Section, ...]:
    """Give the sections of a report on several experiments; the first tells all answers."""
    return (Section("Answers", (_answers(parts),)), *map(_section, parts))


def _answers(parts: Sequence[Part]) -> Table:
    rows = tuple((f"{part.name}\n{title(part.facts)}", part.facts.answer.headline) for part in parts)
    return Table(("experiment and question", "answer"), rows)


def _section(part: Part) -> Section:
    facts = part.facts
    blocks: list[Block] = [Paragraph(title(facts)), *answer_blocks(facts.answer), variants_table(facts)]
    drawn = overview([Case(part.name, facts)])
    blocks.append(Figure(Picture(drawn, "", _CAPTION), f"overview-{part.name}"))
    told = facts.details.diagnosis
    if told is not None and told.rows:
        sentences = (quoted(clean(row.sentence, _LONGEST)) for row in told.rows)
        blocks.append(Section("Diagnosis", (Listing(tuple(sentences)),), 3))
    return Section(part.name, tuple(blocks))
