"""The recipe: how a network is trained, and the vocabulary of what a recipe or a variant may say.

A recipe is a frozen value. Variants are changes of it, so that everything else is equal by construction.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from trainlab.errors import UsageError
from trainlab.experiment.checks import Check, count, mapping, number, one_of, several
from trainlab.experiment.optimizers import KINDS, OptimizerChoice, parse_optimizer

ACTIVATIONS = (
    *("linear", "relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "mish"),
    *("tanh", "sigmoid", "hard_sigmoid", "softplus", "softsign", "exponential"),
)


def _batch_size(value: object, where: str) -> int | Literal["all"]:
    return "all" if value == "all" else count()(value, where)


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "optimizer": parse_optimizer,
        "learning_rate": number(low=0.0, low_open=True),
        "batch_size": _batch_size,
        "epochs": count(),
        "l2": number(low=0.0),
        "dropout": number(low=0.0, high=1.0, high_open=True),
        "hidden": several(count()),
        "activation": one_of(ACTIVATIONS, "activation"),
        "train_rows": count(low=2),
    }
)


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; every setting is checked when the recipe is made.

    Args:
        optimizer: one of Keras's by name, or a name with its numbers, as ``{"sgd": {"momentum": 0.9}}``.
        learning_rate: step size; left out, Keras's default for the optimizer.
        batch_size: rows of one step, or ``"all"`` for full-batch descent.
        epochs: passes over the training rows.
        l2: strength of the penalty on the kernels of hidden layers, ``l2 * sum(w ** 2)``; left out, none.
        dropout: share of hidden units dropped in training, in [0, 1); left out, none.
        hidden: units of the hidden layers, outright; left out, what the model says.
        activation: activation of the hidden layers by Keras's name; left out, what the model says.
        train_rows: how many of the training rows are used; left out, all.

    Raises:
        UsageError: for a value of the wrong type or out of its bounds.

    >>> Recipe(optimizer="adam", learning_rate=1e-3).changed({"dropout": 0.3}).dropout
    0.3
    """

    optimizer: OptimizerChoice = OptimizerChoice("adam")
    learning_rate: float | None = None
    batch_size: int | Literal["all"] = 32
    epochs: int = 10
    l2: float | None = None
    dropout: float | None = None
    hidden: tuple[int, ...] | None = None
    activation: str | None = None
    train_rows: int | None = None

    def __post_init__(self) -> None:
        for key, check in CHECKS.items():
            value = getattr(self, key)
            if value is not None:
                object.__setattr__(self, key, check(value, f"recipe.{key}"))

    @property
    def step_size(self) -> float:
        """The learning rate in force: the one given, else Keras's default for the optimizer."""
        return KINDS[self.optimizer.name].learning_rate if self.learning_rate is None else self.learning_rate

    def changed(self, changes: Mapping[str, Any]) -> "Recipe":
        """Give the recipe with some settings replaced."""
        return dataclasses.replace(self, **changes)

    def document(self) -> dict[str, object]:
        """Give every setting in force as plain values, for storing and printing.

        >>> Recipe().document()["learning_rate"]
        0.001
        """
        document: dict[str, object] = {key: getattr(self, key) for key in CHECKS}
        document["optimizer"] = self.optimizer.document()
        document["learning_rate"] = self.step_size
        document["hidden"] = None if self.hidden is None else list(self.hidden)
        return document


def parse_settings(value: object, where: str) -> dict[str, Any]:
    """Check a mapping of settings, as a recipe or a variant gives it.

    >>> parse_settings({"dropout": 0.3}, "variants.dropout")
    {'dropout': 0.3}
    >>> parse_settings({"dropout": 1.0}, "variants.all")
    Traceback (most recent call last):
    trainlab.errors.UsageError: variants.all.dropout: not in the allowed range (got 1.0). Give a number in [0, 1).
    """
    settings = mapping({} if value is None else value, where, CHECKS, "setting")
    for key, given in settings.items():
        if given is None:
            raise UsageError("no value", f"{where}.{key}", None, "Write a value, or leave the key out.")
    return {key: CHECKS[key](given, f"{where}.{key}") for key, given in settings.items()}
