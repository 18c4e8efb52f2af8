"""Recipes: what they hold, how they change, and what they refuse."""

import copy
import dataclasses
import pickle

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.optimizers import OptimizerChoice
from trainlab.experiment.placed import Normalized, Placed
from trainlab.experiment.recipe import ALWAYS_SAID, CHECKS, DEFAULTS, Recipe, checked, parse_settings, written
from trainlab.experiment.schedules import parse_schedule
from trainlab.experiment.stopping import EarlyStopping

# The second table of the contract, key by key.
AGREED = (
    *("optimizer", "learning_rate", "schedule", "clip_norm", "clip_value", "ema", "accumulate"),
    *("batch_size", "epochs", "loss", "output"),
    *("l1", "l2", "l1_l2", "activity_l1", "activity_l2", "weight_decay", "max_norm"),
    *("dropout", "gaussian_dropout", "alpha_dropout", "drop_connect", "gaussian_noise", "label_smoothing"),
    *("batch_norm", "layer_norm", "weight_norm"),
    *("hidden", "width", "depth", "activation", "initializer", "model"),
    *("train_rows", "train_fraction", "class_weight", "resample", "irrelevant_features"),
    *("augment", "early_stopping", "ensemble", "prune"),
)
# How each setting that has an off-value may say it.
OFF = {
    **dict.fromkeys(("schedule", "clip_norm", "clip_value", "max_norm", "train_rows"), (False, "none")),
    **dict.fromkeys(("class_weight", "resample", "irrelevant_features", "augment"), (False, "none")),
    **dict.fromkeys(("batch_norm", "layer_norm", "weight_norm", "early_stopping"), (False, "none")),
    **dict.fromkeys(("ema", "label_smoothing"), (False, "none", 0, -0.0)),
    **dict.fromkeys(
        (
            *("l1", "l2", "activity_l1", "activity_l2", "weight_decay", "dropout", "gaussian_dropout"),
            *("alpha_dropout", "drop_connect", "gaussian_noise", "prune"),
        ),
        (False, "none", 0, -0.0, [0, 0], {"strength": 0, "at": "last"}, Placed(0.0, "last")),
    ),
    "l1_l2": (False, "none", [0, 0], [[0, 0], [0, 0]], {"strength": [0, 0], "at": "input"}),
    "ensemble": (False, "none", 1, {"members": 1, "control": False}),
    "accumulate": (1,),
    "train_fraction": (1,),
}
OFF["schedule"] += ("constant", {"warmup": 0})


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
    The vocabulary of settings is exactly what was agreed, and exactly what a recipe holds.
    """
    assert tuple(CHECKS) == AGREED
    assert tuple(field.name for field in dataclasses.fields(Recipe)) == AGREED


def test_a_recipe_says_what_was_asked_for_and_no_more():
    """
    Settings that are off are left out; optimizer, learning rate, batch size and epochs are always said.
    """
    assert tuple(Recipe().settings()) == ALWAYS_SAID
    assert Recipe(dropout=[0.1, 0.2], batch_norm=True, epochs=3).settings() == {
        "optimizer": "adam",
        "learning_rate": None,
        "batch_size": 32,
        "epochs": 3,
        "dropout": [0.1, 0.2],
        "batch_norm": True,
    }


@pytest.mark.parametrize("key, value", [(key, value) for key, values in OFF.items() for value in values])
def test_what_is_off_is_off_however_it_is_written(key, value):
    """
    Each way to write that a setting is off makes the recipe that does not name it, also as a change.
    """
    asked = {"epochs": 3}

    assert Recipe(**asked, **{key: value}) == Recipe(**asked)
    assert hash(Recipe(**asked, **{key: value})) == hash(Recipe(**asked))
    assert Recipe(**{key: value}).document() == Recipe().document()
    assert Recipe().changed(parse_settings({key: value}, "a")) == Recipe()


@pytest.mark.parametrize(
    "settings",
    [
        {"schedule": {"cosine": {}, "warmup": 2}},
        {"clip_norm": 1.0},
        {"clip_value": 1.0},
        {"max_norm": [1.0, 2.0]},
        {"l1_l2": [0.1, 0.2]},
        {"dropout": {"strength": 0.3, "at": "last"}},
        {"gaussian_noise": 0.1},
        {"weight_norm": {"at": "last"}},
        {"train_rows": 8},
        {"class_weight": "balanced"},
        {"irrelevant_features": {"noise": 3}},
        {"augment": {"noise": 0.1}},
        {"early_stopping": {"patience": 2}},
        {"ensemble": 3},
    ],
)
def test_a_change_can_turn_off_what_the_recipe_turns_on(settings):
    """
    `false` in a variant takes back what all variants share.
    """
    recipe = Recipe(**settings)

    assert recipe != Recipe()
    assert recipe.changed(dict.fromkeys(settings, False)) == Recipe()


@pytest.mark.parametrize(
    "settings",
    [
        {"schedule": {"one_cycle": {"peak": 0.1}, "warmup": 2}},
        {"dropout": {"strength": [0.1, 0.2], "at": ["one", "two"]}},
        {"l2": {"strength": 0.1, "at": {"first": 2}, "on": ["kernel", "bias"]}},
        {"l1_l2": {"strength": [[0.1, 0.2], [0.3, 0.4]], "on": "bias"}},
        {"gaussian_noise": {"strength": 0.1, "at": "hidden"}},
        {"batch_norm": {"at": "last", "before_activation": True}},
        {"model": {"cnn": {"filters": [4], "kernel": 5}}},
        {"model": {"keras": "a.keras", "freeze": ["one"]}},
        {"class_weight": {"cat": 2, "dog": 1}},
        {"augment": {"flip": "both", "mixup": 0.2, "cutout": 4}},
        {"early_stopping": {"patience": 2, "monitor": "metric", "smooth": 3}},
        {"ensemble": {"members": 3, "control": False}},
    ],
)
def test_a_checked_value_passes_its_own_check(settings):
    """
    What a check gives is taken as it is, written plainly, and read back from what is written.
    """
    ((key, value),) = settings.items()
    found = checked(key, value, "here")

    assert checked(key, found, "here") == found
    assert checked(key, written(key, found), "here") == found
    for copied in (copy.deepcopy(Recipe(**settings)), pickle.loads(pickle.dumps(Recipe(**settings)))):  # noqa: S301
        assert copied == Recipe(**settings)
        assert hash(copied) == hash(Recipe(**settings))


def test_techniques_in_force_have_their_places():
    """
    Plain strengths stand at their usual place, pairs as their two parts, and what is off is not there.
    """
    recipe = Recipe(
        dropout=0.3,
        gaussian_noise=0.1,
        l2=0,
        max_norm={"strength": 2, "at": "last"},
        l1_l2=[[0, 0.2], [0, 0.4]],
    )

    assert recipe.techniques == {
        "dropout": Placed(0.3, "hidden"),
        "gaussian_noise": Placed(0.1, "input"),
        "max_norm": Placed(2.0, "last"),
        "l2": Placed((0.2, 0.4), "hidden"),
    }
    assert Recipe(l1_l2={"strength": [0.1, 0.2], "at": "last", "on": "bias"}).techniques == {
        "l1": Placed(0.1, "last", ("bias",)),
        "l2": Placed(0.2, "last", ("bias",)),
    }
    assert Recipe().techniques == {}


def test_normalizations_in_force_have_their_places():
    """
    `true` is the usual place, and a normalization that is off is not there.
    """
    recipe = Recipe(batch_norm=True, layer_norm=False, weight_norm={"at": "last"})

    assert recipe.normalizations == {"batch_norm": Normalized(), "weight_norm": Normalized("last")}


def test_members_are_counted():
    """
    A recipe without an ensemble is one network.
    """
    assert [Recipe(ensemble=members).members for members in (1, 3, None, False)] == [1, 3, 1, 1]


@pytest.mark.parametrize(
    "settings, match",
    [
        ({"clip_norm": 1, "clip_value": 1}, r"^recipe\.clip_value: both `clip_norm` and `clip_value`\. Keep"),
        ({"train_rows": 8, "train_fraction": 0.5}, r"^recipe\.train_fraction: both `train_rows` and"),
        ({"l1_l2": [0, 1], "l1": 1}, r"^recipe\.l1_l2: both `l1_l2` and `l1`\. Write both strengths"),
        ({"l1_l2": [0, 1], "l2": [1, 2]}, r"^recipe\.l1_l2: both `l1_l2` and `l2`"),
        (
            {"model": {"linear": {}}, "hidden": [8]},
            r"^recipe\.hidden: both `model` and `hidden`\. Write the sizes inside",
        ),
        (
            {"weight_decay": 0.1, "optimizer": {"adamw": {"weight_decay": 0.1}}},
            r"^recipe\.weight_decay: weight decay twice.*Keep `weight_decay:` of the recipe",
        ),
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings, match):
    """
    Two settings of which only one can be in force are refused together, and each passes alone.
    """
    for key, value in settings.items():
        Recipe(**{key: value})
    with pytest.raises(UsageError, match=match):
        Recipe(**settings)


def test_a_contradiction_is_told_where_the_variant_brings_it():
    """
    Where base and change are each right, what the change says is named, or else the variant.
    """
    with pytest.raises(UsageError, match=r"^variants\.a\.clip_value: both `clip_norm`"):
        Recipe(clip_norm=1).changed({"clip_value": 1}, "variants.a")
    with pytest.raises(UsageError, match=r"^variants\.a: both `clip_norm`"):
        Recipe(clip_value=1).changed({"clip_norm": 1}, "variants.a")
    assert Recipe(clip_value=1).changed({"clip_norm": 1, "clip_value": False}) == Recipe(clip_norm=1)


def test_longer_forms_of_python_are_taken():
    """
    The values of Python stand for what a file writes.
    """
    said = Recipe(early_stopping=EarlyStopping(3), schedule=parse_schedule("cosine"), l2=Placed((0.1, 0.2)))

    assert said == Recipe(early_stopping={"patience": 3}, schedule={"cosine": {}}, l2=[0.1, 0.2])
    assert Recipe(l2=np.array([0.1, 0.2])) == Recipe(l2=[0.1, 0.2])
    assert Recipe(batch_norm=np.bool_(True), early_stopping=np.bool_(False)) == Recipe(batch_norm=True)


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
        ({"l2": [0.1, -0.2]}, r"^recipe\.l2\.1: not in the allowed range"),
        ({"l2": []}, r"^recipe\.l2: too short a list"),
        ({"l2": True}, r"^recipe\.l2: not a number"),
        ({"dropout": 1}, r"^recipe\.dropout: not in the allowed range.*\[0, 1\)"),
        (
            {"dropout": {"strength": 1, "at": "input"}},
            r"^recipe\.dropout\.strength: not in the allowed range",
        ),
        ({"dropout": {"strength": 0.1, "at": "inptu"}}, r"^recipe\.dropout\.at: no such place"),
        ({"prune": 1}, r"^recipe\.prune: not in the allowed range.*\[0, 1\)"),
        ({"drop_connect": -0.1}, r"^recipe\.drop_connect: not in the allowed range"),
        ({"max_norm": 0}, r"^recipe\.max_norm: not in the allowed range.*above 0"),
        ({"l1_l2": 0.1}, r"^recipe\.l1_l2: not a pair of strengths.*`\[l1, l2\]`"),
        ({"label_smoothing": 1}, r"^recipe\.label_smoothing: not in the allowed range.*\[0, 1\)"),
        ({"ema": 1}, r"^recipe\.ema: not in the allowed range"),
        ({"accumulate": 0}, r"^recipe\.accumulate: not in the allowed range"),
        ({"clip_norm": 0}, r"^recipe\.clip_norm: not in the allowed range.*above 0"),
        ({"clip_value": "big"}, r"^recipe\.clip_value: not a number"),
        ({"schedule": "cosin"}, r"^recipe\.schedule: unknown schedule.*`cosine`"),
        ({"loss": "hubert"}, r"^recipe\.loss: unknown loss.*`huber`"),
        ({"output": "sofmax"}, r"^recipe\.output: unknown output activation.*`softmax`"),
        ({"batch_norm": "yes"}, r"^recipe\.batch_norm: neither true nor false.*`\{at: \.\.\.\}`"),
        ({"width": 0}, r"^recipe\.width: not in the allowed range.*above 0"),
        ({"depth": -1}, r"^recipe\.depth: not in the allowed range"),
        ({"initializer": "he_norml"}, r"^recipe\.initializer: unknown initializer.*`he_normal`"),
        ({"model": {"mpl": [3]}}, r"^recipe\.model\.mpl: unknown model.*`mlp`"),
        ({"train_fraction": 0}, r"^recipe\.train_fraction: not in the allowed range.*\(0, 1\]"),
        ({"class_weight": "balance"}, r"^recipe\.class_weight: neither `balanced` nor a mapping"),
        ({"resample": "both"}, r"^recipe\.resample: unknown way to resample.*over, under"),
        ({"irrelevant_features": 3}, r"^recipe\.irrelevant_features: not a kind of column"),
        ({"augment": {"zom": 1}}, r"^recipe\.augment\.zom: unknown transformation.*`zoom`"),
        ({"early_stopping": 5}, r"^recipe\.early_stopping: neither true nor false.*`\{patience: 5\}`"),
        ({"ensemble": 0}, r"^recipe\.ensemble: not in the allowed range"),
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


@pytest.mark.parametrize("key", [key for key, value in DEFAULTS.items() if value is None])
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


@pytest.mark.parametrize("word", CHECKS)
def test_a_slip_in_any_word_is_answered_with_it(word):
    """
    Every setting is suggested where its last letter is missing, and needs a value where it is named.
    """
    if word[:-1] not in CHECKS:
        with pytest.raises(
            UsageError, match=rf"unknown setting .*(Did you mean `{word[:-1]}.`|Known are: .*{word})"
        ):
            parse_settings({word[:-1]: 1}, "recipe")
    with pytest.raises(UsageError, match=rf"^recipe\.{word}: `{word}` has no value\. Write a value"):
        parse_settings({word: None}, "recipe")


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
