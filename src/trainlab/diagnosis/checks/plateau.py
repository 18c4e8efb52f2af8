"""TL207: a plateau: epochs in which the training loss stood still although there was more to learn."""

import math
from collections.abc import Iterator

import numpy as np

from trainlab.comparison.verdict import SHARE_OF_TRIVIAL_LOSS
from trainlab.diagnosis.curves import training_curves
from trainlab.diagnosis.measured import Floats
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

SHARE = 1 / 3  # of all epochs are a plateau,
NEAR = (0.9, 1.1)  # close to what guessing costs at its end,
AFTER = 0.1  # or with a fall of this share of it behind


def examine(results: Results) -> Iterator[Finding]:
    """Look for training losses that stood still, at the level of guessing or before they fell on."""
    told = {}
    for curves in training_curves(results):
        found = [plateau(losses, curves.guess) for losses in curves.runs]
        flat = [one for one in found if one is not None]
        if flat and 2 * len(flat) >= len(found):
            epochs, level = np.median([one[0] for one in flat]), np.median([one[1] for one in flat])
            where = f"for {epochs:.0f} epochs at {level:.3g}"
            told[curves.variant] = f"`{curves.variant}` {where} in {len(flat)} of {len(found)} runs"
    if told:
        yield CHECK.found(
            "learning_rate",
            f"the training loss stood still although there was more to learn: {listed(told.values())}",
            "Try another learning rate, a warm-up, `batch_norm: true`, or a larger network.",
            variants=tuple(told),
        )


def plateau(losses: Floats, guess: float) -> tuple[int, float] | None:
    """Give how many epochs a training loss stood still, and where; None where it did not, or all was learned.

    Args:
        losses: ``(epoch,)`` training losses.
        guess: the loss of guessing.

    >>> plateau(np.array([0.70, 0.69, 0.69, 0.69, 0.69, 0.69, 0.40, 0.20]), 0.69)
    (5, 0.69)
    >>> plateau(np.array([0.70, 0.40, 0.20, 0.10, 0.10, 0.10, 0.10, 0.10]), 0.69) is None
    True
    """
    within = 2 * SHARE_OF_TRIVIAL_LOSS * guess
    enough = max(4, math.ceil(SHARE * len(losses)))
    if not _any_flat(losses, within, enough):
        return None
    length, start = _longest_flat(losses.tolist(), within)
    level = float(np.median(losses[start : start + length + 1]))
    after = level - float(losses[-1])
    stuck = NEAR[0] * guess < level < NEAR[1] * guess and start + length >= len(losses) - 1
    return (length, level) if stuck or after > AFTER * guess else None


def _any_flat(losses: Floats, within: float, length: int) -> bool:
    """Tell whether a stretch goes on flat for so many epochs after its first: most runs have none."""
    if len(losses) <= length or (np.abs(losses[length:] - losses[:-length]) > within).all():
        return False
    windows = np.lib.stride_tricks.sliding_window_view(losses, length + 1)
    return bool((np.ptp(windows, axis=1) <= within).any())


def _longest_flat(losses: list[float], within: float) -> tuple[int, int]:
    """Give how many epochs the longest flat stretch goes on after the one it begins with, and that one."""
    best, start = (0, 0), 0
    low = high = losses[0]
    for end, loss in enumerate(losses):
        low, high = min(low, loss), max(high, loss)
        while high - low > within:
            start += 1
            low, high = min(losses[start : end + 1]), max(losses[start : end + 1])
        best = max(best, (end - start, start))
    return best


CHECK = AfterCheck("TL207", "note", "a plateau of the training loss", examine)
