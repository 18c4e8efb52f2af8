"""The report as one HTML file that opens anywhere: nothing is loaded from outside, nothing is a program.

Every text passes through the template's escaping. The same results give the same bytes.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from trainlab.reporting.drawing.theme import DARK, LIGHT, css_variables, inlined
from trainlab.reporting.faces.pages import KICKER, environment, write_page
from trainlab.reporting.facts.outline import Outline, outline
from trainlab.reporting.sections.all_sections import sections, title
from trainlab.reporting.sections.blocks import Block, Figure, Section
from trainlab.results.table import Results

_VERDICTS = frozenset({"better", "worse", "equivalent", "undecided"})


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


def page_of(
    question: str,
    headline: str,
    parts: Sequence[Section],
    *,
    kicker: str = KICKER,
    links: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Give the HTML of a report made of these sections.

    Args:
        question: what was asked; empty where it was not written down.
        headline: what stands at the top.
        parts: its sections; the first, the answer, is shown without its title.
        kicker: what kind of page it is.
        links: title of a section -> the page that tells more of it, as seen from this page.
    """
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            question=question,
            title=headline,
            answer=parts[0],
            sections=parts[1:],
            kicker=kicker,
            links={title: quote(Path(link).as_posix()) for title, link in links.items()},
            light=css_variables(LIGHT),
            dark=css_variables(DARK),
            **block_words(),
        )
    )


def html_of_blocks(blocks: Sequence[Block]) -> str:
    """Give blocks as a piece of HTML that stands by itself, with styles that reach no further.

    >>> from trainlab.reporting.sections.blocks import Paragraph
    >>> "<script>" in html_of_blocks([Paragraph("<script>")])
    False
    """
    # Two pieces in one page must not share the marks of their drawings: the one may be hidden.
    apart = f"{zlib.crc32(repr(blocks).encode('utf-8', 'replace')):08x}-"
    template = environment().get_template("display.html.j2")
    wide = [_wide(block) for block in blocks]
    return template.render(blocks=wide, light=css_variables(LIGHT), **block_words(apart))


def _wide(block: Block) -> Block:
    """Take the drawing for narrow pages away: who shows it would show both."""
    return replace(block, picture=replace(block.picture, narrow="")) if isinstance(block, Figure) else block


def block_words(apart: str = "") -> dict[str, Any]:
    """Give what the template of blocks speaks of beside the blocks: their kinds, drawings, verdicts.

    Args:
        apart: put before the names of marks in drawings.
    """
    from markupsafe import Markup

    def drawn(svg: str, prefix: str) -> Markup:
        return Markup(inlined(svg, f"{apart}{prefix}"))  # noqa: S704  # our own drawing, escaped where it is made

    return {"kind": lambda block: type(block).__name__, "drawn": drawn, "verdicts": _VERDICTS}
