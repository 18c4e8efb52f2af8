"""The sections of a report, and that every face tells all of them."""

import html
import json
import re

import pytest

from trainlab.reporting.faces.html import page_of
from trainlab.reporting.faces.latex import latex
from trainlab.reporting.faces.latex_text import escaped
from trainlab.reporting.faces.markdown_text import markdown
from trainlab.reporting.faces.notebook import notebook
from trainlab.reporting.faces.pdf import plain_values
from trainlab.reporting.faces.typesetting import breakable
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.sections.all_sections import sections, title
from trainlab.reporting.sections.blocks import (
    Code,
    Entries,
    Figure,
    Listing,
    Panels,
    Paragraph,
    Remark,
    Section,
    Table,
    flat,
)


def texts_of(parts):
    """Every line of text in the blocks, save the captions of pictures."""
    found = []
    for block in flat(parts):
        match block:
            case Section():
                found.append(block.title)
            case Paragraph() | Code():
                found.append(block.text)
            case Listing():
                found += block.items
            case Entries():
                found += [text for pair in block.pairs for text in pair]
            case Remark():
                found += [block.head, block.aside, *(one.text for one in block.said)]
            case Table():
                cells = [cell for row in (block.head, *block.rows, *block.below) for cell in row]
                found += [line for cell in cells for line in cell.split("\n")] + [block.caption]
    return [text for text in found if text]


def captions_of(parts):
    """The captions of the pictures."""
    figures = [block.picture.caption for block in flat(parts) if isinstance(block, Figure)]
    return [*figures, *(block.caption for block in flat(parts) if isinstance(block, Panels))]


@pytest.fixture(scope="module")
def facts(one_seed):
    """What the smallest report tells."""
    return outline(one_seed)


@pytest.fixture(scope="module")
def parts(facts):
    """The same as sections."""
    return sections(facts)


def test_the_answer_comes_first_and_the_origin_last(parts, facts):
    """
    A reader finds the headline in the first sentence, and the command in the last section.
    """
    assert parts[0].blocks[0] == Paragraph(facts.answer.headline, "strong")
    assert parts[-1].title == "Where this comes from"
    assert Code(facts.command) in parts[-1].blocks


def test_pictures_are_named_once(parts):
    """
    No two figures of a report have one name, and each name can be that of a file.
    """
    names = [block.name for block in flat(parts) if isinstance(block, Figure | Panels)]

    assert len(names) == len(set(names))
    assert all(re.fullmatch("[a-z0-9-]+", name) for name in names)


def test_the_page_tells_every_section(parts, facts):
    """
    Every text and every caption stands in the HTML.
    """
    words = html.unescape(re.sub(r"<[^>]+>", " ", page_of("?", title(facts), parts)))
    told = " ".join(words.split())

    missing = [text for text in texts_of(parts) + captions_of(parts) if " ".join(text.split()) not in told]
    assert missing == []


def test_latex_tells_every_section(parts, facts):
    """
    Every text and every caption stands in the source.
    """
    source = latex(title(facts), parts)

    wanted = texts_of(parts) + [caption for caption in captions_of(parts) if caption]
    assert [text for text in wanted if escaped(breakable(text)) not in source] == []


def test_the_notebook_tells_every_section(parts, facts):
    """
    Every text stands in a cell of Markdown, and every picture has a cell of code.
    """
    cells = json.loads(notebook(title(facts), parts, "runs/1"))["cells"]
    told = "".join("".join(cell["source"]) + "\n" for cell in cells)

    assert [text for text in texts_of(parts) if markdown(text) not in told] == []
    pictures = [block.name for block in flat(parts) if isinstance(block, Figure | Panels)]
    assert all(f"{name}(results)" in told or f"drawings(results, {name!r})" in told for name in pictures)


def test_paper_tells_every_section(parts):
    """
    Every text and every caption is handed to the template, which shows every kind of block.
    """
    told = json.dumps([plain_values(part) for part in parts], ensure_ascii=False)

    wanted = texts_of(parts) + captions_of(parts)
    assert [
        text for text in wanted if json.dumps(breakable(text), ensure_ascii=False)[1:-1] not in told
    ] == []
