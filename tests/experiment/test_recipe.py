"""Recipes: what they hold, how they change, and what they refuse."""

import copy
import pickle

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.optimizers import OptimizerChoice
from trainlab.experiment.recipe import CHECKS, LATER, LEFT_TO_OTHERS, Recipe, parse_settings


def test_a_recipe_holds_checked_values():
    """
    Whatever kind of number or list is given, Python's own come back.
    """
    recipe = Recipe(
        optimizer={"sgd": {"momentum": np.float32(0.5)}},
        learning_rate=np.float64(0.1),
        batch_size=np.int64(16),
        hidden=np.array([64, 32]),
    )

    assert recipe.optimizer == OptimizerChoice("sgd", (("momentum", 0.5),))
    assert recipe.hidden == (64, 32)
    assert {type(recipe.learning_rate), type(recipe.batch_size)} == {float, int}


def test_equal_recipes_are_one():
    """
    Recipes of equal settings are equal and hash alike, however the settings were written.
    """
    one, same = Recipe(hidden=[64], l2=0), Recipe(hidden=(64,), l2=-0.0)

    assert one == same
    assert hash(one) == hash(same)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda recipe: pickle.loads(pickle.dumps(recipe))])  # noqa: S301
def test_a_recipe_can_be_copied(copied):
    """
    A copy, deep or through bytes, is equal.
    """
    recipe = Recipe(optimizer={"sgd": {"momentum": 0.9}}, hidden=[8])

    assert copied(recipe) == recipe


def test_every_setting_of_a_recipe_has_a_check():
    """
    The vocabulary of settings is exactly what a recipe holds, and no word of it is for later.
    """
    assert list(CHECKS) == list(Recipe().settings())
    assert not set(CHECKS) & set(LATER)


@pytest.mark.parametrize(
    "optimizer, rate, step_size",
    [("adam", None, 0.001), ("sgd", None, 0.01), ("schedule_free_adamw", None, 0.0025), ("sgd", 0.5, 0.5)],
)
def test_a_learning_rate_that_is_left_out_is_the_optimizers(optimizer, rate, step_size):
    """
    The step size is what was asked for, and otherwise Keras's default for the optimizer.
    """
    recipe = Recipe(optimizer=optimizer, learning_rate=rate)

    assert recipe.step_size == step_size
    assert recipe.document()["learning_rate"] == step_size
    assert recipe.settings()["learning_rate"] == rate


@pytest.mark.parametrize(
    "settings, match",
    [
        ({"optimizer": "adm"}, r"^recipe\.optimizer: unknown optimizer"),
        ({"optimizer": None}, r"^recipe\.optimizer: an optimizer is a name"),
        ({"learning_rate": 0}, r"^recipe\.learning_rate: not in the allowed range.*above 0"),
        ({"learning_rate": "1e-3"}, r"^recipe\.learning_rate: not a number.*plain number"),
        ({"batch_size": "al"}, r"^recipe\.batch_size: not a whole number.*at least 1, or `all`\."),
        ({"batch_size": 0}, r"^recipe\.batch_size: not in the allowed range.*, or `all`\."),
        ({"epochs": 0}, r"^recipe\.epochs: not in the allowed range"),
        ({"epochs": None}, r"^recipe\.epochs: not a whole number"),
        ({"l2": -1}, r"^recipe\.l2: not in the allowed range"),
        ({"l2": None}, r"^recipe\.l2: not a number"),
        ({"l2": [0.1, 0.2]}, r"a strength by place or by layer is not in this version yet"),
        ({"dropout": 1}, r"^recipe\.dropout: not in the allowed range.*\[0, 1\)"),
        ({"dropout": {"strength": 0.1, "at": "input"}}, r"is not in this version yet"),
        ({"hidden": 64}, r"^recipe\.hidden: not a list"),
        ({"hidden": [64, 0]}, r"^recipe\.hidden\.1: not in the allowed range"),
        ({"activation": "rleu"}, r"^recipe\.activation: unknown activation.*`relu`"),
        ({"train_rows": 1}, r"^recipe\.train_rows: not in the allowed range"),
    ],
)
def test_an_impossible_setting_is_refused(settings, match):
    """
    Each setting is checked when the recipe is made, and named in the message.
    """
    with pytest.raises(UsageError, match=match):
        Recipe(**settings)


@pytest.mark.parametrize("key", LEFT_TO_OTHERS)
def test_some_settings_may_be_left_to_others(key):
    """
    None stands for what the optimizer, the model or the data decide.
    """
    assert getattr(Recipe(**{key: None}), key) is None


def test_a_change_leaves_the_recipe_as_it_was():
    """
    A changed recipe is another value that differs in what was changed alone.
    """
    recipe = Recipe(epochs=3)
    changed = recipe.changed({"dropout": 0.3, "optimizer": "sgd"})

    assert recipe == Recipe(epochs=3)
    assert changed == Recipe(epochs=3, dropout=0.3, optimizer="sgd")
    assert recipe.changed({}) == recipe


@pytest.mark.parametrize(
    "changes, match",
    [
        ({"dropout": 2}, r"^variants\.a\.dropout: not in the allowed range"),
        ({"epoch": 2}, r"^variants\.a\.epoch: unknown setting .*`epochs`"),
        ({"epochs": None}, r"^variants\.a\.epochs: `epochs` has no value"),
        (3, r"^variants\.a: not a mapping of keys to values"),
    ],
)
def test_an_impossible_change_is_refused_at_its_place(changes, match):
    """
    A change is checked like a setting, and the place that was said is in the message.
    """
    with pytest.raises(UsageError, match=match):
        Recipe().changed(changes, "variants.a")


@pytest.mark.parametrize("word", LATER)
def test_agreed_words_of_later_versions_are_refused_as_such(word):
    """
    Every technique that is agreed but not built is refused in one sentence, whatever its value.
    """
    with pytest.raises(
        UsageError, match=rf"^recipe\.{word}: `{word}` is not in this version yet\. Known are: opt"
    ):
        parse_settings({word: True}, "recipe")


def test_a_number_of_an_optimizer_is_sent_where_it_belongs():
    """
    A momentum beside the optimizer is answered with how to write it inside.
    """
    with pytest.raises(UsageError, match=r"unknown setting .*`optimizer: \{sgd: \{momentum: \.\.\.\}\}`"):
        parse_settings({"momentum": 0.9}, "recipe")


def test_no_settings_are_no_changes():
    """
    Nothing, as an empty key of a file gives it, counts as no settings.
    """
    assert parse_settings(None, "variants.baseline") == {}
