"""Names and other foreign text, made fit to be shown: harmless, short, and still telling one from another.

A name may hold anything: escape sequences, marks that turn the direction of text, half characters. Escaping
for HTML or XML is not done here; that is the business of who writes such a file.
"""

import functools
import re
import unicodedata
from collections.abc import Sequence

LONGEST = 300

_TICKED = re.compile(r"`([^`]+)`")
_KEY = re.compile(r"(?<!\w)([a-z]\w*)=")
# Joiners shape letters of living scripts and emoji; every other format character only hides or reorders.
_JOINERS = frozenset("\u200c\u200d")


def clean(text: object, longest: int = LONGEST) -> str:
    r"""Give text on one line without control characters, marks of direction and half characters.

    >>> clean("a\x1b[31m red\nflag\u202e")
    'a[31m red flag'
    >>> clean("0123456789", longest=7)
    '012…789'
    """
    # Cut before looking at each character: 10,000 of them would be looked at for nothing.
    raw = shortened(str(text), 4 * longest)
    spaced = "".join(" " if character.isspace() else character for character in raw)
    kept = "".join(character for character in spaced if _shows(character))
    return shortened(" ".join(kept.split()), longest)


def shortened(text: str, longest: int) -> str:
    """Cut the middle out of a long text: names of grids differ at both ends.

    >>> shortened("learning_rate=0.001, dropout=0.3", 16)
    'learning…out=0.3'
    """
    if len(text) <= longest:
        return text
    head = longest // 2
    return f"{text[:head]}…{text[len(text) - (longest - head - 1) :]}"


def labels(names: Sequence[str], longest: int) -> tuple[str, ...]:
    r"""Give each name in clean and short form, no two alike, none empty.

    >>> labels(["wide", "wi\x00de", "narrow"], 20)
    ('wide', 'wide (2)', 'narrow')
    >>> labels(["learning_rate=0.1, l2=0", "learning_rate=1, l2=0"], 16)
    ('learn…=0.1, l2=0', 'learn…=1, l2=0')
    """
    found: list[str] = []
    taken: set[str] = set()
    for name in _with_short_keys([clean(name) for name in names], longest):
        label = plain = shortened(name, longest) or "(no name)"
        number = 1
        while label in taken:
            number += 1
            ending = f" ({number})"
            label = shortened(plain, longest - len(ending)) + ending
        taken.add(label)
        found.append(label)
    return tuple(found)


def _with_short_keys(names: Sequence[str], longest: int) -> Sequence[str]:
    """Where names such as those of a grid are too long, cut their keys, so that values can be read."""
    for length in (99, 12, 9, 6, 4):
        cut = [_KEY.sub(functools.partial(_cut_key, length), name) for name in names]
        if max(map(len, cut), default=0) <= longest:
            return cut
    return names


def _cut_key(length: int, key: re.Match[str]) -> str:
    return key[0] if len(key[1]) <= length else f"{key[1][: length - 1]}…="


def fitted(text: str, size: float, room: float) -> str:
    """Cut the middle out of a text that is wider than its room.

    >>> fitted("learning_rate=0.1", 10.0, 80.0)
    'learni…te=0.1'
    """
    longest = len(text)
    while longest > 3 and width(shortened(text, longest), size) > room:
        longest -= 1
    return shortened(text, longest)


def width(text: str, size: float) -> float:
    """Estimate how wide text is drawn, from above: wide scripts and letters take the whole of their square.

    >>> width("ab", 10.0) < width("mw", 10.0) == width("漢字", 10.0)
    True
    """
    return sum(1.0 if _is_wide(character) else 0.61 for character in text) * size


def _is_wide(character: str) -> bool:
    return character in "mwMW@%" or unicodedata.east_asian_width(character) in "WF"


def _shows(character: str) -> bool:
    kind = unicodedata.category(character)
    if kind == "Cf":
        return character in _JOINERS
    return kind not in {"Cc", "Cs", "Co", "Cn"}


def quoted(sentence: str) -> str:
    """Write names that a sentence has in backticks in quotation marks: a page is no terminal.

    >>> quoted("the less flexible `8 units` beats it")
    'the less flexible “8 units” beats it'
    """
    return _TICKED.sub(r"“\1”", sentence)
