"""From a description and a recipe to a network: what shares a program, what is built, what is refused."""

import itertools

import keras
import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.models import Cnn, Mlp, PythonFile, describe_model
from trainlab.experiment.recipe import Recipe
from trainlab.model.blueprint import Bases, Blueprint, blueprint, build
from trainlab.model.form import Form
from trainlab.model.sites import Norm, Site

layers = keras.layers


def bases_for(*shape, outputs=2, probabilities=True):
    """Stand where models for rows of a shape are built."""
    return Bases(np.zeros((4, *shape), np.float32), (), outputs=outputs, probabilities=probabilities)


@pytest.fixture
def bases():
    """Stand where models for three columns are built."""
    return bases_for(3)


def built(description, recipe=None, bases=None):
    """Build the network that a recipe asks for."""
    bases = bases or bases_for(3)
    plan, _ = blueprint(describe_model(description), recipe or Recipe(), bases)
    return build(plan, bases)


def functional():
    """A functional model with a bypass."""
    rows = keras.Input((3,), name="rows")
    hidden = layers.Dense(4, activation="relu", name="one")(rows)
    hidden = layers.Dense(6, activation="relu", name="two")(hidden)
    return keras.Model(rows, layers.Dense(2, name="out")(layers.Concatenate(name="all")([rows, hidden])))


def taking_into(seen):
    """A builder that notes what it is called with."""

    def build(*, dropout=0.0, l2=0.0, batch_norm=False, hidden=(4,), activation="relu", width=1.0):
        seen.update(
            dropout=dropout, l2=l2, batch_norm=batch_norm, hidden=hidden, activation=activation, width=width
        )
        return functional()

    return build


class Subclassed(keras.Model):
    """A model that hides its layers."""

    def __init__(self, dropout=0.0):
        super().__init__()
        self.hidden, self.drop, self.last = layers.Dense(4), layers.Dropout(dropout), layers.Dense(2)

    def call(self, rows, training=None):
        """Give two outputs."""
        return self.last(self.drop(self.hidden(rows), training=training))


def plain():
    """A builder of a subclassed model that takes nothing."""
    return Subclassed()


# ------------------------------------------------------------------------------------- what shares a program


def test_strengths_are_no_part_of_the_blueprint(bases):
    """
    Recipes that differ in a strength alone have one blueprint; the strengths stand beside it.
    """
    weak, weak_strengths = blueprint(Mlp((4,)), Recipe(dropout=0.1, l2=0.01), bases)
    strong, strong_strengths = blueprint(Mlp((4,)), Recipe(dropout=0.5, l2=0.2), bases)
    dropout, l2 = Site("dropout", 1), Site("l2", 1, "kernel")

    assert weak == strong
    assert weak.sites == {dropout, l2}
    assert (weak_strengths, strong_strengths) == ({dropout: 0.1, l2: 0.01}, {dropout: 0.5, l2: 0.2})


def test_a_technique_of_strength_zero_is_not_placed(bases):
    """
    A recipe without techniques asks for a plain network, which the sites of another recipe make that one's.
    """
    bare, strengths = blueprint(Mlp((4,)), Recipe(dropout=[0.0]), bases)
    other, _ = blueprint(Mlp((4,)), Recipe(l2=0.1), bases)

    assert (bare, strengths) == (Blueprint(Mlp((4,))), {})
    assert bare.with_sites(other.sites) == other
    assert other.bare == bare


def test_layers_of_strength_zero_have_no_site(bases):
    """
    Of strengths layer by layer only those above zero are placed.
    """
    plan, strengths = blueprint(Mlp((4, 4)), Recipe(dropout=[0.0, 0.3]), bases)

    assert plan.sites == {Site("dropout", 2)}
    assert strengths == {Site("dropout", 2): 0.3}


def test_what_changes_the_graph_changes_the_form(bases):
    """
    Normalizations and looks are part of the blueprint, since they can't be numbers of lanes.
    """
    recipe = Recipe(batch_norm=True, weight_norm=True, initializer="he_normal", output="linear")

    plan, strengths = blueprint(Mlp((4,)), recipe, bases)

    assert strengths == {}
    assert plan.form == Form(
        norms=(Norm("batch_norm", 1),),
        weight_norm=(Site("weight_norm", 1, "kernel"),),
        initializer="he_normal",
        output="linear",
    )


def test_a_model_is_built_once_for_all_its_recipes(bases):
    """
    Recipes with and without techniques start from one and the same built model.
    """
    calls = []

    def counted():
        calls.append(None)
        return functional()

    description = describe_model(counted)
    for recipe in (Recipe(), Recipe(dropout=0.3), Recipe(batch_norm=True), Recipe(width=2.0)):
        build(blueprint(description, recipe, bases)[0], bases)

    assert len(calls) == 1


# ----------------------------------------------------------------------------------------- sizes and looks


@pytest.mark.parametrize(
    "changes, description, parameters",
    [
        ({}, Mlp((8, 4)), 3 * 8 + 8 + 8 * 4 + 4 + 4 * 2 + 2),
        ({"hidden": [5]}, Mlp((5,)), 3 * 5 + 5 + 5 * 2 + 2),
        ({"hidden": []}, Mlp(()), 3 * 2 + 2),
        ({"width": 2.0}, Mlp((16, 8)), 3 * 16 + 16 + 16 * 8 + 8 + 8 * 2 + 2),
        ({"width": 0.1}, Mlp((1, 1)), 3 + 1 + 1 + 1 + 2 + 2),
        ({"depth": 2.0}, Mlp((8, 8, 4, 4)), 3 * 8 + 8 + 8 * 8 + 8 + 8 * 4 + 4 + 4 * 4 + 4 + 4 * 2 + 2),
        ({"depth": 0.5}, Mlp((8,)), 3 * 8 + 8 + 8 * 2 + 2),
        ({"activation": "tanh"}, Mlp((8, 4), "tanh"), 3 * 8 + 8 + 8 * 4 + 4 + 4 * 2 + 2),
        (
            {"hidden": [4], "width": 0.5, "depth": 3.0},
            Mlp((2, 2, 2)),
            3 * 2 + 2 + 2 * (2 * 2 + 2) + 2 * 2 + 2,
        ),
    ],
)
def test_a_recipe_changes_the_sizes_of_a_perceptron(changes, description, parameters, bases):
    """
    Units, width, depth and activation of the recipe are written out, and the network has as many weights.
    """
    plan, _ = blueprint(Mlp((8, 4)), Recipe(**changes), bases)

    assert plan == Blueprint(description)
    assert build(plan, bases).parameters == parameters


@pytest.mark.parametrize(
    "changes, description",
    [
        ({"width": 0.5}, Cnn((2, 4), hidden=(3,))),
        ({"depth": 0.5}, Cnn((4,), hidden=(6,))),
        ({"hidden": []}, Cnn((4, 8))),
        ({"activation": "tanh"}, Cnn((4, 8), hidden=(6,), activation="tanh")),
    ],
)
def test_a_recipe_changes_the_sizes_of_a_convolutional_network(changes, description):
    """
    Width is of filters and units, depth of blocks; parameters are those of Keras's layers so configured.
    """
    bases = bases_for(8, 8, 1)

    plan, _ = blueprint(Cnn((4, 8), hidden=(6,)), Recipe(**changes), bases)
    sizes = [1, *description.filters]
    blocks = sum(9 * before * after + after for before, after in itertools.pairwise(sizes))
    side = 8 // 2 ** len(description.filters)
    units = [side * side * sizes[-1], *description.hidden, 2]
    dense = sum(before * after + after for before, after in itertools.pairwise(units))

    assert plan == Blueprint(description)
    assert build(plan, bases).parameters == blocks + dense


def test_the_users_own_model_gets_another_width_and_looks():
    """
    Hidden layers alone get units, activation and initializer; the bypass keeps its columns.
    """
    made = built(functional, Recipe(width=0.5, activation="tanh", initializer="he_normal", output="softmax"))
    named = {layer.name: layer for layer in made.model.layers}

    assert made.parameters == (3 * 2 + 2) + (2 * 3 + 3) + ((3 + 3) * 2 + 2)
    assert [named[name].activation.__name__ for name in ("one", "two", "out")] == ["tanh", "tanh", "softmax"]
    assert isinstance(named["two"].kernel_initializer, keras.initializers.HeNormal)
    assert isinstance(named["out"].kernel_initializer, keras.initializers.GlorotUniform)


def test_the_users_own_instance_is_never_touched(bases):
    """
    A model given as it is keeps its layers and weights; what is trained is another of the same kind.
    """
    mine = functional()
    before = [value.copy() for value in mine.get_weights()]

    made = built(mine, Recipe(dropout=0.5, width=2.0))

    assert made.model is not mine
    assert [layer.name for layer in mine.layers] == ["rows", "one", "two", "all", "out"]
    for old, now in zip(before, mine.get_weights(), strict=True):
        np.testing.assert_array_equal(old, now)


# ------------------------------------------------------------------------------------------------ builders


@pytest.mark.parametrize(
    "key, value, given",
    [
        ("dropout", 0.3, 0.3),
        ("l2", 0.01, 0.01),
        ("batch_norm", True, True),
        ("hidden", [8, 2], (8, 2)),
        ("activation", "tanh", "tanh"),
        ("width", 2.0, 2.0),
    ],
)
def test_a_builder_gets_what_it_names_and_nothing_is_placed(key, value, given, bases):
    """
    What a builder names as a parameter is an argument for it, and no site, form or number of lanes.
    """
    seen = {}

    plan, strengths = blueprint(describe_model(taking_into(seen)), Recipe().changed({key: value}), bases)
    made = build(plan, bases)

    assert seen[key] == given
    assert dict(plan.arguments)[key] == given
    assert (plan.form, plan.sites, strengths, made.knobs) == (Form(), frozenset(), {}, ())


def test_what_a_builder_does_not_name_is_placed_beside_what_it_does(bases):
    """
    A builder with a parameter `dropout` gets it, and L2 is placed in the model that it gives.
    """

    def build_one(dropout=0.0):
        return keras.Sequential(
            [keras.Input((3,)), layers.Dense(4), layers.Dropout(dropout), layers.Dense(2)]
        )

    plan, strengths = blueprint(describe_model(build_one), Recipe(dropout=0.3, l2=0.1), bases)

    assert plan.arguments == (("dropout", 0.3),)
    assert strengths == {Site("l2", 1, "kernel"): 0.1}


def test_a_builder_that_takes_both_penalties_gets_neither_placed(bases):
    """
    Where a builder takes `l1_l2` as a pair, no L1 and no L2 is placed beside it.
    """
    seen = {}

    def build_one(l1_l2=None):
        seen["l1_l2"] = l1_l2
        return functional()

    plan, strengths = blueprint(describe_model(build_one), Recipe(l1_l2=[0.1, 0.2]), bases)
    build(plan, bases)

    assert seen == {"l1_l2": (0.1, 0.2)}
    assert strengths == {}


def test_a_subclassed_model_may_take_a_technique_itself():
    """
    A class of models with a parameter `dropout` is a builder like any other.
    """
    made = built(Subclassed, Recipe(dropout=0.4))

    assert made.model.drop.rate == 0.4


# ------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("key, value", [("hidden", [8]), ("depth", 2.0)])
@pytest.mark.parametrize("model", [functional, functional()])
def test_a_size_that_the_model_does_not_take_is_refused(model, key, value, bases):
    """
    `hidden` and `depth` can't be put on a model from outside, and the message names the parameter to add.
    """
    recipe = Recipe().changed({key: value})

    with pytest.raises(
        UsageError, match=f"takes no '{key}'.*Give a builder function with a parameter `{key}`"
    ):
        blueprint(describe_model(model), recipe, bases)


def test_a_parameter_that_nobody_gives_is_refused(bases):
    """
    A builder's parameter without a default and without a value is named before it is called.
    """

    def needy(units):
        raise AssertionError("it is not called")

    with pytest.raises(UsageError, match=r"the builder needs 'units'.*give the parameter a default"):
        blueprint(describe_model(needy), Recipe(), bases)


@pytest.mark.parametrize("given", [{"strength": 0.1, "at": "last"}, {"strength": [0.1, 0.2], "at": "hidden"}])
def test_a_builder_that_places_a_technique_takes_no_place(given, bases):
    """
    A place can't be handed to a builder's parameter, and the message says both ways out.
    """

    def build_one(dropout=0.0):
        return functional()

    if isinstance(given["strength"], list):
        plan, _ = blueprint(describe_model(build_one), Recipe(dropout=given), bases)
        assert plan.arguments == (("dropout", (0.1, 0.2)),)
        return
    with pytest.raises(UsageError, match=r"places it itself.*Give one number, or leave the parameter out"):
        blueprint(describe_model(build_one), Recipe(dropout=given), bases)


@pytest.mark.parametrize(
    "changes, named",
    [
        ({"dropout": 0.1}, "`dropout`"),
        ({"l2": 0.1, "gaussian_noise": 0.1}, "`gaussian_noise` and `l2`"),
        ({"batch_norm": True}, "`batch_norm`"),
        ({"activation": "tanh"}, "`activation`"),
        ({"width": 2.0}, "`width`"),
        ({"output": "softmax"}, "`output`"),
    ],
)
def test_what_a_subclassed_model_does_not_name_is_refused_with_the_way_out(changes, named):
    """
    A model that hides its layers names the parameters that its builder should take.
    """
    with pytest.raises(
        UsageError, match=f"{named} can't be placed in a subclassed model.*builder take {named}"
    ):
        built(plain, Recipe(**changes))


@pytest.mark.parametrize(
    "changes, cure",
    [
        ({"weight_decay": 0.1}, "`weight_decay` can't be placed.*Write `optimizer: {adamw"),
        ({"prune": 0.5}, "`prune` can't be placed.*Build a sequential or functional model"),
        (
            {"prune": 0.5, "dropout": 0.1},
            "`dropout` and `prune` can't.*take `dropout` as a.*functional model",
        ),
    ],
)
def test_what_no_builder_could_place_has_another_way_out(changes, cure):
    """
    Decay and pruning need to know the hidden layers, so a subclassed model is told what does without.
    """
    with pytest.raises(UsageError, match=cure):
        built(plain, Recipe(**changes))


def test_a_python_file_must_have_been_loaded(tmp_path, bases):
    """
    A file is no model: running it is somebody else's decision.
    """
    with pytest.raises(TypeError):
        blueprint(PythonFile(tmp_path / "mine.py", "build"), Recipe(), bases)
