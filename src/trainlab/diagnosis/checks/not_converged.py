"""TL141: epochs too few: variants whose training loss still fell when training ended.

The training loss tells, not the score alone: a score jumps from row to row, and stands still while a network
that has hardly begun to learn still calls everything by one name.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from trainlab.comparison.verdict import SHARE_OF_TRIVIAL_LOSS
from trainlab.diagnosis.measured import Floats, better, by_seed, finished, guessed_loss, interval, shown
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import counted, listed
from trainlab.results.remembered import remembered
from trainlab.results.table import Results

QUARTERS = 4
LONG_ENOUGH = 8
"""So many epochs at least are proposed: with fewer, a quarter of them is a single one."""


class Late(NamedTuple):
    """What the last quarter of a variant's epochs brought.

    Args:
        epochs: how many were trained.
        runs: how many runs are asked.
        gain: what the training loss fell by, mean over runs; NaN for a single epoch.
        gains: ``(seed, fold)`` of single runs; NaN for those that are not asked.
        bounds: its interval; None where there is one run only, or fewer than four epochs.
        matters: what it has to exceed.
        score: how much better the validation score became, mean over runs; NaN where it is not known.
        by_heart: whether the validation loss rose meanwhile, with its whole interval.
    """

    epochs: int
    runs: int
    gain: float
    gains: Floats
    bounds: tuple[float, float] | None
    matters: float
    score: float
    by_heart: bool = False

    @property
    def improves(self) -> bool:
        """Whether validation got better too: its score did, and its loss did not rise beyond chance."""
        return self.score > 0 and not self.by_heart

    @property
    def sure(self) -> bool:
        """Whether runs and epochs are enough to tell that training had not converged."""
        return self.bounds is not None

    @property
    def too_few(self) -> bool:
        """Whether the epochs were too few, as far as can be told."""
        if self.epochs < QUARTERS:
            return not self.gain <= self.matters  # a single epoch has no gain, and has converged nowhere
        least = self.gain if self.bounds is None else self.bounds[0]
        return least > self.matters and self.improves


def examine(results: Results) -> Iterator[Finding]:
    """Look for variants whose training loss fell in the last quarter of epochs by more than what matters.

    What matters is 1 % of what guessing costs. It has to lie below the interval over seeds (over folds, for
    one seed of several), and validation has to get better too, in its score and without a loss that surely
    rises: else longer training only learns by heart. With one run, or fewer than four epochs, that cannot be
    told; then the mean has to exceed it, and the finding says so. Runs that early stopping ended are not
    asked: they ended by themselves.
    """
    few: dict[str, Late] = {}
    for place, name in enumerate(results.variants):
        found = last_quarter(results, place)
        if found is not None and found.too_few:
            few[name] = found
    for sure in (True, False):
        told = {name: late for name, late in few.items() if late.sure is sure}
        if told:
            yield _finding(results, told, sure=sure)


def late_gains(curves: Floats) -> Floats:
    """Give what the line through the last quarter of epochs rises by; NaN for a single epoch.

    The quarter begins where the epoch before it ended. A line, since single epochs jump.

    Args:
        curves: ``(run, epoch)`` scores, more is better; NaN after the last.

    Returns:
        ``(run,)`` gains.

    >>> eight, three = np.arange(1, 9) / 10, np.array([0.1, 0.2, 0.5] + [np.nan] * 5)
    >>> late_gains(np.stack([eight, three])).round(6)
    array([0.2, 0.3])
    """
    gains = np.full(len(curves), np.nan)
    trained = np.isfinite(curves).sum(axis=-1)
    for epochs in np.unique(trained[trained > 1]).tolist():
        quarter = max(1, epochs // QUARTERS)
        at = np.arange(quarter + 1) - quarter / 2
        last = curves[trained == epochs, epochs - quarter - 1 : epochs]
        # From where the quarter begins, so that a score that stands still gains nothing at all.
        gains[trained == epochs] = quarter * ((last - last[:, :1]) @ at) / (at @ at)
    return gains


@remembered
def last_quarter(results: Results, place: int) -> Late | None:
    """Measure the end of a variant's runs, once; None where no run is to be asked."""
    asked = finished(results)[place]
    losses = results.curves["train_loss"][place]
    scores = better(results, results.validation_curve("metric")[place])
    epochs = int(np.isfinite(losses[asked]).sum(axis=-1).max(initial=0))
    if not epochs:
        return None
    matters = SHARE_OF_TRIVIAL_LOSS * guessed_loss(results, place)
    if epochs == 1:
        return Late(1, int(asked.sum()), np.nan, np.full(asked.shape, np.nan), None, matters, np.nan)
    validation = results.validation_curve("loss")[place]
    falls, rises, losing = (np.full(asked.shape, np.nan) for _ in range(3))
    for gains_of, curves in ((falls, -losses), (rises, scores), (losing, validation)):
        gains_of[asked] = late_gains(curves[asked])
    gains = by_seed(falls)
    if not gains.size:
        return None
    if len(gains) == 1:
        gains = falls[np.isfinite(falls).all(axis=1)][0]
    bounds = None if epochs < QUARTERS else interval(gains)
    known = rises[np.isfinite(rises)]
    score = float(known.mean()) if known.size else np.nan
    risen = interval(by_seed(losing))
    by_heart = risen is not None and risen[0] > 0
    return Late(epochs, len(gains), float(gains.mean()), falls, bounds, matters, score, by_heart)


def _finding(results: Results, few: dict[str, Late], *, sure: bool) -> Finding:
    fallen = {name: late for name, late in few.items() if np.isfinite(late.gain)}
    parts = []
    if fallen:
        matters = max(late.matters for late in fallen.values())
        words = "the last quarter of epochs still lowered the training loss by more than"
        told = [_told(results, name, late) for name, late in fallen.items()]
        parts.append(f"{words} the {matters:.3g} that matter: {listed(told)}")
    if len(fallen) < len(few):
        single = [f"`{name}`" for name in few if name not in fallen]
        parts.append(f"no epoch before the last shows whether it still fell: {listed(single)}")
    evidence = "; ".join(parts)
    if not sure:
        evidence = f"{_why_unsure(few)} cannot tell whether training had converged, and {evidence}"
    epochs = max(LONG_ENOUGH, 2 * max(late.epochs for late in few.values()))
    more = "" if sure or any(late.runs > 1 for late in few.values()) else " and `seeds: 5`"
    return CHECK.found(
        "epochs",
        evidence,
        f"Train longer: `epochs: {epochs}`{more}.",
        limit="before training had converged" if sure else "perhaps before training had converged",
        variants=() if results.reference in few else tuple(few),
    )


def _why_unsure(few: dict[str, Late]) -> str:
    short = [late.epochs for late in few.values() if late.epochs < QUARTERS]
    if not short:
        return "one run of a variant"
    return counted(max(short), "epoch") + ("" if len(short) == len(few) else ", or one run of a variant,")


def _told(results: Results, name: str, late: Late) -> str:
    inside = "" if late.bounds is None else f" [{late.bounds[0]:.3g}, {late.bounds[1]:.3g}]"
    if not np.isfinite(late.score):
        return f"`{name}` by {late.gain:.3g}{inside}"
    score = float(better(results, np.array(late.score)))
    return f"`{name}` by {late.gain:.3g}{inside}, {results.metric.label} {shown(results, score)}"


CHECK = AfterCheck("TL141", "warn", "epochs too few to converge", examine)
