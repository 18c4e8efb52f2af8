"""Which of two variants is less flexible: it differs in nothing but what keeps a network from learning more.

Smaller networks, stronger regularization, fewer epochs. Knows settings as experiment files write them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from trainlab.experiment.recipe import DEFAULTS

STRENGTHS = (
    *("l1", "l2", "l1_l2", "activity_l1", "activity_l2", "weight_decay"),
    *("dropout", "gaussian_dropout", "alpha_dropout", "drop_connect", "gaussian_noise", "label_smoothing"),
    "prune",
)
"""Techniques that leave a network less room the stronger they are."""

SIZE = ("hidden", "width", "depth", "model")

_ON = ("augment", "early_stopping")


def less_flexible(one: Mapping[str, Any], other: Mapping[str, Any], parameters: tuple[float, float]) -> bool:
    """Tell whether the first of two variants is the less flexible one, and that alone.

    Args:
        one: settings in force of the first, as an experiment file writes them.
        other: those of the second.
        parameters: trainable numbers of the two.

    >>> less_flexible({"dropout": 0.5}, {"dropout": 0.3}, (100, 100))
    True
    >>> less_flexible({"dropout": 0.5, "optimizer": "sgd"}, {"dropout": 0.3}, (100, 100))
    False
    >>> less_flexible({"hidden": [4]}, {"hidden": [64]}, (90, 1_400))
    True
    """
    differ = [key for key in {*one, *other} if _said(one, key) != _said(other, key)]
    if not differ:
        return False
    return all(_tighter(key, _said(one, key), _said(other, key), parameters) for key in differ)


def strength(given: Any) -> float:
    """Give the strength of a technique as one number: the mean where it goes layer by layer; 0 for none.

    >>> strength({"strength": [0.2, 0.4], "at": "last"}), strength(False), strength(0.5)
    (0.30000000000000004, 0.0, 0.5)
    """
    if isinstance(given, Mapping):
        given = given.get("strength", 0.0)
    if given is None or isinstance(given, (str, bool)):
        return 0.0
    return float(np.mean(np.asarray(given, np.float64)))


def _said(settings: Mapping[str, Any], key: str) -> Any:
    value = settings.get(key, DEFAULTS.get(key))
    return None if value is False else value


def _tighter(key: str, one: Any, other: Any, parameters: tuple[float, float]) -> bool:
    if key in STRENGTHS:
        return strength(one) > strength(other)
    if key in SIZE:
        return bool(parameters[0] < parameters[1])
    if key in _ON:
        return bool(one) and not other
    if key == "max_norm":
        return bool(one) and (not other or strength(one) < strength(other))
    return bool(key == "epochs" and one < other)
