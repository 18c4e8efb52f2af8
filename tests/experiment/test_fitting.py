"""Whether a recipe fits the data, told before anything is built."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Holdout
from trainlab.errors import DataError, UsageError
from trainlab.experiment.fitting import check_fit
from trainlab.experiment.places import Place
from trainlab.experiment.recipe import Recipe

CLASSES = Dataset(np.arange(40.0).reshape(20, 2), np.arange(20) % 2)
AMOUNTS = Dataset(np.arange(40.0).reshape(20, 2), np.arange(20) / 7 - 1)
IMAGES = Dataset(np.zeros((20, 8, 8)), np.arange(20) % 2)


def fit(settings, data, said=None):
    """Check a recipe of some settings, all of which stand in the variant `v`, or those that are said to."""
    folds = split(data, Holdout(0.2))
    said = settings if said is None else said
    check_fit(Recipe(**settings), said, data, folds=folds, split_seed=0, where=Place("variants", "v"))


@pytest.mark.parametrize(
    "settings, data",
    [
        ({"label_smoothing": 0.1, "class_weight": "balanced", "resample": "over"}, CLASSES),
        ({"loss": "hinge"}, CLASSES),
        ({"loss": "huber", "irrelevant_features": {"noise": 3}}, AMOUNTS),
        ({"label_smoothing": 0.0, "class_weight": False}, AMOUNTS),
        ({"augment": {"flip": "both", "cutout": 7, "mixup": 0.2}}, IMAGES),
        ({"augment": {"noise": 0.1}, "class_weight": "balanced"}, CLASSES),
        ({"augment": False, "irrelevant_features": {"zeros": 1}}, IMAGES),
        ({"train_rows": 16}, CLASSES),
        ({"train_fraction": 1}, CLASSES),
        ({"train_fraction": 0.5}, AMOUNTS),
    ],
)
def test_what_the_data_can_take_passes(settings, data):
    """
    Settings that fit targets, shapes and rows are let through, and so is whatever is off.
    """
    fit(settings, data)


@pytest.mark.parametrize(
    "settings, data, match",
    [
        (
            {"label_smoothing": 0.1},
            AMOUNTS,
            r"^variants\.v\.label_smoothing: the targets are amounts, not classes\. Leave it out",
        ),
        ({"class_weight": "balanced"}, AMOUNTS, r"^variants\.v\.class_weight: the targets are amounts"),
        ({"resample": "over"}, AMOUNTS, r"^variants\.v\.resample: the targets are amounts"),
        ({"loss": "dice"}, AMOUNTS, r"^variants\.v\.loss: `loss: dice` does not fit a regression"),
        ({"loss": "mape"}, CLASSES, r"^variants\.v\.loss: .*does not fit a classification"),
        ({"augment": {"zoom": 0.1}}, CLASSES, r"^variants\.v\.augment\.zoom: `zoom` needs images"),
        ({"augment": {"cutout": 8}}, IMAGES, r"^variants\.v\.augment\.cutout: the square is not smaller"),
        ({"train_rows": 17}, CLASSES, r"^variants\.v\.train_rows: there are 16 training rows"),
        ({"train_fraction": 1e-6}, CLASSES, r"^variants\.v\.train_fraction: "),
    ],
)
def test_what_the_data_cannot_take_is_refused_by_name(settings, data, match):
    """
    A setting that the data can't take is named where it stands, and passes where it stands elsewhere.
    """
    with pytest.raises(UsageError, match=match):
        fit(settings, data)
    fit(settings, data, said=())


@pytest.mark.parametrize(
    "said, match",
    [
        ({"augment"}, r"^variants\.v\.augment: both `augment` and `irrelevant_features`\. Keep one"),
        ({"irrelevant_features"}, r"^variants\.v\.irrelevant_features: both `augment` and"),
    ],
)
def test_appended_columns_and_transformed_rows_exclude_each_other(said, match):
    """
    Whichever of the two the variant brings to the other of the recipe, the pair is refused.
    """
    with pytest.raises(UsageError, match=match):
        fit({"augment": {"noise": 0.1}, "irrelevant_features": {"noise": 3}}, CLASSES, said)


@pytest.mark.parametrize(
    "said, match",
    [
        ({"augment"}, r"^variants\.v\.augment\.mixup: both `mixup` and `class_weight`\. Keep one"),
        ({"class_weight"}, r"^variants\.v\.class_weight: both `mixup` and `class_weight`"),
    ],
)
def test_mixed_rows_have_no_class_to_weigh(said, match):
    """
    Whichever of the two the variant brings to the other of the recipe, the pair is refused.
    """
    with pytest.raises(UsageError, match=match):
        fit({"augment": {"mixup": 0.2}, "class_weight": "balanced"}, CLASSES, said)


def test_targets_that_a_loss_is_not_defined_for_are_a_fault_of_the_data():
    """
    A loss of amounts that these rows have not is answered with the first such row.
    """
    with pytest.raises(DataError, match=r"`loss: poisson` needs targets of at least 0 \(got -1\.0\)"):
        fit({"loss": "poisson"}, AMOUNTS)


def test_several_inputs_take_no_columns_and_no_transformations():
    """
    Where the data have several inputs, it can't be said which of them is meant.
    """
    data = Dataset({"a": np.zeros((20, 2)), "b": np.zeros((20, 3))}, np.arange(20) % 2)

    for settings in ({"augment": {"noise": 0.1}}, {"irrelevant_features": {"noise": 3}}):
        with pytest.raises(UsageError, match=r"^variants\.v\.\w+: the data have several inputs\. Leave"):
            fit(settings, data)
