"""The recipe: how a network is trained, and the vocabulary of what a recipe or a variant may say.

A recipe is a frozen value. Variants are changes of it, so that everything else is equal by construction.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from trainlab.errors import UsageError
from trainlab.experiment.checks import NOT_YET, Check, count, listed, mapping, number, one_of, several
from trainlab.experiment.optimizers import KINDS, OptimizerChoice, parse_optimizer
from trainlab.experiment.places import Place

ACTIVATIONS = (
    *("linear", "relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "mish"),
    *("tanh", "sigmoid", "hard_sigmoid", "softplus", "softsign", "exponential"),
)


def _batch_size(value: object, where: str) -> int | Literal["all"]:
    if isinstance(value, str) and value == "all":
        return "all"
    try:
        size: int = count()(value, where)
    except UsageError as error:
        cure = f"{error.cure.removesuffix('.')}, or `all`."
        raise UsageError(error.message, where, error.value, cure) from None
    return size


def _strength(check: Check) -> Check:
    """Make the check of a technique's strength, which agreed longer forms do not pass yet."""

    def checked(value: object, where: str) -> float:
        if isinstance(value, Mapping) or listed(value) is not None:
            cure = "Write one number, which is for all hidden layers."
            raise UsageError(f"a strength by place or by layer {NOT_YET}", where, value, cure)
        strength: float = check(value, where)
        return strength

    return checked


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "optimizer": parse_optimizer,
        "learning_rate": number(low=0.0, low_open=True),
        "batch_size": _batch_size,
        "epochs": count(),
        "l2": _strength(number(low=0.0)),
        "dropout": _strength(number(low=0.0, high=1.0, high_open=True)),
        "hidden": several(count()),
        "activation": one_of(ACTIVATIONS, "activation"),
        "train_rows": count(low=2),
    }
)

# What may be None in a recipe: the optimizer, the model and the data have a say of their own.
LEFT_TO_OTHERS = ("learning_rate", "hidden", "activation", "train_rows")

# Agreed words of later versions: refused in a sentence of their own, never taken for slips of the pen.
LATER = (
    *("schedule", "clip_norm", "clip_value", "ema", "accumulate", "loss", "output"),
    *("l1", "l1_l2", "activity_l1", "activity_l2", "weight_decay", "max_norm"),
    *("gaussian_dropout", "alpha_dropout", "drop_connect", "gaussian_noise", "label_smoothing"),
    *("batch_norm", "layer_norm", "weight_norm", "width", "depth", "initializer", "model"),
    *("train_fraction", "class_weight", "resample", "irrelevant_features", "augment"),
    *("early_stopping", "ensemble", "prune"),
)


@dataclass(frozen=True, init=False)
class Recipe:
    """How a network is trained; every setting is checked when the recipe is made.

    Args:
        optimizer: one of Keras's by name, or a name with its numbers, as ``{"sgd": {"momentum": 0.9}}``.
        learning_rate: step size; left out, Keras's default for the optimizer.
        batch_size: rows of one step, or ``"all"`` for full-batch descent.
        epochs: passes over the training rows.
        l2: strength of the penalty on the kernels of hidden layers, ``l2 * sum(w ** 2)``.
        dropout: share of hidden units dropped in training, in [0, 1).
        hidden: units of the hidden layers, outright; left out, what the model says.
        activation: activation of the hidden layers by Keras's name; left out, what the model says.
        train_rows: how many of the training rows are used; left out, all.

    Raises:
        UsageError: for a value of the wrong type or out of its bounds.

    >>> Recipe(optimizer="adam", learning_rate=1e-3).changed({"dropout": 0.3}).dropout
    0.3
    """

    optimizer: OptimizerChoice
    learning_rate: float | None
    batch_size: int | Literal["all"]
    epochs: int
    l2: float
    dropout: float
    hidden: tuple[int, ...] | None
    activation: str | None
    train_rows: int | None

    def __init__(
        self,
        *,
        optimizer: str | Mapping[str, Any] | OptimizerChoice = "adam",
        learning_rate: float | None = None,
        batch_size: int | Literal["all"] = 32,
        epochs: int = 10,
        l2: float = 0.0,
        dropout: float = 0.0,
        hidden: Sequence[int] | None = None,
        activation: str | None = None,
        train_rows: int | None = None,
    ) -> None:
        given = {
            "optimizer": optimizer,
            "learning_rate": learning_rate,
            "batch_size": batch_size,
            "epochs": epochs,
            "l2": l2,
            "dropout": dropout,
            "hidden": hidden,
            "activation": activation,
            "train_rows": train_rows,
        }
        for key, value in given.items():
            left_out = value is None and key in LEFT_TO_OTHERS
            checked = None if left_out else CHECKS[key](value, Place("recipe", key))
            object.__setattr__(self, key, checked)

    @property
    def step_size(self) -> float:
        """The learning rate in force: the one given, else Keras's default for the optimizer."""
        return KINDS[self.optimizer.name].learning_rate if self.learning_rate is None else self.learning_rate

    def changed(self, changes: Mapping[str, Any], where: str = "recipe") -> "Recipe":
        """Give the recipe with some settings replaced.

        Args:
            changes: setting -> value, as a variant gives them.
            where: where the changes stand, for what is said of a wrong one.

        Raises:
            UsageError: for an unknown setting or an impossible value.

        >>> Recipe().changed({"epoch": 3}, "short")
        Traceback (most recent call last):
        trainlab.errors.UsageError: short.epoch: unknown setting (got 'epoch'). Did you mean `epochs`?
        """
        return dataclasses.replace(self, **parse_settings(changes, where))

    def document(self) -> dict[str, object]:
        """Give every setting in force as plain values, for storing and printing.

        >>> Recipe().document()["learning_rate"]
        0.001
        """
        return {**self.settings(), "learning_rate": self.step_size}

    def settings(self) -> dict[str, object]:
        """Give every setting as it was asked for: None is left to the optimizer, the model or the data.

        A variant that changes the optimizer brings its learning rate with it only where none was asked for,
        so a question is written down in this form.

        >>> Recipe().settings()["learning_rate"] is None
        True
        """
        settings: dict[str, object] = {key: getattr(self, key) for key in CHECKS}
        settings["optimizer"] = self.optimizer.document()
        settings["hidden"] = None if self.hidden is None else list(self.hidden)
        return settings


def parse_settings(value: object, where: str) -> dict[str, Any]:
    """Check a mapping of settings, as a recipe or a variant gives it.

    >>> parse_settings({"dropout": 0.3}, "variants.dropout")
    {'dropout': 0.3}
    >>> parse_settings({"dropout": 1.0}, "variants.all")
    Traceback (most recent call last):
    trainlab.errors.UsageError: variants.all.dropout: not in the allowed range (got 1.0). Give a number \
in [0, 1).
    """
    place = Place.of(where)
    for key in value if isinstance(value, Mapping) else ():
        kind = next((name for name in KINDS if key in KINDS[name].numbers and key not in LATER), None)
        if kind is not None:
            cure = f"It is a number of an optimizer: write `optimizer: {{{kind}: {{{key}: ...}}}}`."
            raise UsageError("unknown setting", place.key(key), key, cure)
    settings = mapping({} if value is None else value, place, CHECKS, "setting", later=LATER)
    for key, given in settings.items():
        if given is None:
            cure = "Write a value, or leave the key out."
            raise UsageError(f"`{key}` has no value", place.key(key), None, cure)
    return {key: CHECKS[key](given, place / key) for key, given in settings.items()}
