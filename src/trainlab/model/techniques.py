"""Placing techniques in a sequential or functional Keras model, layer by layer.

The model is cloned with fresh weights; hidden layers get the technique, the output layer never does.
A subclassed model hides its layers, so nothing can be placed in it from outside.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras.src.models.functional import Functional

from trainlab.errors import UsageError
from trainlab.model.per_lane import Knob

# What traced code sees in comparisons, as `if rate > 0`; the numbers in force are the lanes'.
SEEN = 0.5

_FOLLOWS_ITS_LAYER = (
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ELU,
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.GroupNormalization,
)
_NORMALIZES = (
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.GroupNormalization,
    keras.layers.Normalization,
)
TECHNIQUES = ("dropout", "l2")


def can_place(model: Any) -> bool:
    """Tell whether the model shows its layers: a sequential or a functional one."""
    return isinstance(model, (keras.Sequential, Functional))


def cloned(
    model: Any, techniques: frozenset[str] = frozenset(), *, keeps: Callable[[Any], bool]
) -> tuple[Any, tuple[Knob, ...]]:
    """Clone a model with fresh weights and place techniques in its hidden layers.

    Args:
        model: a built sequential or functional model.
        techniques: names out of ``TECHNIQUES``.
        keeps: tells of a layer whether its values were set on purpose and go along.

    Returns:
        The clone, and the attributes that take the strengths.

    Raises:
        UsageError: where a technique finds no hidden layer, or a layer that has one of its own.
    """
    graph = keras.Model(_alone(model.inputs), _alone(model.outputs), name=model.name)
    hidden = hidden_layers(graph)
    regularized = {layer.name for layer in hidden if hasattr(layer, "kernel_regularizer")}
    dropped = {_last_of_its_block(layer).name for layer in hidden}
    if techniques and not hidden:
        raise UsageError(
            f"the model has no hidden layer to place {' and '.join(sorted(techniques))} in",
            "model",
            None,
            "Give it one, as `model: {mlp: [64]}`, or leave the technique out.",
        )
    knobs: list[Knob] = []

    def clone(layer: Any) -> Any:
        config = layer.get_config()
        if "l2" in techniques and layer.name in regularized:
            if config.get("kernel_regularizer") is not None:
                raise UsageError(
                    f"layer {layer.name!r} has a regularizer of its own",
                    "l2",
                    None,
                    "Leave it out of the model, or let the builder take `l2` as a parameter and place it.",
                )
            config["kernel_regularizer"] = keras.regularizers.L2(SEEN)
        made = layer.__class__.from_config(config)
        if "l2" in techniques and layer.name in regularized:
            knobs.append(Knob(made.kernel_regularizer, "l2", "l2"))
        return made

    def call(layer: Any, *inputs: Any, **options: Any) -> Any:
        outputs = layer(*inputs, **options)
        if "dropout" in techniques and layer.name in dropped:
            dropout = keras.layers.Dropout(SEEN, seed=0, name=f"{layer.name}_dropout")
            knobs.append(Knob(dropout, "rate", "dropout"))
            outputs = dropout(outputs)
        return outputs

    made = keras.models.clone_model(graph, clone_function=clone, call_function=call)
    for layer in graph.layers:
        if layer.weights and keeps(layer):
            made.get_layer(layer.name).set_weights(layer.get_weights())
    return made, tuple(knobs)


def _alone(tensors: list[Any]) -> Any:
    return tensors[0] if len(tensors) == 1 else tensors


def hidden_layers(graph: Any) -> list[Any]:
    """Give the layers with trainable weights that come before the output layers, normalizations left out."""
    last = set()
    waiting = [tensor._keras_history.operation for tensor in graph.outputs]  # noqa: SLF001
    while waiting:
        layer = waiting.pop()
        if layer.name in last:
            continue
        last.add(layer.name)
        if not (_learns(layer) or _inner_model(layer)):
            waiting += [before for node in layer._inbound_nodes for before in _before(node)]  # noqa: SLF001
    return [layer for layer in graph.layers if _learns(layer) and layer.name not in last]


def _learns(layer: Any) -> bool:
    return bool(layer.trainable_weights) and not isinstance(layer, _NORMALIZES) and not _inner_model(layer)


def _inner_model(layer: Any) -> bool:
    return isinstance(layer, keras.Model)


def _before(node: Any) -> list[Any]:
    return [parent.operation for parent in node.parent_nodes]


def _last_of_its_block(layer: Any) -> Any:
    """Follow a layer to its normalization and activation, where these are layers of their own."""
    while len(layer._outbound_nodes) == 1:  # noqa: SLF001
        following = layer._outbound_nodes[0].operation  # noqa: SLF001
        if not isinstance(following, _FOLLOWS_ITS_LAYER):
            break
        layer = following
    return layer
