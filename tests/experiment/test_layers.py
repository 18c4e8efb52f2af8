"""The vocabulary of layers against the installed Keras."""

import pytest

import trainlab  # noqa: F401  # it chooses JAX before Keras is imported below
from trainlab.errors import UsageError
from trainlab.experiment.layers import ACTIVATION, ACTIVATIONS, INITIALIZER, INITIALIZERS, SIZES

# What Keras has beside: for outputs, which `output` says, of several values at once, or rare.
OTHER_ACTIVATIONS = {
    *("softmax", "log_softmax", "sparsemax"),
    *("celu", "glu", "hard_tanh", "hard_shrink", "soft_shrink", "tanh_shrink", "squareplus", "sparse_plus"),
    *("threshold", "log_sigmoid", "hard_silu", "sparse_sigmoid"),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_keras_own(name):
    """
    Each name is a function of the installed Keras under that name, of one value at a time.
    """
    import keras
    import numpy as np

    function = keras.activations.get(name)
    row = np.array([[-1.5, 0.5]], "float32")

    assert function.__name__ == name
    together, alone = np.asarray(function(row)), np.asarray(function(row[:, :1]))
    np.testing.assert_allclose(together[:, :1], alone, rtol=1e-6)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_is_keras_own(name):
    """
    Each name makes an initializer of the installed Keras that fills a square kernel.
    """
    import keras
    import numpy as np

    values = np.asarray(keras.initializers.get(name)((3, 3)))

    assert values.shape == (3, 3)
    assert np.isfinite(values).all()


def test_what_is_left_out_of_keras_is_left_out_on_purpose():
    """
    Every activation of the installed Keras is in the vocabulary or among those left out; no name is twice.
    """
    import keras

    known = {
        name
        for name in dir(keras.activations)
        if name.islower() and name not in {"get", "serialize", "deserialize"} and not name.startswith("_")
    }
    same = {"hard_swish": "hard_silu", "swish": "silu", "leaky_relu": "leaky_relu"}

    assert set(ACTIVATIONS) <= known
    assert {same.get(name, name) for name in known - set(ACTIVATIONS)} <= OTHER_ACTIVATIONS | set(ACTIVATIONS)
    assert len(set(ACTIVATIONS)) == len(ACTIVATIONS)
    assert len(set(INITIALIZERS)) == len(INITIALIZERS)


def test_wrong_words_and_sizes_are_refused():
    """
    A slip is answered with the nearest name, and a size below one is named.
    """
    with pytest.raises(UsageError, match=r"^a: unknown activation \(got 'rleu'\)\. Did you mean `relu`\?"):
        ACTIVATION("rleu", "a")
    with pytest.raises(UsageError, match=r"^i: unknown initializer \(got 'he'\)\. Known are: glorot_uniform"):
        INITIALIZER("he", "i")
    with pytest.raises(UsageError, match=r"^hidden\.1: not in the allowed range"):
        SIZES([3, 0], "hidden")
    assert SIZES([], "hidden") == ()
