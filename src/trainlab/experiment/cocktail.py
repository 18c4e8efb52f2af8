"""The cocktail: a ready-made space of all regularization techniques, each on or off and how strong.

It follows from the data, the model and the recipe: images may be shifted and tables may not, a network
without hidden layers has nothing to drop, and what the recipe says already stays as it says. What comes out
is a plain mapping, as an experiment file writes a space, so that it can be printed, changed and written down.
Knows nothing of trials; which technique helped is found in ``tuning.helped``.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from trainlab.data.dataset import Dataset
from trainlab.experiment.models import Cnn, Mlp, ModelDescription
from trainlab.experiment.recipe import DEFAULTS, Recipe

WITHOUT = "without"
"""Word between the name of a variant and the technique that is left out of it."""
ANY = "any"

# Strengths on both sides of what is usual; the two ends are one to four powers of ten, or a factor, apart.
_PENALTIES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"weight_decay": (1e-5, 0.1), "l1": (1e-6, 1e-3), "l2": (1e-5, 1e-2), "max_norm": (0.5, 5.0)}
)
_OF_ACTIVITIES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"activity_l1": (1e-6, 1e-3), "activity_l2": (1e-6, 1e-3)}
)
_DROPOUT, _DROPPED_WEIGHTS, _NOISE, _SMOOTHING = (0.05, 0.6), (0.05, 0.5), (0.01, 0.5), (0.02, 0.2)
# Each changes the network itself and so doubles the number of programs that are compiled.
_NORMALIZATIONS = ("batch_norm", "layer_norm")

# Averaged weights remember between a fiftieth and a tenth of the training; shorter trainings have no tail.
_LEAST_STEPS = 200
_MEMORY = (1 / 50, 1 / 10)

# Settings that do one thing: where the recipe says one, the cocktail leaves the others alone.
_ONE_THING = (
    ("dropout", "gaussian_dropout", "alpha_dropout"),
    ("l1", "l1_l2"),
    ("l2", "l1_l2"),
)

TECHNIQUES: tuple[str, ...] = (
    *_PENALTIES,
    "l1_l2",
    *_OF_ACTIVITIES,
    "dropout",
    "gaussian_dropout",
    "alpha_dropout",
    "drop_connect",
    "gaussian_noise",
    "label_smoothing",
    *_NORMALIZATIONS,
    "weight_norm",
    "ema",
    "early_stopping",
    "augment",
    "prune",
)
"""Settings of a recipe that regularize and can be turned off; `ablations` leaves them out one by one."""


def cocktail(
    data: Dataset, model: ModelDescription | None = None, recipe: Recipe | None = None
) -> dict[str, Any]:
    """Give a space of all regularization techniques that fit, each on or off, with its strength.

    Left out are other forms of what is there (Gaussian and alpha dropout, the last of which takes dropout's
    place for SELU units; ``l1_l2``; weight normalization), ensembles (members are tuned as single networks)
    and pruning, which makes a network smaller. Learning rate, sizes and schedule stay the recipe's.

    Args:
        data: what is learned from. Classes may be smoothed; images, sequences, texts and tables of numbers
            are augmented each in their own way. Flips are no part of it: whether a mirrored row keeps its
            class only a person knows.
        model: a network without hidden layers has penalties on its output layer, and noise on its input.
        recipe: what all variants share. A technique that it says stays as it says.

    Returns:
        Setting -> ``[False, option, ...]``, as the ``space`` of a search.

    Source:
        Kadra, Lindauer, Hutter & Grabocka, *Well-tuned Simple Nets Excel on Tabular Datasets*, NeurIPS 2021,
        Table 1. Of its 13 we have weight decay (in its range), dropout, batch normalization, averaged
        weights, cutout and mixup. We depart: penalties, norms' bounds, noise, label smoothing, layer
        normalization and early stopping join; skip connections, Shake-Shake, ShakeDrop, CutMix, snapshot
        ensembles, Lookahead and adversarial training do not exist here. Augmentation is one kind at a time,
        as there.

    >>> import numpy as np
    >>> table = Dataset(np.arange(20.0).reshape(10, 2), np.arange(10) % 2)
    >>> space = cocktail(table, Mlp((8,)))
    >>> space["dropout"], space["batch_norm"], space["augment"]
    ([False, {'linear': [0.05, 0.6]}], [False, True], [False, {'mixup': {'linear': [0.1, 1.0]}}])
    >>> "dropout" in cocktail(table, Mlp((8,)), Recipe(gaussian_dropout=0.2))
    False
    """
    recipe = Recipe() if recipe is None else recipe
    own = model if recipe.model is None else recipe.model
    found = (
        _without_hidden_layers() if _is_linear(own, recipe) else _of_hidden_layers(selu=_is_selu(own, recipe))
    )
    found["gaussian_noise"] = _on("log", _NOISE)
    if data.classes:
        found["label_smoothing"] = _on("linear", _SMOOTHING)
    found |= {"early_stopping": [False, True], **_averaging(data, recipe)}
    kinds = _augmentations(data, own, recipe)
    if kinds:
        found["augment"] = [False, *kinds]
    return {key: options for key, options in found.items() if not _is_said(key, recipe)}


def ablations(name: str, tuned: Sequence[Mapping[str, Any]]) -> dict[str, tuple[dict[str, Any], ...]]:
    """Give the variants that leave out one technique of what was found, and one that leaves out all.

    Trained beside what was found, with the same seeds and folds, on rows that chose nothing, they say what
    each technique does there: the difference is paired, and one thing alone differs. Two techniques may stand
    in for each other, so that neither is missed; the variant without any tells.

    Args:
        name: of the variant whose settings were found.
        tuned: for each fold, the settings that were found, as a variant takes them. A technique that is on in
            some folds alone is left out there; in the others nothing changes.

    Returns:
        Name -> settings for each fold. Empty where no technique is on; where one is, none leaves out all.

    >>> ablations("found", [{"learning_rate": 0.01, "dropout": 0.3, "l2": False}])
    {'found: without dropout': ({'learning_rate': 0.01, 'dropout': False, 'l2': False},)}
    >>> list(ablations("found", [{"dropout": 0.3, "batch_norm": True}]))
    ['found: without dropout', 'found: without batch_norm', 'found: without any']
    """
    there = [key for key in TECHNIQUES if any(not _is_off(settings.get(key)) for settings in tuned)]
    found = {without(name, key): tuple({**settings, key: False} for settings in tuned) for key in there}
    if len(there) > 1:
        found[without(name, ANY)] = tuple({**settings, **dict.fromkeys(there, False)} for settings in tuned)
    return found


def without(name: str, technique: str) -> str:
    """Name the variant that leaves out a technique.

    >>> without("found", "dropout")
    'found: without dropout'
    """
    return f"{name}: {WITHOUT} {technique}"


def left_out(name: str, variants: Iterable[str]) -> dict[str, str]:
    """Find the variants that leave a technique out of another one: technique -> variant.

    >>> left_out("found", ("baseline", "found", "found: without dropout", "found: without any"))
    {'dropout': 'found: without dropout', 'any': 'found: without any'}
    """
    names = {without(name, key): key for key in (*TECHNIQUES, ANY)}
    return {names[one]: one for one in variants if one in names}


def _on(scale: str, bounds: tuple[float, float]) -> list[Any]:
    return [False, {scale: list(bounds)}]


def _of_hidden_layers(*, selu: bool) -> dict[str, Any]:
    found = {key: _on("log", bounds) for key, bounds in {**_PENALTIES, **_OF_ACTIVITIES}.items()}
    found["alpha_dropout" if selu else "dropout"] = _on("linear", _DROPOUT)
    found["drop_connect"] = _on("linear", _DROPPED_WEIGHTS)
    return found | {key: [False, True] for key in _NORMALIZATIONS}


def _without_hidden_layers() -> dict[str, Any]:
    """Place penalties on the output layer, which is all there is, and let inputs be dropped."""
    found: dict[str, Any] = {
        key: [False, {"strength": {"log": list(bounds)}, "at": ["output"]}]
        for key, bounds in _PENALTIES.items()
    }
    return found | {"dropout": [False, {"strength": {"linear": list(_DROPOUT)}, "at": "input"}]}


def _is_linear(model: ModelDescription | None, recipe: Recipe) -> bool:
    return isinstance(model, Mlp) and not (model.hidden if recipe.hidden is None else recipe.hidden)


def _is_selu(model: ModelDescription | None, recipe: Recipe) -> bool:
    own = model.activation if isinstance(model, Mlp | Cnn) else None
    return (own if recipe.activation is None else recipe.activation) == "selu"


def _averaging(data: Dataset, recipe: Recipe) -> dict[str, Any]:
    """Let weights be averaged over the last steps, where there are steps enough."""
    size = data.rows if recipe.batch_size == "all" else recipe.batch_size
    steps = recipe.epochs * math.ceil(data.rows / size) / recipe.accumulate
    if steps < _LEAST_STEPS:
        return {}
    low, high = (float(f"{1 - 1 / (share * steps):.4g}") for share in _MEMORY)
    return {"ema": _on("linear", (low, min(high, 0.999)))} if low < 0.999 else {}


def _augmentations(data: Dataset, model: ModelDescription | None, recipe: Recipe) -> list[dict[str, Any]]:
    """Give the kinds of augmentation that rows of this shape take and that no person has to vouch for."""
    if len(data.parts) > 1 or recipe.irrelevant_features is not None:
        return []
    shape = data.parts[0].shape[1:]
    if {column.kind for column in data.columns} == {"text"}:
        return [_kind("word_dropout", 0.05, 0.3)]
    # Half of a category is none, so rows with categories are not blended.
    blends = recipe.class_weight is None and all(column.kind == "number" for column in data.columns)
    found = [_kind("mixup", 0.1, 1.0)] if blends else []
    if len(shape) == 1:
        return found
    # Two axes are those of an image where its bytes are scaled or filters go over it, else of a sequence.
    if len(shape) == 3 or isinstance(model, Cnn) or data.scales != (1.0,):
        side = min(shape[:2])
        found += _sized("cutout", side, 1 / 8, 1 / 2)
        return [*found, *(_kind(kind, 0.02, 0.1) for kind in ("rotation", "translation", "zoom"))]
    return [*found, *_sized("shift", shape[0], 1 / 20, 1 / 5), _kind("mask", 0.05, 0.2)]


def _kind(name: str, low: float, high: float) -> dict[str, Any]:
    return {name: {"linear": [low, high]}}


def _sized(name: str, side: int, *shares: float) -> list[dict[str, Any]]:
    """Let a kind take whole shares of a side, where there is more than one such number below the side."""
    low, high = (min(max(1, round(share * side)), side - 1) for share in shares)
    return [_kind(name, low, high)] if 0 < low < high else []


def _is_said(key: str, recipe: Recipe) -> bool:
    """Tell whether the recipe says a technique, in this or another form, or the optimizer does."""
    same = {key, *(other for group in _ONE_THING if key in group for other in group)}
    if key == "weight_decay" and "weight_decay" in dict(recipe.optimizer.numbers):
        return True
    return any(getattr(recipe, one) != DEFAULTS[one] for one in same)


def _is_off(value: object) -> bool:
    if isinstance(value, bool | int | float | str | None):
        return value in {None, False, "none"}  # zero is False
    return bool(getattr(value, "is_off", False))
