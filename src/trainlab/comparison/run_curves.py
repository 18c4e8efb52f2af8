"""The curve of every run of a variant as one thing: what it scores at any point of its training, and after.

Knows stored results, and the number of an epoch; what an epoch costs stands in ``budgets``.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.crossed import Floats
from trainlab.comparison.diverged import trivial_rows
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results


@dataclass(frozen=True, eq=False)
class RunCurves:
    """The runs of one variant.

    Args:
        values: ``(seed, fold, epoch)`` metric on all validation rows after each epoch; NaN where none.
        trained: ``(seed, fold)`` epochs that each run was trained for.
        score: ``(seed, fold)`` what a run stands at once it is over; NaN for one that has not ended.
        lasts: ``(seed, fold)`` whether it stands there for good: it stopped early, or diverged.
        averaged: whether the runs are ensembles, which answer only at their end.
    """

    values: Floats
    trained: Floats
    score: Floats
    lasts: NDArray[np.bool_]
    averaged: bool

    @property
    def ended(self) -> NDArray[np.bool_]:
        """``(seed, fold)`` whether a run has come to its end."""
        found: NDArray[np.bool_] = np.isfinite(self.score)
        return found

    @property
    def epochs(self) -> int:
        """The most epochs that a run was trained for."""
        return int(self.trained[self.ended].max(initial=0))

    @property
    def reach(self) -> float:
        """Epochs up to which every run has a score; infinite where all of them stopped for good."""
        short = self.ended & ~self.lasts
        return float(self.trained[short].min(initial=math.inf))


def run_curves(results: Results) -> tuple[RunCurves, ...]:
    """Give the curves of all runs, one for each variant; nothing where the runs broke off at once."""
    try:
        values = results.validation_curve("metric")
        targets = results.validation_targets
    except KeyError:
        return ()
    trivial = np.array(
        [trivial_rows(results.metric.name, results.facts["data"], each).mean() for each in targets]
    )
    averaged = np.asarray(np.isfinite(results.member_scores).any(axis=(1, 2, 3)), bool)
    found = []
    for place in range(len(results.variants)):
        outcomes, score = results.outcomes[place], results.scores[place]
        scored = np.isin(outcomes, [each for each in Outcome if each.scored])
        gone = (outcomes == Outcome.DIVERGED) | (scored & ~np.isfinite(score))
        found.append(
            RunCurves(
                values=values[place],
                trained=np.nan_to_num(results.endings["epochs"][place]),
                score=np.where(gone, trivial, np.where(scored, score, np.nan)),
                lasts=gone | (outcomes == Outcome.STOPPED_EARLY),
                averaged=bool(averaged[place]),
            )
        )
    return tuple(found)


def at_points(curves: RunCurves, epochs: Floats) -> Floats:
    """Give what each run scores after so many epochs, on straight lines between them.

    Args:
        curves: the runs.
        epochs: ``(point,)`` epochs, whole or not, in rising order.

    Returns:
        ``(seed, fold, point)`` scores; NaN before the first epoch, beyond what was trained, and for runs that
        have not ended.

    >>> runs = RunCurves(
    ...     np.array([[[0.5, 0.7]]]), np.array([[2.0]]), np.array([[0.7]]), np.zeros((1, 1), bool), False
    ... )
    >>> at_points(runs, np.array([0.5, 1.0, 1.5, 2.0, 3.0]))
    array([[[nan, 0.5, 0.6, 0.7, nan]]])
    """
    found = np.full((*curves.score.shape, len(epochs)), np.nan)
    slack = 1e-9
    for seed, fold in np.argwhere(curves.ended).tolist():
        count = int(curves.trained[seed, fold])
        inside = (epochs >= 1 - slack) & (epochs <= count * (1 + slack))
        if curves.averaged:
            inside &= epochs >= count * (1 - slack)
            found[seed, fold, inside] = curves.score[seed, fold]
        elif count:
            line = curves.values[seed, fold, :count]
            found[seed, fold, inside] = np.interp(epochs[inside], np.arange(1, count + 1), line)
        if curves.lasts[seed, fold]:
            found[seed, fold, epochs > count * (1 + slack)] = curves.score[seed, fold]
    return found
