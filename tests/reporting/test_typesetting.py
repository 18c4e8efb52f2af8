"""What pages are made with: lines that may end inside of long names, and our own fonts where they do."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainlab.reporting.faces import typesetting
from trainlab.reporting.faces.typesetting import breakable


@given(st.text())
def test_marks_for_breaking_take_no_letter_away(text):
    """
    Without its marks the text is what it was.
    """
    plain = text.replace("\u200b", "")

    assert breakable(plain).replace("\u200b", "") == plain


@given(st.text(st.characters(categories=("L", "N", "P"))))
def test_no_piece_of_a_word_is_long(text):
    """
    Between two places where a line may end stand at most sixteen letters.
    """
    plain = text.replace("\u200b", "")

    assert all(len(piece) <= 16 for piece in breakable(plain).replace(" ", "\u200b").split("\u200b"))


@pytest.mark.parametrize("text,ours", [("α ± “wide” −0.5", True), ("漢字", False), ("🙂", False)])
def test_the_machines_fonts_are_used_only_for_letters_that_ours_lack(monkeypatch, text, ours):
    """
    Pages of Latin and Greek are made of bundled fonts alone, so that every machine makes the same.
    """
    asked = {}

    class Typst:
        @staticmethod
        def compile(source, **settings):
            asked.update(settings)
            return b"%PDF"

    monkeypatch.setattr(typesetting, "typst", lambda: Typst)

    typesetting.compiled(Path("report.typ"), [text])

    assert asked["ignore_system_fonts"] is ours
    assert (asked["font_paths"][0] / "DejaVuSans.ttf").is_file()
