"""The cocktail: what it holds for which data, and that every point of it is a recipe that can be trained."""

import numpy as np
import pytest

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.engine.cohort import make_cohorts
from trainlab.engine.workshop import Workshop
from trainlab.experiment.cocktail import TECHNIQUES, ablations, cocktail, left_out
from trainlab.experiment.fitting import check_fit
from trainlab.experiment.models import Cnn, Mlp
from trainlab.experiment.places import Place
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.space import parse_space
from trainlab.experiment.spec import Experiment

CLASSES = np.arange(40) % 2


def rows(*shape):
    """Forty rows of a shape."""
    return np.random.default_rng(0).random((40, *shape), np.float32)


def bytes_of(*shape):
    """Forty rows of bytes, as images have."""
    return np.random.default_rng(0).integers(0, 256, (40, *shape)).astype(np.uint8)


DATA = {
    "table": Dataset(rows(3), CLASSES),
    "amounts": Dataset(rows(3), np.linspace(0.0, 1.0, 40)),
    "categories": Dataset(
        np.column_stack([rows(), CLASSES]),
        CLASSES,
        columns=[Column("a"), Column("b", "category", ("x", "y"))],
    ),
    "texts": Dataset(
        np.arange(40.0)[:, None],
        CLASSES,
        columns=[Column("said", "text", tuple(f"word {n}" for n in range(40)))],
    ),
    "images": Dataset(bytes_of(8, 8, 1), CLASSES),
    "images without channels": Dataset(bytes_of(8, 8), CLASSES),
    "sequences": Dataset(rows(20, 2), CLASSES),
    "two inputs": Dataset({"one": rows(3), "other": rows(8, 8, 1)}, CLASSES),
}


def kinds_in(space):
    """Name the augmentations of a space."""
    return [kind for option in space.get("augment", [False])[1:] for kind in option]


@pytest.mark.parametrize(
    "name, kinds",
    [
        ("table", ["mixup"]),
        ("amounts", ["mixup"]),
        ("categories", []),
        ("texts", ["word_dropout"]),
        ("images", ["mixup", "cutout", "rotation", "translation", "zoom"]),
        ("images without channels", ["mixup", "cutout", "rotation", "translation", "zoom"]),
        ("sequences", ["mixup", "shift", "mask"]),
        ("two inputs", []),
    ],
)
def test_rows_are_augmented_as_their_kind_allows(name, kinds):
    """
    Images are moved, sequences shifted, words dropped, numbers blended, and no row is flipped.
    """
    assert kinds_in(cocktail(DATA[name])) == kinds


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("hidden", [(6,), ()])
def test_every_corner_is_a_recipe_that_fits_the_data(name, hidden):
    """
    The grammar takes the space, and each bound and option of it passes the checks that an experiment does.
    """
    data, model = DATA[name], Mlp(hidden)
    space = parse_space(cocktail(data, model, Recipe(epochs=200)))
    experiment = Experiment(data, model, baselines=False)
    middle = [parameter.position(parameter.spaced(3)[-1]) for parameter in space.parameters]

    for place, parameter in enumerate(space.parameters):
        for value in parameter.spaced(2):
            unit = [0.999 * position for position in middle]
            unit[place] = 0.999 * parameter.position(value)
            settings = space.settings(space.point(unit))
            recipe = Recipe().changed(settings)
            check_fit(recipe, settings, data, folds=experiment.folds, split_seed=0, where=Place("found"))


@pytest.mark.parametrize(
    "name, model",
    [("images", Mlp((6,))), ("images", Cnn((2,))), ("table", Mlp(())), ("amounts", Mlp((4, 3)))],
)
def test_networks_take_all_of_it_at_once(name, model):
    """
    With every technique on, at its strongest, layers are found for it; all off, nothing is changed.
    """
    data = DATA[name]
    space = parse_space(cocktail(data, model, Recipe(epochs=200)))
    points = [space.point([position] * len(space.parameters)) for position in (0.0, 0.999)]
    variants = {str(place): space.settings(point) for place, point in enumerate(points)}
    experiment = Experiment(data, model, Recipe(epochs=200), variants, seeds=1, baselines=False)

    cohorts = make_cohorts(experiment, experiment.folds, Workshop(experiment, experiment.folds))

    assert sum(len(cohort.runs) for cohort in cohorts) == 2
    on = {key for key, value in variants["1"].items() if value is not False}
    assert on == set(cocktail(data, model, Recipe(epochs=200)))
    assert {key: value for key, value in variants["0"].items() if value is not False} == {}


def test_what_the_recipe_says_stays_as_it_says():
    """
    A technique of the recipe, another form of it, and the optimizer's own weight decay are left alone.
    """
    table = DATA["table"]
    said = Recipe(gaussian_dropout=0.1, l1_l2=[1e-4, 1e-3], optimizer={"adamw": {"weight_decay": 0.01}})

    assert not {"dropout", "l1", "l2", "weight_decay"} & set(cocktail(table, Mlp((4,)), said))
    assert {"dropout", "l1", "l2", "weight_decay"} <= set(cocktail(table, Mlp((4,))))
    assert kinds_in(cocktail(table, Mlp((4,)), Recipe(class_weight="balanced"))) == []


def test_units_of_selu_are_dropped_as_they_must_be():
    """
    Alpha dropout keeps mean and variance of SELU units, and takes the place of dropout there.
    """
    table = DATA["table"]

    assert "alpha_dropout" in cocktail(table, Mlp((4,), "selu"))
    assert "dropout" not in cocktail(table, Mlp((4,)), Recipe(activation="selu"))


def test_only_classes_are_smoothed():
    """
    Amounts have no labels to smooth.
    """
    assert "label_smoothing" in cocktail(DATA["table"])
    assert "label_smoothing" not in cocktail(DATA["amounts"])


def test_averages_of_weights_reach_over_a_share_of_the_training():
    """
    Of 4,000 steps the last 80 to 400 are averaged; trainings of few steps have no average.
    """
    space = cocktail(DATA["table"], Mlp((4,)), Recipe(batch_size=10, epochs=1_000))
    low, high = space["ema"][1]["linear"]

    assert 1 / (1 - low) == pytest.approx(80, rel=1e-2)
    assert 1 / (1 - high) == pytest.approx(400, rel=1e-2)
    assert "ema" not in cocktail(DATA["table"], Mlp((4,)), Recipe(epochs=5))


def test_each_ablation_differs_from_what_was_found_in_one_technique():
    """
    What is off has no ablation, other settings stay, and each fold keeps its own strengths.
    """
    tuned = [
        {"learning_rate": 0.1, "dropout": 0.3, "l2": False, "augment": {"mixup": 0.2}},
        {"learning_rate": 0.2, "dropout": False, "l2": 0.0, "augment": {"mixup": 0.5}},
    ]
    made = ablations("found", tuned)

    assert list(made) == ["found: without dropout", "found: without augment", "found: without any"]
    assert made["found: without dropout"] == ({**tuned[0], "dropout": False}, tuned[1])
    assert made["found: without any"][1] == {**tuned[1], "augment": False}
    assert left_out("found", ["found", *made]) == {
        "dropout": "found: without dropout",
        "augment": "found: without augment",
        "any": "found: without any",
    }
    assert ablations("found", [{"learning_rate": 0.1, "l2": False}]) == {}


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_every_technique_can_be_left_out(technique):
    """
    `false` is a value of each of them, and turns it off.
    """
    assert getattr(Recipe().changed({technique: False}), technique) == getattr(Recipe(), technique)
