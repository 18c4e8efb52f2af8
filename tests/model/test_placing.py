"""Placing: what stands behind what, and that a model is otherwise the one it was."""

import keras
import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.placed import Normalized, Placed
from trainlab.model import functional
from trainlab.model.form import Form
from trainlab.model.graph import graph_of
from trainlab.model.placing import placed, tied_starts
from trainlab.model.sites import ON_OUTPUTS, Site, resolve, resolve_norms, resolve_weight_norm

layers = keras.layers
ROWS = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
ALL = (*ON_OUTPUTS, "activity_l1", "activity_l2", "l1", "l2", "max_norm", "drop_connect")


def nothing(variable):
    """Keep no variable's value."""
    return False


def sites_of(model, *techniques, at="hidden"):
    """Give the sites of techniques in a model, all at one place."""
    graph = graph_of(model)
    return frozenset(site for one in techniques for site in resolve(graph, one, Placed(0.1, at)))


def make(model, *techniques, at="hidden", form=None):
    """Place techniques in a model."""
    return placed(model, sites_of(model, *techniques, at=at), form or Form(), keeps=nothing)


def network(model, *techniques, at="hidden", form=None):
    """Make the network of a model with techniques placed, as lanes have it."""
    rows = np.zeros((1, *model.inputs[0].shape[1:]), np.float32)
    knobs = []

    def build():
        made, found = make(model, *techniques, at=at, form=form)
        knobs.extend(found)
        return made

    made, noted = functional.capture(build, rows)
    return functional.network(made, noted, knobs)


def calls(made):
    """Give each call of the graph as `layer after layer`, in the order of the graph."""
    found = []
    for depth in sorted(made._nodes_by_depth, reverse=True):
        for node in made._nodes_by_depth[depth]:
            before = "+".join(parent.operation.name for parent in node.parent_nodes)
            found.append(f"{node.operation.name} < {before}")
    return found


def follows(made, *wanted):
    """Check that the calls are in the graph."""
    for call in wanted:
        assert call in calls(made)


# -------------------------------------------------------------------------------------------------- where


@pytest.mark.parametrize(
    "model, behind",
    [
        ("mlp", ["one_dropout < bend", "two_dropout < two", "out < two_dropout"]),
        ("bypass", ["short_dropout < short", "add < short_dropout+long_2_dropout", "all < rows+add"]),
        ("shared", ["one_dropout < one", "one < one_dropout", "out < one_dropout"]),
        ("inner", ["one_dropout < one", "part < one_dropout", "two_dropout < two"]),
        ("images", ["conv_dropout < bend", "pool < conv_dropout", "flat < up_dropout"]),
        ("words", ["table_dropout < table", "read < table_dropout+not_equal", "out < again_dropout"]),
        ("attending", ["add < rows+attend_dropout", "each_dropout < each"]),
        ("several", ["seen_dropout < seen", "meet < seen_dropout+flat", "flat < table_dropout"]),
    ],
)
def test_dropout_stands_behind_each_hidden_block(build, rows_for, model, behind):
    """
    Behind the hidden layer, its normalization and its activation, and nowhere behind the output layer.
    """
    made, knobs = make(build(model), "dropout")

    follows(made, *behind)
    assert not any(call.endswith("< out") for call in calls(made))
    assert {knob.number for knob in knobs} == {site.number for site in sites_of(build(model), "dropout")}
    assert [tensor.shape for tensor in made.outputs] == [(None, 2)]


def test_the_order_in_a_block():
    """
    Normalization, dropout, Gaussian dropout, alpha dropout, Gaussian noise, whatever order they are asked in.
    """
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, name="one"), layers.Dense(2)])
    graph = graph_of(model)

    made, _ = make(
        model,
        *reversed(ON_OUTPUTS),
        form=Form(norms=resolve_norms(graph, "layer_norm", Normalized())),
    )

    assert [layer.name for layer in made.layers][1:-1] == [
        "one",
        "one_layer_norm",
        "one_dropout",
        "one_gaussian_dropout",
        "one_alpha_dropout",
        "one_gaussian_noise",
    ]


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("kind", ["batch_norm", "layer_norm"])
def test_a_normalization_stands_before_or_after_the_activation(kind, before):
    """
    An activation inside of the layer becomes a layer of its own, one behind it makes room, a name is kept.
    """
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, activation="tanh", name="one"),
            layers.Dense(4, name="two"),
            layers.ReLU(name="bend"),
            layers.Dense(2, name="out"),
        ]
    )
    norms = resolve_norms(graph_of(model), kind, Normalized(before_activation=before))

    made, _ = make(model, "dropout", form=Form(norms=norms))

    if before:
        follows(made, f"one_{kind} < one", f"one_activation < one_{kind}", "one_dropout < one_activation")
        follows(made, f"two_{kind} < two", f"bend < two_{kind}", "two_dropout < bend")
        assert made.get_layer("one").activation is keras.activations.linear
        assert made.get_layer("one_activation").activation is keras.activations.tanh
    else:
        follows(made, f"one_{kind} < one", f"one_dropout < one_{kind}")
        follows(made, "bend < two", f"two_{kind} < bend", f"two_dropout < two_{kind}")


def test_normalization_before_the_activation_computes_as_written_by_hand():
    """
    The output is tanh(norm(xW + b)).
    """
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(2)])
    norms = resolve_norms(graph_of(model), "layer_norm", Normalized(before_activation=True))
    made, _ = make(model, form=Form(norms=norms))

    kernel, bias = (variable.numpy() for variable in made.layers[1].weights)
    last, shift = (variable.numpy() for variable in made.layers[-1].weights)
    sums = ROWS @ kernel + bias
    spread = np.sqrt(sums.var(axis=1, keepdims=True) + 1e-3)
    wanted = np.tanh((sums - sums.mean(axis=1, keepdims=True)) / spread) @ last + shift

    np.testing.assert_allclose(made(ROWS), wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("model, layer", [("words", "read"), ("attending", "each")])
def test_an_activation_inside_of_a_loop_lets_nothing_before_it(build, model, layer):
    """
    Recurrent layers and layers over time are refused by name.
    """
    graph = graph_of(build(model))
    form = Form(norms=resolve_norms(graph, "layer_norm", Normalized((layer,), before_activation=True)))

    with pytest.raises(UsageError, match=f"^layer_norm: layer '{layer}' computes its activation inside"):
        make(build(model), form=form)


def test_the_input_is_a_place(build):
    """
    Noise at the input goes on each input of measurements, each with draws of its own.
    """
    made, knobs = make(build("several"), "gaussian_noise", at="input")

    follows(made, "left_gaussian_noise < left", "right_gaussian_noise < right")
    assert any(call.startswith("all < left_gaussian_noise+right_gaussian_noise") for call in calls(made))
    assert len({knob.number for knob in knobs}) == 2


def test_an_activity_is_what_comes_out_of_the_activation():
    """
    The penalty is on the activation's output, be it inside of the layer, behind it, or split off.
    """
    inside = [layers.Dense(4, activation="relu", name="one")]
    behind = [layers.Dense(4, name="one"), layers.ReLU(name="bend")]
    split = Form()
    found = {}
    for name, block in {"inside": inside, "behind": behind, "split": inside}.items():
        model = keras.Sequential([keras.Input((3,)), *block, layers.Dense(2)])
        if name == "split":
            split = Form(
                norms=resolve_norms(graph_of(model), "layer_norm", Normalized(before_activation=True))
            )
        made, _ = make(model, "activity_l2", form=split if name == "split" else Form())
        found[name] = [layer.name for layer in made.layers if layer.activity_regularizer is not None]

    assert found == {"inside": ["one"], "behind": ["bend"], "split": ["one_activation"]}


@pytest.mark.parametrize("model, layer, kernels", [("attending", "attend", 4), ("words", "read", 2)])
def test_penalties_reach_layers_inside_of_layers(build, model, layer, kernels):
    """
    Every kernel of attention and both of a bidirectional reader have the penalty, their biases have none.
    """
    made, _ = make(build(model), "l2")

    owner = made.get_layer(layer)
    penalized = [variable for variable in owner.trainable_weights if variable.regularizer is not None]
    assert sum(variable.name == "kernel" for variable in penalized) == kernels
    assert not any(variable.name == "bias" for variable in penalized)


# ----------------------------------------------------------------------------------------------- as it was


@pytest.mark.parametrize("model", ["plain", "bypass", "shared"])
def test_the_same_seed_draws_the_weights_of_the_unchanged_model(build, model):
    """
    With everything placed on one branch of several alike, every variable starts as it does without.
    """
    base = build(model)
    at = ("short",) if model == "bypass" else "hidden"
    without = network(base).start([(5, 0)])[0]

    made = network(base, *ALL, at=at)
    weights, _ = made.start([(5, 0)])

    assert [name.split("/")[0] for name in made.weight_names] == [
        name.split("/")[0] for name in network(base).weight_names
    ]
    for one, other in zip(weights, without, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("technique", ALL)
def test_strength_zero_changes_no_bit(build, technique):
    """
    Training with one technique at strength zero gives the outputs of the network without it, and no penalty.
    """
    base = build("plain")

    def trained(made):
        weights, state = ([lanes[0] for lanes in values] for values in made.start([(0, 0)]))
        numbers = {knob.number: np.float32(0) for knob in made.knobs}
        outputs, _, penalty = made.call(weights, state, ROWS, numbers, training=True)
        return np.asarray(outputs), float(penalty)

    outputs, penalty = trained(network(base, technique))

    assert outputs.tobytes() == trained(network(base))[0].tobytes()
    assert penalty == 0


def test_penalties_are_their_closed_forms(build):
    """
    L1 and L2 of the hidden kernels and of the mean activity, each with its strength, add up.
    """
    made = network(build("plain"), "l1", "l2", "activity_l1", "activity_l2")
    weights, state = ([lanes[0] for lanes in values] for values in made.start([(2, 0)]))
    strengths = {"l1@1.kernel": 0.1, "l1@2.kernel": 0.2, "l2@1.kernel": 0.3, "l2@2.kernel": 0.4}
    strengths |= {"activity_l1@1": 0.5, "activity_l1@2": 0.6, "activity_l2@1": 0.7, "activity_l2@2": 0.8}

    _, _, penalty = made.call(
        weights, state, ROWS, {key: np.float32(value) for key, value in strengths.items()}, training=True
    )

    first = np.tanh(ROWS @ weights[0] + weights[1])
    second = np.maximum(first @ weights[2] + weights[3], 0)
    wanted = 0.1 * np.abs(weights[0]).sum() + 0.3 * (weights[0] ** 2).sum()
    wanted += 0.2 * np.abs(weights[2]).sum() + 0.4 * (weights[2] ** 2).sum()
    wanted += (0.5 * np.abs(first).sum() + 0.7 * (first**2).sum()) / len(ROWS)
    wanted += (0.6 * np.abs(second).sum() + 0.8 * (second**2).sum()) / len(ROWS)
    assert float(penalty) == pytest.approx(wanted, rel=1e-5)


def test_the_model_itself_stays_as_it_is(build):
    """
    Placing leaves a model's layers, values and penalties as they were.
    """
    base = build("plain")
    before = [variable.numpy() for variable in base.variables]
    outputs = np.asarray(base(ROWS))

    make(base, *ALL)

    assert len(base.layers) == 3
    assert all(variable.regularizer is None and variable.constraint is None for variable in base.variables)
    for variable, value in zip(base.variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)
    np.testing.assert_array_equal(base(ROWS), outputs)


def test_a_masked_sequence_stays_masked(build):
    """
    What an embedding masks is masked for the readers behind placed layers too: padding changes nothing.
    """
    made, _ = make(build("words"), "dropout")

    short = np.array([[1, 2, 3, 0, 0]], np.int32)
    table = made.get_layer("table").embeddings
    outputs = np.asarray(made(short))
    table.assign(table.numpy() + np.where(np.arange(7)[:, None] == 0, 9, 0))  # what stands for padding

    np.testing.assert_array_equal(made(short), outputs)


def test_values_that_were_set_on_purpose_go_along():
    """
    Frozen weights and a fitted normalization are the new model's as well.
    """
    scaled = layers.Normalization(name="scaled")
    scaled.adapt(ROWS)
    frozen = layers.Dense(4, name="frozen", trainable=False)
    model = keras.Sequential([keras.Input((3,)), scaled, frozen, layers.Dense(4), layers.Dense(2)])
    kept = {id(variable) for layer in (scaled, frozen) for variable in layer.weights}

    made, _ = placed(model, sites_of(model, "dropout"), Form(), keeps=lambda variable: id(variable) in kept)

    np.testing.assert_array_equal(made.get_layer("frozen").kernel, frozen.kernel)
    np.testing.assert_allclose(made.get_layer("scaled")(ROWS), scaled(ROWS), rtol=1e-6)


def test_calls_outside_of_the_graph_do_not_count():
    """
    A layer that another model reads too, and one grown by `add`, have their block as the graph shows it.
    """
    rows = keras.Input((3,))
    hidden = layers.Dense(4, name="one")(rows)
    bent = layers.Activation("tanh", name="bend")(hidden)
    keras.Model(rows, layers.Dense(7)(hidden))
    read = keras.Model(rows, layers.Dense(2, name="out")(bent))
    grown = keras.Sequential()
    grown.add(keras.Input((3,)))
    for layer in (layers.Dense(4, name="one"), layers.ReLU(name="bend"), layers.Dense(2, name="out")):
        grown.add(layer)

    for model in (read, grown):
        follows(make(model, "dropout")[0], "one_dropout < bend", "out < one_dropout")


def test_operations_that_are_no_layers_stay_in_the_graph():
    """
    What `keras.ops` puts in a graph computes as before.
    """
    rows = keras.Input((3,))
    hidden = layers.Dense(4, name="one")(rows) * 2.0
    model = keras.Model(rows, keras.ops.softmax(layers.Dense(2, name="out")(hidden)))

    made, _ = make(model, "dropout")
    for new, old in zip(made.weights, model.weights, strict=True):
        new.assign(old)

    np.testing.assert_allclose(made(ROWS), model(ROWS), rtol=1e-6)


def test_a_name_that_is_taken_is_not_taken_twice():
    """
    Where the model has a layer named as the placed one would be, the placed one gets another name.
    """
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, name="one"),
            layers.Dropout(0.1, name="one_dropout"),
            layers.Dense(2),
        ]
    )

    made, (knob,) = make(model, "dropout")

    assert knob.owner.name != "one_dropout"
    assert made.get_layer("one_dropout").rate == 0.1


class Doubled(layers.Layer):
    """A layer that Keras can't make again: it doesn't tell its parameter."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, inputs):
        """Multiply."""
        return inputs * self.factor


def test_a_layer_that_cannot_be_made_again_is_named():
    """
    The message names the layer and says what to do.
    """
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), Doubled(2), layers.Dense(2)])

    with pytest.raises(
        UsageError, match=r"layer 'doubled\w*' can't be cloned: .*Give a function that builds"
    ):
        make(model, "dropout")


def test_lengths_of_normalized_weights_say_what_they_start_as(build):
    """
    Each gain names its variable, and starts as the norm of that variable's units.
    """
    base = build("plain")
    form = Form(weight_norm=resolve_weight_norm(graph_of(base), Normalized()))

    made, _ = make(base, form=form)

    starts = tied_starts(made)
    variables = made.trainable_variables
    assert len(starts) == 2
    for length, direction, _ in starts:
        norms = np.linalg.norm(variables[direction].numpy(), axis=0, keepdims=True)
        np.testing.assert_allclose(variables[length], norms, rtol=1e-6)


def test_a_site_of_no_layer_work_changes_nothing(build):
    """
    Sites of weight decay and pruning, whose arithmetic is elsewhere, place nothing.
    """
    made, knobs = placed(
        build("plain"),
        frozenset({Site("weight_decay", 1, "kernel"), Site("prune", 2, "kernel")}),
        Form(),
        keeps=nothing,
    )

    assert knobs == ()
    assert len(made.layers) == 4
