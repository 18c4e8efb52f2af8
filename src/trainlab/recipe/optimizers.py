"""Keras's optimizers, made from a choice, with the numbers that lanes may differ in."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainlab.experiment.optimizers import KINDS, OptimizerChoice
from trainlab.per_lane import PROVEN, Knob

LEARNING_RATE = "learning_rate"


def lane_numbers(choice: OptimizerChoice) -> dict[str, float]:
    """Give the numbers of an optimizer that may differ between lanes of one program.

    A momentum of zero is left out: Keras keeps no velocity then, which is another program.
    """
    kind = KINDS[choice.name].keras_name
    return {key: float(value) for key, value in choice.numbers if (kind, key) in PROVEN and float(value) > 0}


def fixed_part(choice: OptimizerChoice) -> tuple[Any, ...]:
    """Give what of an optimizer must be equal for lanes to share a program."""
    varied = lane_numbers(choice)
    rest = tuple((key, value) for key, value in choice.numbers if key not in varied)
    return (choice.name, rest, tuple(sorted(varied)))


def make_optimizer(choice: OptimizerChoice, learning_rate: float) -> Any:
    """Make one of Keras's optimizers."""
    kind = getattr(keras.optimizers, KINDS[choice.name].keras_name)
    return kind(learning_rate=learning_rate, **dict(choice.numbers))


def optimizer_knobs(optimizer: Any, choice: OptimizerChoice) -> tuple[Knob, ...]:
    """Give the attributes that take a number of the lane."""
    return tuple(Knob(optimizer, key, f"optimizer.{key}") for key in lane_numbers(choice))


def optimizer_start(
    optimizer: Any, learning_rates: NDArray[np.float64], weights: Sequence[NDArray[Any]]
) -> list[NDArray[Any]]:
    """Give the first optimizer state of lanes: Keras's own constants, with each lane's learning rate.

    A variable that starts as a copy of a weight (ScheduleFreeAdamW's ``momentum``) is no constant: it starts
    from each lane's own weight.

    Args:
        optimizer: built for the model's variables, which are as they were then.
        learning_rates: ``(lane,)``.
        weights: the lanes' first weights, each ``(lane, ...)``, in the order of the model's variables.
    """
    rate = optimizer._learning_rate  # noqa: SLF001  (the public property hides the variable)
    built_for = [variable.numpy() for variable in optimizer._trainable_variables]  # noqa: SLF001

    def start(variable: Any) -> NDArray[Any]:
        if variable is rate:
            return learning_rates.astype(variable.dtype)
        first = variable.numpy()
        for weight, lanes in zip(built_for, weights, strict=True):
            if weight.ndim and np.array_equal(first, weight):
                return np.asarray(lanes, first.dtype)
        return np.stack([first] * len(learning_rates))

    return [start(variable) for variable in optimizer.variables]


def numbers_of(choice: OptimizerChoice) -> Mapping[str, float]:
    """Give the lane's optimizer numbers under the names that knobs know them by."""
    return {f"optimizer.{key}": value for key, value in lane_numbers(choice).items()}
