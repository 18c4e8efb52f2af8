"""Hidden layers are found with their activations, and what is seen of them is what they give."""

import keras
import numpy as np
import pytest

from trainlab.model.functional import capture, network
from trainlab.model.watching import activation_given, watching


def built(layers, shape=(4,)):
    """Build a network of layers."""
    rows = np.zeros((2, *shape), np.float32)
    model, noted = capture(lambda: keras.Sequential([keras.Input(shape), *layers]), rows)
    return network(model, noted)


def relu(values):
    """Be called as Keras's own activation is, and do something else."""
    return values * 2


LAYERS = keras.layers
CASES = {
    "an activation of its own": (LAYERS.Dense(3, activation="tanh"), "tanh"),
    "a convolution": (LAYERS.Conv2D(3, 2, activation="sigmoid"), "sigmoid"),
    "a layer for it": (LAYERS.Activation("relu"), "relu"),
    "a rectifier": (LAYERS.ReLU(), "relu"),
    "a bounded rectifier": (LAYERS.ReLU(6), "relu6"),
    "a rectifier bounded elsewhere": (LAYERS.ReLU(3), ""),
    "a leaking rectifier": (LAYERS.ReLU(negative_slope=0.1), ""),
    "a learned slope": (LAYERS.PReLU(), ""),
    "a function of the user's": (LAYERS.Dense(3, activation=relu), ""),
    "gates": (LAYERS.LSTM(3), ""),
    "no bend": (LAYERS.Dense(3, activation="linear"), None),
    "probabilities": (LAYERS.Dense(3, activation="softmax"), None),
    "noise": (LAYERS.Dropout(0.5), None),
}


@pytest.mark.parametrize("layer, activation", CASES.values(), ids=CASES)
def test_activations_are_named_where_they_are_known(layer, activation):
    """
    A layer that bends is known by Keras's own name of its activation, and by none where it does more.
    """
    assert activation_given(layer) == activation


def test_a_subclassed_model_shows_nothing():
    """
    A model that keeps its layers to itself is looked at without them.
    """

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = LAYERS.Dense(3, activation="relu")

        def call(self, rows):
            return self.first(rows)

    model, noted = capture(Own, np.zeros((2, 4), np.float32))
    watches = watching(network(model, noted))
    weights, layers = ([leaf[0] for leaf in part] for part in watches.network.as_built(1))
    outputs, hidden = watches.call(weights, layers, np.ones((2, 4), np.float32), {})

    assert watches.layers == ()
    assert (outputs.shape, hidden) == ((2, 3), [])


def test_what_is_seen_is_what_layers_give():
    """
    Layers that bend, save the output, are seen as the model gives them by itself, with its random layers off.
    """
    found = built([LAYERS.Dense(3, activation="tanh"), LAYERS.Dropout(0.5), LAYERS.ReLU(), LAYERS.Dense(2)])
    model, rows = found.model, np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 4)
    before = [variable.path for variable in model.variables]
    weights = [variable.numpy() for variable in model.trainable_variables]
    state = [variable.numpy() for variable in model.non_trainable_variables]

    watches = watching(found)
    outputs, hidden = watches.call(weights, state, rows, {})

    seen = [(layer.activation, layer.dies, layer.ends, layer.axis) for layer in watches.layers]
    assert seen == [("tanh", False, (-0.975, 0.975), 1), ("relu", True, None, 1)]
    bent = np.tanh(rows @ weights[0] + weights[1])
    np.testing.assert_allclose(hidden[0], bent, rtol=1e-5)
    np.testing.assert_allclose(hidden[1], np.maximum(bent, 0), rtol=1e-5)
    np.testing.assert_allclose(outputs, np.maximum(bent, 0) @ weights[2] + weights[3], rtol=1e-5, atol=1e-6)
    assert [variable.path for variable in model.variables] == before
