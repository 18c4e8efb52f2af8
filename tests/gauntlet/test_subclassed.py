"""Techniques that a builder of a subclassed model takes, and those that act outside of the model."""

import keras
import pytest

from trainlab.errors import UsageError
from trainlab.testing import TRIALS, Gauntlet, Trial, tiny_experiment

TAKEN = {
    "l2": Trial({"l2": 0.05}),
    "dropout": Trial({"dropout": 0.3}),
    "batch_norm": Trial({"batch_norm": True}),
    "hidden": Trial({"hidden": [3]}),
    "activation": Trial({"activation": "tanh"}),
    "initializer": Trial({"initializer": "he_normal"}),
}
QUICK = {"l2": TAKEN["l2"], "ema": TRIALS["ema"]}
OUTSIDE = (
    "label_smoothing",
    *("clip_norm", "cosine", "ensemble", "momentum", "accumulate", "plateau", "full batch", "loss"),
    *("train_rows", "class_weight", "resample", "noise", "mixup", "early_stopping"),
)
OTHERS = TAKEN | {name: TRIALS[name] for name in OUTSIDE}


class Subclassed(keras.Model):
    """A model whose layers can't be seen from outside."""

    def __init__(self, *, hidden, activation, initializer, l2, dropout, batch_norm):
        super().__init__()
        penalty = keras.regularizers.L2(l2) if l2 else None
        self.inner = [
            keras.layers.Dense(units, activation, kernel_initializer=initializer, kernel_regularizer=penalty)
            for units in hidden
        ]
        self.norm = keras.layers.BatchNormalization() if batch_norm else None
        self.drop = keras.layers.Dropout(dropout)
        self.last = keras.layers.Dense(3, activation="softmax")

    def call(self, rows, training=False):  # noqa: FBT002  (Keras's signature)
        """Run the layers."""
        for layer in self.inner:
            rows = layer(rows)
        if self.norm is not None:
            rows = self.norm(rows, training=training)
        return self.last(self.drop(rows, training=training))


def build(
    *, hidden=(5,), activation="relu", initializer="glorot_uniform", l2=0.0, dropout=0.0, batch_norm=False
):
    """Build the model, placing what it is asked for."""
    return Subclassed(
        hidden=hidden,
        activation=activation,
        initializer=initializer,
        l2=l2,
        dropout=dropout,
        batch_norm=batch_norm,
    )


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """What the builder takes, and some that act outside of the model, trained once."""
    return Gauntlet(tiny_experiment(model=build, seeds=1), QUICK, tmp_path_factory.mktemp("quick"))


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """All of them, trained once."""
    return Gauntlet(tiny_experiment(model=build, seeds=1), OTHERS, tmp_path_factory.mktemp("others"))


def passes_all_but_export(gauntlet, name):
    """A subclassed model can't be exported."""
    gauntlet.refuses_what_is_impossible(name)
    gauntlet.changes_training(name)
    gauntlet.zero_changes_no_bit(name)
    gauntlet.takes_strengths_as_numbers(name)
    gauntlet.is_certified(name)


@pytest.mark.parametrize("name", QUICK)
def test_a_technique_passes_on_a_subclassed_model(quick, name):
    """
    It refuses the impossible, shows, is a number of the lane where it acts outside, and equals `fit`.
    """
    passes_all_but_export(quick, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_every_other_technique_passes_on_a_subclassed_model(others, name):
    """
    So does every other that acts outside of the model.
    """
    passes_all_but_export(others, name)


def test_a_subclassed_model_is_not_exported(quick):
    """
    Keras alone could not load it, and the refusal says where its weights are.
    """
    with pytest.raises(UsageError, match=r"can't be saved so that Keras alone loads it.*weights"):
        quick.exports_and_reloads("l2")
