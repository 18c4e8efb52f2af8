"""Layers whose weights are changed on their way into the computation: DropConnect and weight normalization.

A layer of any class is made as a subclass of that class which, while it is called, puts other values in place
of its weights. So what is stored, penalized and saved stays the layer's own, and every layer that reads its
variables in its call can have both, recurrent and attention layers too.
"""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import keras
from keras.src import backend as keras_backend
from keras.src.backend.common import global_state

from trainlab.model.weights import incoming_axes, weights_named

GAIN = "weight_norm_gain"


class DropConnect:
    """Drops single weights in training, and scales the kept ones by ``1 / (1 - rate)``.

    One mask serves all rows of a batch, and all time steps of a recurrent layer.

    Args:
        names: names of the variables it acts on.
        rate: share of weights that is dropped, in [0, 1); may be a number of the lane.
        label: what the state of its chance is called.

    Source:
        Wan et al., *Regularization of Neural Networks using DropConnect*, ICML 2013. There every row has a
        mask of its own, which needs the kernel once for each row, and inference samples; here inference uses
        the weights as they are, as dropout does.
    """

    def __init__(self, names: Sequence[str], rate: float, label: str = "drop_connect") -> None:
        self.names = tuple(names)
        self.rate = rate
        # Named, since Keras would count it up through a session, and lanes are compared by names.
        self.seed_generator = keras.random.SeedGenerator(0, name=label.replace("@", "_").replace(".", "_"))

    def __call__(self, weights: Any) -> Any:
        """Give the weights with some dropped."""
        return keras.random.dropout(weights, self.rate, seed=self.seed_generator)


@dataclass(frozen=True)
class Reweighting:
    """What is done to the weights of one layer, in this order.

    Args:
        normalized: names of the variables that weight normalization is put on.
        drops: what drops weights.
    """

    normalized: tuple[str, ...] = ()
    drops: tuple[DropConnect, ...] = ()


def reweighted(kind: type, config: dict[str, Any], reweighting: Reweighting) -> Any:
    """Make a layer whose weights are changed while it is called.

    Args:
        kind: the layer's class.
        config: what it is made from.
        reweighting: what is done to its weights.
    """
    layer = _subclass(kind).from_config(config)
    layer.reweighting = reweighting
    layer.dropping = [drop.seed_generator for drop in reweighting.drops]  # Keras finds their state here
    return layer


@dataclass(frozen=True, eq=False)
class Gain:
    """The length of a normalized weight, which is learned apart from its direction.

    Args:
        direction: the layer's own variable; its length has no effect.
        length: one number for each unit, of the direction's shape with ones along ``axes``.
        axes: those that the norm is taken over.
    """

    direction: Any
    length: Any
    axes: tuple[int, ...]

    def weights(self, direction: Any, length: Any) -> Any:
        """Give the weights in force."""
        return direction * (length / norm(direction, self.axes))


def gains(layer: Any) -> tuple[Gain, ...]:
    """Give the gains of a layer; none where weight normalization is not put on it."""
    held: _Held = getattr(layer, "gained", _Held())
    return held.gains


@dataclass(frozen=True, eq=False)
class _Held:
    """Keeps variables out of Keras's sight, which would list those of inner layers as the outer one's."""

    gains: tuple[Gain, ...] = ()


def norm(weights: Any, axes: tuple[int, ...]) -> Any:
    """Give the norm of each unit's weights, with the summed axes kept; one where all of them are zero.

    >>> norm(jnp.array([[3.0], [4.0]]), (0,)).tolist()
    [[5.0]]
    """
    squares = jnp.sum(jnp.square(weights), axis=axes, keepdims=True)
    # A unit without weights has no direction; the root's slope at zero is infinite.
    return jnp.sqrt(jnp.where(squares > 0, squares, 1))


# Source: Salimans & Kingma, *Weight Normalization*, NeurIPS 2016. There the first batch sets the lengths;
# here they start as the norms, so that the function at the start is that of the layer itself.
@functools.cache
def _subclass(kind: Any) -> Any:
    class Reweighted(kind):
        reweighting = Reweighting()
        gained = _Held()

        @functools.wraps(kind.build)
        def build(self, *args: Any, **kwargs: Any) -> None:
            super().build(*args, **kwargs)
            self.gained = _Held(tuple(self._gained()))

        @functools.wraps(kind.call)
        def call(self, *args: Any, **kwargs: Any) -> Any:
            with _standing_in(list(self._replaced())):
                return super().call(*args, **kwargs)

        def _gained(self) -> Iterator[Gain]:
            chosen = [
                variable for name in self.reweighting.normalized for variable in weights_named(self, name)
            ]
            for variable in chosen:
                axes = incoming_axes(self, variable)
                shape = [1 if axis in axes else size for axis, size in enumerate(variable.shape)]
                gain = self.add_weight(
                    shape=shape, dtype=variable.dtype, initializer="ones", name=GAIN, trainable=True
                )
                gain.assign(norm(variable.value, axes))
                yield Gain(variable, gain, axes)

        def _replaced(self) -> Iterator[tuple[Any, Any]]:
            values: dict[int, tuple[Any, Any]] = {}
            for gain in self.gained.gains:
                variable = gain.direction
                values[id(variable)] = variable, gain.weights(variable.value, gain.length.value)
            if _in_training():
                for drop in self.reweighting.drops:
                    for variable in (found for name in drop.names for found in weights_named(self, name)):
                        _, before = values.get(id(variable), (variable, variable.value))
                        values[id(variable)] = variable, drop(before)
            yield from values.values()

    Reweighted.__name__ = kind.__name__
    Reweighted.__qualname__ = kind.__qualname__
    return Reweighted


def _in_training() -> bool:
    """Tell whether the call that is going on is one in training; without any, it is not.

    Read, not asked for: a layer that asks opens a call where there is none, and nobody would close it.
    """
    context = global_state.get_global_attribute("current_call_ctx")
    return context is not None and bool(context.get_value("training"))


@contextlib.contextmanager
def _standing_in(values: Sequence[tuple[Any, Any]]) -> Iterator[None]:
    """Let variables have other values, whether or not Keras computes without state."""
    if not values:
        yield
        return
    if not keras_backend.in_stateless_scope():
        stored = [variable._value for variable, _ in values]  # noqa: SLF001  (there is no other way outside)
        try:
            for variable, value in values:
                variable._value = value  # noqa: SLF001
            yield
        finally:
            for (variable, _), value in zip(values, stored, strict=True):
                variable._value = value  # noqa: SLF001
        return
    mapping = keras_backend.get_stateless_scope().state_mapping
    before = [mapping.get(id(variable)) for variable, _ in values]
    try:
        mapping.update({id(variable): value for variable, value in values})
        yield
    finally:
        for (variable, _), value in zip(values, before, strict=True):
            if value is None:
                mapping.pop(id(variable), None)
            else:
                mapping[id(variable)] = value
