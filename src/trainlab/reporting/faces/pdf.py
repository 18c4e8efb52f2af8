"""The report on paper: the sections of the report, laid out by typst from a template of ours.

Texts reach the template as JSON strings, which typst never reads as code, and pictures as SVG files beside
it; typst sees that one folder and no network. The same results give the same bytes.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.faces.pages import KICKER, write_page
from trainlab.reporting.faces.svg_text import alt_text, texts_of
from trainlab.reporting.faces.typesetting import breakable, compiled, pictures_of, typst
from trainlab.reporting.facts.outline import Outline, outline
from trainlab.reporting.sections.all_sections import sections, title
from trainlab.reporting.sections.blocks import Block, Figure, Panels, Section, Table
from trainlab.results.table import Results


def pdf_report(results: Results, path: str | Path) -> Path:
    """Write the report as a PDF file.

    The file is put in its place whole, so that a crash leaves the old one.

    Args:
        results: what an experiment gave, finished or not.
        path: the file to write; an older one is replaced.

    Returns:
        The path of the file.

    Raises:
        MissingError: where typst is not installed, or the file cannot be written.
    """
    typst()  # what is missing is said before anything is drawn
    return write_page(pdf(outline(results)), path, "the report")


def pdf(facts: Outline) -> bytes:
    """Give the report's PDF for the facts of an outline."""
    return pdf_of(title(facts), sections(facts))


def pdf_of(headline: str, parts: Sequence[Section], kicker: str = KICKER) -> bytes:
    """Give the PDF of a report made of these sections; the first, the answer, is shown without its title."""
    with tempfile.TemporaryDirectory(prefix="trainlab-") as made:
        folder = Path(made)
        report = {
            "kicker": kicker,
            "title": breakable(headline),
            "sections": [plain_values(part) for part in parts],
        }
        for name, picture in pictures_of(parts):
            (folder / f"{name}.svg").write_text(picture.wide, encoding="utf-8")
        (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
        template = resources.files("trainlab.reporting").joinpath("templates/report.typ").read_bytes()
        (folder / "report.typ").write_bytes(template)
        texts = [json.dumps(report, ensure_ascii=False)]
        texts += [text for _, picture in pictures_of(parts) for text in texts_of(picture.wide)]
        return compiled(folder / "report.typ", texts)


def plain_values(block: Block) -> dict[str, Any]:
    """Give a block as plain values, its pictures as names of files."""
    kind = {"kind": type(block).__name__}
    if isinstance(block, Section):
        inner = [plain_values(one) for one in block.blocks]
        return {**kind, "title": breakable(block.title), "level": block.level, "blocks": inner}
    if isinstance(block, Figure):
        return {**kind, **_file(block.name, block.picture), "caption": breakable(block.picture.caption)}
    if isinstance(block, Panels):
        files = [_file(f"{block.name}-{place}", one) for place, one in enumerate(block.pictures)]
        return {**kind, "files": files, "caption": breakable(block.caption)}
    columns = {"columns": block.columns} if isinstance(block, Table) else {}
    return {**kind, **columns, **_texts(asdict(block))}


def _file(name: str, picture: Picture) -> dict[str, str]:
    return {"file": f"{name}.svg", "alt": alt_text(picture.wide)}


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        return breakable(value)
    if isinstance(value, Mapping):
        return {key: _texts(inner) for key, inner in value.items()}
    return [_texts(inner) for inner in value] if isinstance(value, list | tuple) else value
