"""The report on several experiments in the face that is wanted: a page that links to theirs, paper, LaTeX."""

import os
from collections.abc import Mapping
from pathlib import Path

from trainlab.errors import UsageError
from trainlab.reporting.faces.html import page_of
from trainlab.reporting.faces.latex import write_folder
from trainlab.reporting.faces.pages import REPORT, write_page
from trainlab.reporting.faces.pdf import pdf_of
from trainlab.reporting.faces.typesetting import typst
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.series_sections import Part, series_sections

_KICKER = "Report of several experiments"


def series_report(headline: str, told: Mapping[Path, Outline], path: str | Path) -> Path:
    """Write one short report on several experiments: every answer, and a section for each.

    Args:
        headline: what stands at the top.
        told: folder of the results -> what a report on them shows; the names of the folders differ.
        path: the file to write, an older one is replaced: ``.html``, ``.pdf`` or ``.tex``.

    Returns:
        The path of the file.

    Raises:
        UsageError: for a name that ends otherwise.
        MissingError: where the file cannot be written, or the extra ``pdf`` is not installed.
    """
    path = Path(path)
    face = path.suffix.lower()
    if face not in {".html", ".pdf", ".tex"}:
        cure = "Give a name that ends in .html, .pdf or .tex; a notebook shows one experiment."
        raise UsageError("a report on several experiments has no such face", str(path), face, cure)
    if face != ".html":
        typst()  # what is missing is said before anything is drawn
    parts = series_sections([Part(folder.name, facts) for folder, facts in told.items()])
    if face == ".tex":
        return write_folder(headline, parts, path.parent, path.name)
    if face == ".pdf":
        return write_page(pdf_of(headline, parts, _KICKER), path, "the report")
    links = {folder.name: os.path.relpath(folder / REPORT, path.parent) for folder in told}
    made = page_of(headline, headline, parts, kicker=_KICKER, links=links)
    return write_page(made, path, "the report")
