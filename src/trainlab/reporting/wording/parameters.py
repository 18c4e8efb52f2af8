"""Names and values of a space as people read them: "SGD momentum" for ``optimizer.sgd.momentum``."""

from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import number

_LONGEST = 60
_UNITS = "hidden.units_"
# Settings whose first word says nothing that the others do not say.
_SPARE = frozenset({"optimizer", "schedule", "hidden", "augment", "model"})
_ABBREVIATIONS = {"sgd": "SGD", "l1": "L1", "l2": "L2", "rmsprop": "RMSprop", "adamw": "AdamW", "mlp": "MLP"}


def parameter_name(name: str) -> str:
    """Write the name of a number or choice of a space.

    Args:
        name: as the space calls it: the setting, and where inside of it.

    >>> [parameter_name(name) for name in ("learning_rate", "dropout.strength", "optimizer.sgd.momentum")]
    ['learning rate', 'dropout strength', 'SGD momentum']
    >>> parameter_name("hidden.units_2"), parameter_name("hidden.layers"), parameter_name("l2")
    ('units of layer 2', 'hidden layers', 'L2')
    """
    if name.startswith(_UNITS):
        return f"units of layer {clean(name.removeprefix(_UNITS), _LONGEST)}"
    if name == "hidden.layers":
        return "hidden layers"
    first, *inside = name.split(".")
    parts = inside if inside and first in _SPARE else [first, *inside]
    words = " ".join(_ABBREVIATIONS.get(part, part.replace("_", " ")) for part in parts)
    return clean(words, _LONGEST) or "(no name)"


def parameter_value(value: float | str) -> str:
    """Write the value of a number, or the label of a choice.

    >>> parameter_value(0.00123456), parameter_value(64), parameter_value("relu")
    ('0.001235', '64', 'relu')
    """
    return clean(value, _LONGEST) if isinstance(value, str) else number(value)
