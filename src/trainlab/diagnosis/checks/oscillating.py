"""TL204: a training loss that jumps up and down: steps too long, or batches too small, for this rate."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from trainlab.diagnosis.curves import training_curves
from trainlab.diagnosis.measured import Floats
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

OF_GUESSING = 0.05  # a jump from one epoch to the next counts from this share of the loss of guessing on,
EACH_WAY = 0.25  # where this share of the epochs goes up, and as many down


def examine(results: Results) -> Iterator[Finding]:
    """Look at the second half of training: weights stand still there for every number, so jumps are real."""
    told = {}
    for curves in training_curves(results):
        most = curves.most(partial(oscillates, guess=curves.guess))
        if most is not None:
            size = float(np.mean([jump(losses) for losses in curves.runs]))
            told[curves.variant] = f"`{curves.variant}` by {size:.3g} an epoch in {most[0]} of {most[1]} runs"
    if told:
        yield CHECK.found(
            "learning_rate",
            f"the training loss jumps up and down in the second half of training: {listed(told.values())}",
            "Try a smaller learning rate, a schedule such as `schedule: cosine`, or larger batches.",
            variants=tuple(told),
        )


def oscillates(losses: Floats, guess: float) -> bool:
    """Tell whether a training loss jumps up and down late in training.

    Args:
        losses: ``(epoch,)`` training losses.
        guess: the loss of guessing.

    >>> oscillates(np.array([0.7, 0.3, 0.5, 0.3, 0.5, 0.2, 0.5, 0.2]), 0.69)
    True
    >>> oscillates(np.array([0.7, 0.5, 0.4, 0.3, 0.25, 0.22, 0.2, 0.19]), 0.69)
    False
    """
    steps = np.diff(losses[len(losses) // 2 :])
    ways = min(float((steps > 0).mean()), float((steps < 0).mean()))
    return ways >= EACH_WAY and jump(losses) > OF_GUESSING * guess


def jump(losses: Floats) -> float:
    """Give the usual size of a step from epoch to epoch in the second half, its trend taken off."""
    steps = np.diff(losses[len(losses) // 2 :])
    return float(np.abs(steps - steps.mean()).mean())


CHECK = AfterCheck("TL204", "note", "an oscillating training loss", examine)
