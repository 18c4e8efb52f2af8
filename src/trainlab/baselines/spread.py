"""The interval of a baseline's mean score: over rows on one split, over folds on several.

A baseline has no seeds, so what varies is the rows it is scored on, and over folds those it is trained on.
"""

import itertools
from collections.abc import Sequence

import numpy as np

from trainlab.comparison.over_folds import corrected_t, percentiles
from trainlab.comparison.over_seeds import over_seeds
from trainlab.data.splitting.folds import Fold
from trainlab.measures.rows import Floats


def interval(
    folds: Sequence[Fold], scores: Sequence[float], rows: Sequence[Floats]
) -> tuple[float, float] | None:
    """Give the 95 % interval of the mean score; None where nothing may be claimed.

    Args:
        folds: who trained and who validated.
        scores: ``(fold,)`` means.
        rows: ``(validation row,)`` scores for each fold.

    Returns:
        On one split the t interval of the mean over rows; on several the corrected one over folds, and the
        plain one over training sets that share no row and are scored on the same rows; over resamples, whose
        training rows are drawn again and again, the middle 95 %; for a series, where each training set goes
        on from the last one, none.

    >>> fold = Fold([0, 1], [2, 3], [False, True])
    >>> low, high = interval([fold], [0.5], [np.array([0.4, 0.6])])
    >>> round(low, 2), round(high, 2)
    (-0.77, 1.77)
    """
    if not scores:
        return None
    if len(folds) == 1:
        return over_seeds(rows[0]).interval()
    if any(len(np.unique(fold.train)) < len(fold.train) for fold in folds):
        return percentiles(scores)
    if all(np.isin(one.train, other.train).all() for one, other in itertools.pairwise(folds)):
        return None
    trained = np.concatenate([fold.train for fold in folds])
    same = all(np.array_equal(fold.validation, folds[0].validation) for fold in folds)
    apart = same and len(np.unique(trained)) == len(trained)
    ratio = 0.0 if apart else float(np.mean([len(fold.validation) / len(fold.train) for fold in folds]))
    return corrected_t(scores, ratio=ratio).interval()
