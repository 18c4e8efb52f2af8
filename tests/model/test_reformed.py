"""Another width, activation, initializer or output for a model that was built without them in mind."""

import keras
import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.placed import Normalized
from trainlab.model import functional
from trainlab.model.form import Form
from trainlab.model.graph import graph_of
from trainlab.model.placing import placed
from trainlab.model.sites import resolve_norms

layers = keras.layers


def reformed(model, **changes):
    """Make a model anew in another form."""
    return placed(model, frozenset(), Form(**changes), keeps=lambda _: False)[0]


def activations(made):
    """Give the names of the activations of layers that have one."""
    return {layer.name: layer.activation.__name__ for layer in made.layers if hasattr(layer, "activation")}


# -------------------------------------------------------------------------------------------------- width


def test_width_multiplies_units_and_filters():
    """
    Hidden units and filters grow by the factor, rounded and at least one; the output keeps its size.
    """
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(3, 3, name="conv"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(1, name="narrow"),
            layers.Dense(5, name="wide"),
            layers.Dense(2, name="out"),
        ]
    )

    halved = reformed(model, width=0.5)

    assert halved.get_layer("conv").filters == 2
    assert halved.get_layer("narrow").units == 1
    assert halved.get_layer("wide").units == 3
    assert halved.get_layer("out").units == 2
    assert halved(np.ones((1, 6, 6, 1))).shape == (1, 2)


def test_width_reaches_readers_and_embeddings(build):
    """
    Units of both directions of a reader and vectors of an embedding grow together.
    """
    doubled = reformed(build("words"), width=2.0)

    assert doubled.get_layer("table").output_dim == 8
    assert doubled.get_layer("read").forward_layer.units == 6
    assert doubled.get_layer("read").backward_layer.units == 6
    assert doubled.get_layer("again").units == 8


def test_width_keeps_the_heads_of_attention(build):
    """
    Attention has as many heads, each larger, and gives out what its residual needs.
    """
    doubled = reformed(build("attending"), width=2.0)

    attend = doubled.get_layer("attend")
    assert (attend.num_heads, attend.key_dim, attend.value_dim) == (2, 6, 6)
    assert doubled.get_layer("each").layer.units == 6
    assert doubled.get_layer("add").output.shape == (None, 5, 4)


def test_width_that_breaks_a_merge_names_the_layer():
    """
    Where a bypass from the input no longer fits, the layer that adds is named.
    """
    rows = keras.Input((3,))
    added = layers.Add(name="bypass")([rows, layers.Dense(3, name="one")(rows)])
    model = keras.Model(rows, layers.Dense(2)(added))

    with pytest.raises(UsageError, match=r"^width: at layer 'bypass' the shapes no longer agree: .*got 2\.0"):
        reformed(model, width=2.0)


def test_width_that_changes_the_output_is_refused():
    """
    An output that is made of a hidden layer's would change its shape; nothing is built then.
    """
    rows = keras.Input((3,))
    hidden = layers.Dense(4, name="one")(rows)
    model = keras.Model(rows, layers.Concatenate(name="both")([layers.Dense(2)(hidden), hidden]))

    with pytest.raises(UsageError, match=r"^width: "):
        reformed(model, width=2.0)


# --------------------------------------------------------------------------------------------- activation


def test_an_activation_is_replaced_wherever_it_stands(build):
    """
    As an argument, as a layer behind a normalization; the output layer keeps its own.
    """
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, activation="relu", name="one"),
            layers.Dense(4, name="two"),
            layers.BatchNormalization(),
            layers.ReLU(name="bend"),
            layers.Dense(2, activation="softmax", name="out"),
        ]
    )

    made = reformed(model, activation="gelu")

    assert activations(made) == {"one": "gelu", "two": "linear", "bend": "gelu", "out": "softmax"}
    assert activations(reformed(build("images"), activation="elu"))["bend"] == "elu"
    each = reformed(build("attending"), activation="elu").get_layer("each")
    assert each.layer.activation is keras.activations.elu


def test_an_activation_of_hidden_and_output_layer_is_replaced_at_the_hidden_one():
    """
    Where one activation layer serves both, the output keeps it.
    """
    rows = keras.Input((3,))
    bend = layers.ReLU(name="bend")
    model = keras.Model(rows, bend(layers.Dense(2, name="out")(bend(layers.Dense(4, name="one")(rows)))))

    made = reformed(model, activation="tanh")

    (last,) = made.outputs
    (hidden,) = made.get_layer("out")._inbound_nodes[0].parent_nodes
    assert type(last._keras_history.operation) is layers.ReLU
    assert hidden.operation.activation is keras.activations.tanh


def test_an_activation_split_off_is_the_new_one():
    """
    A normalization before the activation and another activation go together.
    """
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, activation="relu", name="one"), layers.Dense(2)]
    )
    norms = resolve_norms(graph_of(model), "batch_norm", Normalized(before_activation=True))

    made = reformed(model, activation="tanh", norms=norms)

    assert made.get_layer("one").activation is keras.activations.linear
    assert made.get_layer("one_activation").activation is keras.activations.tanh


# -------------------------------------------------------------------------------- initializer and output


def test_an_initializer_is_drawn_anew_in_every_lane(build):
    """
    Hidden kernels have the named distribution in each lane, different by seed; the output kernel has its own.
    """
    model = keras.Sequential(
        [keras.Input((50,)), layers.Dense(80, name="one"), layers.Dense(80), layers.Dense(2)]
    )

    made, noted = functional.capture(
        lambda: reformed(model, initializer="he_normal"), np.zeros((1, 50), np.float32)
    )
    weights, _ = functional.network(made, noted).start([(0, 0), (1, 0)])

    first, _, second, _, last, _ = weights
    assert first[0].std() == pytest.approx(np.sqrt(2 / 50), rel=0.05)
    assert second[1].std() == pytest.approx(np.sqrt(2 / 80), rel=0.05)
    assert not np.array_equal(first[0], first[1])
    assert np.abs(last).max() <= np.sqrt(6 / 82)


@pytest.mark.parametrize(
    "end",
    [
        [layers.Dense(2, activation="softmax", name="out")],
        [layers.Dense(2, name="out"), layers.Softmax(name="shares")],
        [layers.Dense(2, name="out"), layers.Activation("softmax", name="shares")],
    ],
)
def test_an_output_activation_is_replaced_where_it_stands(end):
    """
    As an argument of the output layer, or as the layer behind it: outputs are then the plain sums.
    """
    parts = [layer.__class__.from_config(layer.get_config()) for layer in end]
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), *parts])
    rows = np.ones((2, 3), np.float32)

    made = reformed(model, output="linear")
    for new, old in zip(made.weights, model.weights, strict=True):
        new.assign(old)

    sums = np.asarray(made(rows))
    np.testing.assert_allclose(keras.ops.softmax(sums), model(rows), rtol=1e-5)
    assert not np.allclose(sums.sum(axis=1), 1)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"activation": "relu"}, r"^activation: no hidden layer has an activation to replace \(got 'relu'\)"),
        (
            {"output": "softmax"},
            r"^output: it is not clear which activation of the outputs to replace \(Soft",
        ),
    ],
)
def test_what_a_model_does_not_have_is_not_replaced_in_silence(changes, message):
    """
    A linear hidden layer has no activation, and an operation at the end can't be replaced.
    """
    rows = keras.Input((3,))
    sums = layers.Dense(2, name="out")(layers.Dense(4, name="one")(rows))
    model = keras.Model(rows, keras.layers.Reshape((2,))(keras.ops.softmax(sums)))

    with pytest.raises(UsageError, match=message.replace("Soft", "[Ss]oft")):
        reformed(model, **changes)
