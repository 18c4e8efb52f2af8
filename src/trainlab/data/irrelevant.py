"""Inputs that say nothing of the targets: columns of noise, and columns of zeros as their control.

What noise does to learning, and what merely more parameters do, are told apart by the two: a network has the
same number of weights with 100 columns of noise as with 100 columns of zeros. Knows nothing of targets.
"""

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.arguments import whole_number
from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.draws import Purpose, draws
from trainlab.errors import UsageError


def with_irrelevant(dataset: Dataset, *, noise: int = 0, zeros: int = 0, split_seed: int = 0) -> Dataset:
    """Flatten the rows and append columns that have nothing to do with the targets.

    Noise looks like the data: for bytes, each value from the smallest to the largest that occurs is as likely
    as the others; other numbers are normal, with the mean and the standard deviation of all inputs taken
    together. Fewer columns of noise are the first of more, so that a curve over their number is one curve.

    Args:
        dataset: the rows, of one input.
        noise: columns of noise, drawn once for each row.
        zeros: columns of zeros. One of the two is asked for.
        split_seed: what noise is drawn from, from 0 on; a run's seed has no say.

    Returns:
        The same rows with ``(row, columns + appended)`` inputs, in the type and with the scale that they had;
        `notes` say what was appended.

    Raises:
        UsageError: for a data set of several inputs, and where not exactly one of the two counts is given.

    Source:
        F. Chollet, *Deep Learning with Python*, 2nd ed. (2021), section 5.1.1, MNIST with noise channels and
        with all-zeros channels. We depart from it in the noise, which is uniform from 0 to 1 there.

    >>> data = Dataset([[3, 7], [5, 4]], [0, 1])
    >>> with_irrelevant(data, zeros=2).x.tolist()
    [[3, 7, 0, 0], [5, 4, 0, 0]]
    >>> with_irrelevant(data, noise=30).notes[-1]
    'inputs: flattened to 2 columns, then 30 of noise from 3 to 7 (split seed 0)'
    """
    whole_number(noise, "irrelevant_features.noise", 0)
    whole_number(zeros, "irrelevant_features.zeros", 0)
    whole_number(split_seed, "split_seed", 0)
    if bool(noise) == bool(zeros):
        cure = "Give one of the two: `noise=100` or `zeros=100`."
        raise UsageError(
            "not exactly one kind of column", "irrelevant_features", {"noise": noise, "zeros": zeros}, cure
        )
    if dataset.inputs:
        cure = "Append the columns to one of the arrays before the data set is made."
        message = f"rows of {len(dataset.inputs)} inputs cannot be flattened to one"
        raise UsageError(message, "irrelevant_features", dataset.inputs, cure)
    (kept,) = dataset.parts
    flat = kept.reshape(dataset.rows, -1)
    if noise:
        # Places of levels and holes are no amounts that noise could look like.
        numbers = [place for place, column in enumerate(dataset.columns) if column.kind == "number"]
        like_these = flat[:, numbers] if numbers else flat
        columns, like = _noise(like_these, noise, split_seed, dataset.scales[0])
        said = f"{noise} of noise {like} (split seed {split_seed})"
    else:
        columns, said = np.zeros((dataset.rows, zeros), flat.dtype), f"{zeros} of zeros"
    note = f"inputs: flattened to {flat.shape[1]} columns, then {said}"
    kind = "noise" if noise else "zeros"
    names = (
        [Column(f"{kind} {number}") for number in range(1, columns.shape[1] + 1)] if dataset.columns else []
    )
    return dataclasses.replace(
        dataset,
        x=np.concatenate([flat, columns], axis=1),
        notes=(*dataset.notes, note),
        columns=(*dataset.columns, *names),
    )


def _noise(flat: NDArray[Any], count: int, split_seed: int, scale: float) -> tuple[NDArray[Any], str]:
    """Draw column by column, so that more columns begin with fewer; give them with what they look like."""
    random = draws(split_seed, Purpose.IRRELEVANT)
    shape = (count, len(flat))
    if flat.dtype == np.uint8:
        low, high = int(flat.min()), int(flat.max())
        return random.integers(low, high, shape, np.uint8, endpoint=True).T, f"from {low} to {high}"
    present = flat[~np.isnan(flat)]
    mean, spread = float(present.mean(dtype=np.float64)), float(present.std(dtype=np.float64))
    # Nothing beyond what float32 holds, also when scaled: such data have amounts near its end.
    limit = float(np.finfo(np.float32).max) / max(scale, 1.0)
    drawn = np.clip(random.normal(mean, spread, shape), -limit, limit).T.astype(np.float32)
    return drawn, f"with mean {mean:.4g} and standard deviation {spread:.4g}"
