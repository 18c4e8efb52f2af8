"""Pages by typst: the package, its fonts, and what pages of several faces are made with.

typst is an extra (``pdf``): a compiler in one package, without network and without programs of the system.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from trainlab.errors import MissingError
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.sections.blocks import Figure, Panels, Section, flat

_LONGEST_WORD = 16
_BREAK = "\u200b"
_AFTER_SIGN = re.compile(r"(?<=[_/=,:;|&?)])")


def typst() -> Any:
    """Give the package that lays out pages.

    Raises:
        MissingError: where it is not installed.
    """
    try:
        import typst as found
    except ImportError as error:
        raise MissingError(
            "pages and LaTeX figures are made by typst, which is not installed",
            "typst",
            None,
            "Install it with `pip install 'trainlab[pdf]'`.",
        ) from error
    return found


def compiled(source: Path, texts: Sequence[str], standard: str = "1.7") -> bytes:
    """Give the PDF of a typst file that reads nothing outside of its folder.

    Fonts are those that typst and matplotlib bring, so that every machine gives the same pages; only where
    these lack a letter (Chinese, emoji) the machine's own are used too.

    Args:
        source: the file.
        texts: every text that is shown.
        standard: the version of PDF.
    """
    import matplotlib as mpl

    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return bytes(
        typst().compile(
            source,
            root=source.parent,
            font_paths=[fonts],
            ignore_system_fonts=_known_letters(fonts / "DejaVuSans.ttf", texts),
            format="pdf",
            pdf_standards=standard,
        )
    )


def breakable(text: str) -> str:
    r"""Let a line end inside of long words, such as names of grids: a mark of no width says where.

    >>> breakable("learning_rate=0.001, l2=0").split("\u200b")
    ['learning_', 'rate=', '0.001, l2=0']
    """
    return " ".join(_breakable(word) for word in text.split(" "))


def _breakable(word: str) -> str:
    if len(word) <= _LONGEST_WORD:
        return word
    pieces = _AFTER_SIGN.split(word)
    return _BREAK.join(
        piece[at : at + _LONGEST_WORD] for piece in pieces for at in range(0, len(piece), _LONGEST_WORD)
    )


def pictures_of(parts: Sequence[Section]) -> Iterator[tuple[str, Picture]]:
    """Give every picture with a name of its own: that of its figure, numbered where it is one of several."""
    for block in flat(parts):
        if isinstance(block, Figure):
            yield block.name, block.picture
        elif isinstance(block, Panels):
            yield from ((f"{block.name}-{place}", one) for place, one in enumerate(block.pictures))


def _known_letters(font: Path, texts: Sequence[str]) -> bool:
    from matplotlib.ft2font import FT2Font

    known = FT2Font(str(font)).get_charmap()
    return all(ord(letter) in known or letter in {_BREAK, "\n"} for text in texts for letter in set(text))
