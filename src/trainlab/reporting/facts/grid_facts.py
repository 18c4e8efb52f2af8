"""What networks of one or two inputs say all over the plane or the line, as facts for pictures.

Of each variant the mean over its runs at several moments, and at the scored epoch every run by itself, as
many as can be told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import span
from trainlab.results.grids import Grids, rows_of
from trainlab.results.table import Results

MOST_RUNS = 12
_LABEL = 40

# Nested as the points are: for each point of the line, or for each row of the plane and each point in it, a
# number for every class or target.
Nested = tuple[Any, ...]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scene:
    """What is the same for the pictures of all variants.

    Args:
        inputs: names of the one or two inputs.
        said: names of the classes, or of the targets.
        is_classes: whether outputs are probabilities of classes.
        rows: some rows as points: the inputs, and the number of the class or the first target.
    """

    inputs: tuple[str, ...]
    said: tuple[str, ...]
    is_classes: bool
    rows: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class GridFacts:
    """What the networks of one variant say.

    Args:
        variant: its place among the variants.
        axes: lower and upper end of each input, in its own unit.
        epochs: for each moment the epochs at which it lay.
        means: for each moment the mean over runs; empty where no run was looked at.
        runs: of the scored epoch, some runs by themselves.
        spread: of the scored epoch, the standard deviation over runs of what is said of the first target, or
            for classes, the share of runs that name another class than most do.
        counted: how many runs the means are over.
    """

    variant: int
    axes: tuple[tuple[float, float], ...]
    epochs: tuple[str, ...]
    means: tuple[Nested, ...]
    runs: tuple[Nested, ...]
    spread: Nested
    counted: int


def scene_of(results: Results, grids: Grids) -> Scene:
    """Say what is the same for all pictures.

    Args:
        results: for the names of the classes or targets, and rows to be shown as points.
        grids: what the networks of one variant say.
    """
    data = results.facts.get("data") or {}
    classes = tuple(clean(name, _LABEL) for name in data.get("classes") or ())
    kept = rows_of(results)
    rows: tuple[tuple[float, ...], ...] = ()
    if kept is not None:
        first = kept[1] if kept[1].ndim == 1 else kept[1][:, 0]
        together = np.column_stack([kept[0], first]).astype(np.float64)
        rows = tuple(tuple(row) for row in together[np.isfinite(together).all(axis=1)].tolist())
    names = grids.names or ("",) * len(grids.axes)
    return Scene(tuple(clean(name, _LABEL) for name in names), classes or ("target",), bool(classes), rows)


def grid_facts(place: int, grids: Grids, scene: Scene, chosen: int) -> GridFacts | None:
    """Reduce what the networks of a variant say; None where no run was looked at at the scored epoch.

    Args:
        place: the variant's place among the variants.
        grids: for each moment, seed and fold what is said at each point.
        scene: whether outputs are probabilities.
        chosen: number of the moment that is the scored epoch.
    """
    values = np.asarray(grids.values, np.float64)
    inputs = len(grids.axes)
    # (moment, run, point ..., class or target)
    flat = values.reshape(values.shape[0], -1, *values.shape[3:])
    if scene.is_classes and flat.shape[-1] == 1:
        flat = np.concatenate([1 - flat, flat], axis=-1)
    told: NDArray[np.bool_] = np.asarray(np.isfinite(flat).all(axis=tuple(range(2, 3 + inputs))))
    if not told[chosen].any():
        return None
    scored = flat[chosen][told[chosen]]
    epochs = np.asarray(grids.epochs, np.float64).reshape(len(flat), -1)
    epochs[epochs < 0] = np.nan  # a moment that a run did not come to
    return GridFacts(
        variant=place,
        axes=tuple((float(low), float(high)) for low, high in grids.axes),
        epochs=tuple(_span(moment) for moment in epochs),
        means=tuple(
            nested(one[there].mean(axis=0)) if there.any() else ()
            for one, there in zip(flat, told, strict=True)
        ),
        runs=tuple(nested(run) for run in scored[_some(len(scored), MOST_RUNS)]),
        spread=nested(_spread(scored, is_classes=scene.is_classes)),
        counted=len(scored),
    )


def nested(array: Floats) -> Nested:
    """Give an array as tuples in tuples.

    >>> nested(np.zeros((1, 2)))
    ((0.0, 0.0),)
    """
    return _tuples(array.tolist())


def _tuples(lists: list[Any]) -> Nested:
    if lists and isinstance(lists[0], list):
        return tuple(map(_tuples, lists))
    return tuple(lists)


def _spread(scored: Floats, *, is_classes: bool) -> Floats:
    if not is_classes:
        deviation: Floats = scored[..., 0].std(axis=0, ddof=1) if len(scored) > 1 else 0 * scored[0, ..., 0]
        return deviation
    named = scored.argmax(axis=-1)
    counts = np.stack([(named == one).sum(axis=0) for one in range(scored.shape[-1])])
    other: Floats = 1 - counts.max(axis=0) / len(scored)
    return other


def _some(count: int, most: int) -> Sequence[int]:
    return range(count) if count <= most else np.linspace(0, count - 1, most).astype(int).tolist()


def _span(epochs: Floats) -> str:
    finite = epochs[np.isfinite(epochs)]
    return span(int(finite.min()), int(finite.max())) if finite.size else "–"
