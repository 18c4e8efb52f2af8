"""Variants: written one by one, spanned by a grid, one at a time, and how they are named."""

import copy
import pickle

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.variants import (
    Variant,
    grid,
    is_control,
    one_at_a_time,
    parse_variants,
    reference,
    with_controls,
    with_epochs,
)


def test_variants_keep_the_order_in_which_they_are_written():
    """
    Variants come in the order of the mapping, and an empty key is an empty change.
    """
    variants = parse_variants({"z": {"l2": 0.1}, "a": None, "m": {}})

    assert [variant.name for variant in variants] == ["z", "a", "m"]
    assert [dict(variant.changes) for variant in variants] == [{"l2": 0.1}, {}, {}]


def test_a_variant_changes_what_it_says_and_nothing_else():
    """
    The recipe of a variant is the base with its changes.
    """
    base = Recipe(epochs=7, l2=0.1)

    assert Variant("a", {"hidden": (8, 4)}).recipe(base) == Recipe(epochs=7, l2=0.1, hidden=[8, 4])
    assert Variant("b", {}).recipe(base) == base


def test_a_variant_is_one_value_however_it_is_written():
    """
    Lists, tuples and NumPy's numbers make equal variants that hash alike.
    """
    one = Variant("a", {"hidden": [8], "l2": np.float64(0.5)})
    same = Variant("a", {"l2": 0.5, "hidden": (8,)})

    assert one == same
    assert hash(one) == hash(same)
    assert one != Variant("a", {"l2": 0.5})


def test_a_variant_cannot_be_changed_from_outside():
    """
    Neither the mapping that was given nor the one that is held can change a variant.
    """
    given = {"l2": 0.1}
    variant = Variant("a", given)
    given["l2"] = 0.2

    assert variant.changes["l2"] == 0.1
    with pytest.raises(TypeError, match="does not support item assignment"):
        variant.changes["l2"] = 0.3


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda variant: pickle.loads(pickle.dumps(variant))])  # noqa: S301
def test_a_variant_can_be_copied(copied):
    """
    A copy, deep or through bytes, is equal.
    """
    variant = Variant("a", {"optimizer": {"sgd": {"momentum": 0.9}}})

    assert copied(variant) == variant


def test_a_variant_writes_plain_values():
    """
    What a variant writes is what a file would say, and reads back.
    """
    variant = Variant("a", {"optimizer": {"sgd": {"momentum": 0.9}}, "hidden": (8,), "batch_size": "all"})

    assert variant.document() == {"optimizer": {"sgd": {"momentum": 0.9}}, "hidden": [8], "batch_size": "all"}
    assert Variant("a", variant.document()) == variant


@pytest.mark.parametrize(
    "value, match",
    [
        (["a", "b"], r"^variants: not a mapping of names to changes.*\{baseline: \{\}"),
        (None, "not a mapping of names to changes"),
        ("baseline", "not a mapping of names to changes"),
        ({"a": 3}, r"^variants\.a: not a mapping of keys to values"),
        ({"a": {"drop_out": 1}}, r"^variants\.a\.drop_out: unknown setting.*`dropout`"),
        ({"v1.5": {"dropout": 1}}, r"^variants\.v1\.5\.dropout: not in the allowed range"),
        ({"a": {"early_stopping": 5}}, r"^variants\.a\.early_stopping: neither true nor false"),
        ({"a": {"schedule": None}}, r"^variants\.a\.schedule: `schedule` has no value"),
        ({"a": {"l2": {"strength": 1, "at": "lst"}}}, r"^variants\.a\.l2\.at: no such place"),
        ({"": {}}, "a variant without a name"),
        ({" \t": {}}, "a variant without a name"),
        ({"a\nb": {}}, "a variant's name of several lines"),
        ({"a\u2028b": {}}, "a variant's name of several lines"),
        ({"\x1b[2J": {}}, "a text with control characters"),
        ({"x" * 10_001: {}}, "longer than 10000 characters"),
        (dict.fromkeys(map(str, range(10_001))), r"^variants: 10001 variants\. Compare at most 10000\."),
    ],
)
def test_impossible_variants_are_refused(value, match):
    """
    A list, an unknown setting, an impossible value and a name that cannot be printed are refused.
    """
    with pytest.raises(UsageError, match=match):
        parse_variants(value)


def test_a_variant_made_in_python_is_checked_too():
    """
    A variant cannot hold an impossible change, wherever it is made.
    """
    with pytest.raises(UsageError, match=r"^variants\.a\.dropout: not in the allowed range"):
        Variant("a", {"dropout": 2})


def test_a_grid_is_every_combination():
    """
    A grid varies its last key fastest, and its first combination is the reference.
    """
    variants = grid({"optimizer": ["sgd", "adam"], "hidden": [[], [8, 4]]})

    assert [variant.name for variant in variants] == [
        "optimizer=sgd, hidden=none",
        "optimizer=sgd, hidden=8-4",
        "optimizer=adam, hidden=none",
        "optimizer=adam, hidden=8-4",
    ]
    assert reference(variants) == variants[0]


def test_one_at_a_time_has_a_baseline():
    """
    Each variant differs from an empty baseline in one value.
    """
    variants = one_at_a_time({"l2": np.array([0.1]), "batch_size": ["all", 8]})

    assert [variant.name for variant in variants] == ["baseline", "l2=0.1", "batch_size=all", "batch_size=8"]
    assert reference(variants).name == "baseline"


def test_names_tell_near_values_apart():
    """
    Values that agree in six digits get two names.
    """
    variants = grid({"learning_rate": [0.1234567, 0.1234568, 1e-5, 100]})

    assert [variant.name.removeprefix("learning_rate=") for variant in variants] == [
        "0.1234567",
        "0.1234568",
        "1e-05",
        "100",
    ]


def test_names_tell_an_optimizers_numbers():
    """
    A number of zero and a truth value are part of the name.
    """
    choices = ["sgd", {"sgd": {"momentum": 0}}, {"sgd": {"momentum": 0.9, "nesterov": True}}]

    assert [variant.name for variant in grid({"optimizer": choices})] == [
        "optimizer=sgd",
        "optimizer=sgd(momentum=0)",
        "optimizer=sgd(momentum=0.9, nesterov=true)",
    ]


@pytest.mark.parametrize(
    "key, value, name",
    [
        ("hidden", [8], "hidden=8"),
        ("dropout", [0.3], "dropout=[0.3]"),
        ("dropout", [0.3, 0.5], "dropout=0.3-0.5"),
        ("dropout", {"strength": 0.3, "at": "last"}, "dropout=0.3 at last"),
        ("dropout", {"strength": [0.3, 0.5], "at": {"first": 2}}, "dropout=0.3-0.5 at first 2"),
        ("dropout", {"strength": 0.3, "at": ["a", "b c"]}, 'dropout=0.3 at [a, "b c"]'),
        ("dropout", {"strength": 0.3, "at": ["last"]}, "dropout=0.3 at [last]"),
        ("gaussian_noise", {"strength": 0.3, "at": "hidden"}, "gaussian_noise=0.3 at hidden"),
        ("l2", {"strength": 1e-3, "on": ["bias", "kernel"]}, "l2=0.001 on kernel+bias"),
        ("l1_l2", [0.1, 0.2], "l1_l2=0.1-0.2"),
        ("l1_l2", [[0.1, 0.2], [0.3, 0.4]], "l1_l2=[0.1-0.2, 0.3-0.4]"),
        ("schedule", False, "schedule=off"),
        ("schedule", {"step": {"every": 5}, "warmup": 2}, "schedule=(step(every=5, factor=0.5), warmup=2)"),
        ("schedule", "cosine", "schedule=cosine(restarts=0)"),
        ("batch_norm", True, "batch_norm=on"),
        ("batch_norm", False, "batch_norm=off"),
        ("batch_norm", {"before_activation": True}, "batch_norm=before_activation(true)"),
        ("early_stopping", {"patience": 5}, "early_stopping=on"),
        (
            "early_stopping",
            {"patience": 3, "monitor": "metric"},
            "early_stopping=(patience=3, monitor=metric)",
        ),
        ("ensemble", 5, "ensemble=5"),
        ("ensemble", 1, "ensemble=off"),
        ("model", {"linear": {}}, "model=linear"),
        ("model", {"mlp": [64, 32]}, "model=mlp(64-32)"),
        ("model", {"mlp": {"hidden": [], "activation": "tanh"}}, "model=mlp(none, activation=tanh)"),
        ("model", {"cnn": {"filters": [8], "hidden": [8]}}, "model=cnn(8, hidden=8)"),
        ("model", {"keras": "sub/a.keras", "freeze": "all"}, "model=keras(a.keras, freeze=all)"),
        ("model", {"python": "sub/a.py:build"}, "model=python(a.py, build)"),
        ("augment", {"flip": "both", "noise": 0.1}, "augment=(flip=both, noise=0.1)"),
        ("irrelevant_features", {"noise": 100}, "irrelevant_features=noise(100)"),
        ("class_weight", {"cat": 2, "a, b": 1}, 'class_weight=("a, b"=1, cat=2)'),
        ("train_rows", False, "train_rows=off"),
    ],
)
def test_names_are_as_short_as_a_value_can_be_told(key, value, name):
    """
    A variant that nobody named is called by its value, without what is so when nothing is said.
    """
    assert grid({key: [value]})[0].name == name


def test_names_tell_placed_values_apart():
    """
    Lists, lone entries, places, layers of the same words and texts with commas get names of their own.
    """
    at = [
        "input",
        "last",
        {"first": 1},
        {"first": 2},
        ["a", "b"],
        ["a-b"],
        ["a, b"],
        ["last"],
        ["input"],
        ["1"],
    ]
    values = [0.3, [0.3], [0.3, 0.1], *({"strength": 0.3, "at": place} for place in at)]

    names = {variant.name for variant in grid({"dropout": values})}

    assert len(names) == len(values)


def test_files_of_one_name_are_told_apart_by_their_folders():
    """
    Models are called by their files, in full where two files are called alike.
    """
    models = [{"keras": "/one/a.keras"}, {"keras": "/two/a.keras"}]

    assert [variant.name for variant in grid({"model": models})] == [
        "model=keras(/one/a.keras)",
        "model=keras(/two/a.keras)",
    ]
    renamed = with_epochs(grid({"model": models, "epochs": [5, 9]}), 1)
    assert [variant.name for variant in renamed] == [
        "model=keras(/one/a.keras), epochs=1",
        "model=keras(/two/a.keras), epochs=1",
    ]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda variant: pickle.loads(pickle.dumps(variant))])  # noqa: S301
@pytest.mark.parametrize(
    "key", ["schedule", "clip_norm", "l1_l2", "early_stopping", "ensemble", "train_rows"]
)
def test_what_a_variant_turns_off_stays_off(copied, key):
    """
    An off-value is a change like any other: it is applied, written, read back, copied and hashed.
    """
    variant = Variant("a", {key: False})

    assert variant.recipe(Recipe()) == Recipe()
    assert variant.document() == {key: False}
    assert copied(variant) == Variant("a", variant.document()) == variant
    assert hash(copied(variant)) == hash(variant)


def test_a_control_is_told_by_what_it_changes():
    """
    A variant that is merely called like a control stays as it is written.
    """
    ensemble, own = Variant("a", {"ensemble": 3, "l2": 0.1}), Variant("a: control", {"epochs": 7})

    assert with_controls([Variant("a", {}), own], Recipe()) == (Variant("a", {}), own)
    assert not is_control(own, [ensemble, own])
    with pytest.raises(UsageError, match=r"^variants\.a: control: the name of an ensemble's control"):
        with_controls([ensemble, own], Recipe())


def test_controls_are_made_once():
    """
    Giving controls to variants that have them changes nothing but the epochs, where the recipe has others.
    """
    variants = with_controls([Variant("a", {"ensemble": 3, "l2": 0.1}), Variant("b", {})], Recipe(epochs=2))

    assert variants == (
        Variant("a", {"ensemble": 3, "l2": 0.1}),
        Variant("a: control", {"ensemble": 1, "l2": 0.1, "epochs": 6}),
        Variant("b", {}),
    )
    assert with_controls(variants, Recipe(epochs=2)) == variants
    assert with_controls(variants, Recipe(epochs=4))[1].changes["epochs"] == 12
    assert [variant.name for variant in with_epochs(variants, 1)] == ["a", "b"]


@pytest.mark.parametrize("span", [grid, one_at_a_time])
@pytest.mark.parametrize(
    "value, match",
    [
        ({}, ": nothing to vary"),
        ([], ": not a mapping of keys to values"),
        ({"l2": 0.1}, r"\.l2: not a list of values.*`l2: \[a, b\]`"),
        ({"l2": []}, r"\.l2: not a list of values"),
        ({"activation": "relu"}, r"\.activation: not a list of values"),
        ({"l2": [0, "fast"]}, r"\.l2\.1: not a number"),
        ({"hidden": [64, 32]}, r"\.hidden\.0: not a list"),
        ({"l2": [0, 0.1, 0.0]}, r"\.l2\.2: the same value twice"),
        ({"l3": [0]}, r"\.l3: unknown setting"),
        ({"early_stopping": True}, r"\.early_stopping: not a list of values"),
        ({"early_stopping": [True, {"patience": 5}]}, r"\.early_stopping\.1: the same value twice"),
        ({"dropout": [0, False]}, r"\.dropout\.1: the same value twice \(got False\)"),
        ({"dropout": [0.3, {"strength": 0.3, "at": "hidden"}]}, r"\.dropout\.1: the same value twice"),
        ({"schedule": [False, "constant"]}, r"\.schedule\.1: the same value twice"),
        ({"model": [{"linear": {}}, {"mlp": []}]}, r"\.model\.1: the same value twice"),
        ({"model": {"mlp": [8]}}, r"\.model: not a list of values"),
        ({"seeds": [1]}, "`seeds` is repeated, not chosen"),
        ({"epochs": range(1, 10_002)}, r"\.epochs: 10001 values\. Compare at most 10000\."),
    ],
)
def test_an_impossible_span_is_refused(span, value, match):
    """
    What is varied must be settings, each with a list of possible values that are all different.
    """
    with pytest.raises(UsageError, match=match):
        span(value)


def test_a_grid_that_explodes_is_refused_before_it_is_spanned():
    """
    Combinations are counted, not made.
    """
    with pytest.raises(UsageError, match=r"^grid: 1000000000 combinations\. List fewer values"):
        grid({"epochs": range(1, 1001), "l2": range(1000), "batch_size": range(1, 1001)})


def test_the_reference_is_the_first_empty_variant():
    """
    The first empty variant is the reference, and the first of all where none is empty.
    """
    a, b, c = Variant("a", {"l2": 0.1}), Variant("b", {}), Variant("c", {})

    assert reference([a, b, c]) is b
    assert reference([a]) is a


def test_other_epochs_rename_what_was_named_by_them():
    """
    A name made of changes follows them, a written one stays, and what became equal by name is one variant.
    """
    variants = [*grid({"epochs": [5, 9]}), Variant("long", {"epochs": 90, "l2": 0.1}), Variant("plain", {})]

    changed = with_epochs(variants, 2)

    assert [variant.name for variant in changed] == ["epochs=2", "long", "plain"]
    assert [variant.changes.get("epochs") for variant in changed] == [2, 2, None]
