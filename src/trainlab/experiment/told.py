"""Whether a metric can be told from the rows that validate: an area under a curve of one class cannot."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import Fold
from trainlab.errors import UsageError
from trainlab.experiment.metrics import Metric
from trainlab.experiment.places import Place


def check_told(metric: Metric, data: Dataset, folds: Sequence[Fold], *, by_halves: bool) -> None:
    """Refuse a metric that some validation rows can't tell.

    Args:
        metric: what is compared.
        data: whose rows validate.
        folds: which rows.
        by_halves: whether the halves of the validation rows must tell it too, since epochs are chosen by it.

    Raises:
        UsageError: for metrics that are no averages over rows, where a fold has a single row; for the area
            under the curve, where it has rows of one class; for R², where its amounts are all the same.

    >>> from trainlab.experiment.metrics import METRICS
    >>> data = Dataset(np.arange(6.0), ["a", "a", "a", "b", "b", "b"])
    >>> fold = Fold([3, 4, 5], [0, 1, 2], [False, True, True])
    >>> check_told(METRICS["auc"], data, [fold], by_halves=False)
    Traceback (most recent call last):
    trainlab.errors.UsageError: metric: AUC can't be told where the 3 validation rows are all of class 'a' ...
    """
    if metric.of_rows:
        return
    for number, fold in enumerate(folds, 1):
        of_fold = f" of fold {number}" if len(folds) > 1 else ""
        for said, rows in _parts(fold, by_halves=by_halves):
            reason = _reason(metric, data, rows)
            if reason:
                raise UsageError(
                    f"{metric.label} can't be told where the {len(rows):,} {said}{of_fold} {reason}",
                    Place("metric"),
                    metric.name,
                    "Validate on more rows at once, as `validation: {kfold: 5}`, or compare by an average "
                    f"over rows, as `{'log_loss' if data.classes else 'mse'}`.",
                )


def _parts(fold: Fold, *, by_halves: bool) -> Iterator[tuple[str, NDArray[Any]]]:
    """Give the rows that must tell, and what they are."""
    yield "validation rows" if len(fold.validation) > 1 else "validation row", fold.validation
    if by_halves:
        for name, half in (("first", fold.halves), ("second", ~fold.halves)):
            yield f"rows by which epochs are chosen, the {name} half,", fold.validation[half]


def _reason(metric: Metric, data: Dataset, rows: NDArray[Any]) -> str:
    """Say why these rows can't tell; empty where they can."""
    if len(rows) < 2:
        return "stands alone"
    targets = data.y[rows]
    if metric.name == "auc" and len(np.unique(targets)) < 2:
        return f"are all of class {data.classes[int(targets[0])]!r}"
    if metric.name == "r2" and not np.ptp(targets, axis=0).any():
        return "have all the same amount"
    return ""
