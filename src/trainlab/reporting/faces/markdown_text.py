"""Text as a notebook's Markdown reads it letter by letter: no letter of it is markup, mathematics or HTML."""

import re

# A backslash or dollar sign in an element of its own is no part of mathematics, which ends where a tag
# begins; a character reference alone would be mathematics again in the page that is made of it.
_MATHEMATICS = {"$": "<span>&#36;</span>", "\\": "<span>&#92;</span>"}
_MARKUP = frozenset("<>&*_`[]#|~!{}^=\"'")
_BEGINNING = re.compile(r"^(\s*)([-+]|\d+(?=[.)]))")
_ADDRESS = re.compile(r"(?<=[A-Za-z]):(?=//)|(?<=www)\.|@", re.IGNORECASE)


def markdown(text: str) -> str:
    r"""Write plain text for Markdown, on one line.

    >>> markdown("*x* < $5, see http://a.b")
    '&#42;x&#42; &#60; <span>&#36;</span>5, see http&#58;//a.b'
    >>> markdown("1. no list")
    '&#49;. no list'
    """
    line = " ".join(text.split())
    told = "".join(_letter(letter) for letter in line)
    told = _ADDRESS.sub(lambda sign: _reference(sign[0]), told)
    return _BEGINNING.sub(lambda begin: f"{begin[1]}{_reference(begin[2][0])}{begin[2][1:]}", told)


def _letter(letter: str) -> str:
    if letter in _MATHEMATICS:
        return _MATHEMATICS[letter]
    return _reference(letter) if letter in _MARKUP else letter


def _reference(letter: str) -> str:
    return f"&#{ord(letter)};"
