"""Which factors variants cross: from grids, from variants written by hand, and where there are none."""

import pytest

from trainlab.comparison.factors import design_of
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.spec import Experiment
from trainlab.experiment.variants import grid, one_at_a_time
from trainlab.testing import tiny_data

BY_HAND = {"plain": {}, "l2": {"l2": 0.1}, "drop": {"dropout": 0.3}, "both": {"dropout": 0.3, "l2": 0.1}}
RECIPE = {"l2": 0.0, "dropout": 0.0}


def weights(contrasts):
    """What each contrast counts, by its levels."""
    return {(found.factors, found.levels): dict(found.weights) for found in contrasts}


def test_variants_by_hand_cross_what_they_change():
    """
    What a variant does not mention is as the recipe has it, so four names are a grid of two by two.
    """
    design = design_of(BY_HAND, RECIPE, "plain")

    assert [(factor.name, factor.levels) for factor in design.factors] == [
        ("l2", ("off", "0.1")),
        ("dropout", ("off", "0.3")),
    ]
    assert design.full
    assert weights(design.main_effects()) == {
        (("l2",), ("0.1",)): {"plain": -0.5, "l2": 0.5, "drop": -0.5, "both": 0.5},
        (("dropout",), ("0.3",)): {"plain": -0.5, "l2": -0.5, "drop": 0.5, "both": 0.5},
    }
    assert weights(design.interactions()) == {
        (("l2", "dropout"), ("0.1", "0.3")): {"plain": 1.0, "l2": -1.0, "drop": -1.0, "both": 1.0}
    }


def test_a_value_said_is_the_value_left_out():
    """
    0, 0.0, false and nothing at all are one level, as are 1 and 1.0.
    """
    said = {
        "plain": {"l2": 0},
        "l2": {"l2": 1},
        "drop": {"dropout": 0.3},
        "both": {"l2": 1.0, "dropout": 0.3},
    }

    design = design_of(said, {"l2": False, "dropout": 0.0}, "plain")

    assert design.full
    assert design.factors[0].levels == ("off", "1")


def test_a_missing_corner_leaves_what_its_partners_tell():
    """
    Without one of eight combinations the effects rest on the pairs and fours that are there.
    """
    variants = {
        f"{a}{b}{c}": {"l2": 0.1 * a, "dropout": 0.3 * b, "l1": 0.2 * c}
        for a in (0, 1)
        for b in (0, 1)
        for c in (0, 1)
        if (a, b, c) != (1, 1, 1)
    }

    design = design_of(variants, {}, "000")

    assert not design.full
    (l2, *_), (l2_and_dropout, *_) = design.main_effects(), design.interactions()
    assert (l2.settings, l2.weights["100"], "011" in l2.weights) == (3, pytest.approx(1 / 3), False)
    assert (l2_and_dropout.settings, set(l2_and_dropout.weights)) == (1, {"000", "100", "010", "110"})


def test_three_levels_have_two_effects_each_against_the_reference_s():
    """
    The reference need not be the first, nor have the lowest level.
    """
    variants = {f"{a} {b}": {"l2": a, "dropout": b} for a in (0.1, 0.0, 0.2) for b in (0.3, 0.0)}

    design = design_of(variants, {}, "0.2 0.0")

    assert design.factors[0].levels == ("0.2", "0.1", "off")
    assert [found.levels for found in design.main_effects()] == [("0.1",), ("off",), ("0.3",)]
    assert [found.levels for found in design.interactions()] == [("0.1", "0.3"), ("off", "0.3")]
    assert all(found.against[0] == "0.2" for found in design.main_effects()[:2])


def test_a_rate_that_comes_with_the_optimizer_is_no_factor_of_its_own():
    """
    The experiment writes each optimizer's own rate beside it: it follows, and the grid stays two by two.
    """
    experiment = Experiment(
        tiny_data(),
        variants=grid({"optimizer": ["sgd", "adam"], "dropout": [0, 0.3]}),
        recipe=Recipe(epochs=1),
    )
    document = experiment.document()
    assert any("learning_rate" in changes for changes in document["variants"].values())

    design = design_of(document["variants"], document["recipe"], experiment.reference.name)

    assert [(factor.name, factor.follows) for factor in design.factors] == [
        ("optimizer", ("learning_rate",)),
        ("dropout", ()),
    ]
    assert design.full


@pytest.mark.parametrize(
    "variants",
    [
        one_at_a_time({"l2": [0.1], "dropout": [0.1, 0.3]}),
        grid({"dropout": [0, 0.1, 0.3]}),
        grid({"dropout": [0]}),
    ],
)
def test_without_a_crossing_there_is_no_design(variants):
    """
    One factor, or factors that are never on together, tell no more than the comparison does.
    """
    changes = {variant.name: variant.document() for variant in variants}

    assert design_of(changes, RECIPE, next(iter(changes))) is None


def test_an_ensemble_and_its_control_are_no_grid():
    """
    Members and epochs change together in the control and apart in nothing.
    """
    variants = {"plain": {}, "three": {"ensemble": 3}, "three: control": {"ensemble": 1, "epochs": 30}}

    assert design_of(variants, {"ensemble": 1, "epochs": 10}, "plain") is None
