"""Keras's optimizers for lanes: those of their numbers that Keras keeps as floats, taken as arrays.

The step itself is Keras's own. What surrounds it (clipping, decoupled weight decay, the moving average of the
weights) is done here with the same formulas, since Keras reads those numbers in ways that an array does not
survive, and decays all weights alike. A certificate compares with Keras's own optimizer.
"""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp


@dataclass(frozen=True)
class Around:
    """What surrounds a lane's step; None leaves a part out.

    Args:
        clip_norm: largest norm of all gradients together; infinity changes no bit.
        clip_value: largest size of each number of a gradient; infinity changes no bit.
        ema: momentum of the moving average.
        decays: position of a weight -> share that is taken off, times the learning rate.
    """

    clip_norm: Any = None
    clip_value: Any = None
    ema: Any = None
    decays: tuple[tuple[int, Any], ...] = ()


class _InLanes:
    """Put before one of Keras's optimizers in the order of its base classes."""

    around = Around()

    def _clip_gradients(self, slopes: Sequence[Any]) -> Sequence[Any]:
        around = self.around
        if around.clip_norm is not None:
            norm = jnp.sqrt(sum(jnp.sum(jnp.square(slope)) for slope in slopes))
            # Chosen instead of multiplied with 1: a lane that is not clipped keeps every bit.
            scale = around.clip_norm / norm
            slopes = [jnp.where(norm > around.clip_norm, slope * scale, slope) for slope in slopes]
        if around.clip_value is not None:
            slopes = [jnp.clip(slope, -around.clip_value, around.clip_value) for slope in slopes]
        return slopes

    def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
        # The optimizer's own number, if any.
        super()._apply_weight_decay(variables)  # type: ignore[misc]
        everything = self._trainable_variables  # type: ignore[attr-defined]
        for position, share in self.around.decays:
            variable = everything[position]
            rate = jnp.asarray(self.learning_rate.value, variable.dtype)  # type: ignore[attr-defined]
            variable.assign(variable.value - variable.value * share * rate)

    def _update_model_variables_moving_average(self, variables: Sequence[Any]) -> None:
        averages = self._model_variables_moving_average  # type: ignore[attr-defined]
        started = jnp.asarray(self.iterations != 0)  # type: ignore[attr-defined]
        for variable, average in zip(variables, averages, strict=True):
            if average is not None:
                momentum = started.astype(variable.dtype) * self.around.ema
                average.assign(momentum * average.value + (1 - momentum) * variable.value)


@functools.cache
def in_lanes(kind: type) -> type:
    """Give the class of one of Keras's optimizers whose surroundings take arrays."""
    return type(kind.__name__, (_InLanes, kind), {})


@contextlib.contextmanager
def surrounded(optimizer: Any, around: Around) -> Iterator[None]:
    """Let a lane's numbers surround its steps, while a program is traced."""
    before = optimizer.around
    try:
        object.__setattr__(optimizer, "around", around)
        yield
    finally:
        object.__setattr__(optimizer, "around", before)
