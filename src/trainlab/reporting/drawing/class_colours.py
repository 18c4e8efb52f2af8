"""The colours of classes: in their order, but a class that is called after a colour has that one."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from trainlab.reporting.drawing.theme import SERIES

_WORDS: Mapping[str, str] = MappingProxyType(
    dict(zip(("blue", "orange", "green", "purple", "light blue", "brown"), SERIES, strict=True))
)


def class_colours(classes: Sequence[str]) -> tuple[str, ...]:
    """Give the colour of each class; colours come again where there are more classes than colours.

    >>> class_colours(["orange", "blue"]) == tuple(reversed(class_colours(["cat", "dog"])))
    True
    """
    if len(set(classes)) == len(classes) and all(name.lower() in _WORDS for name in classes):
        return tuple(_WORDS[name.lower()] for name in classes)
    return tuple(SERIES[place % len(SERIES)] for place in range(len(classes)))
