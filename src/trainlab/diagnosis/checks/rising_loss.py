"""TL142: training loss that rises, and runs that diverged: a large rate, told as a property of a method."""

from collections.abc import Iterator

import numpy as np

from trainlab.diagnosis.measured import Floats
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed, named
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

OF_THE_LOWEST = 0.1  # a rise counts from this share of the lowest loss on,
OF_THE_FALL = 0.25  # if it is also this share of what training had gained: less is the jitter of late epochs


def examine(results: Results) -> Iterator[Finding]:
    """Look for training losses, penalty included, that end far above their lowest."""
    curve = results.curves["train_loss"] + np.nan_to_num(results.curves["penalty"])
    rising: dict[str, str] = {}
    for place, name in enumerate(results.variants):
        runs = curve[place].reshape(results.outcomes[place].size, curve.shape[-1])
        rises = [found for run in runs if (found := rise(run)) is not None]
        trained = int(np.isfinite(runs).any(axis=-1).sum())
        if rises and 2 * len(rises) >= trained:
            lowest, last = np.mean(rises, axis=0)
            rising[name] = f"`{name}` from {lowest:.3g} to {last:.3g} in {len(rises)} of {trained} runs"
    if rising:
        yield CHECK.found(
            "learning_rate",
            f"the training loss rose after its lowest: {listed(rising.values())}",
            "Try a smaller learning rate, a schedule or `clip_norm: 1`, then judge the method.",
            limit="with a training loss that rose",
            variants=tuple(rising),
        )
    yield from _diverged(results)


def _diverged(results: Results) -> Iterator[Finding]:
    counts = {
        name: int((results.outcomes[place] == Outcome.DIVERGED).sum())
        for place, name in enumerate(results.variants)
    }
    gone = {name: count for name, count in counts.items() if count}
    if gone:
        of = results.outcomes[0].size
        yield CHECK.found(
            "learning_rate",
            f"runs that diverged: {listed(f'{count} of {of} in `{name}`' for name, count in gone.items())}",
            f"Try a smaller learning rate or `clip_norm: 1` in {named(gone)}.",
            variants=tuple(gone),
        )


def rise(losses: Floats) -> tuple[float, float] | None:
    """Give the lowest and the last loss where training ended well above its lowest; None otherwise.

    The last is the mean of the last quarter of epochs, so that a single jump is no rise.

    Args:
        losses: ``(epoch,)`` training losses; NaN after the last.

    >>> rise(np.array([0.60, 0.566, 0.61, 0.67, 0.72, 0.741]))
    (0.566, 0.741)
    >>> rise(np.array([2.3, 0.9, 0.4, 0.2, 0.1, 0.11])) is None
    True
    """
    there = losses[np.isfinite(losses)]
    if len(there) < 3:
        return None
    first, lowest = float(there[0]), float(there.min())
    last = float(there[-max(1, len(there) // 4) :].mean())
    rose = last - lowest
    if rose > OF_THE_LOWEST * abs(lowest) and rose > OF_THE_FALL * (first - lowest):
        return lowest, last
    return None


CHECK = AfterCheck("TL142", "warn", "rising training loss or diverged runs", examine)
