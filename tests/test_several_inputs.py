"""Models with several inputs, from the data set to the report, and techniques beside a bypass."""

import keras
import numpy as np
import pytest
from keras import layers

import trainlab as tl
from trainlab.checking import prepare
from trainlab.reporting.faces.html import page
from trainlab.reporting.facts.outline import outline
from trainlab.testing import tiny_experiment

DRAW = np.random.default_rng(0)
IMAGE = DRAW.random((60, 4, 4, 1)).astype(np.float32)
TABLE = DRAW.normal(size=(60, 3)).astype(np.float32)
LABELS = (TABLE[:, 0] + IMAGE.mean(axis=(1, 2, 3)) > 0.5).astype(int)
RECIPE = tl.Recipe(optimizer="sgd", learning_rate=0.1, batch_size=16, epochs=1)


def image_and_table():
    """Build a functional model of two inputs, named ``image`` and ``table``."""
    image, table = keras.Input((4, 4, 1), name="image"), keras.Input((3,), name="table")
    seen = layers.Flatten()(layers.Conv2D(2, 3, activation="relu", name="conv")(image))
    both = layers.Concatenate()([seen, layers.Dense(3, activation="tanh", name="columns")(table)])
    return keras.Model([image, table], layers.Dense(2, activation="softmax", name="out")(both))


class Pair(keras.Model):
    """A subclassed model that takes a list of two inputs."""

    def __init__(self):
        super().__init__()
        self.flat, self.hidden = layers.Flatten(), layers.Dense(4, activation="relu")
        self.last = layers.Dense(2, activation="softmax")

    def call(self, inputs):
        """Take both inputs apart."""
        image, table = inputs
        return self.last(self.hidden(keras.ops.concatenate([self.flat(image), table], axis=1)))


def asked(data, model=image_and_table, variants=None, **changes):
    """Ask a question of two inputs."""
    return tiny_experiment(
        data=data, model=model, recipe=RECIPE, variants=variants or {"baseline": {}}, **changes
    )


@pytest.fixture(scope="module")
def by_name():
    """The data by the model's names, in another order than the model has them."""
    return tl.Dataset({"table": TABLE, "image": IMAGE}, LABELS, raw=False)


def test_a_model_of_two_inputs_trains_and_is_reported(by_name, tmp_path):
    """
    Images and columns are learned together, with noise at the inputs in one variant, and the report says so.
    """
    experiment = asked(by_name, variants={"baseline": {}, "noise": {"gaussian_noise": 0.1}}, seeds=1)

    results = tl.run(experiment, tmp_path / "out")
    said = page(outline(results))

    assert results.outcome_counts["finished"] == 2
    assert np.isfinite(results.scores).all()
    assert "Gaussian noise 0.1" in said
    for name in ("image", "table", "conv", "columns"):
        assert name in said


def test_inputs_find_their_places_by_name_or_by_order(by_name):
    """
    A mapping in either order and a list in the model's order give one and the same network outputs.
    """
    found = []
    for data in (
        by_name,
        tl.Dataset({"image": IMAGE, "table": TABLE}, LABELS, raw=False),
        tl.Dataset([IMAGE, TABLE], LABELS, inputs=["first", "second"], raw=False),
    ):
        network = prepare(asked(data, seeds=1)).cohorts[0].learner.network
        weights, state = ([leaf[0] for leaf in leaves] for leaves in network.start([(0, 0)]))
        rows = data.prepared(np.arange(5), np.float32)
        found.append(np.asarray(network.call(weights, state, rows, {}, training=False)[0]))

    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
    assert np.ptp(found[0][:, 0]) > 0


def test_inputs_in_another_order_than_the_models_are_refused():
    """
    A list whose shapes don't fit the model's inputs is refused before anything is trained.
    """
    data = tl.Dataset([TABLE, IMAGE], LABELS, inputs=["first", "second"], raw=False)

    with pytest.raises(tl.UsageError, match=r"does not take rows of shape \(3,\) and \(4, 4, 1\)"):
        prepare(asked(data))


@pytest.mark.parametrize(
    "model, changes",
    [
        pytest.param(
            image_and_table, {"gaussian_noise": 0.1, "dropout": 0.2, "l2": 0.01}, marks=pytest.mark.slow
        ),
        pytest.param(image_and_table, {"dropout": {"strength": 0.2, "at": "input"}}, marks=pytest.mark.slow),
        pytest.param(Pair, {"label_smoothing": 0.1}, marks=pytest.mark.slow),
    ],
)
def test_a_lane_of_two_inputs_equals_fit_alone(by_name, model, changes):
    """
    Noise and dropout at the inputs, techniques inside and a subclassed model: all are what `fit` gives.
    """
    data = (
        tl.Dataset([IMAGE, TABLE], LABELS, inputs=["image", "table"], raw=False) if model is Pair else by_name
    )

    certificate = tl.certify(asked(data, model, {"changed": changes}), lanes=1)

    assert certificate.holds, certificate


def test_augmentation_of_several_inputs_is_refused(by_name):
    """
    Which of the inputs would be transformed can't be said, and the message says so.
    """
    with pytest.raises(tl.UsageError, match=r"the data have several inputs.*Leave it out"):
        asked(by_name, variants={"changed": {"augment": {"noise": 0.1}}})


@pytest.mark.slow  # the gauntlet takes techniques around a bypass too
@pytest.mark.parametrize("merge", [layers.Add, layers.Concatenate])
def test_techniques_beside_a_bypass_equal_fit_alone(merge):
    """
    Where a branch goes around a hidden layer, a placed technique acts on the layer and not on the bypass.
    """

    def bypass():
        rows = keras.Input((3,), name="rows")
        hidden = layers.Dense(3, activation="relu", name="hidden")(rows)
        joined = merge(name="joined")([rows, hidden])
        return keras.Model(rows, layers.Dense(2, activation="softmax", name="out")(joined))

    changes = {"dropout": 0.3, "batch_norm": True, "l2": 0.01, "weight_decay": 0.01, "max_norm": 1.0}
    experiment = asked(tl.Dataset(TABLE, LABELS, raw=False), bypass, {"changed": changes})
    model = prepare(experiment).cohorts[0].learner.network.model

    certificate = tl.certify(experiment, lanes=1)

    before = [node.operation.name for node in model.get_layer("joined")._inbound_nodes[0].parent_nodes]
    assert before == ["rows", "hidden_dropout"]
    assert certificate.holds, certificate
