"""Text for a terminal whose commands stay whole: a line never ends inside of backticks.

What stands in backticks is there to be copied, and a command that was broken over two lines is another one.
Only a command longer than a line is broken, for no terminal shows more. Knows nothing of what is said.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

_PIECE = re.compile(r"(?:`[^`]*`|\S)+")


@dataclass(frozen=True)
class Wrapped:
    """A text that rich prints line by line, however wide the console is.

    Args:
        text: what is printed; line ends count as spaces.
        style: of all of it.
    """

    text: str
    style: str = ""

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Fill the width of the console."""
        from rich.text import Text

        del console
        yield Text("\n".join(filled(self.text, options.max_width)), style=self.style)


def filled(text: str, width: int) -> tuple[str, ...]:
    """Break a text into lines of at most that many cells; a longer piece stands on one by itself.

    >>> filled("Set `folds: 5`, then run it again.", 14)
    ('Set', '`folds: 5`,', 'then run it', 'again.')
    """
    return tuple(_lines(_PIECE.findall(text), width))


def _lines(pieces: Iterable[str], width: int) -> Iterable[str]:
    from rich.cells import cell_len

    line = ""
    for piece in pieces:
        longer = f"{line} {piece}" if line else piece
        if line and cell_len(longer) > width:
            yield line
            line = piece
        else:
            line = longer
    yield line
