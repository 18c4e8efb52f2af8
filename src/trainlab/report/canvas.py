"""Drawing with matplotlib so that the same facts give the same bytes, on any machine and in any session.

Sizes are in pixels of the page. Text stays text: it can be searched and read aloud, and takes the page's
font, which is measured here with a wider one. Nothing here knows what is drawn.
"""

import contextlib
import io
import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from trainlab.report.theme import INK, LINE, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEXT = 11.0
SMALL = 10.0

_PIXELS_PER_INCH = 72  # matplotlib's SVG counts points: one point is one pixel here
_SPACE = re.compile(r"\s*\n\s*")
_FAMILY = re.compile(r"font-family: [^;]*;? ?")
_FONT = re.compile(r"font: (?:(\S+) )?(\S+px) [^;]*")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_DRAWN_BY_NUMBERS = frozenset({"d", "x", "y", "transform", "width", "height"})


@contextlib.contextmanager
def drawing() -> Iterator[None]:
    """Draw inside of this: with our settings whatever the user's are, and names never read as mathematics."""
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        # A script that matplotlib's own font lacks is drawn by the reader's browser, so nothing is missing.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "svg.fonttype": "none",
                "svg.hashsalt": "trainlab",
                "text.parse_math": False,
                "text.usetex": False,
                "font.size": TEXT,
                "text.color": INK,
                "axes.labelcolor": MUTED,
                "axes.labelsize": SMALL,
                "axes.edgecolor": LINE,
                "axes.linewidth": 1.0,
                "axes.facecolor": "none",
                "axes.spines.top": False,
                "axes.spines.right": False,
                "figure.facecolor": "none",
                "savefig.facecolor": "none",
                "xtick.color": LINE,
                "ytick.color": LINE,
                "xtick.labelcolor": MUTED,
                "ytick.labelcolor": MUTED,
                "xtick.labelsize": SMALL,
                "ytick.labelsize": SMALL,
                "grid.color": LINE,
                "grid.linewidth": 0.6,
                "lines.solid_capstyle": "round",
            }
        )
        yield


def blank(width: float, height: float) -> "Figure":
    """Give an empty figure of that many pixels; to be called while ``drawing``."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width / _PIXELS_PER_INCH, height / _PIXELS_PER_INCH), dpi=_PIXELS_PER_INCH)


def placed(figure: "Figure", left: float, top: float, width: float, height: float) -> "Axes":
    """Give axes at that place, in pixels from the upper left corner."""
    whole_width, whole_height = (size * _PIXELS_PER_INCH for size in figure.get_size_inches())
    return figure.add_axes(
        (left / whole_width, 1 - (top + height) / whole_height, width / whole_width, height / whole_height)
    )


def written(figure: "Figure", left: float, top: float, text: str, **settings: object) -> None:
    """Write text at that place, in pixels from the upper left corner."""
    whole_width, whole_height = (size * _PIXELS_PER_INCH for size in figure.get_size_inches())
    figure.text(left / whole_width, 1 - top / whole_height, text, **settings)  # type: ignore[arg-type]


def drawn(figure: "Figure", title: str) -> str:
    """Give the figure as SVG that stands by itself, without date, outside references and sizes.

    Args:
        figure: what was drawn while ``drawing``.
        title: read aloud in place of the picture.
    """
    buffer = io.StringIO()
    figure.savefig(
        buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    root = ET.fromstring(buffer.getvalue())  # noqa: S314  # what matplotlib has just written
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in {"metadata", "style"}:
                parent.remove(child)
    for element in root.iter():
        _simplify(element)
    width, height = root.get("viewBox", "0 0 1 1").split()[2:]
    plain = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {width} {height}",
        "role": "img",
        "aria-label": title,
        "font-family": "system-ui, 'DejaVu Sans', sans-serif",
        "stroke-linejoin": "round",
    }
    root.attrib.clear()
    root.attrib.update(plain)
    return ET.tostring(root, encoding="unicode")


def _simplify(element: ET.Element) -> None:
    """Drop what only matplotlib reads, the font's name, and decimals that no eye sees."""
    element.tag = _local(element.tag)
    element.text, element.tail = _trimmed(element.text), _trimmed(element.tail)
    for key, value in list(element.items()):
        del element.attrib[key]
        if key == "id" and element.tag == "g":
            continue
        shorter = _SPACE.sub(" ", value).strip()
        if key == "style":
            shorter = _FONT.sub(lambda font: f"font-weight: {font[1] or 400}; font-size: {font[2]}", shorter)
            shorter = _FAMILY.sub("", shorter)
        elif key in _DRAWN_BY_NUMBERS:
            shorter = _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.2f}", shorter)
        element.set(_local(key), shorter)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _trimmed(text: str | None) -> str | None:
    return None if text is None or not text.strip() else text.strip()
