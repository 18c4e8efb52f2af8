"""Models before any technique: where they come from, what they keep, and what is refused."""

import keras
import numpy as np
import pytest

from trainlab.errors import MissingError, UsageError
from trainlab.experiment.models import Builder, Cnn, KerasFile, Mlp, PythonFile, describe_model
from trainlab.model.bases import load_builder, make_base, scaled

layers = keras.layers


def base(description, *shape, outputs=2, probabilities=True):
    """Make the base of a description for rows of a shape."""
    example = np.random.default_rng(0).normal(size=(4, *(shape or (3,)))).astype(np.float32)
    return make_base(
        describe_model(description), (), example, inputs=(), outputs=outputs, probabilities=probabilities
    )


@pytest.fixture
def saved(tmp_path):
    """Save a model of three columns and three outputs, and give its description with layers frozen."""
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, name="one"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(4, name="two"),
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    path = tmp_path / "model.keras"
    model.save(path)

    def described(freeze=()):
        return KerasFile(path, freeze)

    described.model = model
    return described


# ----------------------------------------------------------------------------------- ready-made architectures


def test_a_perceptron_flattens_and_ends_as_the_task_wants():
    """
    Rows of any shape are flattened; a classification ends in a softmax, a regression in plain values.
    """
    shares = base(Mlp((4,)), 2, 3, outputs=3).model
    values = base(Mlp(()), 2, 3, outputs=1, probabilities=False).model
    rows = np.random.default_rng(0).normal(size=(4, 2, 3))

    np.testing.assert_allclose(np.asarray(shares(rows)).sum(axis=1), 1, rtol=1e-5)
    assert shares.count_params() == 6 * 4 + 4 + 4 * 3 + 3
    assert values.count_params() == 6 + 1
    assert values.layers[-1].activation.__name__ == "linear"


@pytest.mark.parametrize("shape", [(9, 7), (9, 7, 2)])
def test_a_convolutional_network_takes_images_with_and_without_channels(shape):
    """
    Each block keeps height and width and halves them by pooling; the dense layers follow.
    """
    made = base(Cnn((4, 8), hidden=(5,)), *shape, outputs=3).model
    shapes = {layer.name: layer.output.shape[1:] for layer in made.layers}

    assert shapes["conv_1"] == (9, 7, 4)
    assert shapes["pool_1"] == (4, 3, 4)
    assert shapes["conv_2"] == (4, 3, 8)
    assert shapes["pool_2"] == (2, 1, 8)
    assert shapes["hidden_1"] == (5,)
    assert shapes["output"] == (3,)


def test_a_convolutional_network_needs_no_pooling():
    """
    With `pool: 1` nothing is pooled, and any number of blocks fits.
    """
    made = base(Cnn((2, 2, 2, 2), pool=1), 4, 4, 1).model

    assert not any("pool" in layer.name for layer in made.layers)


@pytest.mark.parametrize("shape", [(5,), (2, 2, 2, 2)])
def test_a_convolutional_network_refuses_rows_that_are_no_images(shape):
    """
    A table has no neighbourhoods, and the message names the network that suits it.
    """
    with pytest.raises(UsageError, match=r"takes images.*Use `model: \{mlp: \[64\]\}`"):
        base(Cnn((4,)), *shape)


def test_images_too_small_for_the_poolings_are_refused_with_how_many_fit():
    """
    The message gives the largest number of blocks that the smaller side can be halved by.
    """
    with pytest.raises(
        UsageError, match=r"8 x 5 are too small for 3 blocks with pooling by 2.*at most 2 blocks"
    ):
        base(Cnn((2, 2, 2)), 8, 5, 1)
    assert base(Cnn((2, 2)), 8, 5, 1).model.count_params()


def test_images_too_small_for_any_pooling_are_told_to_pool_nothing():
    """
    Where not even one pooling fits, no number of blocks is offered.
    """
    with pytest.raises(
        UsageError, match=r"3 x 3 are too small for 1 block with pooling by 4\. Give `pool: 1`\."
    ):
        base(Cnn((2,), pool=4), 3, 3, 1)


def test_other_sizes_are_spread_over_the_layers():
    """
    Depth repeats or skips layers in their order, width rounds halves up, and nothing falls below one.
    """
    asked = {"hidden": None, "activation": None}

    assert scaled(Mlp((64, 32)), **asked, width=1, depth=1.5).hidden == (64, 64, 32)
    assert scaled(Mlp((5,)), **asked, width=0.5, depth=1).hidden == (3,)
    assert scaled(Mlp((4,)), **asked, width=0.01, depth=0.1).hidden == (1,)
    assert scaled(Mlp(()), **asked, width=3, depth=3).hidden == ()
    assert scaled(Cnn((8, 16), hidden=(4,)), **asked, width=2, depth=2) == Cnn((16, 16, 32, 32), hidden=(8,))


# ------------------------------------------------------------------------------------------------ builders


def test_a_failing_builder_is_named():
    """
    What a builder raises becomes a message with its name, the error and the arguments.
    """

    def failing(dropout=0.0):
        raise ZeroDivisionError("nothing to divide")

    with pytest.raises(UsageError, match=r"failing: the builder fails: ZeroDivisionError: nothing to divide"):
        base(failing)


@pytest.mark.parametrize("given", [None, 3, "model", layers.Dense])
def test_a_builder_that_gives_no_model_is_refused(given):
    """
    A forgotten `return` is told as such, and so is anything else that is no model.
    """
    with pytest.raises(UsageError, match=r"the builder gives no Keras model.*Let it return a `keras.Model`"):
        base(Builder(lambda: given, "mine.py:build"))


def test_a_subclassed_model_as_it_is_is_refused():
    """
    An instance of a subclassed model can't start afresh, and the message gives the line to write.
    """

    class Hiding(keras.Model):
        """A model that hides its layers."""

    with pytest.raises(UsageError, match=r"a Hiding can't be cloned.*`model=lambda: MyModel\(\)`"):
        base(Hiding())


@pytest.mark.parametrize("as_it_is", [False, True])
def test_a_model_for_other_rows_is_refused(as_it_is):
    """
    A model whose input does not fit the data's rows is told their shape.
    """

    def other():
        return keras.Sequential([keras.Input((5,)), layers.Dense(2)])

    with pytest.raises(UsageError, match=r"does not take rows of shape \(3,\)"):
        base(other() if as_it_is else other)


@pytest.mark.parametrize("description", [Mlp((4,)), Cnn((2,))])
def test_a_ready_made_architecture_takes_one_input(description):
    """
    Data of several inputs need a model of the user's own, and the message says of which kind.
    """
    example = (np.zeros((4, 3)), np.zeros((4, 2)))

    with pytest.raises(UsageError, match=r"the data have 2 inputs.*function that builds a functional Keras"):
        make_base(description, (), example, inputs=("a", "b"), outputs=2, probabilities=True)


def test_what_a_builder_sets_on_purpose_is_kept():
    """
    An assigned bias is kept for every lane, what an initializer drew is not.
    """

    def model():
        made = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="one")])
        made.get_layer("one").bias.assign([1.0, 2.0])
        return made

    found = base(model)

    assert {variable.name: found.keeps(variable) for variable in found.model.weights} == {
        "kernel": False,
        "bias": True,
    }


def test_a_frozen_layer_of_a_model_as_it_is_keeps_its_weights():
    """
    Of a model that is given as it is, frozen and adapted layers are kept, the others start afresh.
    """
    frozen, adapted = layers.Dense(4, name="frozen", trainable=False), layers.Normalization(name="adapted")
    adapted.adapt(np.random.default_rng(0).normal(size=(20, 3)))
    model = keras.Sequential([keras.Input((3,)), adapted, frozen, layers.Dense(2, name="free")])

    found = base(model)

    kept = {layer.name: {found.keeps(variable) for variable in layer.weights} for layer in model.layers}
    assert kept == {"adapted": {True}, "frozen": {True}, "free": {False}}


# ---------------------------------------------------------------------------------------------- saved models


def test_a_saved_model_keeps_every_weight_where_its_output_fits(saved):
    """
    All variables start as they were saved, and the loaded model says what the saved one said.
    """
    rows = np.random.default_rng(1).normal(size=(5, 3))

    found = base(saved(), outputs=3)

    assert all(found.keeps(variable) for variable in found.model.variables)
    np.testing.assert_array_equal(found.model(rows), saved.model(rows))


@pytest.mark.parametrize("probabilities", [True, False])
def test_an_output_that_does_not_fit_is_replaced(saved, probabilities):
    """
    The new output layer fits the task and starts afresh; everything before it is kept.
    """
    found = base(saved(), outputs=5, probabilities=probabilities)
    *before, last = found.model.layers

    assert [layer.name for layer in before][-3:] == ["one", "norm", "two"]
    assert (last.units, last.activation.__name__) == (5, "softmax" if probabilities else "linear")
    assert not any(found.keeps(variable) for variable in last.variables)
    assert all(found.keeps(variable) for layer in before for variable in layer.variables)
    np.testing.assert_array_equal(before[-1].kernel, saved.model.get_layer("two").kernel)


def test_an_output_that_was_new_once_is_kept_when_it_was_saved(tmp_path):
    """
    A model that got a new output, was trained and saved, starts from that output's weights as well.
    """
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2, name="new_output")]).save(path)

    same, other = base(KerasFile(path), outputs=2), base(KerasFile(path), outputs=3)

    assert all(same.keeps(variable) for variable in same.model.variables)
    assert other.model.layers[-1].name == "new_output_again"
    assert [other.keeps(variable) for variable in other.model.variables] == [True, True, False, False]


def test_an_activation_behind_the_replaced_output_goes_with_it(tmp_path):
    """
    A softmax that stands as a layer of its own behind the old output is not applied twice.
    """
    path = tmp_path / "model.keras"
    last = [layers.Dense(3, name="out"), layers.Softmax(name="shares")]
    keras.Sequential([keras.Input((3,)), layers.Dense(4, name="one"), *last]).save(path)

    found = base(KerasFile(path), outputs=2)

    assert [layer.name for layer in found.model.layers[1:]] == ["one", "new_output"]


@pytest.mark.parametrize(
    "freeze, learns",
    [((), ["one", "norm", "two", "out"]), (("one",), ["norm", "two", "out"]), ("all", ["out"])],
)
def test_frozen_layers_have_no_trainable_weights(saved, freeze, learns):
    """
    Named layers are frozen, and `all` freezes everything but the output layer.
    """
    found = base(saved(freeze), outputs=3)

    assert [layer.name for layer in found.model.layers if layer.trainable_variables] == learns


def test_freezing_all_leaves_a_new_output_to_learn(saved):
    """
    With `freeze: all` and another number of classes, the fresh output layer alone is trained.
    """
    found = base(saved("all"), outputs=2)

    assert [variable.path for variable in found.model.trainable_variables] == [
        "new_output/kernel",
        "new_output/bias",
    ]


def test_an_unknown_layer_to_freeze_is_refused_with_those_that_are_there(saved):
    """
    The message lists the names of the saved model's layers.
    """
    with pytest.raises(
        UsageError, match=r"has no such layer \(got 'three'\)\. It has: one, norm, two, out\."
    ):
        base(saved(("three",)))


def test_a_missing_saved_model_is_refused(tmp_path):
    """
    A file that is not there is something that the machine lacks.
    """
    with pytest.raises(MissingError, match=r"none\.keras: there is no such file"):
        base(KerasFile(tmp_path / "none.keras"))


def test_a_file_that_is_no_saved_model_is_refused(tmp_path):
    """
    A file of another format is told how to be saved.
    """
    path = tmp_path / "model.keras"
    path.write_bytes(b"\x89HDF")

    with pytest.raises(UsageError, match=r"not a saved Keras model.*Save it with Keras 3: `model\.save`"):
        base(KerasFile(path))


class Custom(layers.Layer):
    """A class that Keras does not know from a file."""

    def call(self, rows):
        """Double the rows."""
        return 2 * rows


@pytest.mark.parametrize("inside", ["lambda", "class"])
def test_code_in_a_saved_model_is_not_run(inside, tmp_path):
    """
    A function or an unknown class in the file is refused, and the cure is a builder function.
    """
    path = tmp_path / "model.keras"
    layer = layers.Lambda(lambda rows: rows * 2, output_shape=(3,)) if inside == "lambda" else Custom()
    keras.Sequential([keras.Input((3,)), layer, layers.Dense(2)]).save(path)

    with pytest.raises(UsageError, match=r"can't be loaded: .*Load it in a builder function of your own"):
        base(KerasFile(path))


def test_an_output_that_can_not_be_replaced_is_refused(tmp_path):
    """
    A model that does not end in one dense layer says so, with both numbers of outputs.
    """
    path = tmp_path / "model.keras"
    inputs = keras.Input((3, 1))
    keras.Model(inputs, layers.Flatten()(layers.Conv1D(1, 1)(inputs))).save(path)

    with pytest.raises(UsageError, match=r"has 3 outputs, the data need 2.*not one dense layer"):
        base(KerasFile(path), 3, 1)


# -------------------------------------------------------------------------------------------- Python files


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
