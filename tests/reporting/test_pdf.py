"""Paper: pages that typst makes of the same sections, whatever names hold, the same bytes each time."""

import re
import zlib

import pytest

from trainlab.errors import MissingError
from trainlab.reporting.faces.pdf import pdf_of, pdf_report
from trainlab.reporting.sections.blocks import Paragraph, Section


def pages(content):
    """How many pages a PDF has, as its own tree of pages counts them."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)
    texts = [content]
    for stream in streams:
        try:
            texts.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    return sum(len(re.findall(rb"/Type\s*/Page\b", text)) for text in texts)


def test_names_are_never_read_as_code(nasty_sections):
    """
    Names that are typst's own commands make pages as they stand: run, one of them would stop the compiler.
    """
    made = pdf_of('#panic("no") $x$ *', nasty_sections)

    assert made.startswith(b"%PDF-1.7")
    assert 2 <= pages(made) <= 12


def test_pages_have_the_same_bytes_and_no_date(block_report):
    """
    Twice the same sections give twice the same file, which says no time.
    """
    parts = block_report(["a name", "another"])

    first, second = pdf_of("Same?", parts), pdf_of("Same?", parts)

    assert first == second
    assert b"CreationDate" not in first
    assert b"<xmp:CreateDate>" not in first


def test_other_sections_give_other_pages():
    """
    Sixty paragraphs more take more pages.
    """
    said = Paragraph("One sentence of a dozen words that fills at most a line of text. " * 4)

    short, long = (pdf_of("?", [Section("Answer", (said,) * count)]) for count in (1, 60))

    assert pages(short) == 1
    assert pages(long) > 1


def test_a_report_of_results_is_paper(one_seed, tmp_path):
    """
    The smallest experiment gives a file at the path that is asked for.
    """
    path = pdf_report(one_seed, tmp_path / "report.pdf")

    assert path == tmp_path / "report.pdf"
    assert path.read_bytes().startswith(b"%PDF-1.7")


def test_without_typst_the_extra_is_named(one_seed, tmp_path, monkeypatch):
    """
    The message is that of something missing, exit code 5, and says how to install it.
    """
    monkeypatch.setitem(__import__("sys").modules, "typst", None)

    with pytest.raises(MissingError, match=r"pip install 'trainlab\[pdf\]'") as caught:
        pdf_report(one_seed, tmp_path / "report.pdf")

    assert caught.value.exit_code == 5
    assert list(tmp_path.iterdir()) == []
