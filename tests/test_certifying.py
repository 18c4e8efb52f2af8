"""The certificate: lanes equal `keras.Model.fit` alone."""

import keras
import numpy as np
import pytest
from keras import layers

import trainlab as tl
from trainlab.certifying import Certificate
from trainlab.engine.certificate import LaneDifference
from trainlab.errors import UsageError
from trainlab.testing import tiny_data, tiny_experiment

OPTIMIZERS = {
    "momentum": {"sgd": {"momentum": 0.9}},
    "rmsprop": "rmsprop",
    "adam": "adam",
}
DATA = tiny_data(rows=70)


def sequential(dropout=0.2, l2=0.01):
    """Build a sequential model with L2, batch normalization and dropout."""
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, activation="relu", kernel_regularizer=keras.regularizers.L2(l2)),
            layers.BatchNormalization(),
            layers.Dropout(dropout),
            layers.Dense(3, activation="softmax"),
        ]
    )


def with_bypass():
    """Build a functional model whose input is concatenated to a hidden layer."""
    inputs = keras.Input((4,))
    hidden = layers.Dense(6, activation="relu")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    joined = layers.Concatenate()([inputs, hidden])
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(joined))


class Subclassed(keras.Model):
    """A model that hides its layers and gives logits."""

    def __init__(self, dropout, l2):
        super().__init__()
        self.hidden = layers.Dense(6, activation="tanh", kernel_regularizer=keras.regularizers.L2(l2))
        self.normalization = layers.BatchNormalization()
        self.dropout = layers.Dropout(dropout)
        self.last = layers.Dense(3)

    def call(self, inputs, training=False):  # noqa: FBT002  (Keras's signature)
        """Run the layers."""
        hidden = self.normalization(self.hidden(inputs), training=training)
        return self.last(self.dropout(hidden, training=training))


def subclassed(dropout=0.2, l2=0.01):
    """Build the subclassed model."""
    return Subclassed(dropout, l2)


def convolutional():
    """Build a small convolutional model."""
    return keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def recurrent():
    """Build a recurrent, layer-normalized model with dropout inside the recurrence."""
    return keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Reshape((6, 6)),
            layers.LSTM(4, dropout=0.2),
            layers.LayerNormalization(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def images():
    """Make a few images of three classes."""
    random = np.random.default_rng(0)
    labels = np.arange(48) % 3
    return tl.Dataset((random.random((48, 6, 6, 1)) + labels[:, None, None, None] / 2).astype("f4"), labels)


# The techniques come from outside where they can be placed, and from the builder where they can't.
WORLDS = {
    "sequential": (sequential, {"dropout": 0.4}),
    "functional": (with_bypass, {"dropout": 0.3, "l2": 0.02}),
    "subclassed": (subclassed, {"dropout": 0.3, "l2": 0.02}),
}


# All nine hold; those that are left to `-m slow` are most like the others.
SHORT = {("functional", "momentum")}
ALL_NINE = [
    pytest.param(world, optimizer, marks=() if (world, optimizer) in SHORT else pytest.mark.slow)
    for world in WORLDS
    for optimizer in OPTIMIZERS
]


@pytest.mark.parametrize("world, optimizer", ALL_NINE)
def test_lanes_equal_fit_in_float64(world, optimizer):
    """
    Weights, moving averages, states of random layers and losses equal fit's to 1e-9 in float64.
    """
    model, techniques = WORLDS[world]
    recipe = tl.Recipe(optimizer=OPTIMIZERS[optimizer], learning_rate=0.01, batch_size=16, epochs=2)
    experiment = tl.Experiment(DATA, model, recipe, {"with": techniques}, seeds=2)
    certificate = tl.certify(experiment, lanes=1)

    assert certificate.largest_difference < 1e-9
    assert certificate.holds


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_lanes_equal_fit_in_float32_within_rounding(world):
    """
    In float32, as training runs, lanes equal fit within the stated tolerance.
    """
    model, techniques = WORLDS[world]
    recipe = tl.Recipe(optimizer={"sgd": {"momentum": 0.9}}, learning_rate=0.01, batch_size=16, epochs=2)
    experiment = tl.Experiment(DATA, model, recipe, {"with": techniques}, seeds=2)
    certificate = tl.certify(experiment, lanes=1, precision="float32")

    assert certificate.tolerance == 1e-3
    assert certificate.largest_difference < certificate.tolerance


@pytest.mark.slow
@pytest.mark.parametrize("model", [convolutional, recurrent])
def test_convolutional_and_recurrent_models_equal_fit(model):
    """
    A convolutional and a recurrent, layer-normalized model of a user's train as lanes equal to fit.
    """
    recipe = tl.Recipe(optimizer="adam", learning_rate=0.01, batch_size=16, epochs=2)
    certificate = tl.certify(tl.Experiment(images(), model, recipe, seeds=1), lanes=1)

    assert certificate.largest_difference < 1e-9


def test_a_baseline_that_shares_a_program_with_techniques_equals_a_plain_fit():
    """
    A lane with strengths of zero equals fit of a model without the techniques.
    """
    variants = {"baseline": {}, "both": {"dropout": 0.3, "l2": 0.02}, "fast": {"learning_rate": 0.3}}
    certificate = tl.certify(tiny_experiment(variants=variants), lanes=3)

    assert [lane.variant for lane in certificate.lanes] == ["baseline", "both", "fast"]
    assert certificate.largest_difference < 1e-9


def test_a_certificate_notices_a_wrong_lane(monkeypatch):
    """
    Where lanes train with another order of rows than fit, the certificate does not hold.
    """
    from trainlab.engine import alone as room

    right = room.epoch_order
    monkeypatch.setattr(room, "epoch_order", lambda rows, **which: right(rows, **which)[::-1].copy())
    certificate = tl.certify(tiny_experiment(variants={"a": {}}), lanes=1)

    assert certificate.largest_difference > 1e-3
    assert not certificate.holds


def test_a_difference_that_is_no_number_does_not_hold():
    """
    A certificate with a NaN in it holds nothing, and its JSON stays valid.
    """
    certificate = Certificate("float64", 1e-9, (LaneDifference("a", 0, float("nan"), 0.0, 0.0),))

    assert not certificate.holds
    assert certificate.document()["largest_difference"] is None


def test_an_unknown_precision_is_refused():
    """
    The message names the precisions there are.
    """
    with pytest.raises(UsageError, match=r"unknown precision \(got 'half'\). Choose float64 or float32"):
        tl.certify(tiny_experiment(), precision="half")
