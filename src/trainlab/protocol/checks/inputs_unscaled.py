"""TL113: inputs that go into the network far from its usual size."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.inputs import LARGE
from trainlab.data.preparing.preparation import SCALING, Prepare
from trainlab.data.preparing.steps_in_force import steps_in_force
from trainlab.experiment.models import Cnn, Mlp
from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import counted, listed

SMALL = 0.01
MOST_ROWS = 5_000
MOST_NUMBERS = 500_000
LEAST_ROWS = 50


def examine(question: Question) -> Iterator[Finding]:
    """Look for numbers beyond 10, or all within a hundredth, that no step of preparation scales.

    A model of the user's own may rescale by itself; then it is a note.
    """
    data = question.experiment.data
    own = not isinstance(question.experiment.model, Mlp | Cnn)
    found = list(_unscaled(data, _prepare(question)))
    if not found:
        return
    image = any(part.ndim > 2 for part in data.parts)
    cure = "Write `prepare: standardize`, or leave `prepare` out, which standardizes the columns of tables."
    if image:
        cure = "Pass `scale=1 / 255`, or write `prepare: {rescale: 255}`."
    if own:
        cure += " A model that rescales by itself (a `Rescaling` or `Normalization` layer) needs neither."
    yield CHECK.found(
        listed([said for said, _ in found], 3),
        f"{counted(len(found), 'column' if not image else 'input')} far from the size of one as the "
        "network sees them: "
        f"{listed([told for _, told in found], 3)}",
        cure,
        severity="note" if own else "warn",
    )


def _prepare(question: Question) -> Prepare:
    prepare = getattr(question.experiment, "prepare", None)
    return prepare if isinstance(prepare, Prepare) else Prepare()


def _unscaled(data: Dataset, prepare: Prepare) -> Iterator[tuple[str, str]]:
    force = steps_in_force(data, prepare)
    rows = np.random.default_rng(0).permutation(data.rows)[:MOST_ROWS]
    for index, (part, steps) in enumerate(zip(data.parts, force.inputs, strict=True)):
        scale = data.scales[index]
        if len(steps) == 1 and steps[0].column is None:
            if not _scaled(steps[0].steps):
                whole = f"`{data.inputs[index]}`" if data.inputs else "x"
                few = max(MOST_NUMBERS // max(part[0].size, 1), LEAST_ROWS)
                yield from _told(whole, part[rows[:few]], scale)
            continue
        for at, column in enumerate(steps):
            if column.column is not None and column.column.kind == "number" and not _scaled(column.steps):
                yield from _told(f"`{column.column.name}`", part[rows, at], scale)


def _scaled(steps: Any) -> bool:
    return any(step.name in SCALING and step.name != "none" for step in steps)


def _told(said: str, values: NDArray[Any], scale: float) -> Iterator[tuple[str, str]]:
    numbers = values[np.isfinite(values)].astype(np.float64) * scale
    if not len(numbers):
        return
    size, spread = float(np.abs(numbers).max()), float(numbers.std())
    # The largest hundredth may be a tail; the usual size is what a layer sees.
    usual = float(np.quantile(np.abs(numbers), 0.9))
    if usual > LARGE or (spread > 0 and size < SMALL):
        yield said, f"{said} from {numbers.min():.4g} to {numbers.max():.4g}, with a spread of {spread:.3g}"


CHECK = Check("TL113", "warn", "inputs far from unit scale", examine)
