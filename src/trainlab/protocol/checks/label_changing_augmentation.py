"""TL108: augmentation that turns a row into one of another class, or into none."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.experiment.augmentation import Augmentation
from trainlab.protocol.check import Question
from trainlab.protocol.columns_seen import columns_seen
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import listed, named

STRONG_TURN = 0.1
"""Share of a full turn, 36 degrees: from there on a 7 becomes a 1 and a Z an N."""

TELLING_LOSS = 0.2
MOST_ROWS = 2_000

_WRITTEN = re.compile(
    r"mnist|digit|letter|svhn|emnist|character|ziffer|buchstabe|usps|alphabet", re.IGNORECASE
)
_NO_WRITING = re.compile(r"fashion", re.IGNORECASE)


def examine(question: Question) -> Iterator[Finding]:
    """Look for flips and strong turns of letters and digits, and for noise and mixtures of categories.

    Letters and digits are known by the name of the data or of their classes. Beside it stands how many
    mirrored rows the nearest mean image puts into another class than before; where nothing is called by a
    name, that alone makes a note, since clothes and faces may be mirrored though they lie apart then.
    """
    data = question.experiment.data
    asked: dict[Augmentation, list[str]] = {}
    for name, recipe in question.recipes.items():
        if recipe.augment is not None:
            asked.setdefault(recipe.augment, []).append(name)
    for augmentation, variants in asked.items():
        yield from _of_images(data, augmentation, tuple(variants))
        yield from _of_tables(data, augmentation, tuple(variants))


def _of_images(data: Dataset, augmentation: Augmentation, variants: tuple[str, ...]) -> Iterator[Finding]:
    if not data.classes or len(data.parts) > 1 or data.parts[0].ndim not in {3, 4}:
        return
    turn = augmentation.numbers.get("rotation", 0.0)
    told = [f"`flip: {augmentation.flip}`"] if augmentation.flip else []
    told += (
        [f"`rotation: {turn:g}` (up to {360 * turn:.0f} degrees either way)"] if turn > STRONG_TURN else []
    )
    if not told:
        return
    written = is_writing(data)
    before, after = _kept_by_flip(data, augmentation.flip) if augmentation.flip else (0.0, 0.0)
    measured = (
        f"; the nearest mean image tells the class of {100 * before:.0f} % of the rows as they are and of "
        f"{100 * after:.0f} % of them mirrored"
    )
    if not written and before - after < TELLING_LOSS:
        return
    what = "digits or letters" if written else "images that differ when mirrored"
    yield CHECK.found(
        f"augment of {named(variants)}",
        f"{' and '.join(told)} on {what}{measured if augmentation.flip else ''}",
        "Leave the flip out and turn by less, as `augment: {rotation: 0.03, translation: 0.1}`, "
        "unless a mirrored row keeps its class.",
        variants=variants,
        limit="with rows whose class the augmentation may have changed" if written else "",
        severity="warn" if written else "note",
    )


def is_writing(data: Dataset) -> bool:
    """Tell whether rows are digits or letters, by the name of the data or the names of the classes.

    Classes that are called 0, 1, 2 ... may be numbers of anything, and say nothing.

    >>> images = np.zeros((4, 8, 8, 1), np.uint8)
    >>> is_writing(Dataset(images, [0, 1, 0, 1], name="my_digits"))
    True
    >>> is_writing(Dataset(images, [0, 1, 0, 1], name="fashion_mnist"))
    False
    """
    if _NO_WRITING.search(data.name):
        return False
    letters = all(len(name) == 1 and name.isalpha() for name in data.classes)
    return letters or _WRITTEN.search(data.name) is not None


def _kept_by_flip(data: Dataset, flip: str) -> tuple[float, float]:
    """Give the share of rows that the nearest mean image of a class tells, as they are and mirrored."""
    rows = np.random.default_rng(0).permutation(data.rows)[: 2 * MOST_ROWS]
    half = len(rows) // 2
    images, labels = data.parts[0][rows].astype(np.float32), data.y[rows]
    present = np.unique(labels[:half])
    means = np.stack([images[:half][labels[:half] == label].mean(axis=0).ravel() for label in present])

    def share(shown: NDArray[Any]) -> float:
        flat = shown.reshape(len(shown), -1)
        nearest = present[((means**2).sum(axis=1) - 2 * flat @ means.T).argmin(axis=1)]
        return float((nearest == labels[half:]).mean())

    shown = images[half:]
    mirrored = {"horizontal": [shown[:, :, ::-1]], "vertical": [shown[:, ::-1]]}
    ways = mirrored[flip] if flip in mirrored else [one for way in mirrored.values() for one in way]
    return share(shown), min(share(way) for way in ways)


def _of_tables(data: Dataset, augmentation: Augmentation, variants: tuple[str, ...]) -> Iterator[Finding]:
    categories = [column.said for column in columns_seen(data) if column.kind == "category"]
    kinds = [f"`{kind}`" for kind in ("mixup", "noise") if kind in augmentation.kinds]
    if categories and kinds:
        yield CHECK.found(
            f"augment of {named(variants)}",
            f"{' and '.join(kinds)} on categories: {listed(categories, 3)} take values that no row "
            "has, as half a level",
            "Leave it out, or learn from the columns of numbers alone.",
            variants=variants,
        )


CHECK = Check("TL108", "warn", "augmentation that may change the class", examine)
