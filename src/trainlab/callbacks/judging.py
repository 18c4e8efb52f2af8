"""What outputs of somebody's model mean, and how they are measured: the compiled loss, and our metrics.

Knows nothing of training and of folders.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainlab.errors import UsageError
from trainlab.experiment.losses import parse_loss
from trainlab.experiment.metrics import Metric, metric_for
from trainlab.measures.measure import pseudo_values, value
from trainlab.recipe.losses import Head, read_head
from trainlab.recipe.scores import predictions

Floats = NDArray[np.float64]
RowLoss = Callable[[NDArray[Any], NDArray[Any]], Floats]

_AS_LOGITS: Mapping[str, Any] = {
    "probabilities": "logits",
    "probability": "logit",
    "scores": "score_logits",
}
# Parts of the names of losses that are given amounts between classes.
_OF_CLASSES = ("crossentropy", "cross_entropy", "focal", "hinge")


@dataclass(frozen=True, eq=False)
class Judge:
    """Measures outputs of a model.

    Args:
        head: what its outputs mean.
        row_loss: the compiled loss of each row, without penalties.
        metric: what is compared.
    """

    head: Head
    row_loss: RowLoss
    metric: Metric

    def labels(self, y: NDArray[Any]) -> NDArray[Any]:
        """Give ``(row,)`` class numbers, or ``(row, target)`` amounts."""
        if not self.head.classes:
            return np.asarray(y.reshape(len(y), -1), np.float32)
        return _class_numbers(y)

    def answers(self, outputs: NDArray[Any]) -> Floats:
        """Give ``(row, class)`` probabilities, or ``(row, target)`` amounts."""
        return np.asarray(predictions(self.head, outputs), np.float64)  # type: ignore[arg-type]  # NumPy's do

    def look(self, outputs: NDArray[Any], y: NDArray[Any]) -> "Looked":
        """Measure outputs of rows with these targets."""
        return Looked(self.row_loss(y, outputs), self.answers(outputs), self.labels(y), self.metric)


@dataclass(frozen=True, eq=False)
class Looked:
    """What outputs of some rows were measured as.

    Args:
        losses: ``(row,)`` data loss.
        answers: ``(row, class)`` probabilities, or ``(row, target)`` amounts.
        labels: ``(row,)`` class numbers, or ``(row, target)`` amounts.
        metric: what is compared.
    """

    losses: Floats
    answers: Floats
    labels: NDArray[Any]
    metric: Metric

    @property
    def finite(self) -> bool:
        """Whether every row has a loss and an answer that are numbers."""
        return bool(np.isfinite(self.losses).all() and np.isfinite(self.answers).all())

    def of(self, rows: Any) -> "Looked":
        """Give some of the rows."""
        return Looked(self.losses[rows], self.answers[rows], self.labels[rows], self.metric)

    @property
    def means(self) -> tuple[float, float]:
        """Loss and metric over the rows; NaN where an answer is no number, or there are no rows."""
        if not len(self.losses):
            return math.nan, math.nan
        loss = float(self.losses.mean())
        if self.metric.name == "loss":
            return loss, loss
        if not np.isfinite(self.answers).all():
            return loss, math.nan
        return loss, float(value(self.metric.name, self.answers, self.labels))

    @property
    def scores(self) -> Floats:
        """``(row,)`` scores, whose mean is the metric."""
        if self.metric.name == "loss":
            return self.losses
        return pseudo_values(self.metric.name, self.answers, self.labels)


def judge_of(
    loss: Any,
    y: NDArray[Any],
    outputs: NDArray[Any],
    probes: NDArray[Any],
    *,
    metric: str | None,
    task: str | None,
) -> Judge:
    """Tell what a model learns and what its outputs mean.

    Args:
        loss: the compiled loss.
        y: all targets.
        outputs: ``(row, unit)`` of some rows, before training.
        probes: the same, and outputs far from the data: a probability stays between 0 and 1 there too.
        metric: one of our metrics by name; left out, the usual one of the task.
        task: the task, where it is said.

    Raises:
        UsageError: for a model without a compiled loss, one whose output is no row of numbers, and a metric
            or task that do not fit.
    """
    if isinstance(loss, Mapping | list | tuple):
        loss = _only(loss)
    if loss is None:
        cure = "Compile it with one, as `model.compile('adam', 'mse')`."
        raise UsageError("the model has no compiled loss", "Diagnosis", None, cure)
    if outputs.ndim != 2:
        cure = "End it in one row of numbers for each row, or flatten what it gives."
        message = f"the model gives an output of shape {outputs.shape[1:]} for a row"
        raise UsageError(message, "Diagnosis", None, cure)
    if task not in {None, "classification", "regression"}:
        cure = "Write `classification` or `regression`, or leave it out."
        raise UsageError("unknown task", "task", task, cure)
    row_loss, name = _row_loss(loss, y, outputs)
    units = outputs.shape[1]
    if not (_are_classes(y, units, name) if task is None else task == "classification"):
        head = read_head(outputs, classes=0, targets=units, first_rows={})
        return Judge(head, row_loss, metric_for(metric, "regression"))
    labels = _class_numbers(y)
    classes = max(units, 2, int(labels.max()) + 1)
    first = {int(label): int(np.argmax(labels == label)) for label in np.unique(labels)}
    head = _head(probes, classes, first, name, logits=getattr(loss, "from_logits", None) is True)
    return Judge(head, row_loss, metric_for(metric, "classification"))


def penalty(model: Any) -> float:
    """Give what the regularizers of a model's weights add to its loss.

    Those of outputs are left out: they are known only while rows go through.
    """
    found = [
        variable.regularizer(variable)
        for variable in model.trainable_variables
        if getattr(variable, "regularizer", None) is not None
    ]
    return float(sum(float(keras.ops.convert_to_numpy(one)) for one in found))


def _head(probes: NDArray[Any], classes: int, first: dict[int, int], name: str, *, logits: bool) -> Head:
    asked: dict[str, Any] = {"classes": classes, "targets": 0, "first_rows": first}
    try:
        head = read_head(probes, loss=parse_loss(name), **asked)
    except UsageError:
        # A loss of the user's own; or one on outputs that it is not made for, as a hinge on probabilities: it
        # is trained all the same. What the outputs are is told without it then.
        head = read_head(probes, **asked)
    return replace(head, reading=_AS_LOGITS.get(head.reading, head.reading)) if logits else head


def _only(loss: Any) -> Any:
    """Give the loss of the only output, where it stands in a list or a mapping."""
    several = list(loss.values()) if isinstance(loss, Mapping) else list(loss)
    if len(several) != 1:
        cure = "Diagnose a model of one output; for another one, build a model that ends in it."
        raise UsageError("the model has several losses", "Diagnosis", None, cure)
    return several[0]


def _row_loss(loss: Any, y: NDArray[Any], outputs: NDArray[Any]) -> tuple[RowLoss, str]:
    """Give the loss of each row, and what it is called."""
    if isinstance(loss, str) and loss.lower() in {"crossentropy", "ce"}:
        one_hot = y.ndim > 1 and y.shape[1] == outputs.shape[1]
        kinds = ("binary", "categorical", "sparse_categorical")
        kind = kinds[0 if outputs.shape[1] == 1 else 1 if one_hot else 2]
        loss = f"{kind}_crossentropy"
    found = keras.losses.get(loss)
    single = found.call if isinstance(found, keras.losses.Loss) else found
    dtype = keras.config.floatx()

    def row_loss(y: NDArray[Any], outputs: NDArray[Any]) -> Floats:
        wanted = y.astype(dtype)
        if wanted.ndim == outputs.ndim - 1 and outputs.shape[-1] == 1:
            wanted = wanted[..., None]
        measured = np.asarray(keras.ops.convert_to_numpy(single(wanted, outputs)), np.float64)
        if measured.ndim == 0 or len(measured) != len(y):
            cure = "Let it return one number for each row, as Keras's own do; `fit` averages them itself."
            raise UsageError("the loss gives no number for each row", "Diagnosis", loss, cure)
        means: Floats = measured.reshape(len(y), -1).mean(axis=1)
        return means

    return row_loss, str(getattr(found, "name", None) or getattr(found, "__name__", ""))


def _are_classes(y: NDArray[Any], units: int, loss: str) -> bool:
    """Tell whether targets are classes: by their values and, where these leave it open, by the loss."""
    if units == 1:
        numbers = np.unique(y)
        two = len(numbers) <= 2 and set(numbers.tolist()) <= {-1, 0, 1}
        return two and (y.dtype.kind in "biu" or any(part in loss for part in _OF_CLASSES))
    if y.ndim == 1 or y.shape[1] == 1:
        return True
    one_hot = bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())
    return y.shape[1] == units and one_hot


def _class_numbers(y: NDArray[Any]) -> NDArray[Any]:
    """Give ``(row,)`` class numbers; of two numbers such as -1 and 1 the larger is the second class."""
    if y.ndim > 1 and y.shape[1] > 1:
        return np.asarray(y.argmax(axis=1), np.int32)
    flat = y.reshape(-1)
    return np.asarray(flat > 0 if flat.min(initial=0) < 0 else flat, np.int32)
