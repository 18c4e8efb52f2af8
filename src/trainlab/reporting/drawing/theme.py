"""The colours of pictures: drawn once in colours for paper, shown on the page in those of its reader.

Colours of variants keep apart for readers with any of the usual kinds of colour blindness, and stand out from
paper (3 to 1 and more) as well as from a dark page; no picture relies on colour alone. A drawing holds plain
colours, so that it can stand by itself; ``inlined`` puts the page's variables in their place.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from xml.etree import ElementTree as ET

INK = "#1b1f24"
MUTED = "#57606a"
LINE = "#c9d1d9"
ZONE = "#e8ecf0"
PAPER = "#ffffff"
WARNING = "#c4003b"

# Hues after Okabe & Ito (2008), moved until any two, and the reference's ink, are 20 units of Lab apart
# as seen without blindness, with deuteranopia and with protanopia.
SERIES = ("#006ab5", "#d76a00", "#269d78", "#8b3a79", "#5a97d3", "#97351d")
_SERIES_DARK = ("#3f97e8", "#ff9a4a", "#35c99a", "#d276b0", "#a5d0ff", "#e06145")

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "ink": INK,
        "muted": MUTED,
        "line": LINE,
        "zone": ZONE,
        "paper": PAPER,
        "warning": WARNING,
        **{f"series-{place}": colour for place, colour in enumerate(SERIES)},
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "ink": "#e6e9ed",
        "muted": "#9aa4af",
        "line": "#3d444d",
        "zone": "#262c34",
        "paper": "#14171b",
        "warning": "#ff7a90",
        **{f"series-{place}": colour for place, colour in enumerate(_SERIES_DARK)},
    }
)

_VARIABLES = {colour: f"var(--{name}, {colour})" for name, colour in LIGHT.items()}
_COLOUR = re.compile("#[0-9a-f]{6}")
_REFERENCE = re.compile(r"url\(#([^)]*)\)")


def css_variables(colours: Mapping[str, str]) -> str:
    """Write colours as CSS declarations.

    >>> css_variables({"ink": "#000000"})
    '--ink: #000000;'
    """
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def inlined(svg: str, prefix: str) -> str:
    """Make a drawing fit to stand inside a page: in the page's colours and font, its marks named apart.

    Args:
        svg: a drawing from ``canvas.drawn``.
        prefix: put before every name in it, since a page holds many drawings.
    """
    root = ET.fromstring(svg)  # noqa: S314  # our own drawing, just written
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for key, value in list(element.attrib.items()):
            element.set(key, _fitted(key, value, prefix))
    return ET.tostring(root, encoding="unicode")


def _fitted(key: str, value: str, prefix: str) -> str:
    if key == "id":
        return f"{prefix}{value}"
    if key == "href" and value.startswith("#"):  # a picture's own bytes stay as they are
        return f"#{prefix}{value.removeprefix('#')}"
    if key in {"style", "fill", "stroke"}:
        value = _COLOUR.sub(lambda match: _VARIABLES.get(match[0], match[0]), value)
    if key in {"aria-label", "class"}:
        return value
    return _REFERENCE.sub(rf"url(#{prefix}\1)", value)
