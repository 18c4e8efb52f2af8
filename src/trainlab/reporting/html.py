"""The report as one HTML file that opens anywhere: nothing is loaded from outside, nothing is a program.

Every text passes through the template's escaping. The same results give the same bytes.
"""

from collections.abc import Sequence
from pathlib import Path

from trainlab.reporting.blocks import Section
from trainlab.reporting.outline import Outline, outline
from trainlab.reporting.pages import environment, write_page
from trainlab.reporting.sections import sections, title
from trainlab.reporting.theme import DARK, LIGHT, css_variables
from trainlab.results.table import Results

VERDICTS = frozenset({"better", "worse", "equivalent", "undecided"})


def report(results: Results, path: str | Path) -> Path:
    """Write the report: one HTML file with the answer, the figures, the protocol and where they come from.

    The file is put in its place whole, so that a crash leaves the old one.

    Args:
        results: what an experiment gave, finished or not.
        path: the file to write; an older one is replaced.

    Returns:
        The path of the file.

    Raises:
        MissingError: where the file cannot be written.
    """
    return write_page(page(outline(results)), path, "the report")


def page(facts: Outline) -> str:
    """Give the report's HTML for the facts of an outline."""
    return page_of(facts.question, title(facts), sections(facts))


def page_of(question: str, headline: str, parts: Sequence[Section]) -> str:
    """Give the HTML of a report made of these sections.

    Args:
        question: what was asked; empty where it was not written down.
        headline: what stands at the top.
        parts: its sections; the first, the answer, is shown without its title.
    """
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            question=question,
            title=headline,
            answer=parts[0],
            sections=parts[1:],
            verdicts=VERDICTS,
            light=css_variables(LIGHT),
            dark=css_variables(DARK),
        )
    )
