"""The ready-made architectures, as plain Keras models."""

import keras

from trainlab.experiment.models import Mlp


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
