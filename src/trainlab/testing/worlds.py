"""Tiny worlds for tests, ours and our users': experiments that train in a moment.

>>> tiny_experiment().seeds
(0, 1)
"""

from pathlib import Path
from typing import Any

import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.validations import Holdout
from trainlab.experiment.models import mlp
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.spec import Experiment
from trainlab.results.files import read_arrays
from trainlab.results.store import Reader


def tiny_data(rows: int = 90, inputs: int = 4, classes: int = 3, seed: int = 0) -> Dataset:
    """Make a classification that a small network can learn: one cloud of points for each class.

    The points are of about unit size and enter as they are.

    Args:
        rows: how many rows.
        inputs: numbers in a row.
        classes: how many classes, each with as many rows as the others, or one more.
        seed: what the points are drawn from.

    >>> tiny_data().x.shape
    (90, 4)
    """
    random = np.random.default_rng(seed)
    labels = np.arange(rows) % classes
    centres = random.normal(0, 2, (classes, inputs))
    points = centres[labels] + random.normal(0, 1, (rows, inputs))
    return Dataset(points.astype(np.float32), labels, name="arrays", raw=False)


def tiny_experiment(**changes: Any) -> Experiment:
    """Make an experiment of two variants and two seeds on ``tiny_data``, without baselines.

    Every part may be changed.

    Args:
        **changes: parameters of ``Experiment`` that differ.

    >>> [variant.name for variant in tiny_experiment().variants]
    ['baseline', 'dropout']
    """
    parts: dict[str, Any] = {
        "data": tiny_data(),
        "model": mlp([5]),
        "recipe": Recipe(optimizer="sgd", learning_rate=0.1, batch_size=16, epochs=3),
        "variants": {"baseline": {}, "dropout": {"dropout": 0.3}},
        "seeds": 2,
        "validation": Holdout(0.2),
        "baselines": False,
    }
    return Experiment(**(parts | changes))


def same_bits(one: Path, other: Path) -> bool:
    """Tell whether two folders hold the same results to the bit: weights, epochs, endings and rows.

    Args:
        one: a folder that ``run`` has written.
        other: another one.
    """
    files = [sorted((folder / "weights").iterdir()) for folder in (one, other)]
    if [path.name for path in files[0]] != [path.name for path in files[1]]:
        return False
    for first, second in zip(*files, strict=True):
        these, those = read_arrays(first)[0], read_arrays(second)[0]
        if these.keys() != those.keys() or any(these[key].tobytes() != those[key].tobytes() for key in these):
            return False
    return _records(one) == _records(other)


def _records(folder: Path) -> object:
    with Reader(folder) as reader:
        runs = reader.runs()
        names = ("row_scores", "row_losses", "outputs")
        found = [reader.array(f"run/{run['run']}", name) for run in runs for name in names]
        rows = [None if array is None else array.tobytes() for array in found]
        return runs, sorted(reader.epochs()), rows
