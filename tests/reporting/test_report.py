"""The report's face is told by how the name of its file ends."""

import pytest

import trainlab as tl
from trainlab.errors import UsageError
from trainlab.reporting.faces.report import report
from trainlab.reporting.sections.blocks import Paragraph, Section


@pytest.fixture
def short(monkeypatch):
    """Reports of a sentence: what stands in them is tested where it is made."""
    for face in ("html", "pdf", "latex", "notebook"):
        said = Section("Answer", (Paragraph("A sentence."),))
        monkeypatch.setattr(f"trainlab.reporting.faces.{face}.sections", lambda facts, said=said: (said,))


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    "name,begin",
    [
        ("a.html", b"<!DOCTYPE html>"),
        ("b.PDF", b"%PDF"),
        ("c.ipynb", b"{"),
        ("d/main.tex", rb"\documentclass"),
    ],
)
def test_the_ending_chooses_the_face(one_seed, tmp_path, name, begin):
    """
    A page, paper, a notebook, a LaTeX folder: the file is of that kind and at that place.
    """
    path = report(one_seed, tmp_path / name)

    assert path == tmp_path / name
    assert path.read_bytes().startswith(begin)


@pytest.mark.parametrize("name", ["report", "report.docx", ".", "a.html.bak"])
def test_another_ending_is_refused_with_those_that_are_known(one_seed, tmp_path, name):
    """
    The message names the path and the endings, and nothing is written.
    """
    with pytest.raises(UsageError, match=r"ends in \.html, \.pdf, \.ipynb or \.tex") as caught:
        tl.report(one_seed, tmp_path / name)

    assert caught.value.where == str(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
