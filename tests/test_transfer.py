"""Transfer learning: a saved Keras model whose weights are where every run starts."""

from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import pytest
from keras import layers

import trainlab as tl
from trainlab.checking import prepare
from trainlab.engine.chunk import Chunk, data_on_devices
from trainlab.engine.judging import Clock
from trainlab.engine.layer_table import layer_table
from trainlab.engine.training import program_for
from trainlab.testing import tiny_data, tiny_experiment

# Where all is frozen there is no hidden layer that learns, so the layer is named.
DROPOUT = {"dropout": {"strength": 0.3, "at": ["two"]}}
VARIANTS = {"baseline": {}, "dropout": DROPOUT}


def plain(path):
    """Give layer and variable of a path, without the model."""
    return "/".join(path.split("/")[-2:])


class Saved(NamedTuple):
    """A saved model: its file, and name -> value of its variables."""

    path: Path
    values: dict[str, np.ndarray]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Save a model that has learned the tiny data's three classes, with a normalization in between."""
    data = tiny_data()
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, activation="relu", name="one"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(5, activation="relu", name="two"),
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    model.fit(data.x, data.y, epochs=5, verbose=0)
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    model.save(path)
    return Saved(path, {plain(variable.path): variable.numpy() for variable in model.variables})


def experiment(saved, *, freeze=(), classes=3, variants=None):
    """Ask a question of a saved model."""
    return tiny_experiment(
        data=tiny_data(classes=classes),
        model={"keras": str(saved.path), "freeze": freeze},
        recipe=tl.Recipe(optimizer="adam", learning_rate=0.01, batch_size=16, epochs=1),
        variants=variants or VARIANTS,
    )


def lanes(asked):
    """Start the lanes of an experiment's only cohort, and give them with the names of their variables."""
    ready = prepare(asked)
    (prepared,) = ready.cohorts
    program, rows = program_for(asked, ready.folds, prepared)
    places = next(iter(prepared.cohort.chunks(prepared.width.width)))
    chunk = Chunk(prepared.cohort, program, rows, data_on_devices(asked.data, program), places, Clock())
    chunk.start()
    network = prepared.learner.network
    return chunk, [list(map(plain, names)) for names in (network.weight_names, network.state_names)]


def values(chunk, names):
    """Give name -> the values of all lanes."""
    parts = zip(names, (chunk.state.weights, chunk.state.layers), strict=True)
    return {name: np.array(leaf) for part, leaves in parts for name, leaf in zip(part, leaves, strict=True)}


def test_every_lane_starts_from_the_file_and_frozen_layers_stay_to_the_bit(saved):
    """
    All variables of all seeds and variants start as saved; after an epoch the frozen ones are what they were.
    """
    chunk, names = lanes(experiment(saved, freeze=["one", "norm"]))

    before = values(chunk, names)
    chunk.train_epoch(lambda share: None)
    after = values(chunk, names)

    for name, value in saved.values.items():
        np.testing.assert_array_equal(before[name], [value] * 4, err_msg=name)
        frozen = name.split("/")[0] in {"one", "norm"}
        for lane in after[name]:
            assert np.array_equal(lane, value) == frozen, name
    assert set(names[0]) == {"two/kernel", "two/bias", "out/kernel", "out/bias"}


def test_a_new_output_starts_afresh_for_each_seed_and_alone_learns_where_all_is_frozen(saved):
    """
    With other classes and `freeze: all`, the new layer alone is drawn by seed and trained.
    """
    chunk, names = lanes(experiment(saved, freeze="all", classes=2))
    seeds = np.array([run.seed for run in chunk.runs])

    before = values(chunk, names)
    chunk.train_epoch(lambda share: None)
    after = values(chunk, names)

    assert names[0] == ["new_output/kernel", "new_output/bias"]
    kernels = before["new_output/kernel"]
    assert not np.array_equal(kernels[seeds == 0][0], kernels[seeds == 1][0])
    for seed in (0, 1):
        np.testing.assert_array_equal(*kernels[seeds == seed])
    for name, value in saved.values.items():
        if not name.startswith("out/"):
            np.testing.assert_array_equal(after[name], [value] * 4, err_msg=name)
    assert all(
        not np.array_equal(one, other) for one, other in zip(kernels, after["new_output/kernel"], strict=True)
    )


@pytest.mark.parametrize(
    "freeze, classes, changes",
    [
        (["one", "norm"], 3, DROPOUT | {"l2": 0.01, "batch_norm": {"at": ["two"]}}),
        pytest.param("all", 2, DROPOUT, marks=pytest.mark.slow),
    ],
)
def test_a_transferred_lane_equals_fit_alone(saved, freeze, classes, changes):
    """
    With frozen layers, techniques on top and a new output a lane is what Keras makes of the same start.
    """
    asked = experiment(saved, freeze=freeze, classes=classes, variants={"changed": changes})

    certificate = tl.certify(asked, lanes=1)

    assert certificate.holds, certificate


def test_the_table_of_layers_says_that_the_output_is_new(saved):
    """
    The new output stands in the table of layers by that name, with its units and what they are taken as.
    """
    asked = experiment(saved, classes=2, freeze=["one"])
    ready = prepare(asked)
    (prepared,) = ready.cohorts

    table = layer_table(prepared.cohort, 0, prepared.learner, ready.workshop.bases(None))

    assert table["layers"][-1] == {
        "name": "new_output",
        "kind": "Dense",
        "output_shape": [2],
        "parameters": 5 * 2 + 2,
        "settings": "softmax",
        "from": ["two"],
    }
    assert table["takes"] == "its 2 outputs are taken as probabilities of the classes"


def test_places_in_a_frozen_model_have_to_be_named(saved):
    """
    Frozen layers are no hidden layers, so a technique without a place is refused where all are frozen.
    """
    with pytest.raises(tl.UsageError, match="no hidden layer to place dropout in"):
        prepare(experiment(saved, freeze="all", variants={"changed": {"dropout": 0.3}}))
