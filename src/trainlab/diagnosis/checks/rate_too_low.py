"""TL205: a learning rate that is too low for so many epochs: the loss creeps down a straight line."""

from collections.abc import Iterator
from functools import partial

from trainlab.diagnosis.curves import training_curves
from trainlab.diagnosis.measured import Floats
from trainlab.diagnosis.other_rates import trained_better
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

UNLEARNED = 0.5  # of the loss of guessing are left at the end,
STEADY = 0.5  # the second half of training brought this share of what the first did,
SMOOTH = 0.1  # and what went up on the way is less than this share of what went down


def examine(results: Results) -> Iterator[Finding]:
    """Look for losses that creep, and for variants of a larger rate alone that trained further.

    A loss that falls as fast at the end as at the beginning, without a jump, would have borne longer steps.
    """
    told: dict[str, str] = {}
    for curves in training_curves(results):
        most = curves.most(partial(creeps, guess=curves.guess))
        faster = list(trained_better(results, curves.place, faster=True))
        ends = f"{curves.runs[0][0]:.3g} to {curves.runs[0][-1]:.3g}"
        if faster:
            name, rate = faster[0]
            told[curves.variant] = f"`{curves.variant}`, where `{name}` trained further at {rate:g}"
        elif most is not None:
            told[curves.variant] = f"`{curves.variant}` from {ends}, like this in {most[0]} of {most[1]} runs"
    if told:
        yield CHECK.found(
            "learning_rate",
            "the training loss fell slowly and steadily with most of it left, or a larger rate got further: "
            f"{listed(told.values())}",
            "Try ten times the learning rate, then more epochs.",
            variants=tuple(told),
        )


def creeps(losses: Floats, guess: float) -> bool:
    """Tell whether a training loss falls along a straight line and has hardly begun.

    Args:
        losses: ``(epoch,)`` training losses, before training first where that is known.
        guess: the loss of guessing.

    >>> import numpy as np
    >>> creeps(np.linspace(0.70, 0.62, 10), 0.69), creeps(0.70 * 0.6 ** np.arange(10), 0.69)
    (True, False)
    """
    middle = len(losses) // 2
    first, second = losses[0] - losses[middle], losses[middle] - losses[-1]
    up = float((losses[1:] - losses[:-1]).clip(min=0.0).sum())
    fell = float(losses[0] - losses[-1])
    return bool(
        losses[-1] > UNLEARNED * guess and fell > 0 and second > STEADY * first and up < SMOOTH * (fell + up)
    )


CHECK = AfterCheck("TL205", "warn", "a learning rate that is too low", examine)
