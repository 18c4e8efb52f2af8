"""The rows to learn from: drawn ones, Fashion-MNIST as Keras keeps it, the digits of scikit-learn."""

import gzip
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import works

HELD_OUT = 0.01  # of a steady work: nobody looks at these rows
PIXEL = 255.0
_SCALE = {"fashion_mnist": PIXEL, "digits": 16.0}
_FILES = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")
_HEADS = (16, 8)  # bytes before the values


@dataclass(frozen=True)
class Split:
    """Inputs and targets of the rows to train on, of as many of them as are looked at, and of the others."""

    train: tuple[Any, Any]
    sample: tuple[Any, Any]
    validation: tuple[Any, Any]


def drawn(rows: int, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """Draw ``(row, ...)`` bytes and ``(row,)`` classes: what is learned does not matter here."""
    import numpy as np

    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (rows, *shape), np.uint8), rng.integers(0, works.CLASSES, rows)


def steady_rows(work: works.Steady) -> tuple[Any, Any]:
    """Draw the rows of a steady work as floats: the fastest way for the others, and four times the memory."""
    import numpy as np

    x, y = drawn(work.rows - round(HELD_OUT * work.rows), work.network.shape)
    return x.astype(np.float32) / np.float32(PIXEL), y


def fashion_folder() -> Path:
    """Give the folder where Keras keeps Fashion-MNIST."""
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    return Path(home) / "datasets" / "fashion-mnist"


def is_cached() -> bool:
    """Say whether Fashion-MNIST is there; nothing is downloaded."""
    return all((fashion_folder() / name).exists() for name in _FILES)


def whole_rows(work: works.Whole) -> tuple[Any, Any]:
    """Read the rows of a whole work, as floats."""
    import numpy as np

    if work.drawn_rows:
        x, y = drawn(work.drawn_rows, work.variants[0].network.shape)
        return x.astype(np.float32) / np.float32(PIXEL), y
    if work.data == "digits":
        from sklearn.datasets import load_digits

        found = load_digits()
        x, y = found.images, found.target
    else:
        x, y = (
            np.frombuffer(gzip.decompress((fashion_folder() / name).read_bytes()), np.uint8, offset=head)
            for name, head in zip(_FILES, _HEADS, strict=True)
        )
        x = x.reshape(len(y), 28, 28)
    return (x / np.float32(_SCALE[work.data])).astype(np.float32), y.astype(np.int64)


def split(x: Any, y: Any, work: works.Whole, number: int) -> Split:
    """Hold rows out: a fold of a cross-validation, or a share.

    Args:
        x: ``(row, ...)`` inputs.
        y: ``(row,)`` targets.
        work: says how many rows are held out.
        number: number of the fold.
    """
    import numpy as np

    order = np.random.default_rng(0).permutation(len(y))
    if work.folds > 1:
        held_out = np.array_split(order, work.folds)[number]
    else:
        held_out = order[: round(work.held_out * len(y))]
    train = np.setdiff1d(order, held_out)
    sample = np.random.default_rng(1).choice(train, min(len(held_out), len(train)), replace=False)
    return Split(*((x[rows], y[rows]) for rows in (train, sample, held_out)))
