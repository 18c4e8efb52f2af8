"""Text for a notebook's Markdown: read back it is what it was, and nothing in it is markup."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainlab.reporting.faces.markdown_text import markdown


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_any_text_comes_back(text):
    """
    Without the elements around signs of mathematics, and with character references read, it is the text.
    """
    told = re.sub(r"</?span>", "", markdown(text))

    assert html.unescape(told) == " ".join(text.split())


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_no_sign_of_markup_is_left(text):
    """
    Outside of our own elements stands no sign that Markdown, HTML or mathematics reads.
    """
    told = re.sub(r"<span>&#\d+;</span>|&#\d+;", "x", markdown(text))

    assert not re.search(r"[<>*_`\[\]$\\|~!&]", told)
    assert not re.search(r"://|@|^\s*[-+#]|^\s*\d+[.)]\s", told)


@pytest.mark.parametrize("text", ["$x$ and $y$", r"\(x\)", r"\begin{align}x\end{align}", "$$x$$"])
def test_mathematics_ends_where_it_begins(text):
    """
    Each sign that could begin mathematics stands in an element of its own, where mathematics must end.
    """
    outside = re.sub(r"<span>&#\d+;</span>", "", markdown(text))

    assert "&#36;" not in outside
    assert "&#92;" not in outside
