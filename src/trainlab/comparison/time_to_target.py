"""Time to target: after how many epochs, steps and seconds the runs of a variant first reached a score.

Knows stored results only. A run that never reached the target is not dropped, which would reward the variant
whose slow runs give up: it counts as later than any epoch it was trained for.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.budgets import seconds_of_step, steps_of_epoch
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

Floats = NDArray[np.float64]

# Curves are stored as means of 32-bit numbers: 342 of 360 rows right may be a hair below 0.95.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class TimeToTarget:
    """When the runs of one variant reached the target.

    The median is the epoch by which more than half of the runs had reached it. Where no more than half did,
    it lies beyond what was trained, and ``epochs``, ``steps`` and ``seconds`` say what it is more than.

    Args:
        variant: name of the variant.
        first_epochs: for each run, seed by seed, the first epoch at which it reached the target; None where
            it never did.
        runs: runs that ended, or reached the target before.
        reached: how many of them reached it.
        epochs: median number of epochs, or the epochs that it is more than; None without any run.
        steps: the same in optimizer steps, of all members where networks are averaged; None where not known.
        seconds: the same in seconds of a run measured alone; None where not measured.
        averaged: whether the runs are ensembles.
    """

    variant: str
    first_epochs: tuple[int | None, ...]
    runs: int
    reached: int
    epochs: int | None
    steps: int | None
    seconds: float | None
    averaged: bool = False

    @property
    def censored(self) -> bool:
        """Whether the median is only known to be more than ``epochs``."""
        return 2 * self.reached <= self.runs

    def document(self) -> dict[str, object]:
        """Give plain values, None where there is none."""
        return {
            "variant": self.variant,
            "runs": self.runs,
            "reached": self.reached,
            "epochs": self.epochs,
            "steps": self.steps,
            "seconds": self.seconds,
            "more_than": self.censored,
            "first_epochs": list(self.first_epochs),
        }


def time_to_target(results: Results, target: float | None = None) -> tuple[TimeToTarget, ...]:
    """Tell when the runs of each variant reached the target; nothing where there is no target.

    What is looked at is the metric on all validation rows after each epoch, with the weights standing still.
    An ensemble answers as one only when its members are trained, so it reaches the target at its end or not
    at all.

    Args:
        results: what is stored, finished or not.
        target: the score to reach; left out, the experiment's ``target_score``.

    Returns:
        One for each variant, in the order of the experiment.
    """
    if target is None:
        target = results.facts.get("experiment", {}).get("target_score")
    if target is None:
        return ()
    try:
        curves = results.validation_curve("metric")
    except KeyError:  # which rows are in which half was not stored: the run broke off at its very start
        return ()
    firsts = first_reached(curves, float(target), higher_is_better=results.metric.higher_is_better)
    at_end = first_reached(
        results.scores[..., None], float(target), higher_is_better=results.metric.higher_is_better
    )
    averaged = np.asarray(np.isfinite(results.member_scores).any(axis=(1, 2, 3)), bool)
    firsts[averaged] = (at_end * results.endings["epochs"])[averaged]
    return tuple(
        _of_variant(results, place, firsts[place], averaged=bool(averaged[place]))
        for place in range(len(results.variants))
    )


def first_reached(curves: Floats, target: float, *, higher_is_better: bool) -> Floats:
    """Give the number of the first epoch at which each curve reached the target, from 1; NaN where none did.

    Args:
        curves: ``(..., epoch)`` scores; NaN where an epoch is missing.
        target: the score to reach.
        higher_is_better: whether it is reached from below.

    >>> first_reached(np.array([[0.5, 0.9, 0.8], [0.5, 0.6, np.nan]]), 0.8, higher_is_better=True)
    array([ 2., nan])
    """
    slack = _ROUNDING * abs(target)
    there = curves >= target - slack if higher_is_better else curves <= target + slack
    if not curves.shape[-1]:
        return np.full(curves.shape[:-1], np.nan)
    return np.where(there.any(axis=-1), there.argmax(axis=-1) + 1.0, np.nan)


def median_or_more(firsts: Floats, trained: Floats) -> tuple[float, bool]:
    """Give the epoch by which more than half of the runs had reached the target, or what it is more than.

    Args:
        firsts: ``(run,)`` first epoch at which each run reached the target; NaN where it never did.
        trained: ``(run,)`` epochs that each run was trained for.

    Returns:
        The epoch, and whether it is only known to be more.

    >>> median_or_more(np.array([3.0, 5.0, np.nan]), np.array([9.0, 9.0, 9.0]))
    (5.0, False)
    >>> median_or_more(np.array([3.0, np.nan, np.nan]), np.array([9.0, 4.0, 9.0]))
    (4.0, True)
    """
    reached = np.isfinite(firsts)
    middle = len(firsts) // 2
    if 2 * reached.sum() > len(firsts):
        return float(np.sort(np.where(reached, firsts, np.inf))[middle]), False
    return float(np.sort(np.where(reached, firsts, trained))[middle]), True


def _of_variant(results: Results, place: int, firsts: Floats, *, averaged: bool) -> TimeToTarget:
    outcomes = results.outcomes[place].ravel()
    trained = results.endings["epochs"][place].ravel()
    firsts = firsts.ravel()
    over = (outcomes != Outcome.RUNNING) & (outcomes != Outcome.INTERRUPTED) & np.isfinite(trained)
    counted = over | np.isfinite(firsts)
    name = results.variants[place]
    epochs: float | None = None
    if counted.any():
        epochs, _ = median_or_more(firsts[counted], trained[counted])
    an_epoch, a_step = steps_of_epoch(results, place), seconds_of_step(results, place)
    steps = None if epochs is None or an_epoch is None else round(epochs * an_epoch)
    return TimeToTarget(
        variant=name,
        first_epochs=tuple(int(first) if math.isfinite(first) else None for first in firsts),
        runs=int(counted.sum()),
        reached=int(np.isfinite(firsts).sum()),
        epochs=None if epochs is None else int(epochs),
        steps=steps,
        seconds=None if steps is None or a_step is None else steps * a_step,
        averaged=averaged,
    )
