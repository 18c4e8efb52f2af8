"""A picture as a report holds it: drawings as SVG, and the words below them. Knows not what is drawn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """A picture with its caption.

    Args:
        wide: SVG for a wide page; one of many small ones is the same on every page.
        narrow: SVG for a narrow page; empty where the wide one serves both.
        caption: what it shows and what to know about it.
    """

    wide: str
    narrow: str
    caption: str
