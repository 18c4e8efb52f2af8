"""How variants differ: which settings in force, and which of these a fair comparison changes along.

Knows recipes only. A learning rate tuned anew for another optimizer is no second change: with it each is seen
at its best, without it one of them is not.
"""

from collections.abc import Hashable, Mapping
from types import MappingProxyType
from typing import Any

from trainlab.experiment.placed import Placed
from trainlab.experiment.recipe import CHECKS, Recipe

STRENGTHS = (
    *("l1", "l2", "l1_l2", "activity_l1", "activity_l2", "weight_decay", "max_norm"),
    *("dropout", "gaussian_dropout", "alpha_dropout", "drop_connect", "gaussian_noise", "label_smoothing"),
)
"""Techniques that take a strength."""

NORMALIZATIONS = ("batch_norm", "layer_norm", "weight_norm")

TECHNIQUES = (
    *STRENGTHS,
    *NORMALIZATIONS,
    *("clip_norm", "clip_value", "ema", "class_weight", "resample", "augment"),
    *("early_stopping", "ensemble", "prune"),
)
"""What is added to a recipe, and can be left out again."""

CAPACITY = ("hidden", "width", "depth", "model")
"""What says how large the network is."""

ALONG: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "optimizer": ("learning_rate",),
        "batch_size": ("learning_rate", "epochs"),
        "accumulate": ("learning_rate", "epochs"),
        "schedule": ("learning_rate",),
        "clip_norm": ("learning_rate",),
        "clip_value": ("learning_rate",),
        **dict.fromkeys(NORMALIZATIONS, ("learning_rate",)),
        **dict.fromkeys(CAPACITY, ("learning_rate",)),
        "activation": ("learning_rate", "initializer"),
        "initializer": ("learning_rate",),
        "loss": ("output", "learning_rate"),
        "train_rows": ("epochs",),
        "train_fraction": ("epochs",),
        "resample": ("epochs",),
        "augment": ("epochs",),
        "early_stopping": ("epochs",),
        "ensemble": ("epochs",),
    }
)
"""Setting -> those that a fair comparison may change along with it."""


def differences(reference: Recipe, other: Recipe) -> dict[str, Any]:
    """Give the settings in force of a recipe that differ from another's, with their values.

    >>> differences(Recipe(), Recipe(dropout=0.3, learning_rate=0.001))
    {'dropout': 0.3}
    """
    return {key: value(other, key) for key in CHECKS if value(reference, key) != value(other, key)}


def value(recipe: Recipe, key: str) -> Any:
    """Give a setting in force: a learning rate that is left to the optimizer is that optimizer's own.

    >>> value(Recipe(optimizer="sgd"), "learning_rate")
    0.01
    """
    if key == "learning_rate":
        return recipe.step_size
    # Whether an ensemble has a control is no difference between two variants.
    return recipe.members if key == "ensemble" else getattr(recipe, key)


def things(changes: Mapping[str, Any]) -> tuple[str, ...]:
    """Name what is changed, without what may change along with it.

    >>> things({"optimizer": "sgd", "learning_rate": 0.1}), things({"dropout": 0.3, "learning_rate": 0.1})
    (('optimizer',), ('dropout', 'learning_rate'))
    """
    along = {key for changed in changes for key in ALONG.get(changed, ())}
    return tuple(key for key in changes if key not in along)


def told(key: str, changes: Mapping[str, Any]) -> tuple[str, Hashable]:
    """Give a changed setting as something that can be looked up."""
    try:
        hash(changes[key])
    except TypeError:  # a description that holds a list
        return key, repr(changes[key])
    return key, changes[key]


def strength(given: Any) -> Any:
    """Give the strength of a technique without its place.

    >>> strength(Placed(0.3, at="last")), strength(0.3)
    (0.3, 0.3)
    """
    return given.strength if isinstance(given, Placed) else given


def is_on(given: Any) -> bool:
    """Tell whether a technique is in force at this value.

    >>> is_on(0.0), is_on(0.3), is_on(None), is_on(Placed(0.3, at="last"))
    (False, True, False, True)
    """
    return not given.is_off if isinstance(given, Placed) else bool(given)
