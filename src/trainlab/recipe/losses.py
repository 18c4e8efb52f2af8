"""Keras's losses, chosen by what the recipe asks, the task wants and the network gives.

Knows what outputs mean and which targets go with them; nothing of networks, optimizers or lanes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from trainlab.errors import UsageError
from trainlab.experiment.losses import DEMANDS, LOSSES, SAID, LossKind, Outputs, check_task, parse_loss
from trainlab.experiment.places import Place

Reading = Literal[
    "probabilities",
    "logits",
    "probability",
    "logit",
    "values",
    "scores",
    "score_logits",
    "signed",
    "estimates",
]

_LOSS, _OUTPUT = Place("recipe", "loss"), Place("recipe", "output")

_LOGITS = frozenset({"logits", "logit", "score_logits"})

_USUAL: Mapping[Reading, str] = {
    "probabilities": "sparse_categorical_crossentropy",
    "logits": "sparse_categorical_crossentropy",
    "probability": "binary_crossentropy",
    "logit": "binary_crossentropy",
    "values": "mean_squared_error",
    "scores": "binary_crossentropy",
    "score_logits": "binary_crossentropy",
    "signed": "mean_squared_error",
    "estimates": "mean_squared_error",
}

# What outputs are sure to be, by reading; all others may be any numbers.
_GIVEN: Mapping[Reading, Outputs] = {
    "probabilities": "shares",
    "scores": "unit_interval",
    "probability": "unit_interval",
}


@dataclass(frozen=True)
class Head:
    """What the network's output means and which loss fits it.

    Args:
        reading: probabilities or logits of each class, probability or logit of the second class, or values;
            scores of the classes between 0 and 1, each by itself, or their logits; signed, from -1 to 1 by
            class; or estimates of targets 0 and 1 that know no bounds. The last two also for one unit.
        outputs: units of the output layer.
        classes: number of classes; 0 for regression.
        loss: one of `experiment.losses.LOSSES`; left out, the usual one of the reading.
    """

    reading: Reading
    outputs: int
    classes: int
    loss: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "loss", self.loss or _USUAL[self.reading])

    @property
    def sentence(self) -> str:
        """How the output was taken, in words, and the loss where it is not the usual one."""
        several, one = f"its {self.outputs} outputs", "its one output"
        said = {
            "probabilities": f"{several} are taken as probabilities of the classes",
            "logits": f"{several} don't sum to one and are taken as logits of the classes",
            "probability": f"{one} is taken as the probability of the second class",
            "logit": f"{one} is taken as the logit of the second class",
            "values": f"its {self.outputs} output(s) are taken as the target's values",
            "scores": f"{several} are taken as scores of the classes, each by itself between 0 and 1; "
            "divided by their sum they are the probabilities",
            "score_logits": f"{several} are taken as logits of scores of the classes, each by itself; "
            "the scores divided by their sum are the probabilities",
            "signed": f"{several} are taken as 1 for the row's class and -1 for the others; moved to 0 and 1 "
            "and divided by their sum they are the probabilities",
            "estimates": f"{several} are taken as estimates of 1 for the row's class and 0 for the others; "
            "the nearest numbers that are not negative and sum to one are the probabilities",
        }[self.reading]
        if self.outputs == 1 and self.reading == "signed":
            said = f"{one} is taken as -1 for the first class and 1 for the second"
        elif self.outputs == 1 and self.reading == "estimates":
            said = f"{one} is taken as an estimate of 0 for the first class and 1 for the second"
        if self.loss == _USUAL[self.reading] and self.reading not in {"signed", "estimates"}:
            return said
        as_they_are = self.reading in _LOGITS and not self._kind.from_logits
        notes = ("which takes the outputs as they are" if as_they_are else "", self._kind.note)
        return ", ".join([f"{said}; the loss is {self.loss}", *filter(None, notes)])

    def make_loss(self) -> Any:
        """Make Keras's loss object, for the targets that `targets` gives."""
        return _made(self._kind, logits=self.reading in _LOGITS)

    def targets(self, labels: Any) -> Any:
        """Give targets in the shape that the loss wants: ``(row,)`` classes, else ``(row, output)``.

        Args:
            labels: ``(row,)`` class numbers, or ``(row, target)`` values; NumPy's or JAX's.
        """
        if self.reading == "values" or self._kind.targets == "labels":
            return labels
        if self.outputs == 1:
            wanted = labels.reshape(-1, 1)
        else:
            wanted = self.soft_targets(labels, keras.config.floatx())
        return 2 * wanted - 1 if self._signs else wanted

    def soft_targets(self, labels: Any, dtype: Any) -> Any:
        """Give targets that may be mixed and smoothed, for the loss that `make_soft_loss` gives.

        Args:
            labels: ``(row,)`` class numbers, or ``(row, target)`` values; NumPy's or JAX's.
            dtype: what targets are computed in.

        Returns:
            ``(row, class)`` shares of the classes, ``(row, 1)`` share of the second class where there is one
            unit, or the values of a regression.

        >>> Head("probabilities", 3, 3).soft_targets(np.array([2, 0]), "float32")
        array([[0., 0., 1.],
               [1., 0., 0.]], dtype=float32)
        """
        if self.reading == "values":
            return labels.astype(dtype)
        if self.outputs == 1:
            return labels.reshape(-1, 1).astype(dtype)
        return (labels[:, None] == np.arange(self.classes)).astype(dtype)

    def make_soft_loss(self) -> Any:
        """Make the loss of soft targets; for targets of one class alone it is that of `make_loss`.

        Class numbers become one-hot rows. Hinge losses turn every target ``t`` into ``2 * t - 1``: Keras does
        so only where all targets of a batch are 0 or 1. The generalized cross-entropy of a soft target is its
        mean over classes drawn by the target's shares.
        """
        kind = self._kind
        if self.loss == "sparse_categorical_crossentropy":
            return _made(LOSSES["categorical_crossentropy"], logits=self.reading in _LOGITS)
        measure = self.make_loss()
        if self.loss == "categorical_generalized_cross_entropy":
            return _SoftLoss(kind, lambda wanted, given: _generalized(wanted, given, measure.q))
        if kind.targets == "signs":
            power = 2 if self.loss == "squared_hinge" else 1
            return _SoftLoss(kind, lambda wanted, given: _hinge(wanted, given, power))
        if self._signs:
            return _SoftLoss(kind, lambda wanted, given: measure.call(2 * wanted - 1, given))
        return measure

    @property
    def _kind(self) -> LossKind:
        return LOSSES[self.loss]

    @property
    def _signs(self) -> bool:
        # Where one end of the outputs is -1, so is the target: with 0 the middle would lie at one half.
        return self.reading == "signed" and self._kind.targets == "values"


class _SoftLoss(keras.losses.Loss):
    """A loss of soft targets where Keras's own takes hard ones only."""

    def __init__(self, kind: LossKind, rule: Callable[[Any, Any], Any]) -> None:
        super().__init__(name=f"soft_{kind.keras_name}")
        self.rule = rule

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.rule(y_true, y_pred)


def smoothed(head: Head, soft_targets: Any, strength: Any) -> Any:
    """Move soft targets towards the middle, as Keras's ``label_smoothing`` does.

    Args:
        head: what the outputs mean.
        soft_targets: ``(row, class)`` shares, or ``(row, 1)`` share of the second class.
        strength: share of the target that is spread evenly over the classes, in [0, 1); may be an array.

    Returns:
        ``targets * (1 - strength) + strength / classes``, in the shape given.

    Raises:
        UsageError: for a regression.

    Source:
        Szegedy et al., *Rethinking the Inception Architecture for Computer Vision*, CVPR 2016, section 7,
        with the uniform distribution over labels.

    >>> smoothed(Head("probability", 1, 2), np.array([[0.0], [1.0]]), 0.1).tolist()
    [[0.05], [0.95]]
    """
    if head.reading == "values":
        place = Place("recipe", "label_smoothing")
        raise UsageError("a regression has no labels to smooth", place, None, "Leave `label_smoothing` out.")
    return soft_targets * (1 - strength) + strength / head.classes


def read_head(
    outputs: NDArray[Any],
    *,
    classes: int,
    targets: int,
    first_rows: dict[int, int],
    loss: str | None = None,
    output: str | None = None,
) -> Head:
    """Tell from a few outputs of the untrained network what they mean, and choose the loss.

    Args:
        outputs: ``(row, unit)`` outputs for a few rows, some of them far from any data: a probability stays
            between 0 and 1 there too. Rows that are not finite are left out.
        classes: number of classes in the data; 0 for regression.
        targets: number of targets in a regression.
        first_rows: class -> first row that has it.
        loss: the loss asked for; left out, that of the task.
        output: the activation asked for the output layer; left out, the meaning is told from the outputs.

    Raises:
        UsageError: where the output does not fit the classes or targets, or the loss the output.

    >>> read_head(np.array([[0.5, -3.0]]), classes=2, targets=2, first_rows={}, loss="mse")
    Head(reading='estimates', outputs=2, classes=2, loss='mean_squared_error')
    """
    units = _units(outputs, classes, targets, first_rows)
    finite = outputs[np.isfinite(outputs).all(axis=1)]
    name = None if loss is None else parse_loss(loss, _LOSS)
    if name is not None:
        check_task(name, "classification" if classes else "regression")
    if output is not None:
        _check_activation(finite, output, classes)
    if classes and output == "tanh" and name is None:
        cure = "Write `loss: hinge` or `loss: mean_squared_error`, or `output: softmax`."
        message = "`output: tanh` does not fit the usual `loss`, which is a cross-entropy"
        raise UsageError(message, _OUTPUT, None, cure)
    activation = output or _activation(finite, classes, name)
    reading = _reading(activation, units, classes, name) if classes else "values"
    if name is not None:
        given = _GIVEN.get(reading, "any") if classes else _given_values(activation)
        _check_loss(name, Head(reading, units, classes, name), given, output)
    return Head(reading, units, classes, name or "")


def _units(outputs: NDArray[Any], classes: int, targets: int, first_rows: dict[int, int]) -> int:
    if outputs.ndim != 2:
        raise UsageError(
            f"the model gives an output of shape {outputs.shape[1:]} for a row",
            "model",
            None,
            "End it in one row of numbers: a dense layer with one unit for each class or target.",
        )
    units = int(outputs.shape[1])
    if classes and units != classes and (units, classes) != (1, 2):
        beyond = next((label for label in sorted(first_rows) if label >= units), None)
        seen = "" if beyond is None else f"; row {first_rows[beyond]} has class {beyond}"
        raise UsageError(
            f"the model has {units} output(s) and the data have {classes} classes{seen}",
            "model",
            units,
            f"End it in a dense layer with {classes} units.",
        )
    if not classes and units != targets:
        raise UsageError(
            f"the model has {units} output(s) and the data have {targets} target(s)",
            "model",
            units,
            f"End it in a dense layer with {targets} linear unit(s).",
        )
    return units


def _sum_to_one(finite: NDArray[Any]) -> bool:
    return bool(finite.size and (finite >= 0).all()) and np.allclose(finite.sum(axis=1), 1, atol=1e-3)


def _inside(finite: NDArray[Any]) -> bool:
    # A head that starts at zero gives 0 everywhere; a sigmoid would give one half.
    return bool(((finite >= 0) & (finite <= 1)).all() and finite.any())


def _check_activation(finite: NDArray[Any], output: str, classes: int) -> None:
    """Refuse an activation that makes no sense here, or that the outputs don't have."""
    if output == "softmax" and not classes:
        cure = "Write `output: linear`."
        raise UsageError(
            "`output: softmax` gives shares of classes, not a target's values", _OUTPUT, None, cure
        )
    if output == "softmax" and finite.shape[1] == 1:
        cure = "Write `output: sigmoid`, or end the model in a dense layer with 2 units."
        raise UsageError("`output: softmax` on one unit is 1 for every row", _OUTPUT, None, cure)
    fits = {
        "softmax": not finite.size or _sum_to_one(finite),
        "sigmoid": bool(((finite >= 0) & (finite <= 1)).all()),
        "tanh": bool((np.abs(finite) <= 1).all()),
        "linear": not (classes and finite.shape[1] > 1 and _sum_to_one(finite)),
    }
    if not fits[output]:
        cure = f"End the model in {output}, or leave `output` out to have its meaning told from the outputs."
        raise UsageError(f"the model's outputs are not those of `output: {output}`", _OUTPUT, None, cure)


def _activation(finite: NDArray[Any], classes: int, loss: str | None) -> str:
    """Tell the activation from the outputs; ``positive`` is any that gives no negative numbers.

    A tanh is not told apart from a linear layer: outputs of a normalized network may be as small.
    """
    if classes and finite.shape[1] > 1:
        if _sum_to_one(finite):
            return "softmax"
        # Losses over all classes divide scores by their sum or take a softmax: unasked, they get logits.
        alone = loss is not None and (LOSSES[loss].targets == "values" or not LOSSES[loss].from_logits)
        return "sigmoid" if alone and _inside(finite) else "linear"
    if _inside(finite):
        return "sigmoid"
    return "positive" if not classes and finite.any() and bool((finite >= 0).all()) else "linear"


def _given_values(activation: str) -> Outputs:
    given: dict[str, Outputs] = {"sigmoid": "unit_interval", "positive": "not_negative"}
    return given.get(activation, "any")


def _reading(activation: str, units: int, classes: int, loss: str | None) -> Reading:
    """Say what outputs of classes mean."""
    one = (units, classes) == (1, 2)
    if activation == "softmax":
        return "probabilities"
    if activation == "sigmoid":
        return "probability" if one else "scores"
    if activation == "tanh":
        return "signed"
    kind = None if loss is None else LOSSES[loss]
    if kind is not None and kind.targets == "values" and kind.outputs == "any":
        # Keras compares the outputs with 0 and 1 themselves, so that the middle is one half, not zero.
        return "estimates"
    if one:
        return "logit"
    return "score_logits" if kind is not None and kind.targets == "values" else "logits"


def _check_loss(loss: str, head: Head, given: Outputs, output: str | None) -> None:
    kind = LOSSES[loss]
    if head.outputs == 1 and not kind.one_unit:
        cure = "Choose another loss, as `loss: mean_squared_error`."
        if head.classes:
            cure = "Write `loss: binary_crossentropy`, or end the model in a dense layer with 2 units."
        message = f"`loss: {loss}` compares the model's outputs with each other and there is only one"
        raise UsageError(message, _LOSS, None, cure)
    by_output = "the model's outputs are others" if output is None else f"`output: {output}` gives others"
    if DEMANDS.index(given) < DEMANDS.index(kind.outputs) and not (
        head.reading in _LOGITS and kind.from_logits
    ):
        message = f"`loss: {loss}` needs {SAID[kind.outputs]} and {by_output}"
        raise UsageError(message, _LOSS, None, _cure(kind, head))
    if head.reading in {"signed", "estimates"} and kind.targets == "values" and kind.low > -1:
        # An output that starts below zero would stay there.
        message = f"`loss: {loss}` has no slope for negative outputs, which this `output` gives to classes"
        raise UsageError(message, _LOSS, None, "Write `loss: mean_squared_error`, or another `output`.")


def _cure(kind: LossKind, head: Head) -> str:
    if head.classes:
        activation = "sigmoid" if head.outputs == 1 else "softmax"
        return f"Write `output: {activation}`, or end a model of your own in {activation}."
    if kind.outputs == "not_negative":
        return "End a model of your own in softplus, or write `output: sigmoid` for targets up to 1."
    return "Write `output: sigmoid`, or end a model of your own in sigmoid."


def _made(kind: LossKind, *, logits: bool) -> Any:
    told = {"from_logits": logits} if kind.from_logits else {}
    return getattr(keras.losses, kind.keras_name)(**kind.settings, **told)


def _hinge(wanted: Any, given: Any, power: int) -> Any:
    ops = keras.ops
    short = ops.maximum(1.0 - (2.0 * wanted - 1.0) * given, 0.0)
    return ops.mean(ops.square(short) if power == 2 else short, axis=-1)


def _generalized(wanted: Any, given: Any, q: float) -> Any:
    ops = keras.ops
    # Classes without a share are set to 1: the slope of ``p ** q`` is infinite at 0, and 0 times that is NaN.
    shares = ops.where(wanted > 0, given, 1.0)
    # Shares sum to one, so the mean of ``1 - p ** q`` is this: the same arithmetic as Keras's for one class.
    return (1.0 - ops.sum(wanted * ops.power(shares, q), axis=-1)) / q
