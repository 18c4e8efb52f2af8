"""What is written in a drawing of ours: its title, which is read aloud, and its words."""

from xml.etree import ElementTree as ET


def alt_text(svg: str) -> str:
    """Give the title of a drawing.

    >>> alt_text('<svg aria-label="Scores" />')
    'Scores'
    """
    return ET.fromstring(svg).get("aria-label", "")  # noqa: S314  # our own drawing


def texts_of(svg: str) -> list[str]:
    """Give every text that a drawing shows.

    >>> texts_of("<svg><text>α</text></svg>")
    ['α']
    """
    return [text for text in ET.fromstring(svg).itertext() if text.strip()]  # noqa: S314  # our own drawing
