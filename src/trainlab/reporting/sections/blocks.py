"""The parts that a report is made of, whatever its face: paragraphs, tables, figures, lists, code, sections.

Frozen plain values. All text in them is plain text, never markup: each face escapes it in its own way, so
that a section is written once and HTML, PDF, LaTeX and the notebook show the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from trainlab.reporting.drawing.picture import Picture

Tone = Literal["plain", "strong", "quiet", "warning"]


@dataclass(frozen=True)
class Paragraph:
    """Sentences that belong together.

    Args:
        text: plain text.
        tone: ``"strong"`` for what the reader came for, ``"warning"`` for what limits it, ``"quiet"`` for
            notes.
    """

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Listing:
    """Points, one below the other.

    Args:
        items: plain text, one for each point.
    """

    items: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """Text that is shown letter by letter, as a command.

    Args:
        text: one or several lines.
    """

    text: str


@dataclass(frozen=True)
class Entries:
    """Things and what is said of each.

    Args:
        pairs: the thing, and what is said of it.
    """

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Remark:
    """Something with a heading of its own that is no part of the report's contents, as a finding.

    Args:
        head: what it is about.
        aside: what stands quietly beside the head, as a code; empty where nothing.
        said: its sentences, each on a line of its own.
        grave: whether it limits what the report says.
    """

    head: str
    aside: str
    said: tuple[Paragraph, ...]
    grave: bool = False


@dataclass(frozen=True)
class Table:
    """Rows and columns of text; the first column names the rows.

    A cell may hold several lines: those after the first are less important (an interval below its mean).

    Args:
        head: the name of each column; empty where the table needs no head.
        rows: one text for each column.
        caption: what a reader must know below the table; empty where nothing.
        numeric: places of the columns that are set right.
        below: further rows, set off by a rule: means, or what the rows are measured against.
        stacked: whether a narrow page may show each row as a card instead.

    Raises:
        ValueError: for rows of different lengths, or another length than the head's.

    >>> Table(("class", "F1"), (("cat", "0.91"), ("dog", "0.87")), numeric=(1,)).columns
    2
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    numeric: tuple[int, ...] = ()
    below: tuple[tuple[str, ...], ...] = ()
    stacked: bool = False

    def __post_init__(self) -> None:
        lengths = {len(row) for row in (*self.rows, *self.below, *([self.head] if self.head else []))}
        if len(lengths) > 1:
            raise ValueError(f"the rows of one table have {sorted(lengths)} columns")
        if any(not 0 <= place < self.columns for place in self.numeric):
            raise ValueError(f"numeric columns {self.numeric} of a table with {self.columns}")

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return (
            len(self.head) if self.head else max((len(row) for row in (*self.rows, *self.below)), default=0)
        )


@dataclass(frozen=True)
class Figure:
    """A picture with its caption.

    Args:
        picture: the drawings and the caption.
        name: lower case letters, digits and ``-``, different from all other figures of a report: files and
            marks are named so.
    """

    picture: Picture
    name: str


@dataclass(frozen=True)
class Panels:
    """Small pictures side by side, with one caption for all.

    Args:
        pictures: in the order they are read; their own captions are not shown.
        caption: what all of them show.
        name: as a figure's.
    """

    pictures: tuple[Picture, ...]
    caption: str
    name: str


@dataclass(frozen=True)
class Section:
    """A part of the report under a title.

    Args:
        title: plain text.
        blocks: what it holds, sections below it included.
        level: 2 for a part of the report, 3 for a part of a part.
        folded: whether a page may hide it until it is asked for; on paper it is shown.
    """

    title: str
    blocks: "tuple[Block, ...]"
    level: int = 2
    folded: bool = False


Block = Paragraph | Listing | Code | Entries | Remark | Table | Figure | Panels | Section


def flat(blocks: Sequence[Block]) -> Iterator[Block]:
    """Give every block, a section before what it holds.

    >>> [type(one).__name__ for one in flat([Section("Noise", (Paragraph("None."),))])]
    ['Section', 'Paragraph']
    """
    for block in blocks:
        yield block
        if isinstance(block, Section):
            yield from flat(block.blocks)
