"""The report as a notebook: its sections as Markdown, and code that redraws its pictures from the results.

Valid nbformat 4.5. Code cells hold no output: whoever runs them gets pictures from the stored results, and
may change how they are drawn. The same results give the same bytes.
"""

import ast
import functools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from trainlab.reporting.faces.markdown_text import markdown
from trainlab.reporting.faces.pages import write_page
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.sections.all_sections import sections, title
from trainlab.reporting.sections.blocks import (
    Block,
    Code,
    Entries,
    Figure,
    Listing,
    Panels,
    Paragraph,
    Remark,
    Section,
    Table,
)
from trainlab.results.table import Results

_MOST_ROWS = 200
_INTRODUCTION = (
    "Report of an experiment, written by trainlab. Its words and tables were made from stored runs; run the "
    "cells from the top to draw its pictures from these runs anew, and change them as you like."
)


def notebook_report(results: Results, path: str | Path) -> Path:
    """Write the report as a notebook beside or inside of the folder of its results.

    Its code finds the results by the way from the notebook to them: move both together.

    Args:
        results: what an experiment gave, finished or not.
        path: the file to write; an older one is replaced.

    Returns:
        The path of the file.

    Raises:
        MissingError: where the file cannot be written.
    """
    facts = outline(results)
    return write_page(notebook(title(facts), sections(facts), _way(results, path)), path, "the notebook")


def notebook(headline: str, parts: Sequence[Section], folder: str) -> str:
    """Give the notebook of a report made of these sections.

    Args:
        headline: what stands at the top.
        parts: its sections.
        folder: where its code finds the results.

    >>> made = json.loads(notebook("Does it help?", [Section("Answer", (Paragraph("No."),))], "runs/1"))
    >>> [cell["cell_type"] for cell in made["cells"]]
    ['markdown', 'code', 'markdown']
    """
    told = [("markdown", f"# {markdown(headline)}\n\n{_INTRODUCTION}"), ("code", _opening(folder))]
    lines: list[str] = []
    for part in parts:
        for kind, text in _cells(part):
            if kind == "code":
                told += [("markdown", "\n\n".join(lines))] if lines else []
                told.append((kind, text))
                lines = []
            else:
                lines.append(text)
        told += [("markdown", "\n\n".join(lines))] if lines else []
        lines = []
    return of_cells(told)


def of_cells(told: Sequence[tuple[str, str]]) -> str:
    """Give the notebook that is made of these cells, without output.

    Args:
        told: ``"markdown"`` or ``"code"``, and the text, for each cell.

    >>> made = json.loads(of_cells([("markdown", "# One"), ("code", "1 + 1")]))
    >>> [cell["source"] for cell in made["cells"]]
    [['# One'], ['1 + 1']]
    """
    document = {
        "cells": [_cell(place, kind, text) for place, (kind, text) in enumerate(told)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1) + "\n"


def _way(results: Results, path: str | Path) -> str:
    try:
        return os.path.relpath(results.folder, Path(path).parent)
    except ValueError:  # on Windows there is no way from one drive to another
        return str(results.folder.resolve())


def _opening(folder: str) -> str:
    names = "\n".join(_imports())
    return (
        f"{names}\nfrom trainlab.reporting.faces.display import drawings\n"
        "from trainlab.results.table import open_results\n\n"
        'plt.rcParams["text.parse_math"] = False  # a name may hold dollar signs\n'
        f"results = open_results({folder!a})"
    )


def _cell(place: int, kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{place}", "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return {**cell, "source": text.splitlines(keepends=True)}


def _cells(block: Block) -> Iterator[tuple[str, str]]:
    if isinstance(block, Section):
        yield "markdown", f"{'#' * block.level} {markdown(block.title)}"
        for one in block.blocks:
            yield from _cells(one)
    elif isinstance(block, Figure | Panels):
        yield "code", _redrawn(block.name)
    elif isinstance(block, Table):
        yield from (("markdown", text) for text in _table(block))
    else:
        yield "markdown", _said(block)


def _said(block: Paragraph | Listing | Code | Entries | Remark) -> str:
    if isinstance(block, Paragraph):
        return _paragraph(block)
    if isinstance(block, Listing):
        return "\n".join(f"- {markdown(item)}" for item in block.items)
    if isinstance(block, Code):
        return "<br>".join(f"<code>{markdown(line)}</code>" for line in block.text.splitlines())
    if isinstance(block, Entries):
        return "\n".join(f"- **{markdown(term)}:** {markdown(text)}" for term, text in block.pairs)
    mark = "⚠ " if block.grave else ""
    aside = f" <small>{markdown(block.aside)}</small>" if block.aside else ""
    return "<br>\n".join([f"{mark}**{markdown(block.head)}**{aside}", *map(_paragraph, block.said)])


def _paragraph(block: Paragraph) -> str:
    told = markdown(block.text)
    marks = {"strong": f"**{told}**", "warning": f"⚠ {told}", "quiet": f"<small>{told}</small>"}
    return marks.get(block.tone, told)


def _table(table: Table) -> Iterator[str]:
    if table.columns:
        head = table.head or ("",) * table.columns
        rule = ["---:" if place in table.numeric else "---" for place in range(table.columns)]
        rows = (*table.rows, *table.below)
        lines = [_row(head), f"| {' | '.join(rule)} |", *(_row(row) for row in rows[:_MOST_ROWS])]
        yield "\n".join(lines)
        if len(rows) > _MOST_ROWS:
            yield f"<small>{len(rows) - _MOST_ROWS} more rows stand in the other faces of the report.</small>"
    if table.caption:
        yield f"<small>{markdown(table.caption)}</small>"


def _row(cells: Sequence[str]) -> str:
    told = []
    for cell in cells:
        first, *more = cell.split("\n")
        told.append("".join([markdown(first), *(f"<br><small>{markdown(line)}</small>" for line in more)]))
    return f"| {' | '.join(told)} |"


def _redrawn(name: str) -> str:
    """Give the code of a picture: the function of its name, else a call of the report's own drawing."""
    source = _functions().get(name)
    return f"drawings(results, {name!r})" if source is None else f"{source}\n\n\nfigure = {name}(results)"


@functools.cache
def _functions() -> Mapping[str, str]:
    """Give the source of each function that redraws a picture, by the name of the picture."""
    source = _source()
    return {
        node.name: ast.get_source_segment(source, node) or ""
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }


def _imports() -> list[str]:
    source = _source()
    found = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return [ast.get_source_segment(source, node) or "" for node in found]


def _source() -> str:
    return resources.files("trainlab.reporting").joinpath("faces/redrawing.py").read_text("utf-8")
