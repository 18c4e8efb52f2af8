"""Four pictures of two classes on a plane, made from a seed: what two inputs can and cannot separate.

After the data of the TensorFlow playground. Points lie within about 6 of the origin; rows are shuffled. Both
classes have as many rows, before noise turns some labels of ``circles`` and ``xor``.

Source:
    D. Smilkov, S. Carter, *A Neural Network Playground*, playground.tensorflow.org, ``src/dataset.ts``.
    We depart from it in that ``xor`` fills its four quadrants in turn, and in the random numbers.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.arguments import finite_number, whole_number
from trainlab.data.dataset import Dataset
from trainlab.errors import UsageError

CLASSES = ("orange", "blue")
RADIUS = 5.0
FEWEST = 10
LOUDEST = 0.5

Points = tuple[NDArray[Any], NDArray[Any]]


def spirals(rows: int = 1000, *, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Make two arms that wind around each other.

    Args:
        rows: how many points, at least 10.
        noise: each coordinate is moved by up to this much, 0 to 0.5.
        seed: what the points are made from, from 0 on.

    Raises:
        UsageError: for arguments out of these ranges.

    >>> spirals(rows=200)
    Dataset('spirals': 200 rows of shape (2,), 2 classes)
    """

    def points(blue: NDArray[Any], random: np.random.Generator) -> Points:
        along = np.empty(len(blue))
        for arm in (0, 1):
            size = int((blue == arm).sum())
            along[blue == arm] = np.arange(size) / size
        turn = 1.75 * 2 * math.pi * along + np.where(blue == 1, 0, math.pi)
        found = RADIUS * along[:, np.newaxis] * np.column_stack([np.sin(turn), np.cos(turn)])
        return found + noise * random.uniform(-1, 1, found.shape), blue

    return _made("spirals", points, rows, noise, seed)


def circles(rows: int = 1000, *, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Make a disc within a ring.

    Args:
        rows: how many points, at least 10.
        noise: a label is told from the point moved by up to this share of the radius, 0 to 0.5; so points
            near the edge may carry the wrong one.
        seed: what the points are made from, from 0 on.

    Raises:
        UsageError: for arguments out of these ranges.

    >>> circles(rows=200, noise=0).class_counts
    (100, 100)
    """

    def points(blue: NDArray[Any], random: np.random.Generator) -> Points:
        low, high = np.where(blue == 1, 0.0, 0.7), np.where(blue == 1, 0.5, 1.0)
        distance = RADIUS * random.uniform(low, high)
        turn = random.uniform(0, 2 * math.pi, len(blue))
        found = distance[:, np.newaxis] * np.column_stack([np.sin(turn), np.cos(turn)])
        moved = found + noise * random.uniform(-RADIUS, RADIUS, found.shape)
        return found, (np.hypot(*moved.T) < RADIUS / 2).astype(np.int32)

    return _made("circles", points, rows, noise, seed)


def xor(rows: int = 1000, *, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Make four squares, of which those across from each other are of one class.

    Args:
        rows: how many points, at least 10.
        noise: a label is told from the point moved by up to this share of 5, 0 to 0.5; so points near the
            edge may carry the wrong one.
        seed: what the points are made from, from 0 on.

    Raises:
        UsageError: for arguments out of these ranges.

    >>> xor(rows=200, noise=0).class_counts
    (100, 100)
    """

    def points(blue: NDArray[Any], random: np.random.Generator) -> Points:
        across = np.where(np.arange(len(blue)) % 4 < 2, -1, 1)
        signs = np.column_stack([across, np.where(blue == 1, across, -across)])
        found = signs * (0.3 + random.uniform(0, RADIUS, signs.shape))
        moved = found + noise * random.uniform(-RADIUS, RADIUS, found.shape)
        return found, (moved.prod(axis=1) >= 0).astype(np.int32)

    return _made("xor", points, rows, noise, seed)


def gaussians(rows: int = 1000, *, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Make two round clouds, around (2, 2) and (-2, -2).

    Args:
        rows: how many points, at least 10.
        noise: 0 to 0.5; the variance of a coordinate is ``0.5 + 7 * noise``, so the clouds overlap more.
        seed: what the points are made from, from 0 on.

    Raises:
        UsageError: for arguments out of these ranges.

    >>> gaussians(rows=200).classes
    ('orange', 'blue')
    """

    def points(blue: NDArray[Any], random: np.random.Generator) -> Points:
        centre = np.where(blue == 1, 2.0, -2.0)[:, np.newaxis]
        return centre + random.normal(0, math.sqrt(0.5 + 7 * noise), (len(blue), 2)), blue

    return _made("gaussians", points, rows, noise, seed)


def _made(
    name: str,
    points: Callable[[NDArray[Any], np.random.Generator], Points],
    rows: int,
    noise: float,
    seed: int,
) -> Dataset:
    whole_number(rows, "rows", FEWEST)
    whole_number(seed, "seed", 0)
    if not 0 <= finite_number(noise) <= LOUDEST:
        raise UsageError("not in the allowed range", "noise", noise, f"Give a number in [0, {LOUDEST}].")
    random = np.random.default_rng(seed)
    x, y = points(np.arange(rows) % 2, random)
    order = random.permutation(rows)
    usual = (rows, noise, seed) == (1000, 0.1, 0)
    return Dataset(
        x[order],
        y[order],
        name=name,
        task="classification",
        classes=CLASSES,
        # The plane is drawn as it is: nothing is standardized.
        scale=1.0,
        source=name if usual else {name: {"rows": int(rows), "noise": float(noise), "seed": int(seed)}},
        notes=[f"made by trainlab with {rows} rows, noise {noise:g} and seed {seed}"],
    )
