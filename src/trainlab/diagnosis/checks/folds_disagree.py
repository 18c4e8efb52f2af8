"""TL213: folds that disagree: some score worse than the others by more than seeds and rows explain."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from trainlab.diagnosis.completed import Completed, completed_runs
from trainlab.diagnosis.measured import Floats
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

LEAST_P = 0.001
LEAST_FOLDS = 3
APART = 3.0  # standard errors from the median, or the farthest one


def examine(results: Results) -> Iterator[Finding]:
    """Look for folds apart from the others, in the mean over all variants.

    Scores of folds differ since each validates on other rows; how far that goes is told by the rows within
    folds. What goes beyond it is a property of the split or the data, and not of a variant.

    Source:
        Cochran's Q of fold means against the variance within folds (Biometrics 10, 1954).
    """
    runs = completed_runs(results)
    if runs is None or results.folds < LEAST_FOLDS or runs.splits.kind == "time series":
        return
    if runs.splits.one_row or not runs.scored.any(axis=(0, 1)).all():
        return
    means, errors = _by_fold(runs)
    errors = errors + _of_seeds(results.scores, runs.scored)
    if not (np.isfinite(errors) & (errors > 0)).all() or np.ptp(means) <= runs.matters:
        return
    from scipy.special import chdtrc

    weights = 1 / errors
    middle = (weights * means).sum() / weights.sum()
    if chdtrc(results.folds - 1, (weights * (means - middle) ** 2).sum()) >= LEAST_P:
        return
    away = np.abs(means - np.median(means)) / np.sqrt(errors)
    apart = [fold for fold in np.argsort(-away).tolist() if away[fold] >= min(APART, away.max())]
    shown = results.metric.shown
    told = listed([f"fold {fold + 1} {shown(float(means[fold]))}" for fold in apart])
    others = [float(means[fold]) for fold in range(results.folds) if fold not in apart]
    rest = f", the others {shown(min(others))} to {shown(max(others))}" if others else ""
    yield CHECK.found(
        "validation",
        f"folds differ by more than their rows and seeds explain: {told}{rest} (mean over variants)",
        "Look at the rows of that fold: a group, a time, a source or a class of its own; keep groups whole.",
    )


def _by_fold(runs: Completed) -> tuple[Floats, Floats]:
    """Give ``(fold,)`` means over variants and seeds, and the variance that the draw of their rows brings."""
    folds = runs.results.folds
    means, errors = np.empty(folds), np.full(folds, np.nan)
    for fold in range(folds):
        of_fold = [runs.rows(place)[fold] for place in range(len(runs.results.variants))]
        scored = [np.asarray(rows, np.float64) for seeds in of_fold for rows in seeds if rows is not None]
        by_row = np.mean(scored, axis=0)
        means[fold] = by_row.mean()
        if len(by_row) > 1:
            errors[fold] = by_row.var(ddof=1) / len(by_row)
    return means, errors


def _of_seeds(scores: Floats, scored: NDArray[np.bool_]) -> Floats:
    """Give ``(fold,)`` variances of the mean over variants that seeds bring; 0 where one seed shows none."""
    known = np.where(scored, scores, np.nan)
    if known.shape[1] < 2 or np.isnan(known).any():
        return np.zeros(known.shape[2])
    by_seed = known.mean(axis=0)
    return np.asarray(by_seed.var(axis=0, ddof=1) / len(by_seed))


CHECK = AfterCheck("TL213", "note", "folds that disagree", examine)
