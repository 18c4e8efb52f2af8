"""Models of every kind that techniques are placed in, small, each with two classes at its end."""

import functools

import keras
import numpy as np
import pytest

layers = keras.layers


def mlp():
    """Two hidden layers, the first with its normalization and activation as layers of their own."""
    return keras.Sequential(
        [
            keras.Input((3,), name="rows"),
            layers.Dense(4, name="one"),
            layers.BatchNormalization(name="norm"),
            layers.Activation("tanh", name="bend"),
            layers.Dense(4, activation="relu", name="two"),
            layers.Dense(2, name="out"),
        ]
    )


def plain():
    """Two hidden layers with their activations inside."""
    return keras.Sequential(
        [
            keras.Input((3,), name="rows"),
            layers.Dense(4, activation="tanh", name="one"),
            layers.Dense(4, activation="relu", name="two"),
            layers.Dense(2, name="out"),
        ]
    )


def bypass():
    """A residual branch beside a longer one, all kernels alike in shape, and the input beside both."""
    rows = keras.Input((3,), name="rows")
    short = layers.Dense(3, name="short")(rows)
    long = layers.Dense(3, activation="relu", name="long_2")(layers.Dense(3, name="long_1")(rows))
    both = layers.Add(name="add")([short, long])
    return keras.Model(rows, layers.Dense(2, name="out")(layers.Concatenate(name="all")([rows, both])))


def shared():
    """One hidden layer is called twice."""
    rows = keras.Input((3,), name="rows")
    one = layers.Dense(3, activation="tanh", name="one")
    return keras.Model(rows, layers.Dense(2, name="out")(one(one(rows))))


def inner():
    """A model stands inside, between two hidden layers."""
    part = keras.Sequential([keras.Input((4,)), layers.Dense(4, activation="relu", name="deep")], name="part")
    return keras.Sequential(
        [
            keras.Input((3,), name="rows"),
            layers.Dense(4, name="one"),
            part,
            layers.Dense(5, name="two"),
            layers.Dense(2, name="out"),
        ]
    )


def images():
    """Convolutions with their normalizations and activations as layers, a depthwise and a separable one."""
    return keras.Sequential(
        [
            keras.Input((6, 6, 1), name="rows"),
            layers.Conv2D(3, 3, use_bias=False, name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.ReLU(name="bend"),
            layers.MaxPooling2D(name="pool"),
            layers.DepthwiseConv2D(2, padding="same", activation="relu", name="depth"),
            layers.SeparableConv2D(4, 2, padding="same", activation="relu", name="separable"),
            layers.Conv2DTranspose(2, 2, name="up"),
            layers.Flatten(name="flat"),
            layers.Dense(2, name="out"),
        ]
    )


def words():
    """Numbers of words are looked up, read forth and back, and read again."""
    rows = keras.Input((5,), dtype="int32", name="rows")
    found = layers.Embedding(7, 4, mask_zero=True, name="table")(rows)
    drawn = {"recurrent_initializer": "glorot_uniform"}  # orthogonal ones take long to compile
    read = layers.Bidirectional(layers.LSTM(3, return_sequences=True, **drawn), name="read")(found)
    return keras.Model(rows, layers.Dense(2, name="out")(layers.GRU(4, name="again", **drawn)(read)))


def attending():
    """Attention with its residual, and a dense layer over time."""
    rows = keras.Input((5, 4), name="rows")
    seen = layers.MultiHeadAttention(2, 3, name="attend")(rows, rows)
    summed = layers.Add(name="add")([rows, seen])
    each = layers.TimeDistributed(layers.Dense(3, activation="relu"), name="each")(summed)
    return keras.Model(rows, layers.Dense(2, name="out")(layers.Flatten(name="flat")(each)))


def several():
    """Two inputs of measurements and one of categories meet."""
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    kind = keras.Input((1,), dtype="int32", name="kind")
    found = layers.Flatten(name="flat")(layers.Embedding(4, 2, name="table")(kind))
    seen = layers.Dense(4, activation="relu", name="seen")(layers.Concatenate(name="all")([left, right]))
    meet = layers.Concatenate(name="meet")([seen, found])
    return keras.Model([left, right, kind], layers.Dense(2, name="out")(meet))


BUILDERS = {
    build.__name__: build for build in (mlp, plain, bypass, shared, inner, images, words, attending, several)
}


@pytest.fixture(scope="session")
def build():
    """Give a model by its name, built once; nobody changes it."""
    return functools.cache(lambda name: BUILDERS[name]())


@pytest.fixture(scope="session")
def rows_for():
    """Give six rows of the shapes and kinds that a model takes."""

    def rows(model):
        draw = np.random.default_rng(0)
        found = [
            draw.integers(0, 4, (6, *tensor.shape[1:])).astype(np.int32)
            if "int" in tensor.dtype
            else draw.normal(size=(6, *tensor.shape[1:])).astype(np.float32)
            for tensor in model.inputs
        ]
        return found[0] if len(found) == 1 else found

    return rows
