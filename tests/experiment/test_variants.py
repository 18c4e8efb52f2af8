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
    one_at_a_time,
    parse_variants,
    reference,
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
        ({"a": {"early_stopping": True}}, r"^variants\.a\.early_stopping: `early_stopping` is not in this"),
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
        ({"early_stopping": [True]}, "`early_stopping` is not in this version yet"),
        ({"seeds": [1]}, "unknown setting"),
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
