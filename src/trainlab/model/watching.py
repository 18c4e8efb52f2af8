"""The hidden layers of a network whose outputs can be looked at, and the network that gives them.

A sequential or functional model shows its layers; a subclassed one does not, and has none here. Nothing is
known of lanes or data, and the network itself stays as it is.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import keras

from trainlab.model.functional import Arrays, Network, as_taken
from trainlab.model.graph import ACTIVATES, alone, can_place, graph_of, nodes_of
from trainlab.model.windows import sliced
from trainlab.per_lane import turned

# What such a layer gives is more than its activation of a sum, so its ends say nothing of a unit.
_GATED = (keras.layers.LSTM, keras.layers.GRU, keras.layers.ConvLSTM2D)
# A unit of these gives zero, and learns nothing, wherever its sum is negative.
_DIES = frozenset({"relu", "relu6"})
# Outputs beyond which the slope is below 5 % of the steepest one.
_ENDS = {
    "tanh": (-0.975, 0.975),
    "sigmoid": (0.0127, 0.9873),
    "softsign": (-0.776, 0.776),
    "hard_sigmoid": (0.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "relu6": (-float("inf"), 6.0),
}


@dataclass(frozen=True)
class Hidden:
    """A hidden layer that is looked at.

    Args:
        name: of the layer.
        activation: its activation's name; empty where it is not known.
        axis: along which its units lie, in ``(row, ...)``.
        dies: whether a unit can be zero for good.
        ends: outputs below and above which a unit hardly answers; None where there are none.
    """

    name: str
    activation: str
    axis: int
    dies: bool
    ends: tuple[float, float] | None


@dataclass(frozen=True, eq=False)
class Watching:
    """A network that gives the outputs of its hidden layers beside its own.

    Args:
        network: the network.
        layers: the hidden layers, in their order; empty where the model does not show them.
    """

    network: Network
    layers: tuple[Hidden, ...] = ()
    _model: Any = None

    def call(
        self, weights: Arrays, state: Arrays, inputs: Any, numbers: Mapping[str, jax.Array]
    ) -> tuple[jax.Array, list[jax.Array]]:
        """Run the network with its weights standing still and its random layers off.

        Args:
            weights: of one lane.
            state: its other variables.
            inputs: prepared rows.
            numbers: of the lane.

        Returns:
            Its outputs, and those of the hidden layers.
        """
        if self._model is None:
            return self.network.call(weights, state, inputs, numbers, training=False)[0], []
        own, inner = self.network.model, self._model
        values = dict(zip(map(id, own.trainable_variables), weights, strict=True))
        values |= dict(zip(map(id, own.non_trainable_variables), state, strict=True))
        with turned(self.network.knobs, numbers):
            (outputs, *hidden), _ = sliced(functools.partial(inner.stateless_call, training=False))(
                [values[id(variable)] for variable in inner.trainable_variables],
                [values[id(variable)] for variable in inner.non_trainable_variables],
                as_taken(own, inputs, self.network.inputs),
            )
        return outputs, hidden


def watching(network: Network) -> Watching:
    """Find the hidden layers of a network that have an activation.

    Args:
        network: a built network.
    """
    model = network.model
    if not can_place(model) or len(model.outputs) != 1:
        return Watching(network)
    found = list(_hidden(model))
    if not found:
        return Watching(network)
    outputs = [*model.outputs, *(tensor for _, tensor in found)]
    # By a name of its own: Keras would count it, and give the models after it other names.
    inner = keras.Model(alone(model.inputs), outputs, name="watching")
    return Watching(network, tuple(layer for layer, _ in found), inner)


def _hidden(model: Any) -> Iterator[tuple[Hidden, Any]]:
    last = {id(tensor) for tensor in model.outputs}
    for node in nodes_of(graph_of(model)):
        layer = node.operation
        activation = activation_given(layer)
        if activation is None or len(node.outputs) != 1 or id(node.outputs[0]) in last:
            continue
        tensor = node.outputs[0]
        first = getattr(layer, "data_format", "") == "channels_first" and len(tensor.shape) > 2
        dies, ends = activation in _DIES, _ENDS.get(activation)
        yield Hidden(layer.name, activation, 1 if first else len(tensor.shape) - 1, dies, ends), tensor


def activation_given(layer: Any) -> str | None:
    """Name the activation whose outputs a layer gives: empty where it is not known, None where there is none.

    Args:
        layer: a Keras layer.

    >>> activation_given(keras.layers.Dense(3, activation="tanh")), activation_given(keras.layers.Dense(3))
    ('tanh', None)
    """
    if isinstance(layer, _GATED):
        return ""
    if isinstance(layer, keras.layers.ReLU):
        usual = not layer.negative_slope and not layer.threshold
        return {None: "relu", 6: "relu6"}.get(layer.max_value, "") if usual else ""
    function = getattr(layer, "activation", None)
    if callable(function):
        name = getattr(function, "__name__", "")
        return None if name in {"linear", "softmax", "log_softmax"} else _own_name(function, name)
    return "" if isinstance(layer, ACTIVATES) else None


def _own_name(function: Any, name: str) -> str:
    """Believe a name only where the function is Keras's: another one may be called the same."""
    return name if getattr(keras.activations, name, None) is function else ""
