"""The ready-made architectures, as plain Keras models."""

import keras

from trainlab.errors import UsageError
from trainlab.experiment.models import Cnn, Mlp


def build_mlp(
    described: Mlp, *, input_shape: tuple[int, ...], outputs: int, probabilities: bool
) -> keras.Sequential:
    """Build a multilayer perceptron: flatten, dense hidden layers, one output layer.

    Args:
        described: units and activation of the hidden layers.
        input_shape: shape of one row.
        outputs: units of the output layer.
        probabilities: whether the output layer ends in a softmax, else it is linear.
    """
    layers = [keras.Input(input_shape, name="input")]
    if len(input_shape) > 1:
        layers.append(keras.layers.Flatten(name="flatten"))
    for number, units in enumerate(described.hidden, start=1):
        layers.append(keras.layers.Dense(units, activation=described.activation, name=f"hidden_{number}"))
    activation = "softmax" if probabilities else "linear"
    layers.append(keras.layers.Dense(outputs, activation=activation, name="output"))
    return keras.Sequential(layers, name="mlp")


def build_cnn(
    described: Cnn, *, input_shape: tuple[int, ...], outputs: int, probabilities: bool
) -> keras.Sequential:
    """Build a convolutional network: blocks of convolution and pooling, flatten, dense layers, one output.

    Args:
        described: filters of the blocks, units of the dense layers, activation.
        input_shape: shape of one row: ``(height, width, channel)`` or ``(height, width)``.
        outputs: units of the output layer.
        probabilities: whether the output layer ends in a softmax, else it is linear.

    Raises:
        UsageError: for rows that are no images, and images too small for so many poolings.
    """
    if len(input_shape) not in {2, 3}:
        raise UsageError(
            f"a row has shape {input_shape}, and a convolutional network takes images",
            "model.cnn",
            None,
            "Use `model: {mlp: [64]}`, or give rows of shape (height, width, channel).",
        )
    layers = [keras.Input(input_shape, name="input")]
    if len(input_shape) == 2:
        layers.append(keras.layers.Reshape((*input_shape, 1), name="channel"))
    side = min(input_shape[:2])
    for number, filters in enumerate(described.filters, start=1):
        convolution = keras.layers.Conv2D(
            filters, described.kernel, padding="same", activation=described.activation, name=f"conv_{number}"
        )
        layers.append(convolution)
        if described.pool > 1:
            side //= described.pool
            if side < 1:
                raise UsageError(
                    f"images of {input_shape[0]} x {input_shape[1]} are too small for "
                    f"{_blocks(len(described.filters))} with pooling by {described.pool}",
                    "model.cnn",
                    None,
                    "Give `pool: 1`."
                    if number == 1
                    else f"Give at most {_blocks(number - 1)}, or `pool: 1`.",
                )
            layers.append(keras.layers.MaxPooling2D(described.pool, name=f"pool_{number}"))
    layers.append(keras.layers.Flatten(name="flatten"))
    for number, units in enumerate(described.hidden, start=1):
        layers.append(keras.layers.Dense(units, activation=described.activation, name=f"hidden_{number}"))
    activation = "softmax" if probabilities else "linear"
    layers.append(keras.layers.Dense(outputs, activation=activation, name="output"))
    return keras.Sequential(layers, name="cnn")


def _blocks(number: int) -> str:
    return "1 block" if number == 1 else f"{number} blocks"
