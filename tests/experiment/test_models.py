"""Models: what is read from a file, what is taken from Python, and what is refused."""

import functools
from pathlib import Path

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.models import (
    Builder,
    Cnn,
    KerasFile,
    Mlp,
    Pattern,
    PythonFile,
    describe_model,
    mlp,
    parse_model,
)

HERE = Path("here")


class Layer:
    """Stands in for a Keras layer, which has a stateless call and can be called."""

    def stateless_call(self):
        """Do nothing."""

    def __call__(self):
        """Do nothing."""


class Model(Layer):
    """Stands in for a Keras model, which can be fitted besides."""

    def fit(self):
        """Do nothing."""


def build(units, *, dropout=0.0, **rest):
    """Stand in for a builder function."""


@pytest.mark.parametrize(
    "value, model",
    [
        ({"mlp": [64, 32]}, Mlp((64, 32), "relu")),
        ({"mlp": []}, Mlp((), "relu")),
        ({"mlp": {"hidden": [8], "activation": "tanh"}}, Mlp((8,), "tanh")),
        ({"mlp": {}}, Mlp((64,), "relu")),
        ({"linear": {}}, Mlp(())),
        ({"linear": None}, Mlp(())),
        ({"python": "my_model.py:build"}, PythonFile(HERE / "my_model.py", "build")),
        ({"python": "sub/my:model.py:build"}, PythonFile(HERE / "sub" / "my:model.py", "build")),
        ({"cnn": {}}, Cnn((32, 64), 3, 2, (), "relu")),
        ({"cnn": None}, Cnn()),
        ({"cnn": [8, 16]}, Cnn((8, 16))),
        (
            {"cnn": {"filters": [4], "kernel": 5, "pool": 1, "hidden": [8], "activation": "elu"}},
            Cnn((4,), 5, 1, (8,), "elu"),
        ),
        ({"keras": "m.keras"}, KerasFile(HERE / "m.keras")),
        ({"keras": "m.keras", "freeze": ["a", "b"]}, KerasFile(HERE / "m.keras", ("a", "b"))),
        ({"freeze": ["a"], "keras": {"file": "m.keras"}}, KerasFile(HERE / "m.keras", ("a",))),
        ({"keras": {"file": "m.keras", "freeze": ["a"]}}, KerasFile(HERE / "m.keras", ("a",))),
        ({"keras": {"file": "m.keras", "freeze": "all"}}, KerasFile(HERE / "m.keras", "all")),
        ({"keras": "m.keras", "freeze": "all"}, KerasFile(HERE / "m.keras", "all")),
        ({"keras": "m.keras", "freeze": []}, KerasFile(HERE / "m.keras")),
        ({"keras": "/m.keras"}, KerasFile(Path("/m.keras"))),
    ],
)
def test_a_model_is_read_from_its_family_and_sizes(value, model):
    """
    Each way of writing a model gives its description; a file is looked for beside the experiment.
    """
    assert parse_model(value, HERE) == model


@pytest.mark.parametrize(
    "model",
    [
        Mlp((64, 32), "gelu"),
        Mlp(()),
        PythonFile(Path("m.py"), "build"),
        Cnn((4, 8), 5, 1, (8,), "elu"),
        KerasFile(Path("m.keras")),
        KerasFile(Path("m.keras"), ("a", "b")),
        KerasFile(Path("m.keras"), "all"),
    ],
)
def test_a_description_reads_back_from_its_document(model):
    """
    What a description writes is read as the same description.
    """
    assert parse_model(model.document(), Path()) == model


@pytest.mark.parametrize(
    "value, match",
    [
        (None, r"^model: a model is one family with its sizes"),
        ("mlp", r"^model: a model is one family.*Write `model: \{mlp: \[64, 32\]\}`"),
        ({}, r"^model: a model is one family"),
        ({"mlp": [1], "linear": {}}, r"^model: a model is one family"),
        ({"mpl": [1]}, r"^model\.mpl: unknown model \(got 'mpl'\)\. Did you mean `mlp`\?"),
        ({"cnn": 3}, r"^model\.cnn: not a mapping .*Known are: filters, kernel, pool, hidden, activation\."),
        ({"cnn": []}, r"^model\.cnn\.filters: too short a list"),
        ({"cnn": {"filters": [0]}}, r"^model\.cnn\.filters\.0: not in the allowed range"),
        ({"cnn": {"kernel": [3, 3]}}, r"^model\.cnn\.kernel: not a whole number"),
        ({"cnn": {"pool": 0}}, r"^model\.cnn\.pool: not in the allowed range"),
        ({"cnn": {"kernels": 3}}, r"^model\.cnn\.kernels: unknown key of cnn .*`kernel`"),
        (
            {"keras": "m.h5"},
            r"^model\.keras: not the name of a saved Keras model .*'m\.h5'.*`model\.save`",
        ),
        ({"keras": None}, r"^model\.keras: not the name of a saved Keras model"),
        ({"keras": {}}, r"^model\.keras: not the name of a saved Keras model"),
        ({"keras": {"fil": "m.keras"}}, r"^model\.keras\.fil: unknown key of keras .*`file`"),
        (
            {"keras": "m.keras", "freeze": "dense"},
            r"^model\.freeze: not a list of layers .*Write `freeze: \[dense\]` or `all`\.",
        ),
        ({"keras": {"file": "m.keras", "freeze": "a"}}, r"^model\.keras\.freeze: not a list of layers"),
        ({"keras": "m.keras", "freeze": None}, r"^model\.freeze: not a list"),
        ({"keras": "m.keras", "freeze": [3]}, r"^model\.freeze\.0: not a text"),
        ({"keras": "m.keras", "freeze": ["a", "a"]}, r"^model\.freeze: the same layer twice \(got 'a'\)"),
        (
            {"keras": {"file": "m.keras", "freeze": ["a"]}, "freeze": ["b"]},
            r"^model\.freeze: the frozen layers are given twice .*Keep one list\.",
        ),
        ({"keras": "m.keras", "mlp": [3]}, r"^model: a model is one family"),
        ({"freeze": ["a"]}, r"^model: a model is one family"),
        (
            {"mlp": [3], "freeze": ["a"]},
            r"^model\.freeze: only a saved Keras model has layers to freeze",
        ),
        ({"kears": "m.keras", "freeze": ["a"]}, r"^model\.kears: unknown model .*Did you mean `keras`\?"),
        ({3: {}}, r"unknown model \(got 3\)"),
        ({"mlp": 64}, r"^model\.mlp: not a list \(got 64\)"),
        ({"mlp": None}, r"^model\.mlp: not a list"),
        ({"mlp": [64, -1]}, r"^model\.mlp\.1: not in the allowed range"),
        ({"mlp": ["a"]}, r"^model\.mlp\.0: not a whole number"),
        ({"mlp": [8] * 1001}, r"^model\.mlp: a list of 1001\. Give at most 1000\."),
        ({"mlp": {"hiden": [1]}}, r"^model\.mlp\.hiden: unknown key of mlp.*`hidden`"),
        ({"mlp": {"hidden": [0]}}, r"^model\.mlp\.hidden\.0: not in the allowed range"),
        ({"mlp": {"activation": "rleu"}}, r"^model\.mlp\.activation: unknown activation.*`relu`"),
        ({"linear": {"hidden": [1]}}, r"^model\.linear\.hidden: unknown key of linear"),
        ({"linear": [1]}, r"^model\.linear: not a mapping"),
        ({"python": "my_model.py"}, r"^model\.python: not a file and a function"),
        ({"python": "my_model.py:"}, "not a file and a function"),
        ({"python": ":build"}, "not a file and a function"),
        ({"python": "my_model.py:os.system('x')"}, "not a file and a function"),
        ({"python": 3}, "not a file and a function"),
    ],
)
def test_an_impossible_model_is_refused(value, match):
    """
    The key that is wrong is named, with what was probably meant.
    """
    with pytest.raises(UsageError, match=match):
        parse_model(value, HERE)


@pytest.mark.parametrize("hidden", [[64, 32], (64, 32), np.array([64, 32])])
def test_sizes_are_a_list_of_any_kind(hidden):
    """
    Lists, tuples and arrays of sizes describe equal models.
    """
    assert mlp(hidden) == Mlp((64, 32))
    assert hash(mlp(hidden)) == hash(Mlp((64, 32)))


@pytest.mark.parametrize("make", [mlp, Mlp])
def test_a_perceptron_made_in_python_is_checked_too(make):
    """
    A description cannot hold impossible sizes, wherever it is made.
    """
    with pytest.raises(UsageError, match=r"^model\.mlp\.hidden\.0: not in the allowed range"):
        make([0])
    with pytest.raises(UsageError, match=r"^model\.mlp\.activation: unknown activation"):
        make([1], "rleu")


def test_a_file_stays_the_same_wherever_one_stands(tmp_path, monkeypatch):
    """
    A file that is named from one folder is the same model from another.
    """
    monkeypatch.chdir(tmp_path)
    models = [describe_model({"keras": "m.keras"}), describe_model({"python": "sub/m.py:build"})]
    monkeypatch.chdir("/")

    assert [model.path for model in models] == [tmp_path / "m.keras", tmp_path / "sub" / "m.py"]
    assert [parse_model(model.document(), Path()) for model in models] == models


@pytest.mark.parametrize(
    "make, match",
    [
        (lambda: Cnn(()), r"^model\.cnn\.filters: too short a list"),
        (lambda: Cnn(kernel=0), r"^model\.cnn\.kernel: not in the allowed range"),
        (lambda: Cnn(activation="rleu"), r"^model\.cnn\.activation: unknown activation"),
        (lambda: KerasFile(HERE, "dense"), r"^model\.freeze: not a list of layers"),
    ],
)
def test_a_description_made_in_python_is_checked_too(make, match):
    """
    No description can hold impossible sizes or layers, wherever it is made.
    """
    with pytest.raises(UsageError, match=match):
        make()


@pytest.mark.parametrize("described", [Mlp((8,)), Builder(build, "m:build"), PythonFile(HERE, "build")])
def test_a_description_is_taken_as_it_is(described):
    """
    What is a description already stays the same.
    """
    assert describe_model(described) is described


def test_python_may_describe_a_model_as_a_file_does():
    """
    The file's way of writing a model is understood in Python too.
    """
    assert describe_model({"mlp": [8]}) == Mlp((8,))


@pytest.mark.parametrize(
    "function, name",
    [(build, "build"), (Model, "Model"), (Model.fit, "Model.fit"), (functools.partial(build, 3), "partial")],
)
def test_what_can_be_called_is_a_builder(function, name):
    """
    Functions, classes of models and partial functions build models, and are told by their names.
    """
    described = describe_model(function)

    assert isinstance(described, Builder)
    assert described.function is function
    assert described.source.rpartition(":")[2] == name


def test_a_keras_model_is_a_pattern():
    """
    A model is a pattern, equal to itself alone, and can be hashed.
    """
    model = Model()

    assert describe_model(model) == Pattern(model)
    assert describe_model(model) != Pattern(Model())
    assert len({describe_model(model), Pattern(model)}) == 1


@pytest.mark.parametrize("value", [None, "mlp", [64, 32], 64, Layer()])
def test_what_is_no_model_is_refused(value):
    """
    Names, sizes and single layers are no models.
    """
    with pytest.raises(UsageError, match=r"^model: not a model"):
        describe_model(value)


def test_a_builder_tells_what_it_takes():
    """
    The parameters that can be given by name are told, each with whether it is needed.
    """
    assert dict(describe_model(build).parameters) == {"units": True, "dropout": False}
