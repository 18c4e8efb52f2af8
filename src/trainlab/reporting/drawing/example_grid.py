"""Small pictures of rows in a grid, what each is and what the runs say written below it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainlab.reporting.drawing.canvas import SMALL, blank, drawing, drawn, placed, written
from trainlab.reporting.drawing.rows import NARROW, WIDE
from trainlab.reporting.drawing.theme import INK, LINE, MUTED
from trainlab.reporting.facts.examples import Example
from trainlab.reporting.wording.names import fitted
from trainlab.reporting.wording.plain import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIDE = 64.0
_WORDS = 44.0
_CELL = {True: WIDE / 6, False: NARROW / 3}


def example_grid(examples: Sequence[Example], *, wide: bool) -> str:
    """Draw some rows that are pictures.

    Args:
        examples: the rows, in the order they are read.
        wide: six side by side on a wide page, three on a narrow one.
    """
    cell = _CELL[wide]
    columns = round((WIDE if wide else NARROW) / cell)
    lines = -(-len(examples) // columns)
    width, height = WIDE if wide else NARROW, lines * (_SIDE + _WORDS + 8)
    with drawing():
        figure = blank(width, height)
        # One set of axes in pixels for all: each of its own takes longer than all the pixels.
        axes = placed(figure, 0, 0, width, height)
        for place, one in enumerate(examples):
            line, column = divmod(place, columns)
            left, top = column * cell + 4, line * (_SIDE + _WORDS + 8) + 4
            if one.picture is not None:
                _picture(axes, left, top, enlarged(picture_of(one.picture)))
            room = cell - 8
            style = {"size": SMALL, "va": "center_baseline"}
            below = top + _SIDE + 10
            written(
                figure,
                left,
                below,
                fitted(f"is {one.target}", SMALL, room),
                color=INK,
                weight="bold",
                **style,
            )
            sure = "" if one.confidence is None else f", {percent(round(one.confidence, 2))}"
            said = f"said {one.said}{sure}"
            written(figure, left, below + 13, fitted(said, SMALL, room), color=INK, **style)
            written(figure, left, below + 26, f"row {one.row:,}", color=MUTED, **style)
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        return drawn(figure, f"{len(examples)} rows as pictures")


def _picture(axes: "Axes", left: float, top: float, pixels: NDArray[np.uint8]) -> None:
    """Put a picture at that place, its longer side as long as a cell allows, in a frame."""
    height, width = (_SIDE * side / max(pixels.shape[:2]) for side in pixels.shape[:2])
    right, bottom = left + width, top + height
    # Not resampled: the page gets the pixels themselves.
    axes.imshow(pixels, interpolation="none", aspect="auto", extent=(left, right, bottom, top))
    across, down = [left, right, right, left, left], [top, top, bottom, bottom, top]
    axes.plot(across, down, color=LINE, linewidth=0.8, clip_on=False)


def enlarged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Repeat the pixels of a small picture, so that no reader's program blurs them.

    >>> enlarged(np.zeros((8, 5, 3), np.uint8)).shape
    (64, 40, 3)
    """
    times = max(1, int(_SIDE // max(pixels.shape[:2])))
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def picture_of(picture: tuple[tuple[int, ...], bytes]) -> NDArray[np.uint8]:
    """Give red, green and blue, or with opacity, of a picture: ``(height, width, 3 or 4)``.

    >>> picture_of(((1, 2, 1), bytes([0, 255]))).tolist()
    [[[0, 0, 0], [255, 255, 255]]]
    """
    shape, content = picture
    pixels = np.frombuffer(content, np.uint8).reshape(shape)
    if pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
