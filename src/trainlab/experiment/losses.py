"""The losses and output activations by name, with what each loss takes: vocabulary only.

What a loss computes is Keras's business and is looked up in ``recipe``. Here stand the names, the tasks they
fit, and the targets and outputs they need, so that an experiment file is checked without importing Keras.
A test compares this table with the installed Keras.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trainlab.errors import DataError, UsageError
from trainlab.experiment.checks import one_of, suggestion
from trainlab.experiment.places import Place

Task = Literal["classification", "regression"]
Targets = Literal["labels", "one_hot", "signs", "values"]
Outputs = Literal["any", "not_negative", "unit_interval", "shares"]

OUTPUTS = ("linear", "sigmoid", "tanh", "softmax")

# From the weakest demand to the strictest: what fits one fits those before it.
DEMANDS: tuple[Outputs, ...] = ("any", "not_negative", "unit_interval", "shares")
SAID: Mapping[Outputs, str] = MappingProxyType(
    {
        "any": "any numbers",
        "not_negative": "outputs that are not negative",
        "unit_interval": "outputs between 0 and 1",
        "shares": "shares that sum to one",
    }
)


@dataclass(frozen=True)
class LossKind:
    """One of Keras's losses and what it takes.

    Args:
        keras_name: Keras's class.
        tasks: what it fits.
        targets: class numbers; one-hot rows; 0 or 1, which Keras turns into -1 or 1; or any values, which
            for classes are 0 and 1 in each unit.
        from_logits: whether it can be told that outputs are logits.
        outputs: what outputs it needs, unless it is told that they are logits.
        one_unit: whether it judges a single unit; the others compare units with each other.
        low: the lowest target it is defined for.
        high: the highest target.
        by_share: whether it divides by the target, which then must not be zero.
        settings: what Keras's class is given apart from ``from_logits``.
        note: where it departs from Keras's default or surprises, as a clause for the report.
    """

    keras_name: str
    tasks: frozenset[Task]
    targets: Targets
    from_logits: bool = False
    outputs: Outputs = "any"
    one_unit: bool = False
    low: float = -math.inf
    high: float = math.inf
    by_share: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    note: str = ""


_BOTH: frozenset[Task] = frozenset({"classification", "regression"})
_CLASSES: frozenset[Task] = frozenset({"classification"})
_AMOUNTS: frozenset[Task] = frozenset({"regression"})

# Keras's default is one number for a whole batch, which is no loss of a row: it would change with the batch.
_BY_ROW = MappingProxyType({"axis": -1})
_BY_ROW_NOTE = "of each row, where Keras's default is one number for a batch"

LOSSES: Mapping[str, LossKind] = MappingProxyType(
    {
        "mean_squared_error": LossKind("MeanSquaredError", _BOTH, "values", one_unit=True),
        "mean_absolute_error": LossKind("MeanAbsoluteError", _BOTH, "values", one_unit=True),
        "mean_absolute_percentage_error": LossKind(
            "MeanAbsolutePercentageError", _AMOUNTS, "values", one_unit=True, by_share=True
        ),
        "mean_squared_logarithmic_error": LossKind(
            "MeanSquaredLogarithmicError",
            _BOTH,
            "values",
            one_unit=True,
            low=0.0,
            note="which takes negative outputs for 0",
        ),
        "huber": LossKind("Huber", _BOTH, "values", one_unit=True),
        "log_cosh": LossKind("LogCosh", _BOTH, "values", one_unit=True),
        # A single unit has no direction, only a sign, and no slope.
        "cosine_similarity": LossKind("CosineSimilarity", _BOTH, "values"),
        "poisson": LossKind("Poisson", _BOTH, "values", outputs="not_negative", one_unit=True, low=0.0),
        # Keras clips outputs at 1, so that scores that don't sum to one are best all at 1.
        "kl_divergence": LossKind("KLDivergence", _CLASSES, "one_hot", outputs="shares"),
        "hinge": LossKind("Hinge", _CLASSES, "signs", one_unit=True),
        "squared_hinge": LossKind("SquaredHinge", _CLASSES, "signs", one_unit=True),
        "categorical_hinge": LossKind("CategoricalHinge", _CLASSES, "one_hot"),
        "binary_crossentropy": LossKind(
            "BinaryCrossentropy",
            _BOTH,
            "values",
            from_logits=True,
            outputs="unit_interval",
            one_unit=True,
            low=0.0,
            high=1.0,
        ),
        "binary_focal_crossentropy": LossKind(
            "BinaryFocalCrossentropy",
            _CLASSES,
            "values",
            from_logits=True,
            outputs="unit_interval",
            one_unit=True,
            low=0.0,
            high=1.0,
        ),
        "categorical_crossentropy": LossKind(
            "CategoricalCrossentropy", _CLASSES, "one_hot", from_logits=True, outputs="unit_interval"
        ),
        "sparse_categorical_crossentropy": LossKind(
            "SparseCategoricalCrossentropy", _CLASSES, "labels", from_logits=True, outputs="unit_interval"
        ),
        "categorical_focal_crossentropy": LossKind(
            "CategoricalFocalCrossentropy", _CLASSES, "one_hot", from_logits=True, outputs="unit_interval"
        ),
        # It looks at the output of the right class only: scores that don't sum to one are best all at 1.
        "categorical_generalized_cross_entropy": LossKind(
            "CategoricalGeneralizedCrossEntropy", _CLASSES, "labels", outputs="shares"
        ),
        # By row, one unit gives the first class no overlap and so no slope: two units are needed.
        "dice": LossKind(
            "Dice", _CLASSES, "one_hot", outputs="unit_interval", settings=_BY_ROW, note=_BY_ROW_NOTE
        ),
        "tversky": LossKind(
            "Tversky", _CLASSES, "one_hot", outputs="unit_interval", settings=_BY_ROW, note=_BY_ROW_NOTE
        ),
    }
)

# Losses of the installed Keras that judge something else than one row by its class or values.
REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "circle": "compares the rows of a batch with each other and wants embeddings, not classes or values",
        "ctc": "aligns sequences of labels and wants an output for each time, not for each row",
    }
)

_SHORT: Mapping[str, str] = MappingProxyType(
    {
        "mse": "mean_squared_error",
        "mae": "mean_absolute_error",
        "mape": "mean_absolute_percentage_error",
        "msle": "mean_squared_logarithmic_error",
        "logcosh": "log_cosh",
        "kld": "kl_divergence",
        "bce": "binary_crossentropy",
        "cce": "categorical_crossentropy",
        "scce": "sparse_categorical_crossentropy",
        "gce": "categorical_generalized_cross_entropy",
        **{kind.keras_name.lower(): name for name, kind in LOSSES.items()},
    }
)


def parse_loss(value: object, where: str = "loss") -> str:
    """Read the name of a loss, short or as Keras's class or function is called.

    Returns:
        The name of the function, one of `LOSSES`.

    Raises:
        UsageError: for an unknown loss, and for one that judges no single row.

    >>> parse_loss("mse"), parse_loss("KLDivergence")
    ('mean_squared_error', 'kl_divergence')
    >>> parse_loss("hubert")
    Traceback (most recent call last):
    trainlab.errors.UsageError: loss: unknown loss (got 'hubert'). Did you mean `huber`?
    """
    name = value.lower() if isinstance(value, str) else value
    if isinstance(name, str):
        name = _SHORT.get(name, name)
        if name in LOSSES:
            return name
        if name in REFUSED:
            cure = f"Choose one of: {', '.join(LOSSES)}."
            raise UsageError(f"`{name}` {REFUSED[name]}", Place.of(where), None, cure)
    raise UsageError("unknown loss", Place.of(where), value, suggestion(value, LOSSES))


def parse_output(value: object, where: str = "output") -> str:
    """Read the activation of the output layer.

    >>> parse_output("sofmax")
    Traceback (most recent call last):
    trainlab.errors.UsageError: output: unknown output activation (got 'sofmax'). Did you mean `softmax`?
    """
    name: str = one_of(OUTPUTS, "output activation")(value, Place.of(where))
    return name


def check_task(loss: str, task: Task, where: str = Place("recipe", "loss")) -> None:
    """Refuse a loss that doesn't fit the task.

    Args:
        loss: one of `LOSSES`.
        task: classification or regression.
        where: where the loss stands.

    Raises:
        UsageError: with the losses that fit.

    >>> check_task("dice", "regression")
    Traceback (most recent call last):
    trainlab.errors.UsageError: recipe.loss: `loss: dice` does not fit a regression. Choose one of: mean_...
    """
    if task not in LOSSES[loss].tasks:
        fitting = ", ".join(name for name, kind in LOSSES.items() if task in kind.tasks)
        raise UsageError(f"`loss: {loss}` does not fit a {task}", where, None, f"Choose one of: {fitting}.")


def check_amounts(loss: str, targets: NDArray[Any]) -> None:
    """Refuse targets of a regression that a loss is not defined for.

    Args:
        loss: one of `LOSSES`.
        targets: ``(row, target)`` values, in their unit.

    Raises:
        DataError: naming the first row beyond.

    >>> check_amounts("poisson", np.array([[2.0], [-1.0]]))
    Traceback (most recent call last):
    trainlab.errors.DataError: row 1: `loss: poisson` needs targets of at least 0 (got -1.0). Choose ano...
    """
    kind = LOSSES[loss]
    rows = targets.reshape(len(targets), -1)
    said, beyond = "other than 0", rows == 0
    if not kind.by_share:
        said = f"of at least {kind.low:g}" if math.isinf(kind.high) else f"from {kind.low:g} to {kind.high:g}"
        beyond = (rows < kind.low) | (rows > kind.high)
    if beyond.any():
        row, target = np.argwhere(beyond)[0]
        raise DataError(
            f"`loss: {loss}` needs targets {said}",
            f"row {row}",
            float(rows[row, target]),
            "Choose another loss, as `loss: huber`, or rescale the targets.",
        )
