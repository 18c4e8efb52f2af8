"""Whether a recipe fits the data: what can be told from targets, shapes and rows before anything is built."""

from collections.abc import Collection, Sequence
from typing import cast

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.subsets import training_share, training_subset
from trainlab.errors import UsageError
from trainlab.experiment.augmentation import check_fits
from trainlab.experiment.losses import check_amounts, check_task
from trainlab.experiment.places import Place, standing_at
from trainlab.experiment.recipe import Recipe

_FOR_CLASSES = ("label_smoothing", "class_weight", "resample")


def check_fit(
    recipe: Recipe,
    said: Collection[str],
    data: Dataset,
    *,
    folds: Sequence[Fold],
    split_seed: int,
    where: Place,
) -> None:
    """Refuse settings that the data can't take.

    Args:
        recipe: the recipe in force.
        said: the settings that stand at the place; others are judged where they stand.
        data: the rows.
        folds: which rows train.
        split_seed: what subsets of rows are drawn from.
        where: where the settings stand.

    Raises:
        UsageError: naming the setting.
    """
    for key in _FOR_CLASSES:
        if key in said and getattr(recipe, key) and not data.classes:
            cure = "Leave it out: a regression has no classes."
            raise UsageError("the targets are amounts, not classes", where / key, None, cure)
    if "loss" in said and recipe.loss is not None:
        check_task(recipe.loss, data.task, where / "loss")
        if not data.classes:
            with standing_at(where / "loss"):
                check_amounts(recipe.loss, data.y)
    for key in ("augment", "irrelevant_features", "class_weight"):  # at the first that stands here
        if key in said and recipe.augment is not None:
            _check_augmentation(recipe, data, where / key)
            break
    if "irrelevant_features" in said and recipe.irrelevant_features is not None and len(data.parts) > 1:
        cure = "Leave it out, or give the inputs as one table."
        raise UsageError("the data have several inputs", where / "irrelevant_features", None, cure)
    for fold in folds:
        _check_share(recipe, said, data, fold, split_seed=split_seed, where=where)


def _check_augmentation(recipe: Recipe, data: Dataset, where: Place) -> None:
    if len(data.parts) > 1:
        cure = "Leave it out: which of the inputs would be transformed can't be said yet."
        raise UsageError("the data have several inputs", where, None, cure)
    if recipe.irrelevant_features is not None:
        cure = "Keep one of the two: appended columns turn rows into tables."
        raise UsageError("both `augment` and `irrelevant_features`", where, None, cure)
    check_fits(recipe.augment, cast("tuple[int, ...]", data.input_shape), where)
    if "mixup" in recipe.augment.numbers and recipe.class_weight is not None:
        cure = "Keep one of the two: a mixed row has no one class."
        place = where / "mixup" if where.keys[-1] == "augment" else where
        raise UsageError("both `mixup` and `class_weight`", place, None, cure)


def _check_share(
    recipe: Recipe, said: Collection[str], data: Dataset, fold: Fold, *, split_seed: int, where: Place
) -> None:
    if "train_rows" in said and recipe.train_rows is not None:
        with standing_at(where / "train_rows"):
            training_subset(data, fold.train, recipe.train_rows, split_seed)
    if "train_fraction" in said and recipe.train_fraction < 1:
        with standing_at(where / "train_fraction"):
            training_share(data, fold.train, recipe.train_fraction, split_seed)
