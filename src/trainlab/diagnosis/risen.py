"""Whether training made the training loss larger than it was before: divergence that stays finite."""

from dataclasses import dataclass

import numpy as np

from trainlab.diagnosis.completed import Completed
from trainlab.diagnosis.estimate import Estimate
from trainlab.diagnosis.measured import Floats, guessed_loss
from trainlab.diagnosis.probed import LAST, START, probed


@dataclass(frozen=True, eq=False)
class Risen:
    """How the training loss ended.

    Args:
        start: the loss before training, mean over runs; of guessing, where that was not stored.
        end: the loss at the end.
        rise: by how much the end lies above the start.
        measured: whether the loss before training was measured.
    """

    start: float
    end: float
    rise: Estimate
    measured: bool


def risen(runs: Completed, place: int) -> Risen | None:
    """Hold the training loss at the end against that before training; None where neither is known.

    The data loss on the same probed training rows, with the weights standing still. Where nothing was probed,
    the sample of training rows at the last epoch is held against the loss of guessing, which an untrained
    network has at best.
    """
    results = runs.results
    shape = results.outcomes[place].shape
    starts, ends = np.full(shape, np.nan), np.full(shape, np.nan)
    for at, probe in probed(results, place):
        starts[at], ends[at] = probe.losses[START], probe.losses[LAST]
    known = np.isfinite(starts) & np.isfinite(ends)
    if not known.any():
        guess = guessed_loss(results, place)
        ends = _last(results.curves["train_loss"][place])
        known = np.isfinite(ends) & runs.scored[place] & np.isfinite(guess)
        if not known.any():
            return None
        starts = np.full(shape, guess)
    # An untrained start that is worse than guessing is no level to be proud of: see TL212.
    rise = runs.of_runs(np.where(known, ends - starts, np.nan), runs.loss_that_matters(place))
    if rise is None:
        return None
    probes = bool(probed(results, place))
    return Risen(float(starts[known].mean()), float(ends[known].mean()), rise, probes)


def _last(curves: Floats) -> Floats:
    """Give ``(seed, fold)`` the last finite number of each curve; NaN where there is none."""
    there = np.isfinite(curves)
    if not curves.shape[-1]:
        return np.full(curves.shape[:-1], np.nan)
    at = curves.shape[-1] - 1 - there[..., ::-1].argmax(axis=-1)
    found: Floats = np.take_along_axis(curves, at[..., None], axis=-1)[..., 0]
    return np.where(there.any(axis=-1), found, np.nan)
