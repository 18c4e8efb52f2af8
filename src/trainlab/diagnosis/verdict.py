"""The verdict on one variant: what its evidence comes to, in the order of ``docs/guide/diagnosis.md``.

Each condition is answered yes, no or open, by an interval beside what matters. An open one makes the verdict
``cannot_tell`` only where no other is answered yes: a gap of 20 points is seen on rows that do not resolve
half a point. Knows no words.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainlab.diagnosis.checks.not_converged import QUARTERS
from trainlab.diagnosis.estimate import Answer, Estimate
from trainlab.diagnosis.evidence import Evidence
from trainlab.diagnosis.measured import Floats
from trainlab.results.table import Results

Name = Literal["healthy", "underfitting", "overfitting", "both", "not_converged", "diverged", "cannot_tell"]
Doubt = Literal["runs", "epochs", "convergence", "level", "underfitting", "overfitting"]


@dataclass(frozen=True, eq=False)
class Judged:
    """What the evidence of one variant comes to.

    Args:
        evidence: what is known of it.
        verdict: its name.
        doubts: what could not be told, the first being why, where the verdict is ``cannot_tell``.
        agreeing: how many runs come to this verdict by their own numbers; with ``cannot_tell``, to what is in
            doubt.
    """

    evidence: Evidence
    verdict: Name
    doubts: tuple[Doubt, ...]
    agreeing: int

    @property
    def agreement(self) -> str:
        """How many of the runs agree, as ``"9 of 10"``."""
        return f"{self.agreeing} of {self.evidence.runs}"


def judge(results: Results, found: Evidence) -> Judged:
    """Tell what the evidence of one variant comes to.

    Args:
        results: what is stored.
        found: what is known of the variant.
    """
    verdict, doubts = _verdict(results, found)
    flags = _flags(results, found, verdict, doubts)
    return Judged(found, verdict, doubts, int(flags.sum()))


def not_converged(found: Evidence) -> Answer:
    """Answer whether training was still under way when it ended; more epochs would have been asked for."""
    late = found.late
    if late is None or 2 * found.stopped > found.runs - found.diverged:
        return "no"
    if late.epochs < QUARTERS or late.bounds is None:
        return "open" if late.too_few or late.epochs >= QUARTERS else "no"
    if not late.improves:
        return "no"
    low, high = late.bounds
    return Estimate(late.gain, low, high, late.gains).exceeds(late.matters)


def underfits(results: Results, found: Evidence) -> Answer:
    """Answer whether the training score falls short of the level it should reach."""
    reference = found.reference
    if reference is None:
        return "open"
    answer = reference.shortfall.exceeds(found.matters)
    if answer == "yes" or reference.known:
        return answer
    return "no" if _nothing_left(results, found) else "open"


def overfits(found: Evidence) -> Answer:
    """Answer whether it learned its rows by heart: a gap that matters, and less of something is better.

    Less training, or a less flexible variant. A gap alone is normal: every network that learned has one.
    """
    if found.gap is None:
        return "no"
    gap = found.gap.exceeds(found.matters)
    ways = [way.gain.exceeds(found.matters) for way in (found.best, found.simpler) if way is not None]
    if gap == "no" or not ways or all(way == "no" for way in ways):
        return "no"
    return "yes" if gap == "yes" and "yes" in ways else "open"


def _verdict(results: Results, found: Evidence) -> tuple[Name, tuple[Doubt, ...]]:
    rose = found.risen is not None and found.risen.rise.exceeds(found.loss_that_matters) == "yes"
    if rose or 2 * found.diverged >= found.runs:
        return "diverged", ()
    if found.gap is None or found.gap.half is None:
        return _unless_diverged(found, "cannot_tell"), ("runs",)
    late = not_converged(found)
    if late == "yes":
        return "not_converged", ()
    if late == "open" and found.late is not None and found.late.epochs < QUARTERS:
        return _unless_diverged(found, "cannot_tell"), ("epochs",)
    under, over = underfits(results, found), overfits(found)
    if "yes" in {under, over}:
        return ("both" if under == over else "underfitting" if under == "yes" else "overfitting"), ()
    doubts: list[Doubt] = ["convergence"] if late == "open" else []
    if under == "open":
        known = found.reference is not None and found.reference.known
        doubts.append("underfitting" if known else "level")
    if over == "open":
        doubts.append("overfitting")
    return _unless_diverged(found, "cannot_tell" if doubts else "healthy"), tuple(doubts)


def _unless_diverged(found: Evidence, name: Name) -> Name:
    """Give a name that finds nothing wrong, unless a run diverged: then that is what is known."""
    return "diverged" if found.diverged else name


def _nothing_left(results: Results, found: Evidence) -> bool:
    """Tell whether the training score is as good as a score can be, but for what matters."""
    trained = results.endings["train_score"][found.place]
    mean = float(np.nanmean(trained))
    best = results.metric.highest if results.metric.higher_is_better else 0.0
    return bool(abs(best - mean) <= found.matters)


def _flags(results: Results, found: Evidence, verdict: Name, doubts: tuple[Doubt, ...]) -> NDArray[np.bool_]:
    """Tell ``(seed, fold)`` which runs come to the verdict by their own numbers."""
    place = found.place
    scored = np.isfinite(results.scores[place])
    risen = _above(found.risen.rise.runs if found.risen else None, found.loss_that_matters, scored)
    late = _above(found.late.gains if found.late else None, found.loss_that_matters, scored) & scored
    under = _above(found.reference.shortfall.runs if found.reference else None, found.matters, scored)
    gains = [_above(way.gain.runs, found.matters, scored) for way in (found.best, found.simpler) if way]
    gap = _above(found.gap.runs if found.gap else None, found.matters, scored)
    over = gap & np.logical_or.reduce(gains) if gains else np.zeros_like(scored)
    if verdict == "cannot_tell":
        doubted = {"convergence": late, "epochs": late, "underfitting": under, "overfitting": over}
        seen = [doubted[doubt] for doubt in doubts if doubt in doubted]
        return np.asarray(np.logical_or.reduce(seen)) if seen else np.zeros_like(scored)
    flags: dict[Name, NDArray[np.bool_]] = {
        "diverged": risen | _ended_unscored(results, found, scored),
        "not_converged": late,
        "underfitting": under,
        "overfitting": over,
        "both": under & over,
        "healthy": scored & ~(risen | under | over | (late & (not_converged(found) != "no"))),
    }
    return flags[verdict]


def _ended_unscored(results: Results, found: Evidence, scored: NDArray[np.bool_]) -> NDArray[np.bool_]:
    from trainlab.results.outcome import Outcome

    ended = np.isin(
        results.outcomes[found.place], [Outcome.FINISHED, Outcome.STOPPED_EARLY, Outcome.DIVERGED]
    )
    return np.asarray(ended & ~scored)


def _above(values: Floats | None, matters: float, like: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if values is None:
        return np.zeros_like(like)
    return np.asarray(np.nan_to_num(values, nan=-np.inf) > matters)
