"""The metrics by name: what each measures, in which direction it is better, and which tasks know it.

How averages over rows are computed stands in ``recipe.scores`` for compiled code, in ``measures.rows`` for
NumPy; the others stand in ``measures``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from trainlab.errors import UsageError
from trainlab.experiment.checks import one_of
from trainlab.experiment.places import Place


@dataclass(frozen=True)
class Metric:
    """A score of one run.

    Args:
        name: as experiment files write it.
        label: as people read it.
        higher_is_better: the direction.
        tasks: who knows it.
        is_rate: whether it is written in percent, and its differences in points.
        of_rows: whether it is the average over rows of a score that each row has by itself. The others enter
            comparisons by pseudo-values (``measures``).
        right_or_wrong: whether such a score is 1 or 0, and nothing between.
        lowest: it is never below.
        highest: it is never above.
    """

    name: str
    label: str
    higher_is_better: bool
    tasks: frozenset[str]
    is_rate: bool = False
    of_rows: bool = True
    right_or_wrong: bool = False
    lowest: float = 0.0
    highest: float = math.inf

    @property
    def is_share(self) -> bool:
        """Whether it lies between 0 and 1, whatever the data."""
        return (self.lowest, self.highest) == (0.0, 1.0)

    def shown(self, value: float) -> str:
        """Write a value as people read it: rates in percent, the rest as an ``amount``.

        >>> METRICS["accuracy"].shown(0.9712), METRICS["mse"].shown(12.34567), METRICS["mae"].shown(50514.2)
        ('97.12 %', '12.35', '50,514')
        """
        return f"{100 * value:.2f} %" if self.is_rate else amount(value)

    def shown_difference(self, value: float) -> str:
        """Write a difference with its sign, in points where the metric is a rate.

        >>> METRICS["accuracy"].shown_difference(0.0061), METRICS["mae"].shown_difference(-12500.0)
        ('+0.61', '-12,500')
        """
        if self.is_rate:
            return f"{100 * value:+.2f}"
        text = amount(value)
        return text if text.startswith("-") else f"+{text}"

    def cut(self, low: float, high: float) -> tuple[float, float]:
        """Cut the interval of a mean score to what the metric can be: no loss is below 0, no share above 1.

        >>> METRICS["accuracy"].cut(0.97, 1.02), METRICS["mse"].cut(-0.3, 2.0), METRICS["r2"].cut(-0.3, 1.2)
        ((0.97, 1.0), (0.0, 2.0), (-0.3, 1.0))
        """
        return max(low, self.lowest), min(high, self.highest)

    @property
    def unit_of_difference(self) -> str:
        """The unit that a written difference carries."""
        return "percentage points" if self.is_rate else f"units of {self.label}"


_FOUR_DIGITS = 9_999.5
_TOO_LONG = 1e12

_BOTH = frozenset({"classification", "regression"})
_CLASSES = frozenset({"classification"})
_AMOUNTS = frozenset({"regression"})

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "accuracy": Metric(
            "accuracy",
            "accuracy",
            higher_is_better=True,
            tasks=_CLASSES,
            is_rate=True,
            right_or_wrong=True,
            highest=1.0,
        ),
        "balanced_accuracy": Metric(
            "balanced_accuracy",
            "balanced accuracy",
            higher_is_better=True,
            tasks=_CLASSES,
            is_rate=True,
            of_rows=False,
            highest=1.0,
        ),
        "f1_macro": Metric(
            "f1_macro", "macro F1", higher_is_better=True, tasks=_CLASSES, of_rows=False, highest=1.0
        ),
        "auc": Metric("auc", "AUC", higher_is_better=True, tasks=_CLASSES, of_rows=False, highest=1.0),
        "log_loss": Metric("log_loss", "log loss", higher_is_better=False, tasks=_CLASSES),
        "brier": Metric("brier", "Brier score", higher_is_better=False, tasks=_CLASSES, highest=2.0),
        "mse": Metric("mse", "mean squared error", higher_is_better=False, tasks=_AMOUNTS),
        "mae": Metric("mae", "mean absolute error", higher_is_better=False, tasks=_AMOUNTS),
        "r2": Metric(
            "r2",
            "R²",
            higher_is_better=True,
            tasks=_AMOUNTS,
            of_rows=False,
            lowest=-math.inf,
            highest=1.0,
        ),
        "loss": Metric("loss", "loss", higher_is_better=False, tasks=_BOTH),
    }
)

# It is measured and reported, and nobody is better by it: the network that always answers with the shares of
# the classes has no calibration error at all, and where one is small its pseudo-values have no valid spread.
CALIBRATION_ERROR = Metric(
    "calibration_error",
    "calibration error",
    higher_is_better=False,
    tasks=_CLASSES,
    of_rows=False,
    highest=1.0,
)


def amount(value: float) -> str:
    """Write an amount with four digits, from 10,000 on as a whole number.

    >>> amount(12.34567), amount(9999.4), amount(9999.7), amount(-50514.2), amount(3e12)
    ('12.35', '9999', '10,000', '-50,514', '3e+12')
    """
    # From 9999.5 on four digits would be written with an exponent.
    return f"{value:,.0f}" if _FOUR_DIGITS <= abs(value) < _TOO_LONG else f"{value:.4g}"


def parse_metric(value: object, where: str = "metric") -> str:
    """Read the name of a metric.

    >>> parse_metric("acuracy")
    Traceback (most recent call last):
    trainlab.errors.UsageError: metric: unknown metric (got 'acuracy'). Did you mean `accuracy`?
    """
    if value == CALIBRATION_ERROR.name:
        message = "the calibration error is measured and reported, and no network is better by it alone"
        cure = "Compare by `brier` or `log_loss`, which see calibration and skill together."
        raise UsageError(message, Place.of(where), value, cure)
    name: str = one_of(METRICS, "metric")(value, Place.of(where))
    return name


def metric_for(name: str | None, task: str) -> Metric:
    """Give the metric asked for, or the task's usual one: accuracy, or mean squared error.

    Raises:
        UsageError: for a name not known, or a metric that does not fit the task.

    >>> metric_for(None, "classification").name
    'accuracy'
    """
    if name is None:
        return METRICS["accuracy" if task == "classification" else "mse"]
    metric = METRICS[parse_metric(name)]
    if task not in metric.tasks:
        fitting = ", ".join(known.name for known in METRICS.values() if task in known.tasks)
        message = f"{metric.label} does not fit a {task} task"
        raise UsageError(message, Place("metric"), name, f"Choose one of: {fitting}.")
    return metric
