"""Reforming single layers: another width, activation or initializer, by changing what a layer is made from.

A wrapper (bidirectional, over time) is reformed by reforming the layer inside of it. Which layers are
reformed is decided elsewhere.
"""

from collections.abc import Iterator
from typing import Any

import keras

from trainlab.errors import UsageError
from trainlab.experiment.places import Place

# These apply their activation to their output, last of all; recurrent layers use theirs inside of the loop.
ENDS_IN_ITS_ACTIVATION = (
    keras.layers.Dense,
    keras.layers.EinsumDense,
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
    keras.layers.DepthwiseConv1D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv1D,
    keras.layers.SeparableConv2D,
)
_WIDTHS = ("units", "filters", "output_dim", "key_dim", "value_dim")
_KERNELS = ("kernel_initializer", "depthwise_initializer", "pointwise_initializer")
_LINEAR = keras.activations.linear


def bends(layer: Any) -> bool:
    """Tell whether a layer, or one inside of it, has an activation of its own that is not linear.

    >>> bends(keras.layers.Dense(2)), bends(keras.layers.Dense(2, activation="relu"))
    (False, True)
    """
    inner = layer._flatten_layers()  # noqa: SLF001  (Keras's own way to all layers)
    return any(getattr(each, "activation", None) not in {None, _LINEAR} for each in inner)


def widen(layer: Any, config: dict[str, Any], factor: float) -> bool:
    """Multiply the units, filters or dimensions of a layer, rounded, at least one.

    Of an attention layer the heads stay as many and the size of each grows (``key_dim``, ``value_dim``); of
    an embedding the vectors grow.

    Returns:
        Whether the layer has anything that grows.

    >>> config = {"units": 10}
    >>> widen(keras.layers.Dense(10), config, 0.25), config
    (True, {'units': 3})
    """
    if isinstance(layer, keras.layers.EinsumDense):
        raise UsageError(
            f"layer {layer.name!r} is an EinsumDense, whose shape has no width of its own",
            Place("width"),
            None,
            "Give a builder function that takes `width`.",
        )
    grown = False
    for part in _parts(config):
        for key in _WIDTHS:
            if isinstance(part.get(key), int):
                part[key] = max(1, int(part[key] * factor + 0.5))
                grown = True
    return grown


def reinitialize(config: dict[str, Any], name: str) -> bool:
    """Give the kernels of a layer another initializer; recurrent kernels and embeddings keep theirs.

    Returns:
        Whether the layer has a kernel whose initializer can be set.
    """
    changed = False
    for part in _parts(config):
        for key in _KERNELS:
            if key in part:
                part[key] = keras.initializers.serialize(keras.initializers.get(name))
                changed = True
    return changed


def bend_otherwise(layer: Any, config: dict[str, Any], name: str) -> bool:
    """Give a layer another activation in place of one that is neither linear nor a softmax.

    Recurrent layers keep theirs, which stand inside of the loop.

    Returns:
        Whether it had such a one.

    >>> config = {"activation": "relu"}
    >>> bend_otherwise(keras.layers.Dense(2, activation="relu"), config, "tanh"), config
    (True, {'activation': 'tanh'})
    """
    inner = getattr(layer, "layer", None) if isinstance(layer, keras.layers.TimeDistributed) else layer
    if not isinstance(inner, ENDS_IN_ITS_ACTIVATION):
        return False
    if inner.activation in {_LINEAR, keras.activations.softmax}:
        return False
    part = config if inner is layer else config["layer"]["config"]
    part["activation"] = name
    return True


def _parts(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give a layer's configuration and those of the layers inside of it."""
    yield config
    for key in ("layer", "backward_layer", "cell"):
        inner = config.get(key)
        if isinstance(inner, dict) and isinstance(inner.get("config"), dict):
            yield from _parts(inner["config"])
