"""What networks of one or two inputs say all over the plane or line of their inputs, at four moments."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.results.store import Reader
from trainlab.results.table import Results
from trainlab.results.watched import MOMENTS, NOT_SEEN, PROBED, networks_of

FACT = "grids"
START = "grid/"

POINTS = {1: 200, 2: 48}
"""Points along each axis, by how many inputs there are."""
WIDER = 0.1

MOST_ROWS = 400


@dataclass(frozen=True)
class Axes:
    """The points of a grid: evenly spaced, both ends included.

    Args:
        names: of the inputs.
        ranges: lowest and highest value of each, in its own unit.
        size: points along each.
    """

    names: tuple[str, ...]
    ranges: tuple[tuple[float, float], ...]
    size: int

    @property
    def points(self) -> NDArray[np.float32]:
        """``(point, input)``, the last input running fastest.

        >>> Axes(("a", "b"), ((0.0, 1.0), (5.0, 6.0)), 2).points.tolist()
        [[0.0, 5.0], [0.0, 6.0], [1.0, 5.0], [1.0, 6.0]]
        """
        lines = [np.linspace(low, high, self.size, dtype=np.float32) for low, high in self.ranges]
        return np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, len(lines))

    def document(self) -> dict[str, Any]:
        """Give it as plain values."""
        return {"names": list(self.names), "ranges": [list(ends) for ends in self.ranges], "size": self.size}


def axes_of(dataset: Dataset) -> Axes | None:
    """Lay a grid over the inputs of a data set, a tenth wider than they are; None for more than two inputs.

    Args:
        dataset: the rows that are no secret.

    >>> axes_of(Dataset([[0.0], [10.0]], [0, 1]))
    Axes(names=('',), ranges=((-1.0, 11.0),), size=200)
    >>> axes_of(Dataset([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], [0, 1])) is None
    True
    """
    inputs = dataset.parts[0]
    numbers = all(column.kind == "number" for column in dataset.columns)
    if dataset.inputs or inputs.ndim != 2 or inputs.shape[1] > 2 or not numbers:
        return None
    ends = [(float(np.nanmin(column)), float(np.nanmax(column))) for column in inputs.T]
    wider = [(high - low) * WIDER or 1.0 for low, high in ends]
    ranges = tuple((low - more, high + more) for (low, high), more in zip(ends, wider, strict=True))
    names = tuple(column.name for column in dataset.columns) or ("",) * len(ends)
    return Axes(names, ranges, POINTS[len(ends)])


def some_rows(dataset: Dataset) -> dict[str, NDArray[Any]]:
    """Give rows that are drawn beside what networks say, spread evenly over those that are no secret.

    Args:
        dataset: its rows have one or two inputs.

    >>> {name: rows.tolist() for name, rows in some_rows(Dataset([[0.0], [10.0]], [0, 1])).items()}
    {'inputs': [[0.0], [10.0]], 'targets': [0, 1]}
    """
    count = min(MOST_ROWS, dataset.rows)
    places = np.linspace(0, dataset.rows - 1, count).astype(np.int64)
    return {"inputs": dataset.parts[0][places], "targets": dataset.y[places]}


def rows_of(results: Results) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Read rows to be drawn beside what networks say: ``(row, input)`` and targets; None where not kept.

    Args:
        results: what is stored.
    """
    with Reader(results.folder) as reader:
        found = reader.arrays(FACT, "")
    return (found["inputs"], found["targets"]) if {"inputs", "targets"} <= found.keys() else None


@dataclass(frozen=True, eq=False)
class Grids:
    """What the networks of a variant say at the points of a grid.

    Args:
        axes: lowest and highest value of each input, one or two, in its own unit.
        size: points along each axis, evenly spaced, both ends included.
        values: ``(moment, seed, fold, point, class or target)`` for one input, ``(moment, seed, fold, point
            of the first input, point of the second, class or target)`` for two: probabilities, or amounts in
            their own unit; NaN where a run did not come to the moment.
        epochs: ``(moment, seed, fold)`` numbers of the epochs; -1 where there is none.
        names: of the inputs; empty where nobody named them.
    """

    axes: tuple[tuple[float, float], ...]
    size: int
    values: NDArray[np.float32]
    epochs: NDArray[np.int64]
    names: tuple[str, ...] = ()


def grids_of(results: Results, variant: str) -> Grids | None:
    """Read what a variant's networks say all over their inputs.

    Of an ensemble it is what its first member says.

    Args:
        results: what is stored.
        variant: name of the variant.

    Returns:
        The grids of the four moments, or None: for more than two inputs, and where nothing was stored.
    """
    said = results.facts.get(FACT)
    if said is None:
        return None
    axes = Axes(tuple(said["names"]), tuple((low, high) for low, high in said["ranges"]), said["size"])
    numbers = networks_of(results, variant)
    with Reader(results.folder) as reader:
        stored = [reader.arrays(f"run/{number}", START) for number in numbers.reshape(-1)]
        # The number of the epoch is the first of what a probe says.
        probed = [reader.arrays(f"run/{number}", PROBED) for number in numbers.reshape(-1)]
    outputs = next((array.shape[-1] for arrays in stored for array in arrays.values()), None)
    if outputs is None:
        return None
    points = (axes.size,) * len(axes.names)
    values = np.full((len(MOMENTS), numbers.size, *points, outputs), np.nan, np.float32)
    epochs = np.full((len(MOMENTS), numbers.size), NOT_SEEN, np.int64)
    for run, arrays in enumerate(stored):
        for moment, name in enumerate(MOMENTS):
            if START + name in arrays:
                values[moment, run] = arrays[START + name].reshape(*points, outputs)
                epochs[moment, run] = int(probed[run][PROBED + name][0])
    shape = (len(MOMENTS), *numbers.shape)
    return Grids(
        axes.ranges, axes.size, values.reshape(*shape, *points, outputs), epochs.reshape(shape), axes.names
    )
