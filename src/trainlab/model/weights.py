"""Which variables of a layer are its kernels and biases, and along which axes a unit takes its inputs.

A layer's weights are called as their variables are named (``kernel``, ``recurrent_kernel``, ``bias``),
wherever inside of the layer they stand: an attention layer has four kernels, a bidirectional one two.
"""

from typing import Any

import keras

KERNEL, BIAS = "kernel", "bias"


def is_kernel(name: str) -> bool:
    """Tell whether a variable is what inputs are multiplied with, or looked up in.

    >>> [is_kernel(name) for name in ("kernel", "recurrent_kernel", "embeddings", "bias")]
    [True, True, True, False]
    """
    return name.endswith((KERNEL, "embeddings"))


def weights_named(layer: Any, name: str) -> list[Any]:
    """Give the trainable variables of a layer that have a name, also those of layers inside of it."""
    return [variable for variable in layer.trainable_weights if variable.name == name]


def names_meant(layer: Any, on: str) -> list[str]:
    """Give the names of the trainable variables that a word means: all kernels, all biases, or one name.

    >>> lstm = keras.layers.LSTM(2)
    >>> lstm.build((None, None, 3))
    >>> names_meant(lstm, "kernel"), names_meant(lstm, "recurrent_kernel")
    (['kernel', 'recurrent_kernel'], ['recurrent_kernel'])
    """
    names = dict.fromkeys(variable.name for variable in layer.trainable_weights)
    if on == KERNEL:
        return [name for name in names if is_kernel(name)]
    if on == BIAS:
        return [name for name in names if name.endswith(BIAS)]
    return [name for name in names if name == on]


def incoming_axes(layer: Any, variable: Any) -> tuple[int, ...]:
    """Give the axes over which a unit takes its inputs: the norm over them is the norm of a unit's weights.

    Over a dense kernel ``(inputs, units)`` that is axis 0, over a convolution's all but the last. A vector of
    an embedding is one unit. A bias has no incoming axis: each of its entries belongs to another unit.

    Args:
        layer: the layer, or the layer that holds the variable's owner.
        variable: one of its trainable variables.

    >>> dense = keras.layers.Dense(2)
    >>> dense.build((None, 3))
    >>> incoming_axes(dense, dense.kernel), incoming_axes(dense, dense.bias)
    ((0,), ())
    """
    axes = tuple(range(len(variable.shape)))
    if not is_kernel(variable.name):
        return ()
    if variable.name.endswith("embeddings"):
        return axes[-1:]
    owner = owner_of(layer, variable)
    if isinstance(owner, keras.layers.EinsumDense):
        takes, gives = owner.equation.replace(" ", "").split("->")
        kernel = takes.split(",")[1]
        return tuple(axis for axis, letter in enumerate(kernel) if letter not in gives)
    # Keras keeps these with one kernel for each input channel, and with inputs last.
    if variable.name.startswith("depthwise") or isinstance(owner, _depthwise()):
        return axes[:-2]
    if isinstance(owner, _transposed()):
        return (*axes[:-2], axes[-1])
    return axes[:-1]


def owner_of(layer: Any, variable: Any) -> Any:
    """Give the layer, or the layer inside of it, that holds a variable itself."""
    for inner in layer._flatten_layers():  # noqa: SLF001  (Keras's own way to all layers)
        if any(variable is own for own in inner._trainable_variables):  # noqa: SLF001
            return inner
    raise ValueError(f"{variable.path} is no variable of {layer.name}")


def _depthwise() -> tuple[type, ...]:
    return (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)


def _transposed() -> tuple[type, ...]:
    return (keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose)
