"""The training losses of single runs, from before training to the end, as checks of their shape need them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from trainlab.diagnosis.measured import Floats, finished, guessed_loss
from trainlab.diagnosis.probed import START, probed
from trainlab.results.table import Results

LONG = 6
"""With fewer epochs a curve has no shape."""


@dataclass(frozen=True, eq=False)
class Curves:
    """The training losses of a variant's finished runs.

    Args:
        variant: its name.
        place: its place among the variants.
        runs: one array for each run: the loss before training where it was probed, then after each epoch.
        guess: the loss of guessing.
        begun: whether the loss before training stands first in all of them.
    """

    variant: str
    place: int
    runs: tuple[Floats, ...]
    guess: float
    begun: bool = False

    def most(self, told: Callable[[Floats], bool]) -> tuple[int, int] | None:
        """Count the runs that something is true of; None where it is less than half of them."""
        count = sum(map(told, self.runs))
        return (count, len(self.runs)) if count and 2 * count >= len(self.runs) else None


def training_curves(results: Results) -> Iterator[Curves]:
    """Give the training losses of each variant that has runs long enough."""
    asked = finished(results)
    for place, name in enumerate(results.variants):
        starts = {at: float(probe.losses[START]) for at, probe in probed(results, place)}
        runs = []
        for seed, fold in np.argwhere(asked[place]).tolist():
            losses = results.curves["train_loss"][place, seed, fold]
            losses = losses[np.isfinite(losses)]
            if len(losses) >= LONG:
                start = starts.get((seed, fold), np.nan)
                runs.append(np.concatenate([[start], losses]) if np.isfinite(start) else losses)
        guess = guessed_loss(results, place) if runs else np.nan
        if runs and np.isfinite(guess):
            begun = len(starts) > 0 and all(np.isfinite(start) for start in starts.values())
            yield Curves(name, place, tuple(runs), guess, begun)
