"""Fingerprints: what changes them, and what leaves them as they are."""

import functools
import json
import linecache

import numpy as np
import pytest

import trainlab  # noqa: F401  # it chooses JAX before Keras is imported below
from trainlab.data.dataset import Dataset
from trainlab.data.splitting.validations import Holdout
from trainlab.experiment.fingerprint import fingerprint
from trainlab.experiment.models import KerasFile, Mlp, PythonFile
from trainlab.experiment.recipe import CHECKS
from trainlab.experiment.spec import Experiment, overridden

X = np.arange(40, dtype=np.uint8).reshape(20, 2)
Y = np.arange(20) % 2
DATA = Dataset(X, Y, name="one")
VARIANTS = {"a": {}, "b": {"l2": 0.1}}


def asked(**parts):
    """The fingerprint of a small experiment with some parts replaced."""
    return fingerprint(Experiment(**{"data": DATA, "variants": VARIANTS} | parts))


def compiled(source):
    """A function called build, with source that Python can find again."""
    file = f"<made {hash(source)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    space = {}
    exec(compile(source, file, "exec"), space)  # noqa: S102  # our own text
    return space["build"]


class Model:
    """Stands in for a Keras model: it can be fitted, and tells its layers."""

    def __init__(self, *layers):
        self.layers = layers

    def stateless_call(self):
        """Do nothing."""

    def fit(self):
        """Do nothing."""

    def to_json(self):
        """Tell the layers, as Keras does."""
        return json.dumps({"config": {"name": "sequential", "layers": self.layers}})


class Silent(Model):
    """Stands in for a subclassed model that cannot tell its layers."""

    def to_json(self):
        """Fail, as Keras does."""
        raise NotImplementedError


def layer(name, **settings):
    """The description of one layer."""
    return {"class_name": "Dense", "config": {"name": name, **settings}}


@pytest.mark.parametrize(
    "parts",
    [
        {"question": "Which?"},
        {"data": Dataset(X, Y, name="another", notes=["from elsewhere"])},
        {"model": Mlp()},
        {"recipe": {"learning_rate": np.float64(0.001), "l2": -0.0}},
        {"recipe": {"optimizer": "ADAM"}},
        {
            "recipe": {
                "schedule": "none",
                "dropout": [0, 0],
                "batch_norm": False,
                "ensemble": 1,
                "l1_l2": [0, 0],
            }
        },
        {"recipe": {"gaussian_noise": {"strength": 0, "at": "last"}, "batch_norm": False, "width": 1}},
        {"variants": {"a": {}, "b": {"l2": {"strength": 0.1, "at": "hidden", "on": ["kernel"]}}}},
        {"seeds": [0, 1, 2, 3, 4]},
        {"metric": "accuracy"},
        {"validation": {"holdout": 0.2}},
    ],
)
def test_the_same_question_has_the_same_fingerprint(parts):
    """
    Names, the sentence of the question and another way to write the same value change nothing.
    """
    assert asked(**parts) == asked()


@pytest.mark.parametrize(
    "parts",
    [
        {"data": Dataset(X, 1 - Y, name="one")},
        {"data": Dataset(np.where(X == 7, 8, X).astype(np.uint8), Y, name="one")},
        {"data": Dataset(X, Y, name="one", scale=0.5)},
        {"model": Mlp((65,))},
        {"model": Mlp((64,), "tanh")},
        {"recipe": {"learning_rate": 0.0010000001}},
        {"recipe": {"optimizer": "sgd", "learning_rate": 0.001}},
        {"recipe": {"optimizer": {"adam": {"beta_1": 0.8}}}},
        {"recipe": {"batch_size": "all"}},
        {"recipe": {"train_rows": 16}},
        {"variants": {"b": {"l2": 0.1}, "a": {}}},
        {"variants": {"a": {}, "c": {"l2": 0.1}}},
        {"variants": {"a": {}, "b": {"l2": 0.2}}},
        {"variants": {"a": {}}},
        {"validation": Holdout(0.3)},
        {"seeds": 4},
        {"seeds": [1, 0, 2, 3, 4]},
        {"metric": "loss"},
        {"split_seed": 1},
        {"smallest_difference": 0.01},
        {"target_score": 0.9},
    ],
)
def test_another_question_has_another_fingerprint(parts):
    """
    One byte of the data, one number, one seed, one name or another order of variants is another question.
    """
    assert asked(**parts) != asked()


# A value of each setting that differs from its default.
OTHER = {
    "optimizer": "sgd",
    "learning_rate": 0.5,
    "schedule": "cosine",
    "clip_norm": 1,
    "clip_value": 1,
    "ema": 0.9,
    "accumulate": 2,
    "batch_size": 4,
    "epochs": 3,
    "loss": "mse",
    "output": "sigmoid",
    "l1_l2": [0.1, 0.2],
    **dict.fromkeys(("l1", "l2", "activity_l1", "activity_l2", "weight_decay", "max_norm"), 0.1),
    **dict.fromkeys(("dropout", "gaussian_dropout", "alpha_dropout", "drop_connect", "gaussian_noise"), 0.1),
    "label_smoothing": 0.1,
    **dict.fromkeys(("batch_norm", "layer_norm", "weight_norm"), True),
    "hidden": [64],
    "width": 2,
    "depth": 2,
    "activation": "relu",
    "initializer": "glorot_uniform",
    "model": {"mlp": [64]},
    "train_rows": 8,
    "train_fraction": 0.5,
    "class_weight": "balanced",
    "resample": "over",
    "irrelevant_features": {"noise": 2},
    "augment": {"noise": 0.1},
    "early_stopping": True,
    "ensemble": 2,
    "prune": 0.1,
}


def test_every_setting_counts():
    """
    Recipes that differ in any single setting, and variants that do, have fingerprints of their own.
    """
    recipes = {key: asked(recipe={key: value}, variants={}) for key, value in OTHER.items()}
    variants = {key: asked(variants={"a": {}, "b": {key: value}}) for key, value in OTHER.items()}

    assert set(OTHER) == set(CHECKS)
    assert len({asked(variants={}), *recipes.values()}) == len(CHECKS) + 1
    assert len({asked(variants={"a": {}, "b": {}}), *variants.values()}) == len(CHECKS) + 1


@pytest.mark.parametrize(
    "one, other",
    [
        ({"dropout": 0.3}, {"dropout": {"strength": 0.3, "at": "last"}}),
        ({"dropout": 0.3}, {"dropout": [0.3]}),
        ({"dropout": {"strength": 0.3, "at": "last"}}, {"dropout": {"strength": 0.3, "at": ["last"]}}),
        ({"l2": {"strength": 0.3, "on": "bias"}}, {"l2": {"strength": 0.3, "on": ["kernel", "bias"]}}),
        ({"gaussian_noise": 0.3}, {"gaussian_noise": {"strength": 0.3, "at": "hidden"}}),
        ({"batch_norm": True}, {"batch_norm": {"before_activation": True}}),
        ({"early_stopping": True}, {"early_stopping": {"smooth": 2}}),
        ({"ensemble": 3}, {"ensemble": {"members": 3, "control": False}}),
        ({"schedule": "cosine"}, {"schedule": {"cosine": {}, "warmup": 1}}),
        ({"irrelevant_features": {"noise": 3}}, {"irrelevant_features": {"zeros": 3}}),
        ({"class_weight": {"0": 1.0, "1": 2.0}}, {"class_weight": {"0": 2.0, "1": 1.0}}),
        ({"model": {"mlp": [3]}}, {"model": {"cnn": [3]}}),
    ],
)
def test_longer_forms_count(one, other):
    """
    Another place, other weights and another number of a longer form are another question.
    """
    assert asked(recipe=one) != asked(recipe=other)


def test_classes_may_be_named_by_numbers_and_words():
    """
    Weights of classes by number and by name, mixed too, have a fingerprint.
    """
    assert asked(recipe={"class_weight": {0: 1.0, "1": 2.0}}) == asked(
        recipe={"class_weight": {1: 2.0, "0": 1.0}}
    )


def test_a_saved_model_counts_by_its_bytes(tmp_path):
    """
    A saved model may move; other bytes in it and other frozen layers are another model, in a variant too.
    """
    for name, content in (("a", b"one"), ("b", b"one"), ("c", b"two")):
        (tmp_path / f"{name}.keras").write_bytes(content)
    a, b, c = (KerasFile(tmp_path / f"{name}.keras") for name in "abc")
    frozen = [KerasFile(a.path, freeze) for freeze in ("all", ("one",), ("one", "two"))]

    assert asked(model=a) == asked(model=b)
    assert asked(recipe={"model": a}) == asked(recipe={"model": b})
    assert asked(variants={"v": {"model": a}}) == asked(variants={"v": {"model": b}})
    assert asked(variants={"v": {"model": a}}) != asked(variants={"v": {"model": c}})
    assert asked(recipe={"model": a}) != asked(recipe={"model": c})
    assert len({asked(model=model) for model in (a, c, *frozen, KerasFile(tmp_path / "d.keras"))}) == 6
    assert asked(model=KerasFile(a.path, ("two", "one"))) == asked(model=frozen[2])


def test_a_builder_in_a_variant_counts_by_its_source():
    """
    A function that stands in a variant or the recipe is told by its source, as the experiment's own.
    """
    one, same = (compiled(f"def build():\n    return 1\n{end}") for end in ("", "\n"))
    other = compiled("def build():\n    return 2\n")

    assert asked(variants={"v": {"model": one}}) == asked(variants={"v": {"model": same}})
    assert asked(variants={"v": {"model": one}}) != asked(variants={"v": {"model": other}})
    assert asked(recipe={"model": one}) != asked(recipe={"model": other})


def test_all_fingerprints_are_sha256():
    """
    A fingerprint is 64 hexadecimal digits.
    """
    assert len(asked()) == 64
    assert int(asked(), 16) > 0


def test_a_learning_rate_that_is_left_out_counts_as_what_is_in_force():
    """
    Leaving the rate to the optimizer differs from asking for one only where a variant feels the difference.
    """
    changed = {"a": {}, "b": {"optimizer": "sgd"}}

    assert asked() == asked(recipe={"learning_rate": 0.001})
    assert asked(variants=changed) != asked(variants=changed, recipe={"learning_rate": 0.001})


def test_overridden_epochs_are_another_question():
    """
    A quick look is not the experiment.
    """
    experiment = Experiment(DATA, variants=VARIANTS)

    assert fingerprint(overridden(experiment, epochs=1)) != fingerprint(experiment)
    assert fingerprint(overridden(experiment)) == fingerprint(experiment)


def test_a_builder_counts_by_its_source():
    """
    Equal source is one model, wherever it stands; another line is another.
    """
    one = compiled("def build():\n    return 1\n")
    same = compiled("def build():\n    return 1\n\n")
    other = compiled("def build():\n    return 2\n")

    assert asked(model=one) == asked(model=same)
    assert asked(model=one) != asked(model=other)


def test_what_a_partial_function_holds_counts():
    """
    A builder with other arguments fixed is another model.
    """
    build = compiled("def build(units):\n    return units\n")

    prints = {asked(model=functools.partial(build, units)) for units in (64, 128)}
    prints |= {asked(model=functools.partial(build, units=64)), asked(model=build)}

    assert len(prints) == 4
    assert asked(model=functools.partial(build, 64)) in prints


def test_a_builder_without_source_counts_by_its_name():
    """
    Where Python has no source to give, the function's name stands for it.
    """
    assert asked(model=abs) == asked(model=abs)
    assert asked(model=abs) != asked(model=max)


def test_a_python_file_counts_by_what_is_in_it(tmp_path):
    """
    A builder's file may move; a change in it, and another function of it, is another model.
    """
    (tmp_path / "a.py").write_text("def build(): ...")
    (tmp_path / "b.py").write_text("def build(): ...")
    (tmp_path / "c.py").write_text("def build(): pass")

    a, b, c, d = (
        asked(model=PythonFile(tmp_path / name, function))
        for name, function in [("a.py", "build"), ("b.py", "build"), ("c.py", "build"), ("a.py", "other")]
    )

    assert a == b
    assert len({a, c, d}) == 3
    assert asked(model=PythonFile(tmp_path / "missing.py", "build")) not in {a, c, d}


def test_a_keras_model_counts_by_its_layers_without_their_names():
    """
    Layers that Keras counted differently are the same layers; other sizes and other wiring are not.
    """
    one = Model(layer("dense", units=3), layer("dense_1", units=4, inbound="dense"))
    again = Model(layer("dense_7", units=3), layer("dense_8", units=4, inbound="dense_7"))
    larger = Model(layer("dense", units=3), layer("dense_1", units=5, inbound="dense"))
    wired = Model(layer("dense", units=3), layer("dense_1", units=4, inbound="dense_1"))

    assert asked(model=one) == asked(model=again)
    assert len({asked(model=model) for model in (one, larger, wired)}) == 3


def test_a_model_that_cannot_tell_its_layers_counts_by_its_class():
    """
    A subclassed model without a description has a fingerprint all the same.
    """
    assert asked(model=Silent()) == asked(model=Silent())
    assert asked(model=Silent()) != asked()


def test_keras_own_models_are_told_apart():
    """
    Two models of the installed Keras of the same layers are one, and other layers are another.
    """
    import keras

    def model(units):
        return keras.Sequential([keras.Input((2,)), keras.layers.Dense(units), keras.layers.Dense(2)])

    assert asked(model=model(3)) == asked(model=model(3))
    assert asked(model=model(3)) != asked(model=model(4))
