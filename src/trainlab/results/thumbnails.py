"""The rows that a report shows: pictures of images, values of tables, and what the networks said of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.results.store import Reader
from trainlab.results.table import Results

FACT = OWNER = "thumbnails"

SUSPICIOUS, CONFUSED, RIGHT = "suspicious", "confused", "right"
FAR, NEAR = "far", "near"


@dataclass(frozen=True, eq=False)
class Thumbnails:
    """Some validation rows, at most 64, chosen by what all scored networks said of them.

    Args:
        numbers: ``(row,)`` their numbers in the data set.
        pictures: ``(row, height, width, channel)`` bytes from 0 to 255, for images; None for others.
        values: ``(row, column)`` numbers in their own unit, for tables; NaN where a value is missing or is no
            number; None for images.
        columns: names of the columns; empty where nobody named them.
        texts: name of a column of categories or texts -> what stands there in each row.
        kinds: for each row why it is shown: ``"suspicious"`` where most networks are sure of another class,
            ``"confused"`` as an example of a pair of classes that are often taken for each other, ``"right"``
            as an example of its class; for a regression ``"far"`` or ``"near"``.
        targets: ``(row,)`` class numbers, or ``(row, target)`` amounts.
        answers: ``(row, class or target)`` mean over the networks of what they said.
        wrong: ``(row,)`` share of the networks that named another class; NaN for a regression.
        networks: ``(row,)`` how many networks were asked.
    """

    numbers: NDArray[np.int64]
    pictures: NDArray[np.uint8] | None = None
    values: NDArray[np.float64] | None = None
    columns: tuple[str, ...] = ()
    texts: dict[str, tuple[str, ...]] | None = None
    kinds: tuple[str, ...] = ()
    targets: NDArray[Any] | None = None
    answers: NDArray[np.float64] | None = None
    wrong: NDArray[np.float64] | None = None
    networks: NDArray[np.int64] | None = None


def thumbnails_of(results: Results) -> Thumbnails | None:
    """Read the rows that a report shows.

    Args:
        results: what is stored.

    Returns:
        The rows, or None where none were kept: while runs are still to come, or where none was scored.
    """
    said = results.facts.get(FACT)
    if said is None:
        return None
    with Reader(results.folder) as reader:
        arrays = reader.arrays(OWNER, "")
    if "numbers" not in arrays:
        return None
    return Thumbnails(
        columns=tuple(said["columns"]),
        texts={name: tuple(texts) for name, texts in said["texts"].items()},
        kinds=tuple(said["kinds"]),
        **arrays,
    )
