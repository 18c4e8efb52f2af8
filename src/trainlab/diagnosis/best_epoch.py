"""What stopping at the best epoch would have given, cross-fitted over halves of the validation rows.

The epoch that is best on some rows is best there partly by luck: so it is chosen on one half and scored on
the other, and the two are averaged (design 6.6).
"""

from dataclasses import dataclass

import numpy as np

from trainlab.diagnosis.completed import Completed
from trainlab.diagnosis.estimate import ALPHA, Estimate
from trainlab.diagnosis.measured import Floats
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results


@dataclass(frozen=True, eq=False)
class BestEpoch:
    """How a variant's last epoch stands to its best one.

    Args:
        gain: by how much the best epoch is better than the last, in the unit of the metric.
        epoch: the epoch that is best on all validation rows, median over runs.
        epochs: epochs trained, median over runs.
    """

    gain: Estimate
    epoch: int
    epochs: int


def best_epoch(runs: Completed, place: int, alpha: float = ALPHA) -> BestEpoch | None:
    """Compare a variant's last epochs with its best ones; None where no run is scored at its last epoch.

    Runs whose best weights came back already, by early stopping, are not asked, nor are ensembles.

    Args:
        runs: the completed runs.
        place: which variant.
        alpha: probability left outside of the interval.
    """
    results = runs.results
    asked = runs.scored[place] & at_last_epoch(results, place)
    if np.isfinite(results.member_scores[place]).any():
        return None
    firsts, seconds = (results.curves[f"validation_metric_{half}"][place] for half in "ab")
    shares = np.array([half.mean() for half in results.halves])
    sign = 1.0 if results.metric.higher_is_better else -1.0
    gains, best, last = (np.full(asked.shape, np.nan) for _ in range(3))
    for seed, fold in np.argwhere(asked):
        first, second = sign * firsts[seed, fold], sign * seconds[seed, fold]
        there = np.flatnonzero(np.isfinite(first) & np.isfinite(second))
        if len(there) < 2:
            continue
        at = (seed, fold)
        share = shares[fold]
        gains[at] = cross_fitted_gain(first[there], second[there], share)
        whole = share * first[there] + (1 - share) * second[there]
        best[at], last[at] = there[int(whole.argmax())] + 1, there[-1] + 1
    gain = runs.of_runs(gains, runs.matters, alpha)
    if gain is None:
        return None
    return BestEpoch(gain, int(np.nanmedian(best)), int(np.nanmedian(last)))


def cross_fitted_gain(first: Floats, second: Floats, share: float) -> float:
    """Give what choosing an epoch on one half of the rows and scoring it on the other gains over the last.

    Args:
        first: ``(epoch,)`` scores on the first half, more is better.
        second: the same on the second half.
        share: share of the rows that is in the first half.

    >>> first, second = np.array([0.7, 0.9, 0.8]), np.array([0.7, 0.8, 0.75])
    >>> round(cross_fitted_gain(first, second, 0.5), 3)
    0.075
    """
    by_first, by_second = int(first.argmax()), int(second.argmax())
    return float(share * (first[by_second] - first[-1]) + (1 - share) * (second[by_first] - second[-1]))


def at_last_epoch(results: Results, place: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Tell ``(seed, fold)`` which runs of a variant are scored at the last epoch that they trained."""
    ended = results.outcomes[place] == Outcome.FINISHED
    return np.asarray(ended & (results.endings["chosen_epoch"][place] == results.endings["epochs"][place]))
