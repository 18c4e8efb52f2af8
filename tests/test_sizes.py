"""Width, depth, activation, initializer, output, hidden and model as variants: trained and certified."""

import keras
import numpy as np
import pytest
from keras import layers

import trainlab as tl
from trainlab.checking import prepare
from trainlab.testing import tiny_data, tiny_experiment

RECIPE = tl.Recipe(optimizer="sgd", learning_rate=0.1, batch_size=16, epochs=1)
DRAW = np.random.default_rng(0)
IMAGES = tl.Dataset(DRAW.random((40, 6, 6, 1)).astype(np.float32), np.arange(40) % 3)


def own():
    """A functional model of the user's, with a bypass."""
    rows = keras.Input((4,), name="rows")
    hidden = layers.Dense(6, activation="relu", name="one")(rows)
    hidden = layers.Dense(4, activation="relu", name="two")(hidden)
    joined = layers.Concatenate(name="all")([rows, hidden])
    return keras.Model(rows, layers.Dense(3, activation="softmax", name="out")(joined))


MODELS = {
    "mlp": (tl.mlp([6, 4]), tiny_data(rows=60)),
    "cnn": ({"cnn": {"filters": [2, 3], "hidden": [5]}}, IMAGES),
    "own": (own, tiny_data(rows=60)),
}


def asked(model, variants):
    """Ask a question whose variants have other sizes."""
    description, data = MODELS[model]
    return tiny_experiment(data=data, model=description, recipe=RECIPE, variants=variants, seeds=1)


@pytest.mark.parametrize(
    "model, changes, parameters",
    [
        ("mlp", {"width": 0.5, "depth": 2.0, "activation": "tanh"}, 15 + 12 + 8 + 6 + 9),
        pytest.param(
            *("cnn", {"width": 2.0, "depth": 0.5, "initializer": "he_normal"}, 40 + 370 + 33),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "own",
            {"width": 0.5, "activation": "tanh", "initializer": "he_normal", "output": "linear"},
            15 + 8 + 21,
            marks=pytest.mark.slow,
        ),
        ("own", {"model": {"mlp": [3]}}, 15 + 12),
    ],
)
def test_a_variant_of_another_size_equals_fit_alone(model, changes, parameters):
    """
    The resized network has the parameters that its sizes say, and a lane of it is what `fit` gives.
    """
    experiment = asked(model, {"changed": changes})

    (prepared,) = prepare(experiment).cohorts
    certificate = tl.certify(experiment, lanes=1)

    assert prepared.learner.network.parameters == parameters
    assert certificate.holds, certificate


def test_variants_of_unlike_sizes_are_networks_of_their_own():
    """
    Each size is a cohort with its own count of parameters; numbers alone share one.
    """
    variants = {
        "baseline": {},
        "rate": {"learning_rate": 0.2},
        "hidden": {"hidden": [3]},
        "linear": {"hidden": []},
        "tanh": {"activation": "tanh"},
        "model": {"model": {"mlp": [3]}},
    }

    found = prepare(asked("mlp", variants)).cohorts

    names = list(variants)
    assert [[names[run.variant] for run in one.cohort.runs] for one in found] == [
        ["baseline", "rate"],
        ["hidden", "model"],
        ["linear"],
        ["tanh"],
    ]
    assert [one.learner.network.parameters for one in found] == [30 + 28 + 15, 15 + 12, 15, 30 + 28 + 15]


@pytest.mark.slow
def test_a_convolutional_network_learns_digits(tmp_path):
    """
    `{cnn: [4, 8]}` on the digits is far above chance after one epoch.
    """
    experiment = tl.Experiment(
        data=tl.load("digits"),
        model={"cnn": [4, 8]},
        recipe={"learning_rate": 0.01, "epochs": 1},
        seeds=1,
    )

    results = tl.run(experiment, tmp_path / "out")

    assert results.scores.item() > 0.6


def test_a_convolutional_network_is_refused_tables():
    """
    Rows that are no images are refused before training, with the network that suits them.
    """
    with pytest.raises(tl.UsageError, match=r"takes images.*Use `model: \{mlp: \[64\]\}`"):
        prepare(tiny_experiment(model={"cnn": [4, 8]}))
