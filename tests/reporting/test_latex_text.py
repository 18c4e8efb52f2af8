"""Text for LaTeX: read back, every text is what it was, and no letter of it is a command."""

import re
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainlab.reporting.faces.latex_text import escaped

# What LaTeX prints for each command that may stand in escaped text, from its manual.
PRINTED = {
    "textbackslash": "\\",
    "textasciicircum": "^",
    "textasciitilde": "~",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textquotedbl": '"',
    "textquotesingle": "'",
    "textasciigrave": "`",
}
SYMBOL = re.compile(
    r"\\othercharacter\{(?P<other>[0-9A-F]{4,6})\}"
    r"|\\(?P<word>text[a-z]+)\{\}"
    r"|\\(?P<sign>[{}$&#%_])"
    r"|\{(?P<braced>[\[\]*@])\}"
    r"|(?P<nothing>\{\})"
    r"|(?P<plain>[^\\{}$&#%_^~\"'`<>|\[\]*@])"
)


def read(source):
    """What LaTeX would print of ASCII text and of letters by their number; fails on any other command."""
    printed, at = [], 0
    while at < len(source):
        found = SYMBOL.match(source, at)
        assert found, f"not known: {source[at : at + 20]!r}"
        kind, value = found.lastgroup, found[found.lastgroup]
        printed.append(
            {
                "other": lambda value=value: chr(int(value, 16)),
                "word": lambda value=value: PRINTED[value],
                "nothing": lambda: "",
            }.get(kind, lambda value=value: value)()
        )
        at = found.end()
    return "".join(printed)


@pytest.mark.parametrize("letter", string.punctuation)
def test_every_sign_of_the_keyboard_is_printed_as_it_is(letter):
    """
    None of the 32 is left out, doubled or obeyed.
    """
    assert read(escaped(f"a{letter}b")) == f"a{letter}b"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_any_ascii_text_comes_back(text):
    """
    Whatever signs follow each other, what is printed is the text.
    """
    assert read(escaped(text)) == text


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_any_text_becomes_ascii_with_braces_in_pairs(text):
    """
    No letter of any script reaches the file, and every group that is opened is closed.
    """
    source = escaped(text)

    assert source.isascii()
    depth = 0
    for sign in re.sub(r"\\[{}]", "", source):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0


def test_signs_that_would_melt_into_one_are_kept_apart():
    """
    Two hyphens of an option stay two, and two commas are no quotation mark.
    """
    assert escaped("--seeds ,, ---") == "-{}-seeds ,{}, -{}-{}-"


def test_commands_of_others_are_text():
    """
    Files are neither read nor written, and the document does not end where a name says so.
    """
    told = escaped(r"\input{/etc/passwd} \write18{id} \end{document}")

    assert set(re.findall(r"\\[A-Za-z]+", told)) == {r"\textbackslash"}
    assert "^^" not in escaped("^^5cinput")


@pytest.mark.parametrize(
    "letter,accent,base",
    [("é", "'", "e"), ("ü", '"', "u"), ("ç", "c", "c"), ("ñ", "~", "n"), ("ř", "v", "r")],
)
def test_accents_are_those_of_latex(letter, accent, base):
    """
    Western letters are written as every LaTeX knows them; the letter is that of Unicode's own tables.
    """
    assert unicodedata.normalize("NFD", letter)[0] == base
    assert escaped(letter) == rf"\{accent}{{{base}}}"


def test_an_accented_i_loses_its_dot():
    """
    The accent takes the place of the dot, save below the letter.
    """
    assert escaped("íį") == r"\'{\i{}}\k{i}"


def test_what_shows_nothing_is_left_out():
    """
    Control characters, marks of direction and half characters are no text.
    """
    assert escaped("a\x1b\x00\u202e\ud800b\tc\nd") == "ab c d"
