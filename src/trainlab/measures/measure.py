"""The measures by name: the value of each on some predictions, and what every row adds to it.

Those that are no averages over rows enter comparisons by jackknife pseudo-values: row scores that average to
the measure, and differ from row to row as the row moves it. All are computed in closed form from one pass
over the rows, or one sort, and never by measuring again without each row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.experiment.metrics import CALIBRATION_ERROR, METRICS, Metric
from trainlab.measures.calibration import calibration_error
from trainlab.measures.explained import r2
from trainlab.measures.ranking import auc
from trainlab.measures.recalls import balanced_accuracy, f1_macro
from trainlab.measures.rows import Floats, row_scores

Whole = Callable[[NDArray[Any], NDArray[Any]], tuple[float, Floats]]

# Each gives the measure, and what it is without each row.
_WHOLE: dict[str, Whole] = {
    "balanced_accuracy": balanced_accuracy,
    "f1_macro": f1_macro,
    "auc": auc,
    "calibration_error": calibration_error,
    "r2": r2,
}


@dataclass(frozen=True)
class Measure:
    """Something that is measured on predictions.

    Args:
        metric: how it is written, and in which direction it is better.
    """

    metric: Metric

    @property
    def name(self) -> str:
        """As experiment files write it."""
        return self.metric.name

    @property
    def label(self) -> str:
        """As people read it."""
        return self.metric.label

    @property
    def higher_is_better(self) -> bool:
        """The direction."""
        return self.metric.higher_is_better

    @property
    def task(self) -> str:
        """``"classification"`` or ``"regression"``."""
        (task,) = self.metric.tasks
        return task

    @property
    def is_rate(self) -> bool:
        """Whether it is written in percent."""
        return self.metric.is_rate

    @property
    def of_rows(self) -> bool:
        """Whether it is an average over rows."""
        return self.metric.of_rows

    def value(self, outputs: NDArray[Any], targets: NDArray[Any]) -> float:
        """Measure predictions; see ``value``."""
        return value(self.name, outputs, targets)


# The loss is a run's own and not told by its predictions alone, so it stands not here.
_NAMES = ("accuracy", "balanced_accuracy", "f1_macro", "log_loss", "brier", "calibration_error", "auc")
MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        name: Measure(METRICS.get(name, CALIBRATION_ERROR))
        for name in (*_NAMES, *(name for name in METRICS if METRICS[name].tasks == {"regression"}))
    }
)


def value(name: str, outputs: NDArray[Any], targets: NDArray[Any]) -> float:
    """Measure predictions.

    Args:
        name: one of ``MEASURES``, or ``loss`` as ``row_scores`` knows it.
        outputs: ``(row, class)`` probabilities, or ``(row, target)`` amounts.
        targets: ``(row,)`` class numbers, or ``(row, target)`` amounts.

    Returns:
        The measure; NaN where these rows can't tell it, as the area under a curve of a single class.

    >>> value("balanced_accuracy", np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4]]), np.array([0, 0, 1]))
    0.5
    """
    if name in _WHOLE:
        return _WHOLE[name](outputs, targets)[0]
    return float(row_scores(name, outputs, targets).mean())


def pseudo_values(name: str, outputs: NDArray[Any], targets: NDArray[Any]) -> Floats:
    """Give row scores whose mean is the measure, and whose spread tells how the draw of the rows moves it.

    Those of an average over rows are the rows' own scores. Of others they are the jackknife's
    ``n T - (n - 1) T_without_row``, moved together so that their mean is T.

    Args:
        name: one of ``MEASURES``, or ``loss``.
        outputs: ``(row, class)`` probabilities, or ``(row, target)`` amounts.
        targets: ``(row,)`` class numbers, or ``(row, target)`` amounts.

    Returns:
        ``(row,)`` scores; NaN where the measure is.

    Source:
        Tukey, *Bias and Confidence in Not Quite Large Samples*, 1958. For the area under the curve their
        variance is that of DeLong and others (1988), with one row less in each class. Departures: they are
        moved to the plain measure, so that what is compared is what is shown, and not the jackknife's
        estimate without bias; and a row without which nothing could be measured counts as one that changes
        nothing.

    >>> given, labels = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.3, 0.7]]), np.array([0, 0, 1, 1])
    >>> pseudo_values("balanced_accuracy", given, labels).tolist()
    [0.75, 0.75, 0.0, 1.5]
    """
    if name not in _WHOLE:
        return row_scores(name, outputs, targets)
    measured, without = _WHOLE[name](outputs, targets)
    rows = len(without)
    scores = (rows - 1) * (measured - np.where(np.isnan(without), measured, without))
    moved: Floats = measured + scores - scores.mean()
    return moved
