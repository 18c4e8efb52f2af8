"""How much the rows of each class count in the loss: what is asked for, not yet in numbers for all classes.

Which classes the data have is not known here; ``recipe.weighting`` looks the names up and counts rows.
"""

import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainlab.errors import UsageError
from trainlab.experiment.checks import number
from trainlab.experiment.places import Place

BALANCED = "balanced"

_WEIGHT = number(low=0.0)
_CURE = "Write `class_weight: balanced` or `class_weight: {cat: 2.0, dog: 1.0}`."


@dataclass(frozen=True)
class ClassWeights:
    """Weights by class, or none of them where they shall balance the classes.

    Args:
        weights: class name or class number with its weight, sorted; empty for balanced classes.
    """

    weights: tuple[tuple[str | int, float], ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether the weights come from the rows of each class."""
        return not self.weights

    def document(self) -> object:
        """Give the weights as an experiment file writes them.

        >>> ClassWeights((("cat", 2.0),)).document(), ClassWeights().document()
        ({'cat': 2.0}, 'balanced')
        """
        return dict(self.weights) if self.weights else BALANCED


def parse_class_weights(value: object, where: str = "class_weight") -> ClassWeights:
    """Read ``balanced`` or a mapping from classes to weights.

    Raises:
        UsageError: for anything else, a class that is neither a name nor a number, and a negative weight.

    >>> parse_class_weights({"dog": 1, "cat": 2.5})
    ClassWeights(weights=(('cat', 2.5), ('dog', 1.0)))
    >>> parse_class_weights("balanced")
    ClassWeights(weights=())
    """
    place = Place.of(where)
    if isinstance(value, ClassWeights):
        return value
    if isinstance(value, str) and value == BALANCED:
        return ClassWeights()
    if not isinstance(value, Mapping):
        raise UsageError("neither `balanced` nor a mapping of classes to weights", place, value, _CURE)
    if not value:
        raise UsageError("no class is given a weight", place, None, _CURE)
    weights = [(_class(key, place), _WEIGHT(weight, place / key)) for key, weight in value.items()]
    # Numbers before names, each in their order: equal recipes must be written alike.
    return ClassWeights(tuple(sorted(weights, key=lambda pair: (isinstance(pair[0], str), pair[0]))))


def _class(key: Any, place: Place) -> str | int:
    if isinstance(key, str):
        # The keys of a file are texts; a class whose name is a number is found by either.
        return int(key) if key.isdecimal() and str(int(key)) == key else str(key)
    if not isinstance(key, bool) and isinstance(key, numbers.Integral) and int(key) >= 0:
        return int(key)
    # YAML reads `yes` as true and 1.5 as a number.
    raise UsageError("not a class", place.key(key), key, "Write its name in quotation marks, or its number.")
