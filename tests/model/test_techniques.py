"""Where dropout and L2 are placed in a person's own model, where never, and what they do there."""

import keras
import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.models import Mlp, Pattern, describe_model
from trainlab.model.blueprint import Blueprint, build

ROWS = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)

layers = keras.layers


def network(model, *techniques):
    """Build the network of a description, a builder function or a Keras model, with techniques placed."""
    return build(
        Blueprint(describe_model(model), (), frozenset(techniques)), ROWS, outputs=2, probabilities=True
    )


def after(made):
    """Map each placed dropout layer to the layer whose output it takes."""
    places = {}
    for knob in made.knobs:
        if knob.attribute == "rate":
            (node,) = knob.owner._inbound_nodes
            (before,) = node.parent_nodes
            places[knob.owner.name] = before.operation.name
    return places


def penalized(made):
    """Names of the layers whose kernels are penalized."""
    owners = {id(knob.owner) for knob in made.knobs if knob.attribute == "l2"}
    return [
        layer.name for layer in made.model.layers if id(getattr(layer, "kernel_regularizer", None)) in owners
    ]


def sequential():
    """Two hidden layers, the first with its normalization and activation as layers of their own."""
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, name="one"),
            layers.BatchNormalization(name="norm"),
            layers.Activation("tanh", name="bend"),
            layers.Dense(4, activation="relu", name="two"),
            layers.Dense(2, name="out"),
            layers.Softmax(name="shares"),
        ]
    )


def grown():
    """The same, grown layer by layer: Keras calls the first layers again for each that comes."""
    model = keras.Sequential()
    model.add(keras.Input((3,)))
    for layer in sequential().layers:
        model.add(layer.__class__.from_config(layer.get_config()))
    return model


def bypassed():
    """The input goes past the hidden layer into the output layer."""
    rows = keras.Input((3,))
    hidden = layers.ReLU(name="bend")(layers.Dense(4, name="one")(rows))
    return keras.Model(rows, layers.Dense(2, name="out")(layers.Concatenate()([rows, hidden])))


def shared_layer():
    """One hidden layer is called twice."""
    rows = keras.Input((3,))
    one = layers.Dense(3, activation="tanh", name="one")
    return keras.Model(rows, layers.Dense(2, name="out")(one(one(rows))))


def shared_activation():
    """One activation layer serves the hidden and the output layer."""
    rows = keras.Input((3,))
    bend = layers.ReLU(name="bend")
    return keras.Model(rows, bend(layers.Dense(2, name="out")(bend(layers.Dense(4, name="one")(rows)))))


def ended_by_an_operation():
    """The graph holds operations that are no layers, also at its end."""
    rows = keras.Input((3,))
    hidden = layers.Dense(4, name="one")(rows) * 2.0
    return keras.Model(rows, keras.ops.softmax(layers.Dense(2, name="out")(hidden)))


def read_by_another():
    """A second model reads the hidden layer, and it was called for that outside of this one."""
    rows = keras.Input((3,))
    hidden = layers.Dense(4, name="one")(rows)
    bent = layers.Activation("tanh", name="bend")(hidden)
    keras.Model(rows, layers.Dense(7)(hidden))
    return keras.Model(rows, layers.Dense(2, name="out")(bent))


def named_alike():
    """A layer of the model has the name that the placed one would take."""
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, name="one"),
            layers.Dropout(0.1, name="one_dropout"),
            layers.Dense(2, name="out"),
        ]
    )


PLACES = [
    (sequential, ["bend", "two"], ["one", "two"]),
    (grown, ["bend", "two"], ["one", "two"]),
    (bypassed, ["bend"], ["one"]),
    (shared_layer, ["one", "one"], ["one"]),
    (shared_activation, ["one"], ["one"]),
    (ended_by_an_operation, ["one"], ["one"]),
    (read_by_another, ["bend"], ["one"]),
    (named_alike, ["one"], ["one"]),
    (lambda: Mlp((4, 5)), ["hidden_1", "hidden_2"], ["hidden_1", "hidden_2"]),
]


@pytest.mark.parametrize("as_it_is", [False, True], ids=["built", "pattern"])
@pytest.mark.parametrize("model, dropped, kernels", PLACES)
def test_techniques_stand_at_hidden_layers_only(model, dropped, kernels, as_it_is):
    """
    Dropout follows each hidden layer and its activation, L2 is on its kernel; the output layer has neither.
    """
    described = model() if as_it_is or isinstance(model(), Mlp) else model

    made = network(described, "dropout", "l2")

    assert sorted(after(made).values()) == dropped
    assert penalized(made) == kernels
    assert made.model(ROWS).shape == (6, 2)


@pytest.mark.parametrize("model", [sequential, shared_layer, bypassed])
def test_strength_zero_changes_no_bit(model):
    """
    With both techniques placed at strength zero, training gives the plain network's outputs bit for bit.
    """
    plain, placed = network(model), network(model, "dropout", "l2")
    zero = {"dropout": np.float32(0), "l2": np.float32(0)}

    def trained(made, numbers):
        weights, state = ([lanes[0] for lanes in values] for values in made.start([(0, 0)]))
        outputs, _, penalty = made.call(weights, state, ROWS, numbers, training=True)
        return np.asarray(outputs), float(penalty)

    outputs, penalty = trained(placed, zero)

    np.testing.assert_array_equal(outputs, trained(plain, {})[0])
    assert penalty == 0


def test_dropout_acts_in_training_alone():
    """
    A positive rate changes outputs in training and none in inference.
    """
    plain, placed = network(sequential), network(sequential, "dropout")
    weights, state = ([lanes[0] for lanes in values] for values in placed.start([(0, 0)]))
    own = [place for place, (kind, _) in enumerate(placed.state_labels) if kind == 0]
    half = {"dropout": np.float32(0.5)}

    training, _, _ = placed.call(weights, state, ROWS, half, training=True)
    resting, _, _ = placed.call(weights, state, ROWS, half, training=False)
    wanted, _, _ = plain.call(weights, [state[place] for place in own], ROWS, {}, training=False)

    np.testing.assert_array_equal(resting, wanted)
    assert np.abs(np.asarray(training) - np.asarray(resting)).max() > 1e-3


def test_the_penalty_is_the_closed_form():
    """
    L2 adds strength times the sum of squares of the hidden kernels, not of biases or the output layer.
    """
    made = network(Mlp((4, 5)), "l2")
    weights, state = ([lanes[0] for lanes in values] for values in made.start([(2, 0)]))
    weights[1] = weights[1] + 10  # a hidden bias

    _, _, penalty = made.call(weights, state, ROWS, {"l2": np.float32(0.3)}, training=True)

    assert penalty == pytest.approx(0.3 * sum((weights[place] ** 2).sum() for place in (0, 2)), rel=1e-5)


def test_a_layer_with_its_own_regularizer_is_refused_by_name():
    """
    L2 is not placed over a regularizer that the model has already; the layer is named.
    """

    def model():
        return keras.Sequential(
            [keras.Input((3,)), layers.Dense(4, kernel_regularizer="l1", name="mine"), layers.Dense(2)]
        )

    with pytest.raises(UsageError, match=r"^l2: layer 'mine' has a regularizer of its own\. Leave it out"):
        network(model, "l2")


def test_an_output_layer_may_have_its_own_regularizer():
    """
    A regularizer of the output layer stays and is no hindrance.
    """

    def model():
        return keras.Sequential(
            [keras.Input((3,)), layers.Dense(4), layers.Dense(2, kernel_regularizer="l2", name="out")]
        )

    made = network(model, "l2")

    assert made.model.get_layer("out").kernel_regularizer is not None


@pytest.mark.parametrize("techniques", [("dropout",), ("l2",), ("dropout", "l2")])
def test_a_model_without_hidden_layers_is_refused(techniques):
    """
    A linear model has no place for a technique, and the message says which were asked for.
    """
    with pytest.raises(
        UsageError, match=f"no hidden layer to place {' and '.join(techniques)} in.*Give it one"
    ):
        network(Mlp(()), *techniques)


def test_l2_without_a_kernel_to_act_on_is_refused():
    """
    A hidden layer without a regularized kernel, as an embedding, takes dropout but no L2 in silence.
    """

    def model():
        rows = keras.Input((3,))
        looked_up = layers.Flatten()(layers.Embedding(5, 2, name="table")(keras.ops.abs(rows)))
        return keras.Model(rows, layers.Dense(2)(looked_up))

    assert list(after(network(model, "dropout")).values()) == ["table"]
    with pytest.raises(UsageError, match=r"no hidden layer to place l2 in"):
        network(model, "l2")


class Doubled(layers.Layer):
    """A layer that Keras can't make again: it doesn't tell its parameter."""

    def __init__(self, factor):
        super().__init__(name="doubled")
        self.factor = factor

    def call(self, rows):
        """Multiply."""
        return rows * self.factor


def test_a_layer_that_cannot_be_cloned_is_refused_by_name():
    """
    A layer without a usable `get_config` is named, with two ways out, before anything is trained.
    """

    def model():
        return keras.Sequential([keras.Input((3,)), layers.Dense(4), Doubled(2), layers.Dense(2)])

    with pytest.raises(
        UsageError, match=r"layer 'doubled' can't be cloned.*takes `dropout` and `l2`.*get_config"
    ):
        network(model, "dropout")
    assert network(model).parameters == 26


# -------------------------------------------------------------------------------------------------- patterns


def test_a_pattern_gives_fresh_weights_and_stays_as_it_is():
    """
    Every lane of a person's model starts from drawn weights, and the model itself keeps its own.
    """
    mine = sequential()
    before = [variable.numpy() for variable in mine.variables]
    outputs = np.asarray(mine(ROWS))

    weights, _ = network(mine, "dropout", "l2").start([(0, 0), (1, 0)])

    assert not np.array_equal(weights[0][0], before[0])
    assert not np.array_equal(weights[0][0], weights[0][1])
    for variable, value in zip(mine.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)
    np.testing.assert_array_equal(mine(ROWS), outputs)
    assert [layer.name for layer in mine.layers] == [layer.name for layer in sequential().layers]


@pytest.mark.parametrize("inside", [False, True], ids=["outer layer", "layer of an inner model"])
@pytest.mark.parametrize("techniques", [(), ("dropout", "l2")])
def test_a_frozen_layer_keeps_its_values(techniques, inside):
    """
    Frozen layers of a person's model, also those of an inner model, have their values in every lane.
    """
    frozen = layers.Dense(4, name="frozen", trainable=False)
    free = layers.Dense(4, name="free")
    inner = [frozen, free]
    parts = [keras.Sequential([keras.Input((3,)), *inner], name="inner")] if inside else inner
    mine = keras.Sequential([keras.Input((3,)), *parts, layers.Dense(5, name="more"), layers.Dense(2)])

    made = network(Pattern(mine), *techniques)
    weights, state = made.start([(0, 0), (1, 0)])

    kernel = state[[name.endswith("frozen/kernel") for name in made.state_names].index(True)]
    drawn = weights[[name.endswith("free/kernel") for name in made.weight_names].index(True)]
    np.testing.assert_array_equal(kernel, [frozen.kernel.numpy()] * 2)
    assert not np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], free.kernel.numpy())


@pytest.mark.parametrize("as_it_is", [False, True], ids=["built", "pattern"])
@pytest.mark.parametrize("techniques", [("dropout",), ("l2",)])
def test_an_adapted_layer_scales_as_before(techniques, as_it_is):
    """
    A fitted normalization goes along when a model is cloned, and its output is the same.
    """

    def model():
        scaled = layers.Normalization(name="scaled")
        scaled.adapt(ROWS)
        return keras.Sequential([keras.Input((3,)), scaled, layers.Dense(4), layers.Dense(2)])

    made = network(model() if as_it_is else model, *techniques)
    outputs = np.asarray(made.model.get_layer("scaled")(ROWS))

    np.testing.assert_allclose(outputs.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(outputs.std(axis=0), 1, rtol=1e-4)


def test_a_trained_pattern_starts_afresh():
    """
    Moving averages of a model that was trained before start as Keras's own.
    """
    mine = sequential()
    mine.get_layer("norm").moving_mean.assign(np.full(4, 9, np.float32))

    made = network(mine)
    moving = dict(zip(made.state_names, made.start([(0, 0)])[1], strict=True))

    np.testing.assert_array_equal(moving["norm/moving_mean"], np.zeros((1, 4)))
