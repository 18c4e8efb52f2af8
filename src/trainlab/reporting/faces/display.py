"""What a notebook shows of results, comparisons and diagnoses: the answer, a table and a picture.

A piece of HTML that stands by itself, on paper of its own so that pages of any colour may hold it. It is
found by name from ``results.display``, since answers know nothing of who shows them.
"""

import functools
from collections import Counter
from dataclasses import dataclass, replace

from trainlab.comparison.comparison import Comparison
from trainlab.diagnosis.diagnose import Diagnosis
from trainlab.reporting.drawing import figures
from trainlab.reporting.drawing.agreement_bars import agreement_bars
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.faces.html import html_of_blocks
from trainlab.reporting.facts.answer import answer, claim_in_words, sentence_shown
from trainlab.reporting.facts.compared import Brief, brief_of_comparison, brief_of_results
from trainlab.reporting.facts.findings import finding_facts
from trainlab.reporting.facts.outline import compared, outline
from trainlab.reporting.facts.variants import LABEL, SHORT
from trainlab.reporting.sections.all_sections import sections
from trainlab.reporting.sections.answer_sections import answer_blocks, variants_table
from trainlab.reporting.sections.blocks import Block, Figure, Listing, Panels, Paragraph, Section, Table, flat
from trainlab.reporting.sections.origin_sections import finding_remark
from trainlab.reporting.wording.names import clean, labels
from trainlab.reporting.wording.words import counted, listing
from trainlab.results.table import Results

_MOST_ROWS = 30
_MOST_WORDS = 2_000
_MOST_SENTENCES = 12


@dataclass(frozen=True)
class Display:
    """Blocks that a notebook shows as they stand.

    Args:
        blocks: what is shown.
    """

    blocks: tuple[Block, ...]

    def _repr_html_(self) -> str:
        return html_of_blocks(self.blocks)


def html_of(answer: object) -> str:
    """Give an answer as HTML.

    Args:
        answer: results, a comparison or a diagnosis.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(answer, Results):
        return html_of_blocks(_results(answer))
    if isinstance(answer, Comparison):
        return html_of_blocks(_comparison(answer))
    if isinstance(answer, Diagnosis):
        return html_of_blocks(_diagnosis(answer))
    raise TypeError(f"no display of {type(answer).__name__}")


def drawings(results: Results, name: str) -> Display:
    """Give a picture of the report, drawn anew, as something that a notebook shows.

    Args:
        results: with what it shows.
        name: the name of the figure.

    Raises:
        KeyError: where the report of these results has no such figure.
    """
    found = {block.name: block for block in flat(_sections(results)) if isinstance(block, Figure | Panels)}
    return Display((found[name],))


@functools.lru_cache(maxsize=1)
def _sections(results: Results) -> tuple[Section, ...]:
    return sections(outline(results))


def _results(results: Results) -> tuple[Block, ...]:
    comparison = compared(results)
    shown = dict(zip(results.variants, labels(results.variants, LABEL), strict=True))
    facts = brief_of_results(results, comparison)
    blocks = [*answer_blocks(answer(results, comparison, shown)), *_cut(variants_table(facts))]
    picture = figures.scores_picture(facts)
    return (*blocks, Figure(picture, "scores")) if picture else tuple(blocks)


def _comparison(comparison: Comparison) -> tuple[Block, ...]:
    if not comparison.rows:
        return (Paragraph("There is one variant, so nothing is compared.", "strong"),)
    facts = brief_of_comparison(comparison)
    verdicts = Counter(row.verdict for row in comparison.rows)
    said = listing([f"{count} {verdict}" for verdict, count in verdicts.items()])
    names = [score.variant for score in comparison.scores]
    shown = dict(zip(names, labels(names, LABEL), strict=True))
    sentences = [sentence_shown(row.sentence, shown) for row in comparison.rows]
    if len(sentences) == 1:
        blocks: list[Block] = [Paragraph(sentences[0], "strong")]
    else:
        blocks = [Paragraph(f"{counted(len(sentences), 'comparison')}: {said}.", "strong")]
        blocks.append(Listing(tuple(sentences[:_MOST_SENTENCES])))
    blocks.append(Paragraph(claim_in_words(comparison), "quiet"))
    blocks += _cut(_differences(facts))
    picture = figures.forest_picture(facts)
    return (*blocks, Figure(picture, "differences")) if picture else tuple(blocks)


def _differences(facts: Brief) -> Table:
    """Give the table of variants without what a comparison does not know: epochs and time."""
    table = variants_table(facts)
    kept = table.columns - 2
    return replace(
        table,
        head=table.head[:kept],
        rows=tuple(row[:kept] for row in table.rows),
        numeric=tuple(place for place in table.numeric if place < kept),
    )


def _diagnosis(diagnosis: Diagnosis) -> tuple[Block, ...]:
    rows = diagnosis.rows
    if not rows:
        return (Paragraph("No run has ended, so nothing is diagnosed.", "strong"),)
    verdicts = Counter(row.verdict.replace("_", " ") for row in rows)
    said = listing([f"{count} {verdict}" for verdict, count in verdicts.items()])
    one = clean(rows[0].sentence, _MOST_WORDS)
    names, short = labels([row.variant for row in rows], LABEL), labels([row.variant for row in rows], SHORT)
    table = Table(
        head=("variant", "verdict", "runs", "evidence", "next"),
        rows=tuple(
            (
                name,
                row.verdict.replace("_", " "),
                row.agreement,
                clean(row.evidence, _MOST_WORDS),
                clean(row.next.name) if row.next else "",
            )
            for name, row in zip(names, rows, strict=True)
        ),
    )
    shown = rows[:_MOST_ROWS]
    picture = agreement_bars(
        short[:_MOST_ROWS], [row.verdict for row in shown], [row.agreement for row in shown]
    )
    caption = "In which share of its runs the verdict on a variant was seen."
    findings = finding_facts(finding.document() for finding in diagnosis.findings)
    return (
        Paragraph(one if len(rows) == 1 else f"{counted(len(rows), 'variant')}: {said}.", "strong"),
        *_cut(table),
        Figure(Picture(picture, "", caption), "agreement"),
        *(finding_remark(finding) for finding in findings[:_MOST_ROWS]),
    )


def _cut(table: Table) -> tuple[Block, ...]:
    """Give the first rows of a table, and say how many there are more."""
    more = len(table.rows) - _MOST_ROWS
    if more <= 0:
        return (table,)
    said = Paragraph(
        f"{counted(more, 'more variant')} stand in the report: `tl.report(results, 'report.html')`.", "quiet"
    )
    return (replace(table, rows=table.rows[:_MOST_ROWS]), said)
