"""Keras's optimizers, made from a recipe, with the numbers that lanes may differ in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainlab.experiment.optimizers import KINDS, OptimizerChoice
from trainlab.experiment.recipe import Recipe
from trainlab.per_lane import PROVEN, Knob
from trainlab.recipe.lane_optimizers import in_lanes

# Optimizers that decay all weights unless told otherwise, and how they are told.
NO_DECAY = {"adamw": {"weight_decay": 0.0}, "muon": {"weight_decay": 0.0, "adam_weight_decay": 0.0}}


@dataclass(frozen=True)
class Descent:
    """What of a recipe's descent must be equal for lanes to share a program.

    Args:
        choice: the optimizer; lanes may differ in its proven numbers.
        schedule: kind of the learning-rate schedule; empty for a constant rate.
        averaged: whether a moving average of the weights is kept.
        accumulate: batches of one step.
        decayed: whether weight decay is a technique, so that an optimizer's own decay is off.
    """

    choice: OptimizerChoice
    schedule: str = ""
    averaged: bool = False
    accumulate: int = 1
    decayed: bool = False

    @property
    def fixed(self) -> tuple[Any, ...]:
        """What is equal for all lanes of a program, without the numbers that may differ."""
        own = self.decayed and self.choice.name in NO_DECAY
        return (fixed_part(self.choice), self.schedule, self.averaged, self.accumulate, own)


def read_descent(recipe: Recipe) -> tuple[Descent, dict[str, float]]:
    """Split a recipe's descent into what is fixed and the lane's numbers.

    Clipping that a recipe does not ask for is clipping at infinity, which changes no bit; so lanes with and
    without it share a program.
    """
    schedule = recipe.schedule
    numbers = dict(numbers_of(recipe.optimizer))
    if schedule is not None:
        numbers |= {f"schedule.{name}": float(value) for name, value in schedule.numbers}
    if recipe.ema:
        numbers["ema"] = recipe.ema
    if recipe.clip_norm is not None:
        numbers["clip_norm"] = recipe.clip_norm
    if recipe.clip_value is not None:
        numbers["clip_value"] = recipe.clip_value
    descent = Descent(
        choice=recipe.optimizer,
        schedule="" if schedule is None else schedule.kind,
        averaged=recipe.ema > 0,
        accumulate=recipe.accumulate,
        decayed="weight_decay" in recipe.techniques,
    )
    return descent, numbers


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


def make_optimizer(choice: OptimizerChoice, learning_rate: Any, **around: Any) -> Any:
    """Make one of Keras's optimizers.

    Args:
        choice: its name and numbers.
        learning_rate: a number, or one of Keras's schedules.
        **around: what Keras's base class takes: ``global_clipnorm``, ``clipvalue``, ``use_ema`` ...
    """
    return _kind(choice)(learning_rate=learning_rate, **{**dict(choice.numbers), **around})


def make_lane_optimizer(descent: Descent, learning_rate: float) -> Any:
    """Make the optimizer of a cohort, whose surroundings take each lane's numbers."""
    around: dict[str, Any] = {}
    if descent.averaged:
        around["use_ema"] = True
    if descent.accumulate > 1:
        around["gradient_accumulation_steps"] = descent.accumulate
    if descent.decayed:
        around |= NO_DECAY.get(descent.choice.name, {})
    numbers = {**dict(descent.choice.numbers), **around}
    return in_lanes(_kind(descent.choice))(learning_rate=learning_rate, **numbers)


def _kind(choice: OptimizerChoice) -> type:
    kind: type = getattr(keras.optimizers, KINDS[choice.name].keras_name)
    return kind


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
