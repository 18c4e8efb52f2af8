"""One input or several: which was passed, what each input is called, and which scale is meant for it.

A network with several inputs takes as many arrays, all of the same rows. Knows names and places; the values
are judged in ``inputs``.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from trainlab.data.arguments import finite_number
from trainlab.errors import DataError, UsageError

Key = str | int | None
"""How an input is reached in what was passed: its name, its place in a list, or nothing where it is alone."""


class Given(NamedTuple):
    """Inputs as they were passed: arrays, their keys, and their names, which are empty for a single one."""

    arrays: tuple[Any, ...]
    keys: tuple[Key, ...]
    names: tuple[str, ...]


def called(word: str, key: Key) -> str:
    """Name an argument, or the part of it that belongs to one of several inputs, as Python reaches it.

    >>> called("x", None), called("x", "image"), called("scale", 1)
    ('x', "x['image']", 'scale[1]')
    """
    return word if key is None else f"{word}[{key!r}]"


def tell_inputs(x: Any, inputs: Iterable[str] | None, y: Any) -> Given:
    """Tell one input from several.

    A mapping holds one array for each name. A list of arrays can be rows or inputs: it is inputs where names
    are given, or where the number of targets says so. A list in a list is always rows.

    Args:
        x: an array, a mapping of names to arrays, or a list of arrays.
        inputs: names of the inputs; an empty list says that ``x`` is rows of a single one.
        y: the targets; only their number is looked at.

    Raises:
        DataError: for a mapping of fewer than two arrays.
        UsageError: for names that are no texts, not all different, or do not fit ``x``.

    >>> a, b = np.zeros((3, 2)), np.zeros((3, 4))
    >>> tell_inputs({"image": a, "table": b}, None, [0, 1, 0]).names
    ('image', 'table')
    >>> tell_inputs([a, b], None, [0, 1, 0]).names, tell_inputs([a[0], a[1]], None, [0, 1]).names
    (('input_0', 'input_1'), ())
    """
    names = None if inputs is None else _names(inputs)
    if isinstance(x, Mapping):
        if len(x) < 2:
            cure = "Pass the array itself where there is one input, or a mapping of two or more."
            raise DataError("x is one thing, not rows of values", "x", x, cure)
        written = _names(x)
        if names and set(names) != set(written):
            raise UsageError("not the names of x", "inputs", names, f"x has {', '.join(written)}.")
        ordered = names or written
        return Given(tuple(x[name] for name in ordered), ordered, ordered)
    several = isinstance(x, (list, tuple)) and (_are_inputs(x, _length(y)) if names is None else names != ())
    if not several:
        if names:
            cure = "Pass a mapping of names to arrays, or leave `inputs` out."
            raise UsageError("names of several inputs, and x is one array", "inputs", names, cure)
        return Given((x,), (None,), ())
    if names is None:
        places = tuple(range(len(x)))
        return Given(tuple(x), places, tuple(f"input_{place}" for place in places))
    if len(names) != len(x):
        raise UsageError(f"not as many names as inputs: x has {len(x)}", "inputs", names, "Name each once.")
    return Given(tuple(x), names, names)


def tell_scales(scale: Any, given: Given) -> tuple[float | None, ...]:
    """Say which scale is asked for each input; nothing where none is.

    Args:
        scale: a number for a single input; for several, a mapping of names to numbers, where the others are
            left to the data, or a list of one for each.
        given: the inputs.

    Raises:
        UsageError: for a scale that is no positive number, one for an unknown input, and one number for
            several inputs.

    >>> given = Given((None, None), ("image", "table"), ("image", "table"))
    >>> tell_scales({"image": 0.5}, given)
    (0.5, None)
    >>> tell_scales(0.5, given)
    Traceback (most recent call last):
    trainlab.errors.UsageError: scale: not one for each of 2 inputs, but 1 (got 0.5). Pass one for each by \
its name, as `scale={'image': 1 / 255}`.
    """
    if scale is None:
        return (None,) * len(given.arrays)
    if not given.names:
        return (_positive(scale, "scale"),)
    if isinstance(scale, Mapping):
        for name in scale:
            if name not in given.names:
                cure = f"The inputs are {', '.join(given.names)}."
                raise UsageError("a scale for an unknown input", "scale", name, cure)
        asked = [scale.get(name) for name in given.names]
        keys: tuple[Key, ...] = given.names
    elif isinstance(scale, (list, tuple)) and len(scale) == len(given.names):
        asked, keys = list(scale), tuple(range(len(scale)))
    else:
        many = len(scale) if isinstance(scale, (list, tuple)) else 1
        cure = f"Pass one for each by its name, as `scale={{{given.names[0]!r}: 1 / 255}}`."
        raise UsageError(f"not one for each of {len(given.names)} inputs, but {many}", "scale", scale, cure)
    return tuple(
        None if number is None else _positive(number, called("scale", key))
        for key, number in zip(keys, asked, strict=True)
    )


def _names(given: object) -> tuple[str, ...]:
    cure = "Give every input a short text of its own, as the Keras model calls it."
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise UsageError("not a list of names", "inputs", given, cure)
    names = tuple(given)
    for place, name in enumerate(names):
        if not isinstance(name, str) or not name.strip():
            raise UsageError("not a name", "inputs", name, cure)
        if name in names[:place]:
            raise UsageError("an input is named twice", "inputs", name, cure)
    if len(names) == 1:
        raise UsageError("one name", "inputs", names, "A single input has none: leave `inputs` out.")
    return names


def _are_inputs(entries: list[Any] | tuple[Any, ...], rows: int) -> bool:
    """Say whether a list of arrays is a list of inputs; where it may be one of rows, rows it is."""
    shapes: list[Any] = [getattr(entry, "shape", ()) for entry in entries]
    if len(entries) < 2 or not all(isinstance(shape, tuple) and shape for shape in shapes):
        return False
    fitting = [shape[0] == rows for shape in shapes]
    # Arrays of different shapes are no rows of one table.
    return all(fitting) and len(set(shapes)) > 1 if len(entries) == rows else any(fitting)


def _length(y: Any) -> int:
    try:
        return len(y)
    except TypeError:
        return 0


def _positive(scale: Any, where: str) -> float:
    # Also of what float32 makes of it: 1e-50 would show the network nothing but zeros.
    if not finite_number(scale) > np.finfo(np.float32).tiny:
        raise UsageError("not a positive number", where, scale, "Pass a constant, as `scale=1 / 255`.")
    return float(scale)
