"""What a trial beforehand shows: whether a batch was learned by heart, and which learning rates work.

Read from stored results alone; what is trained for it stands in ``probing``.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainlab.experiment.metrics import amount
from trainlab.experiment.spec import Experiment
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

Floats = NDArray[np.float64]

# One batch is learned by heart when this share of the loss of an untrained network is left.
LEFT = 0.05
# A rate is usable where it reaches half of what the best one does.
USABLE = 0.5


@dataclass(frozen=True, eq=False)
class Trial:
    """An experiment that tries variants of another one at several rates.

    Args:
        experiment: what is trained.
        groups: for each group of variants, those variants with their own rates, and rate -> variant trained.
    """

    experiment: Experiment
    groups: tuple[tuple[dict[str, float], dict[float, str]], ...]


@dataclass(frozen=True)
class OneBatch:
    """Whether a network can learn a single batch by heart.

    Args:
        variants: names of the variants that have this network.
        rows: rows of the batch.
        epochs: for how long it was tried.
        start: loss on the batch before anything is learned, nearly.
        reached: least loss that any rate and seed came to; None where every run diverged.
        rate: learning rate of that run.
        own: learning rate of the first of the variants.
        fits: whether the loss fell to 5 % of its start.
        sentence: all this in words.
    """

    variants: tuple[str, ...]
    rows: int
    epochs: int
    start: float | None
    reached: float | None
    rate: float | None
    own: float
    fits: bool
    sentence: str

    def document(self) -> dict[str, object]:
        """Give plain values."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**found, "variants": list(self.variants)}


@dataclass(frozen=True)
class RateTest:
    """How far one variant comes in a few epochs at each learning rate.

    Args:
        variants: names of the variants that differ in the rate alone.
        rates: learning rates, growing; the variants' own are among them.
        losses: rate -> seed -> training loss at the end; None where the run diverged.
        usable: least and largest rate that reach half of what the best one does, in one stretch around it;
            None where no rate learns.
        suggested: geometric mean over seeds of the rate that came furthest; None where no rate learns.
        spread: least and largest of those.
        own: variant -> its own rate.
        sentence: all this in words.
    """

    variants: tuple[str, ...]
    rates: tuple[float, ...]
    losses: tuple[tuple[float | None, ...], ...]
    usable: tuple[float, float] | None
    suggested: float | None
    spread: tuple[float, float] | None
    own: Mapping[str, float]
    sentence: str

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "variants": list(self.variants),
            "rates": list(self.rates),
            "losses": [list(losses) for losses in self.losses],
            "usable": None if self.usable is None else list(self.usable),
            "suggested": self.suggested,
            "spread": None if self.spread is None else list(self.spread),
            "own": dict(self.own),
            "sentence": self.sentence,
        }


def judge_batches(results: Results, trial: Trial) -> Iterator[OneBatch]:
    """Say of each network whether it learned its batch by heart.

    Args:
        results: what the trial gave.
        trial: what was tried.
    """
    for own, tried in trial.groups:
        places = [results.variants.index(name) for name in tried.values()]
        rates = list(tried)
        losses = results.curves["train_loss"][places, :, 0, :]
        least = np.min(np.where(np.isfinite(losses), losses, np.inf), axis=(1, 2), initial=np.inf)
        # At a tenth of the rate, one step has changed next to nothing.
        first = losses[0, :, :1][np.isfinite(losses[0, :, :1])]
        start = float(first.mean()) if first.size else None
        best = int(np.argmin(least))
        reached = float(least[best]) if np.isfinite(least[best]) else None
        changes = trial.experiment.variants[places[0]].recipe(trial.experiment.recipe)
        fits = start is not None and reached is not None and reached <= LEFT * start
        made = OneBatch(
            variants=tuple(own),
            rows=int(changes.train_rows or 0),
            epochs=int(changes.epochs),
            start=start,
            reached=reached,
            rate=None if reached is None else rates[best],
            own=next(iter(own.values())),
            fits=fits,
            sentence="",
        )
        at_own = float(least[rates.index(_nearest(rates, made.own))])
        yield replace(made, sentence=_batch_sentence(made, at_own))


def _nearest(rates: list[float], rate: float) -> float:
    return min(rates, key=lambda one: abs(math.log(one / rate)))


def _batch_sentence(made: OneBatch, at_own: float) -> str:
    who = _who(made.variants)
    batch = f"one batch of {made.rows} rows"
    if made.reached is None or made.start is None or made.rate is None:
        return (
            f"{who} diverges on {batch} at every rate tried: look for inputs or targets of a wild scale, and "
            "for an output that does not fit the loss."
        )
    fell = (
        f"the training loss falls from {amount(made.start)} to {amount(made.reached)} in {made.epochs} "
        f"epochs at rate {made.rate:.3g}"
    )
    if not made.fits:
        return (
            f"{who} cannot learn {batch} by heart: {fell}, and no rate tried does better; look for rows that "
            "are alike with unlike targets, an output or a loss that does not fit, units that are dead from "
            "the start, or too small a network."
        )
    if at_own > LEFT * made.start:
        return (
            f"{who} learns {batch} by heart, but not at its own rate of {made.own:.3g}: {fell}, at its own "
            f"to {amount(at_own) if math.isfinite(at_own) else 'no finite number'}."
        )
    return f"{who} learns {batch} by heart: {fell}."


def judge_rates(results: Results, trial: Trial) -> Iterator[RateTest]:
    """Say which rates work, and where the variants' own lie.

    Args:
        results: what the trial gave.
        trial: what was tried.
    """
    for own, tried in trial.groups:
        places = [results.variants.index(name) for name in tried.values()]
        losses = results.endings["train_loss"][places].mean(axis=2)
        gone = (results.outcomes[places] == Outcome.DIVERGED).any(axis=2)
        losses = np.where(gone | ~np.isfinite(losses), np.inf, losses)
        rates = np.array(list(tried))
        usable, best = _usable(rates, losses)
        made = RateTest(
            variants=tuple(own),
            rates=tuple(rates.tolist()),
            losses=tuple(
                tuple(float(loss) if math.isfinite(loss) else None for loss in of_rate) for of_rate in losses
            ),
            usable=usable,
            suggested=None if usable is None else float(f"{np.exp(np.log(best).mean()):.2g}"),
            spread=None if usable is None else (float(best.min()), float(best.max())),
            own=own,
            sentence="",
        )
        yield replace(made, sentence=_rate_sentence(made))


def _usable(rates: Floats, losses: Floats) -> tuple[tuple[float, float] | None, Floats]:
    """Find the stretch of rates that learn, and each seed's best one; none where the loss never falls."""
    best = rates[np.argmin(losses, axis=0)]
    by_rate = losses.mean(axis=1)
    place = int(np.argmin(by_rate))
    start = by_rate[0]  # at the least rate next to nothing is learned
    gained = start - by_rate[place]
    spread = float(np.ptp(losses[0])) if np.isfinite(losses[0]).all() else math.inf
    if not math.isfinite(gained) or gained <= 0 or gained < LEFT * spread:
        return None, best
    enough = by_rate <= start - USABLE * gained
    low = high = place
    while low > 0 and enough[low - 1]:
        low -= 1
    while high < len(rates) - 1 and enough[high + 1]:
        high += 1
    return (float(rates[low]), float(rates[high])), best


def _rate_sentence(made: RateTest) -> str:
    who = _who(made.variants)
    if made.usable is None or made.suggested is None or made.spread is None:
        return f"{who} learns at none of the rates from {made.rates[0]:.3g} to {made.rates[-1]:.3g}."
    low, high = made.usable
    seeds = len(made.losses[0])
    spread = "" if seeds == 1 else f" ({made.spread[0]:.3g} to {made.spread[1]:.3g} over {seeds} seeds)"
    said = f"{who}: rates from {low:.3g} to {high:.3g} work, {made.suggested:.2g}{spread} comes furthest"
    for name, rate in made.own.items():
        where = "below that" if rate < low else "above that" if rate > high else "within"
        whose = "its own" if len(made.own) == 1 else f"the own of {name[:80]}"
        said += f"; {whose}, {rate:.3g}, lies {where}"
    return f"{said}."


def _who(variants: tuple[str, ...]) -> str:
    shown = [name[:80] for name in variants[:3]]
    more = f" and {len(variants) - 3} more" if len(variants) > 3 else ""
    return ", ".join(shown) + more
