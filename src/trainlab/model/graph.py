"""Reading the graph of a sequential or functional Keras model: hidden layers, output layers, blocks.

A block is a layer with trainable weights and what follows it alone: its own normalization and its own
activation. Nothing here changes a model or knows a technique.
"""

from collections.abc import Iterator
from typing import Any

import keras
from keras.src.models.functional import Functional

ACTIVATES = (
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ELU,
)
NORMALIZES = (
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.GroupNormalization,
    keras.layers.RMSNormalization,
)
# A convolution that is written without its bias and activation is followed by them in either order.
_IN_A_BLOCK = (*ACTIVATES, *NORMALIZES)
_NO_HIDDEN_LAYER = (*_IN_A_BLOCK, keras.layers.Normalization, keras.Model)


def can_place(model: Any) -> bool:
    """Tell whether the model shows its layers: a sequential or a functional one."""
    return isinstance(model, (keras.Sequential, Functional))


def scales_itself(model: Any) -> bool:
    """Tell whether a model rescales or normalizes its inputs itself, wherever in it that layer stands.

    >>> scales_itself(keras.Sequential([keras.Input((3,)), keras.layers.Rescaling(1 / 255)]))
    True
    """
    return any(
        isinstance(layer, keras.layers.Rescaling | keras.layers.Normalization)
        for layer in model._flatten_layers()  # noqa: SLF001  (inner models and wrapped layers too)
    )


def graph_of(model: Any) -> Any:
    """Give a sequential or functional model as one functional graph of the very same layers.

    A layer's position in ``graph.layers`` is its number in every site; models built alike have alike graphs.

    >>> mlp = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="one")])
    >>> [layer.name for layer in graph_of(mlp).layers][1:]
    ['one']
    """
    return keras.Model(alone(model.inputs), alone(model.outputs), name=model.name)


def free_name(graph: Any, name: str) -> str:
    """Give a name for a new layer that no layer of the model has."""
    taken = {operation.name for operation in graph.operations}
    while name in taken:
        name += "_again"
    return name


def alone(tensors: list[Any]) -> Any:
    """Give the only tensor of a list, or the list."""
    return tensors[0] if len(tensors) == 1 else tensors


def nodes_of(graph: Any) -> Iterator[Any]:
    """Give the calls inside of the graph, each after those it takes its inputs from.

    Only calls inside of the graph count: a model that grew by ``add`` has called its layers many times.
    """
    by_depth = graph._nodes_by_depth  # noqa: SLF001  (Keras keeps no public record of calls)
    for depth in sorted(by_depth, reverse=True):
        yield from by_depth[depth]


def output_layers(graph: Any) -> list[Any]:
    """Give the last layers with weights before each output; an inner model counts as one."""
    return [layer for layer in graph.layers if id(layer) in _last(graph)[0]]


def behind_outputs(graph: Any) -> set[int]:
    """Give the ids of the calls that come after the output layers, as of a softmax layer."""
    return _last(graph)[1]


def hidden_layers(graph: Any) -> list[Any]:
    """Give the layers with trainable weights before the output layers, normalizations left out.

    Inner models, layers without trainable weights (frozen ones too) and activations that learn are none.

    >>> mlp = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="one"), keras.layers.Dense(2)])
    >>> [layer.name for layer in hidden_layers(graph_of(mlp))]
    ['one']
    """
    last, _ = _last(graph)
    return [layer for layer in graph.layers if _learns(layer) and id(layer) not in last]


def block_of(graph: Any, layer: Any) -> list[Any]:
    """Give a layer and the normalizations and activations that are layers of their own and its alone."""
    nodes = list(nodes_of(graph))
    block = [layer]
    while True:
        after = [node.operation for node in nodes if _follows(node, block[-1])]
        if len(after) != 1 or not isinstance(after[0], _IN_A_BLOCK) or _ends(graph, block[-1]):
            return block
        if sum(node.operation is after[0] for node in nodes) != 1:
            return block
        block.append(after[0])


def own_block(graph: Any, layer: Any) -> list[Any]:
    """Give the block of a hidden layer; any other layer stands alone."""
    return block_of(graph, layer) if layer in hidden_layers(graph) else [layer]


def activation_in(block: list[Any]) -> Any | None:
    """Give the activation layer of a block; nothing where the block has none of its own."""
    return next((layer for layer in block[1:] if isinstance(layer, ACTIVATES)), None)


def normalization_in(block: list[Any]) -> Any | None:
    """Give the normalization layer of a block; nothing where the block has none of its own."""
    return next((layer for layer in block[1:] if isinstance(layer, NORMALIZES)), None)


def precision_of(layer: Any) -> Any:
    """Give the precision a layer computes in when made anew.

    A user's own model says float32 in every layer; a certificate computes in float64 throughout.
    """
    policy = layer.dtype_policy
    widened = keras.config.floatx() == "float64" and policy.name == "float32"
    return keras.dtype_policies.get("float64") if widened else policy


def _last(graph: Any) -> tuple[set[int], set[int]]:
    """Go back from the outputs to layers that learn; give their ids, and those of the calls after them."""
    last: set[int] = set()
    behind: set[int] = set()
    history = [tensor._keras_history for tensor in graph.outputs]  # noqa: SLF001
    waiting = [found.operation._inbound_nodes[found.node_index] for found in history]  # noqa: SLF001
    while waiting:
        node = waiting.pop()
        if _learns(node.operation) or isinstance(node.operation, keras.Model):
            last.add(id(node.operation))
        elif id(node) not in behind:
            behind.add(id(node))
            waiting += node.parent_nodes
    return last, behind


def _learns(layer: Any) -> bool:
    # What `keras.ops` puts in a graph is no layer and has no weights.
    return bool(getattr(layer, "trainable_weights", ())) and not isinstance(layer, _NO_HIDDEN_LAYER)


def _follows(node: Any, layer: Any) -> bool:
    return any(before.operation is layer for before in node.parent_nodes)


def _ends(graph: Any, layer: Any) -> bool:
    return any(tensor._keras_history.operation is layer for tensor in graph.outputs)  # noqa: SLF001
