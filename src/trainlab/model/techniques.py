"""Placing techniques in a sequential or functional Keras model, layer by layer.

The model is cloned with fresh weights; hidden layers get the technique, the output layer never does.
A subclassed model hides its layers, so nothing can be placed in it from outside.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras.src.models.functional import Functional

from trainlab.errors import UsageError, first_line
from trainlab.per_lane import Knob

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
    keras.layers.RMSNormalization,
)
_NORMALIZES = (
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.GroupNormalization,
    keras.layers.RMSNormalization,
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
        keeps: tells of a variable whether its value was set on purpose and goes along.

    Returns:
        The clone, and the attributes that take the strengths.

    Raises:
        UsageError: where a technique finds no hidden layer, or a layer that has one of its own, and where a
            layer can't be cloned.
    """
    graph = keras.Model(_alone(model.inputs), _alone(model.outputs), name=model.name)
    places = _places(graph, techniques)
    taken = {layer.name for layer in graph.layers}
    knobs: list[Knob] = []

    def clone(layer: Any) -> Any:
        config = _config(layer)
        penalized = layer.name in places.get("l2", ())
        if penalized:
            if config.get("kernel_regularizer") is not None:
                raise UsageError(
                    f"layer {layer.name!r} has a regularizer of its own",
                    "l2",
                    None,
                    "Leave it out of the model, or let the builder take `l2` as a parameter and place it.",
                )
            config["kernel_regularizer"] = keras.regularizers.L2(SEEN)
        made = _made(layer, config)
        if penalized:
            knobs.append(Knob(made.kernel_regularizer, "l2", "l2"))
        return made

    def call(layer: Any, *inputs: Any, **options: Any) -> Any:
        outputs = layer(*inputs, **options)
        if layer.name in places.get("dropout", ()):
            name = _free_name(f"{layer.name}_dropout", taken)
            dropout = keras.layers.Dropout(SEEN, seed=0, name=name)
            knobs.append(Knob(dropout, "rate", "dropout"))
            outputs = dropout(outputs)
        return outputs

    made = keras.models.clone_model(graph, clone_function=clone, call_function=call)
    _carry_over(graph, made, keeps)
    return made, tuple(knobs)


def _places(graph: Any, techniques: frozenset[str]) -> dict[str, set[str]]:
    """Give for each technique the names of the layers where it is placed."""
    hidden = hidden_layers(graph)
    possible = {
        "dropout": {_last_of_its_block(graph, layer).name for layer in hidden},
        "l2": {layer.name for layer in hidden if hasattr(layer, "kernel_regularizer")},
    }
    places = {technique: possible[technique] for technique in sorted(techniques)}
    homeless = [technique for technique, found in places.items() if not found]
    if homeless:
        raise UsageError(
            f"the model has no hidden layer to place {' and '.join(homeless)} in",
            "model",
            None,
            "Give it one, as `model: {mlp: [64]}`, or leave the technique out.",
        )
    return places


def _carry_over(graph: Any, made: Any, keeps: Callable[[Any], bool]) -> None:
    """Give a clone the values that were set on purpose."""
    for layer in graph.layers:
        fresh = made.get_layer(layer.name).weights if layer.weights else ()
        for variable, copy in zip(layer.weights, fresh, strict=True):
            if keeps(variable):
                copy.assign(variable)
    for layer in made._flatten_layers():  # noqa: SLF001  (Keras's own way to all layers)
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # it computes with numbers made from its variables, not with these


def _alone(tensors: list[Any]) -> Any:
    return tensors[0] if len(tensors) == 1 else tensors


def hidden_layers(graph: Any) -> list[Any]:
    """Give the layers with trainable weights that come before the output layers, normalizations left out."""
    last, seen = set(), set()
    waiting = [tensor._keras_history for tensor in graph.outputs]  # noqa: SLF001
    nodes = [found.operation._inbound_nodes[found.node_index] for found in waiting]  # noqa: SLF001
    while nodes:
        node = nodes.pop()
        if _learns(node.operation) or _inner_model(node.operation):
            last.add(node.operation.name)
        elif id(node) not in seen:
            seen.add(id(node))
            nodes += node.parent_nodes
    return [layer for layer in graph.layers if _learns(layer) and layer.name not in last]


def _learns(layer: Any) -> bool:
    # What `keras.ops` puts in a graph is no layer and has no weights.
    learns = bool(getattr(layer, "trainable_weights", ()))
    return learns and not isinstance(layer, _NORMALIZES) and not _inner_model(layer)


def _inner_model(layer: Any) -> bool:
    return isinstance(layer, keras.Model)


def _last_of_its_block(graph: Any, layer: Any) -> Any:
    """Follow a layer to its normalization and activation, where these are layers of their own and its alone.

    Only calls inside of the graph count: a model that grew by ``add`` has called its layers many times.
    """
    nodes = [node for depth in graph._nodes_by_depth.values() for node in depth]  # noqa: SLF001
    while True:
        after = [node.operation for node in nodes if _follows(node, layer)]
        if len(after) != 1 or not isinstance(after[0], _FOLLOWS_ITS_LAYER):
            return layer
        if sum(node.operation is after[0] for node in nodes) != 1:
            return layer
        layer = after[0]


def _follows(node: Any, layer: Any) -> bool:
    return any(before.operation is layer for before in node.parent_nodes)


def _config(layer: Any) -> dict[str, Any]:
    with _cloning(layer):
        config: dict[str, Any] = layer.get_config()
    # A user's own model says float32 in every layer; a certificate computes in float64 throughout.
    if keras.config.floatx() == "float64" and layer.dtype_policy.name == "float32":
        config["dtype"] = "float64"
    return config


def _made(layer: Any, config: dict[str, Any]) -> Any:
    with _cloning(layer):
        return layer.__class__.from_config(config)


@contextlib.contextmanager
def _cloning(layer: Any) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise UsageError(
            f"layer {layer.name!r} can't be cloned: {first_line(error)}",
            "model",
            None,
            "Give a function that builds the model and takes `dropout` and `l2` as parameters, "
            "or give the layer's class a `get_config` that it can be made from.",
        ) from error


def _free_name(name: str, taken: set[str]) -> str:
    free = name
    while free in taken:
        free += "_again"
    taken.add(free)
    return free
