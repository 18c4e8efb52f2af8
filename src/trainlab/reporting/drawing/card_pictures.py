"""Examples for a data card: small pictures of images, class by class, and some rows of texts.

Pictures are PNG files inside the page. The examples are spread evenly over the rows, so that the same data
give the same page.
"""

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import number

IN_A_STRIP = 10
MOST_STRIPS = 20
_TEXT_ROWS = 6
_LONGEST_TEXT = 400
_SIDE = 48
_LARGEST_SIDE = 96
_SMALLEST_SIDE = 5


@dataclass(frozen=True)
class Strip:
    """Some images side by side.

    Args:
        label: the class they are of, and for several inputs which input.
        rows: numbers of the rows that are shown.
        image: a ``data:`` address of a PNG.
        width: of the strip on the page, in pixels.
    """

    label: str
    rows: tuple[int, ...]
    image: str
    width: int


@dataclass(frozen=True)
class TextRow:
    """One row of texts: its number, its class or targets, and its texts by column."""

    row: int
    target: str
    texts: tuple[tuple[str, str], ...]


def strips(dataset: Dataset) -> tuple[Strip, ...]:
    """Draw examples of each class for every input that holds images; nothing where none does."""
    found = []
    for name, part in zip(dataset.inputs or ("",), dataset.parts, strict=True):
        if not is_picture(part.shape[1:]):
            continue
        for label, rows in _examples(dataset):
            shown = f"{label} ({clean(name, 60)})" if name else label
            found.append(_strip(shown, rows, part))
    return tuple(found)


def is_picture(shape: tuple[int, ...]) -> bool:
    """Tell whether rows of this shape can be looked at: height, width, and one, three or four channels.

    >>> is_picture((8, 8, 1)), is_picture((28, 28)), is_picture((100, 3)), is_picture((32, 32, 7))
    (True, True, False, False)
    """
    channels = shape[2] if len(shape) == 3 else 1
    return len(shape) in {2, 3} and min(shape[:2]) >= _SMALLEST_SIDE and channels in {1, 3, 4}


def text_rows(dataset: Dataset) -> tuple[TextRow, ...]:
    """Give some rows of a data set that holds texts; nothing for others."""
    places = [place for place, column in enumerate(dataset.columns) if column.kind == "text"]
    if not places:
        return ()
    (table,) = dataset.parts
    return tuple(
        TextRow(
            int(row),
            _target(dataset, int(row)),
            tuple(
                (clean(dataset.columns[place].name, 60), _text(dataset, table[row, place], place))
                for place in places
            ),
        )
        for row in _spread(np.arange(dataset.rows), _TEXT_ROWS)
    )


def _examples(dataset: Dataset) -> list[tuple[str, NDArray[Any]]]:
    if not dataset.classes:
        return [("examples", _spread(np.arange(dataset.rows), IN_A_STRIP))]
    return [
        (clean(name, 60) or "(no name)", _spread(np.flatnonzero(dataset.y == place), IN_A_STRIP))
        for place, name in enumerate(dataset.classes[:MOST_STRIPS])
        if (dataset.y == place).any()
    ]


def _spread(rows: NDArray[Any], most: int) -> NDArray[Any]:
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def _strip(label: str, rows: NDArray[Any], part: NDArray[Any]) -> Strip:
    pictures = [_picture(image) for image in _levels_of_light(part[rows], part)]
    height, width = pictures[0].shape[:2]
    gap = np.zeros((height, max(1, width // 24), 4), np.uint8)
    parts = [piece for picture in pictures for piece in (picture, gap)][:-1]
    whole = np.concatenate(parts, axis=1)
    times = max(1, round(_SIDE / max(height, width)))
    return Strip(label, tuple(int(row) for row in rows), _address(whole), times * whole.shape[1])


def _levels_of_light(chosen: NDArray[Any], part: NDArray[Any]) -> NDArray[np.uint8]:
    """Bring numbers to 0 to 255: bytes that reach high stay, others are stretched between their ends."""
    low, high = float(np.nanmin(part)), float(np.nanmax(part))
    if part.dtype == np.uint8 and high > 127:
        return chosen.astype(np.uint8)
    stretched = 255 * (np.nan_to_num(chosen.astype(np.float64), nan=low) - low) / ((high - low) or 1.0)
    return stretched.round().astype(np.uint8)


def _picture(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give red, green, blue and opacity, ``(height, width, 4)``, no side longer than 96 pixels."""
    from PIL import Image

    channels = image[..., np.newaxis] if image.ndim == 2 else image
    if channels.shape[2] == 1:
        channels = np.repeat(channels, 3, axis=2)
    made = Image.fromarray(np.ascontiguousarray(channels)).convert("RGBA")
    made.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    return np.asarray(made)


def _address(pixels: NDArray[np.uint8]) -> str:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _target(dataset: Dataset, row: int) -> str:
    if dataset.classes:
        return clean(dataset.classes[int(dataset.y[row])], 60)
    return ", ".join(number(float(amount)) for amount in dataset.y[row])


def _text(dataset: Dataset, level: float, place: int) -> str:
    if np.isnan(level):
        return "(missing)"
    text = dataset.columns[place].levels[int(level)]
    said = clean(text[: 2 * _LONGEST_TEXT], 2 * _LONGEST_TEXT)
    return said if len(said) <= _LONGEST_TEXT else f"{said[:_LONGEST_TEXT]}…"
