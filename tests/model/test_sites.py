"""From words to sites: which layers and weights of a model a technique finds, and what is refused."""

import keras
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.placed import Normalized, Placed
from trainlab.model.graph import graph_of
from trainlab.model.sites import Norm, Site, resolve, resolve_norms, resolve_weight_norm, variables_at

layers = keras.layers


def named(graph, sites):
    """Give sites by their layers' names, in order."""
    return [f"{graph.layers[site.layer].name}.{site.weight}".rstrip(".") for site in sorted(sites)]


@pytest.fixture(scope="module")
def graph(build):
    """Give the graph of a model, built once."""
    built = {}

    def give(name):
        if name not in built:
            built[name] = graph_of(build(name))
        return built[name]

    return give


@pytest.mark.parametrize(
    "model, kernels",
    [
        ("mlp", ["one.kernel", "two.kernel"]),
        ("bypass", ["long_1.kernel", "short.kernel", "long_2.kernel"]),
        ("shared", ["one.kernel"]),
        ("inner", ["one.kernel", "two.kernel"]),
        (
            "images",
            [
                "conv.kernel",
                "depth.kernel",
                "separable.depthwise_kernel",
                "separable.pointwise_kernel",
                "up.kernel",
            ],
        ),
        (
            "words",
            [
                "table.embeddings",
                "read.kernel",
                "read.recurrent_kernel",
                "again.kernel",
                "again.recurrent_kernel",
            ],
        ),
        ("attending", ["attend.kernel", "each.kernel"]),
        ("several", ["table.embeddings", "seen.kernel"]),
    ],
)
def test_kernels_are_those_of_hidden_layers(graph, model, kernels):
    """
    A technique on kernels finds those of all hidden layers, none of an output layer or an inner model.
    """
    found = resolve(graph(model), "l2", Placed(0.1))

    assert named(graph(model), found) == kernels
    assert set(found.values()) == {0.1}


@pytest.mark.parametrize(
    "model, site, paths",
    [
        (
            "attending",
            "attend.kernel",
            ["query/kernel", "key/kernel", "value/kernel", "attention_output/kernel"],
        ),
        ("words", "read.recurrent_kernel", ["lstm_cell/recurrent_kernel", "lstm_cell/recurrent_kernel"]),
        ("several", "seen.kernel", ["seen/kernel"]),
    ],
)
def test_a_site_on_weights_means_all_variables_of_that_name(graph, model, site, paths):
    """
    Attention's four kernels, and those of both directions of a reader, are one site.
    """
    layer, weight = site.split(".")
    whole = graph(model)
    place = [found.name for found in whole.layers].index(layer)

    positions = variables_at(whole, whole, Site("l2", place, weight))

    found = [whole.trainable_variables[position].path for position in positions]
    assert len(found) == len(paths)
    assert all(one.endswith(other) for one, other in zip(found, paths, strict=True))


@pytest.mark.parametrize(
    "at, places",
    [("hidden", ["one", "two"]), ("last", ["two"]), (1, ["one"]), (("two", "norm"), ["norm", "two"])],
)
def test_words_for_places(graph, at, places):
    """
    All hidden layers, the last, the first so many, or layers by name, whatever they are.
    """
    assert named(graph("mlp"), resolve(graph("mlp"), "dropout", Placed(0.1, at))) == places


def test_the_input_is_a_place_for_measurements_only(graph):
    """
    Noise at the input goes on every input of measured numbers, not on one that an embedding looks up.
    """
    found = resolve(graph("several"), "gaussian_noise", Placed(0.1, "input"))

    assert named(graph("several"), found) == ["left", "right"]


def test_strengths_go_layer_by_layer(graph):
    """
    A list of strengths is dealt out to the places in order, to names in the order they are given.
    """
    two = graph("words")

    by_layer = resolve(two, "l2", Placed((0.1, 0.2, 0.0)))
    by_name = resolve(two, "dropout", Placed((0.1, 0.2), ("again", "table")))

    assert [by_layer[site] for site in sorted(by_layer)] == [0.1, 0.2, 0.2, 0.0, 0.0]
    assert {two.layers[site.layer].name: strength for site, strength in by_name.items()} == {
        "again": 0.1,
        "table": 0.2,
    }


def test_pairs_become_two_penalties(graph):
    """
    A pair of strengths is an L1 and an L2 at the same places.
    """
    found = resolve(graph("plain"), "l1_l2", Placed((0.1, 0.2)))
    dealt = resolve(graph("plain"), "l1_l2", Placed(((0.1, 0.2), (0.3, 0.4))))

    assert {site.number: strength for site, strength in found.items()} == {
        "l1@1.kernel": 0.1,
        "l1@2.kernel": 0.1,
        "l2@1.kernel": 0.2,
        "l2@2.kernel": 0.2,
    }
    assert sorted(dealt.values()) == [0.1, 0.2, 0.3, 0.4]


def test_an_output_layer_gets_penalties_by_name(graph):
    """
    Penalties, bounds, decay and pruning may be put on an output layer that is named, and on its bias.
    """
    for technique in ("l1", "l2", "max_norm", "weight_decay", "prune"):
        found = resolve(graph("plain"), technique, Placed(0.1, ("out",), ("kernel", "bias")))

        assert named(graph("plain"), found) == ["out.bias", "out.kernel"]


def test_layers_without_the_weight_are_passed_over(graph):
    """
    A convolution without a bias is no place for a penalty of biases, while its neighbours are.
    """
    found = resolve(graph("images"), "l2", Placed(0.1, on=("bias",)))

    assert named(graph("images"), found) == ["depth.bias", "separable.bias", "up.bias"]


def test_an_inner_model_takes_what_is_asked_by_name(graph):
    """
    By default nothing goes into an inner model; named, its kernels are one site.
    """
    found = resolve(graph("inner"), "l2", Placed(0.1, ("part",)))

    assert named(graph("inner"), found) == ["part.kernel"]


def test_normalizations_and_weight_normalization_find_their_layers(graph):
    """
    Normalizations stand at hidden layers or inputs, weight normalization on hidden kernels.
    """
    plain = graph("plain")

    assert resolve_norms(plain, "batch_norm", Normalized("input")) == (Norm("batch_norm", 0),)
    assert resolve_norms(plain, "layer_norm", Normalized("last", before_activation=True)) == (
        Norm("layer_norm", 2, before_activation=True),
    )
    assert resolve_weight_norm(plain, Normalized(1)) == (Site("weight_norm", 1, "kernel"),)


def test_activations_that_learn_are_no_hidden_layers():
    """
    An activation with weights belongs to the block it follows, also behind the output layer.
    """
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, name="one"), layers.PReLU(), layers.Dense(2), layers.PReLU()]
    )
    graph = graph_of(model)

    assert named(graph, resolve(graph, "dropout", Placed(0.1))) == ["one"]


@pytest.mark.parametrize("technique", ["dropout", "l2", "activity_l1"])
def test_frozen_layers_are_no_hidden_layers(technique):
    """
    A layer that does not learn is passed over.
    """
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, trainable=False), layers.Dense(4, name="free"), layers.Dense(2)]
    )
    graph = graph_of(model)

    (site,) = resolve(graph, technique, Placed(0.1))

    assert graph.layers[site.layer].name == "free"


REFUSED = [
    (
        "l2",
        Placed((0.1, 0.2, 0.3)),
        r"^l2: 3 strengths for 2 places \(one, two\)\. Give one strength, or one",
    ),
    ("dropout", Placed(0.1, 3), r"^dropout: the first 3 hidden layers of a model that has 2\. .*one, two"),
    (
        "dropout",
        Placed(0.1, ("tow",)),
        r"no such layer \(got 'tow'\)\. Did you mean `two`\? Known are: rows, one",
    ),
    ("dropout", Placed(0.1, ("banana",)), r"Known are: rows, one, norm, bend, two, out\."),
    (
        "l2",
        Placed(0.1, "input"),
        r"^l2: the input has no weights and no activation \(got 'input'\)\. Place it",
    ),
    ("activity_l2", Placed(0.1, "input"), r"^activity_l2: the input has no weights and no activation"),
    ("activity_l2", Placed(0.1, ("rows",)), r"^activity_l2: the input has no weights and no activation"),
    (
        "l2",
        Placed(0.1, ("bend",)),
        r"^l2: layer 'bend' has no trainable kernel\. It has no trainable weights",
    ),
    ("l2", Placed(0.1, ("norm",)), r"^l2: layer 'norm' has no trainable kernel\. It has: beta, gamma\."),
    (
        "dropout",
        Placed(0.1, ("out",)),
        r"^dropout: layer 'out' is the output layer or comes after it\. Name a",
    ),
    ("drop_connect", Placed(0.1, ("out",)), r"^drop_connect: layer 'out' is the output layer"),
    ("activity_l1", Placed(0.1, ("out",)), r"^activity_l1: layer 'out' is the output layer"),
]


@pytest.mark.parametrize("technique, placed, message", REFUSED)
def test_a_place_that_makes_no_sense_is_refused(graph, technique, placed, message):
    """
    The message says what was asked for, what there is, and what to write.
    """
    with pytest.raises(UsageError, match=message):
        resolve(graph("mlp"), technique, placed)


def test_numbers_of_categories_are_not_blurred(graph):
    """
    An input that an embedding looks up takes no noise, by name or as the only input.
    """
    message = r"^gaussian_noise: an input of numbers of words or categories can't be blurred"

    with pytest.raises(UsageError, match=message):
        resolve(graph("several"), "gaussian_noise", Placed(0.1, ("kind",)))
    with pytest.raises(UsageError, match=message):
        resolve(graph("words"), "gaussian_noise", Placed(0.1, "input"))


@pytest.mark.parametrize("technique", ["dropout", "l2", "activity_l2", "drop_connect"])
def test_a_model_without_hidden_layers_is_refused(technique):
    """
    A linear model has no place for a technique.
    """
    graph = graph_of(keras.Sequential([keras.Input((3,)), layers.Dense(2)]))

    with pytest.raises(UsageError, match=f"^{technique}: the model has no hidden layer .* Give it one"):
        resolve(graph, technique, Placed(0.1))


def test_a_weight_that_no_hidden_layer_has_is_refused():
    """
    A penalty of biases finds none where hidden layers have no biases.
    """
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, use_bias=False, name="one"), layers.Dense(2)]
    )

    with pytest.raises(UsageError, match=r"^l2: no hidden layer has a bias to place l2 on\. .*are: one\."):
        resolve(graph_of(model), "l2", Placed(0.1, on=("bias",)))


@pytest.mark.parametrize(
    "technique, options, what",
    [
        ("l2", {"kernel_regularizer": "l1"}, "a regularizer of its own on its kernel"),
        ("l1", {"kernel_regularizer": "l1"}, "a regularizer of its own on its kernel"),
        ("max_norm", {"kernel_constraint": "max_norm"}, "a constraint of its own on its kernel"),
        ("activity_l1", {"activity_regularizer": "l2"}, "a penalty on its activity of its own"),
    ],
)
def test_what_a_model_has_of_its_own_is_not_overwritten(technique, options, what):
    """
    A layer with a penalty or bound of its own is named, and the ways out are said; another weight is free.
    """
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, name="mine", **options), layers.Dense(4), layers.Dense(2)]
    )
    graph = graph_of(model)

    with pytest.raises(UsageError, match=f"^{technique}: layer 'mine' has {what}. Leave it out of the model"):
        resolve(graph, technique, Placed(0.1))
    assert len(resolve(graph, "l2", Placed(0.1, on=("bias",)))) == 2


def test_a_second_normalization_in_a_block_is_refused(graph):
    """
    Where the model normalizes already, a normalization is not placed once more.
    """
    with pytest.raises(
        UsageError, match=r"^batch_norm: layer 'one' has a normalization of its own \('norm'\)"
    ):
        resolve_norms(graph("mlp"), "batch_norm", Normalized())

    assert resolve_norms(graph("mlp"), "batch_norm", Normalized("last")) == (Norm("batch_norm", 4),)
