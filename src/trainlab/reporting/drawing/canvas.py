"""Drawing with matplotlib so that the same facts give the same bytes, on any machine and in any session.

Sizes are in pixels of the page. Text stays text: it can be searched and read aloud, and takes the page's
font, which is measured here with a wider one. Nothing here knows what is drawn.
"""

import contextlib
import io
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from trainlab.experiment.metrics import amount
from trainlab.reporting.drawing.theme import INK, LINE, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEXT = 11.0
SMALL = 10.0

_PIXELS_PER_INCH = 72  # matplotlib's SVG counts points: one point is one pixel here
_MILLION, _MOST_MILLIONS = 1e6, 1e6
_SPACE = re.compile(r"\s*\n\s*")
_FAMILY = re.compile(r"font-family: [^;]*;? ?")
_FONT = re.compile(r"font: (?:(\S+) )?(\S+px) [^;]*")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_DRAWN_BY_NUMBERS = frozenset({"d", "x", "y", "transform", "width", "height"})


# Widths, heights and descents of texts; of one report some thousand.
_SIZES: dict[Any, Any] = {}
_MOST_SIZES = 20_000


@contextlib.contextmanager
def drawing() -> Iterator[None]:
    """Draw inside of this: with our settings whatever the user's are, and names never read as mathematics."""
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings(), _remembering_sizes():
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
                "figure.facecolor": "none",
                "savefig.facecolor": "none",
                "lines.solid_capstyle": "round",
            }
        )
        yield


@contextlib.contextmanager
def _remembering_sizes() -> Iterator[None]:
    """Measure a text once: matplotlib forgets with each figure, and measuring took a third of a report."""
    from matplotlib.textpath import TextToPath

    measure = TextToPath.get_text_width_height_descent

    def remembered(self: Any, text: str, font: Any, is_math: Any) -> Any:
        if (text, font, is_math) not in _SIZES:
            if len(_SIZES) > _MOST_SIZES:
                _SIZES.clear()
            _SIZES[text, font.copy(), is_math] = measure(self, text, font, is_math)
        return _SIZES[text, font, is_math]

    TextToPath.get_text_width_height_descent = remembered  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        TextToPath.get_text_width_height_descent = measure  # type: ignore[method-assign]


def blank(width: float, height: float) -> "Figure":
    """Give an empty figure of that many pixels; to be called while ``drawing``."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width / _PIXELS_PER_INCH, height / _PIXELS_PER_INCH), dpi=_PIXELS_PER_INCH)


def placed(figure: "Figure", left: float, top: float, width: float, height: float) -> "Axes":
    """Give bare axes at that place, in pixels from the upper left corner."""
    whole_width, whole_height = (size * _PIXELS_PER_INCH for size in figure.get_size_inches())
    axes = figure.add_axes(
        (left / whole_width, 1 - (top + height) / whole_height, width / whole_width, height / whole_height)
    )
    # Ticks of matplotlib's own take half of a drawing's time; ``ruled_across`` and ``ruled_up`` are quick.
    axes.set_axis_off()
    axes.set_title("", y=1.0)  # else a place is looked for that leaves its ticks free
    return axes


def pixels(axes: "Axes") -> tuple[float, float]:
    """Give width and height of axes in pixels."""
    box = axes.get_window_extent()
    return float(box.width), float(box.height)


def ruled_across(axes: "Axes", ticks: Iterable[float], name: str, *, grid: bool) -> None:
    """Draw the horizontal axis: a line, labels at the ticks inside the limits, its name below them.

    Args:
        axes: axes with their limits set.
        ticks: values to label.
        name: what is measured; empty where it is said elsewhere.
        grid: draw a line upwards from each tick, else a small mark down.
    """
    across = axes.get_xaxis_transform()
    pixel = 1 / pixels(axes)[1]
    there = _inside(ticks, *axes.get_xlim())
    axes.plot([0, 1], [0, 0], transform=axes.transAxes, color=LINE, linewidth=1, clip_on=False)
    ends = (0.0, 1.0) if grid else (-4 * pixel, 0.0)
    axes.vlines(there, *ends, transform=across, color=LINE, linewidth=0.7, zorder=0, clip_on=False)
    style: dict[str, Any] = {"size": SMALL, "color": MUTED, "ha": "center", "va": "center_baseline"}
    for tick in there:
        axes.text(tick, -13 * pixel, shown(tick), transform=across, **style)
    if name:
        axes.text(0.5, -29 * pixel, name, transform=axes.transAxes, **style)


def ruled_up(axes: "Axes", ticks: Iterable[float], offset: float) -> None:
    """Draw the vertical axis: labels at the ticks inside the limits, a line across from each.

    Args:
        axes: axes with their limits set.
        ticks: values to label.
        offset: how far left of the axes labels end, as a share of their width.
    """
    up = axes.get_yaxis_transform()
    there = _inside(ticks, *axes.get_ylim())
    axes.plot([0, 0], [0, 1], transform=axes.transAxes, color=LINE, linewidth=1, clip_on=False)
    axes.hlines(there, 0, 1, transform=up, color=LINE, linewidth=0.7, zorder=0)
    for tick in there:
        axes.text(
            -offset,
            tick,
            shown(tick),
            transform=up,
            size=SMALL,
            color=MUTED,
            ha="right",
            va="center_baseline",
        )


def shown(value: float) -> str:
    """Write the value of a tick, with a true minus; millions short, for there is little room beside an axis.

    >>> shown(-0.25), shown(1e-9), shown(20.0), shown(47900.0), shown(2.5e6), shown(5e8)
    ('−0.25', '1e-09', '20', '47,900', '2.5 M', '500 M')
    """
    millions = _MILLION <= abs(value) < _MILLION * _MOST_MILLIONS
    text = f"{amount(value / _MILLION)} M" if millions else amount(value)
    return f"−{text[1:]}" if text.startswith("-") else text


def _inside(ticks: Iterable[float], one: float, other: float) -> list[float]:
    low, high = min(one, other), max(one, other)
    spare = 1e-9 * (high - low)
    # Steps are added up from the left: what should be zero may be 1e-17.
    near = [0.0 if abs(tick) < spare else float(tick) for tick in ticks]
    return [tick for tick in near if low - spare <= tick <= high + spare]


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
