"""From a description and a recipe to a network: what shares a program, and everything that is refused."""

import keras
import numpy as np
import pytest

from trainlab.errors import MissingError, UsageError
from trainlab.experiment.models import Builder, Mlp, Pattern, PythonFile, describe_model
from trainlab.experiment.recipe import Recipe
from trainlab.model.blueprint import Blueprint, blueprint, build, load_builder

ROWS = np.zeros((4, 3), np.float32)

layers = keras.layers


def built(description, recipe=None):
    """Build the network that a recipe asks for."""
    plan, _ = blueprint(describe_model(description), recipe or Recipe())
    return build(plan, ROWS, outputs=2, probabilities=True)


def taking_dropout(dropout=0.0):
    """A builder that places dropout itself."""
    return keras.Sequential(
        [keras.Input((3,)), layers.Dense(4), layers.Dropout(dropout, name="mine"), layers.Dense(2)]
    )


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


def test_strengths_are_no_part_of_the_blueprint():
    """
    Recipes that differ in a strength alone have one blueprint; the strengths stand beside it.
    """
    weak, weak_strengths = blueprint(Mlp((4,)), Recipe(dropout=0.1, l2=0.01))
    strong, strong_strengths = blueprint(Mlp((4,)), Recipe(dropout=0.5, l2=0.2))

    assert weak == strong
    assert weak.techniques == {"dropout", "l2"}
    assert (weak_strengths, strong_strengths) == ({"dropout": 0.1, "l2": 0.01}, {"dropout": 0.5, "l2": 0.2})


def test_a_technique_of_strength_zero_is_not_placed():
    """
    A recipe without dropout or L2 asks for a plain network, which another recipe may widen.
    """
    plain, strengths = blueprint(Mlp((4,)), Recipe())

    assert plain.techniques == frozenset()
    assert strengths == {"dropout": 0.0, "l2": 0.0}
    assert plain.with_techniques(frozenset({"l2"})) == blueprint(Mlp((4,)), Recipe(l2=0.1))[0]


def test_a_recipe_changes_a_ready_made_architecture():
    """
    `hidden` and `activation` of a recipe go before those of the description.
    """
    plan, _ = blueprint(Mlp((4,)), Recipe(hidden=[8, 2], activation="tanh"))

    assert plan.description == Mlp((8, 2), "tanh")
    assert plan.arguments == ()


def test_a_builder_gets_what_it_names_and_nothing_is_placed():
    """
    A builder with a parameter `dropout` places it itself: the strength is an argument, no number of lanes.
    """
    plan, strengths = blueprint(describe_model(taking_dropout), Recipe(dropout=0.3))
    made = build(plan, ROWS, outputs=2, probabilities=True)

    assert plan.arguments == (("dropout", 0.3),)
    assert "dropout" not in strengths | dict.fromkeys(plan.techniques)
    assert made.knobs == ()
    assert made.model.get_layer("mine").rate == 0.3


def test_a_subclassed_model_may_take_a_technique_itself():
    """
    A class of models with a parameter `dropout` is a builder like any other.
    """
    made = built(Subclassed, Recipe(dropout=0.4))

    assert made.model.drop.rate == 0.4


def test_a_ready_made_architecture_flattens_and_ends_as_the_task_wants():
    """
    Rows of any shape are flattened; a classification ends in a softmax, a regression in plain values.
    """
    images = np.random.default_rng(0).random((4, 2, 3)).astype(np.float32)

    shares = build(Blueprint(Mlp((4,))), images, outputs=3, probabilities=True)
    values = build(Blueprint(Mlp(())), images, outputs=1, probabilities=False)

    np.testing.assert_allclose(np.asarray(shares.model(images)).sum(axis=1), 1, rtol=1e-5)
    assert shares.parameters == 6 * 4 + 4 + 4 * 3 + 3
    assert values.parameters == 6 + 1
    assert values.model.layers[-1].activation.__name__ == "linear"


# ----------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("key, value", [("hidden", [8]), ("activation", "tanh")])
@pytest.mark.parametrize("model", [taking_dropout, Pattern(None)])
def test_a_setting_that_the_model_does_not_take_is_refused(model, key, value):
    """
    `hidden` and `activation` can't be placed from outside, and the message names the parameter to add.
    """
    recipe = Recipe().changed({key: value})

    with pytest.raises(
        UsageError, match=f"takes no '{key}'.*Give a builder function with a parameter `{key}`"
    ):
        blueprint(describe_model(model), recipe)


def test_a_parameter_that_nobody_gives_is_refused():
    """
    A builder's parameter without a default and without a value is named before it is called.
    """

    def needy(width):
        raise AssertionError("it is not called")

    with pytest.raises(UsageError, match=r"the builder needs 'width'.*give the parameter a default"):
        blueprint(describe_model(needy), Recipe())


def test_a_failing_builder_is_named():
    """
    What a builder raises becomes a message with its name, the error and the arguments.
    """

    def failing(dropout=0.0):
        raise ZeroDivisionError("nothing to divide")

    with pytest.raises(UsageError, match=r"failing: the builder fails: ZeroDivisionError: nothing to divide"):
        built(failing, Recipe(dropout=0.5))


@pytest.mark.parametrize("given", [None, 3, "model", layers.Dense])
def test_a_builder_that_gives_no_model_is_refused(given):
    """
    A forgotten `return` is told as such, and so is anything else that is no model.
    """
    with pytest.raises(UsageError, match=r"the builder gives no Keras model.*Let it return a `keras.Model`"):
        built(Builder(lambda: given, "mine.py:build"))


@pytest.mark.parametrize("techniques, named", [({"dropout": 0.1}, "`dropout`"), ({"l2": 0.1}, "`l2`")])
def test_a_technique_in_a_subclassed_model_is_refused_with_the_way_out(techniques, named):
    """
    A model that hides its layers names the parameter that its builder should take.
    """
    with pytest.raises(UsageError, match=f"subclassed model from outside.*Let the builder take {named}"):
        built(plain, Recipe(**techniques))


def test_a_subclassed_model_as_it_is_is_refused():
    """
    An instance of a subclassed model can't start afresh, and the message gives the line to write.
    """
    with pytest.raises(UsageError, match=r"a Subclassed can't be cloned.*`model=lambda: MyModel\(\)`"):
        built(Subclassed())


@pytest.mark.parametrize("as_it_is", [False, True])
def test_a_model_for_other_rows_is_refused(as_it_is):
    """
    A model whose input does not fit the data's rows is told their shape.
    """

    def other():
        return keras.Sequential([keras.Input((5,)), layers.Dense(2)])

    with pytest.raises(UsageError, match=r"does not take rows of shape \(3,\)"):
        built(other() if as_it_is else other)


# ------------------------------------------------------------------------------------------- Python files


def test_a_builder_comes_out_of_a_file(tmp_path):
    """
    The function is taken from the file and known by file and name.
    """
    path = tmp_path / "mine.py"
    path.write_text("WIDTH = 3\ndef build(dropout=0.1):\n    return WIDTH, dropout\n", encoding="utf-8")

    builder = load_builder(PythonFile(path, "build"))

    assert builder.function(dropout=0.2) == (3, 0.2)
    assert builder.source == "mine.py:build"
    assert builder.parameters == {"dropout": False}


def test_a_missing_file_is_refused(tmp_path):
    """
    A file that is not there is something that the machine lacks.
    """
    with pytest.raises(MissingError, match=r"none\.py: there is no such file"):
        load_builder(PythonFile(tmp_path / "none.py", "build"))


@pytest.mark.parametrize("content, said", [("1 / 0", "ZeroDivisionError"), ("def build(:", "SyntaxError")])
def test_a_file_that_fails_is_refused(tmp_path, content, said):
    """
    What the file raises when it runs, or its wrong syntax, is told with its name.
    """
    path = tmp_path / "broken.py"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(UsageError, match=f"broken.py: the file fails: {said}.*Mend the file"):
        load_builder(PythonFile(path, "build"))


def test_a_missing_function_is_refused_with_those_that_are_there(tmp_path):
    """
    The message lists what the file defines.
    """
    path = tmp_path / "mine.py"
    path.write_text("build = 3\ndef make(): ...\ndef other(): ...\n", encoding="utf-8")

    with pytest.raises(UsageError, match=r"no such function \(got 'build'\)\. It defines: make, other\."):
        load_builder(PythonFile(path, "build"))


def test_a_file_that_is_no_python_is_refused(tmp_path):
    """
    A file of another kind is told to end in `.py`.
    """
    path = tmp_path / "mine.txt"
    path.write_text("def build(): ...", encoding="utf-8")

    with pytest.raises(UsageError, match=r"not a Python file.*ends in `\.py`"):
        load_builder(PythonFile(path, "build"))
