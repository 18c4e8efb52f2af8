"""Rows as ``fit`` takes them: inputs in the structure that the model wants, and targets.

Knows nothing of models. An input is an array, or a list, tuple or mapping of arrays.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.errors import DataError, UsageError

_ARRAYS = "Pass the NumPy arrays that `fit` gets; of a generator, gather some thousand rows into arrays."


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of inputs, and their targets.

    Args:
        x: an array, or a list, tuple or mapping of arrays.
        y: ``(row, ...)`` targets.
    """

    x: Any
    y: NDArray[Any]

    def taken(self, rows: Any) -> "Rows":
        """Take some of the rows.

        >>> Rows({"a": np.array([5, 6])}, np.array([0, 1])).taken([1]).x
        {'a': array([6])}
        """
        return Rows(each(lambda part: part[rows], self.x), self.y[rows])

    def joined(self, more: "Rows") -> "Rows":
        """Put rows behind these."""
        x = each(lambda one, other: np.concatenate([one, other]), self.x, more.x)
        return Rows(x, np.concatenate([self.y, more.y]))


def shared_out(x: Any, y: Any, validation: Any) -> tuple[Rows, Rows]:
    """Give the rows that train and those that validate.

    Args:
        x: inputs.
        y: targets.
        validation: inputs and targets of other rows, or the share of the last rows.

    Raises:
        UsageError: for what is no arrays, and no validation rows.
        DataError: for arrays of unlike lengths.

    >>> training, validation = shared_out(np.zeros((10, 2)), np.zeros(10), 0.25)
    >>> len(training.y), len(validation.y)
    (7, 3)
    """
    given = rows_of(x, y, "x, y")
    if isinstance(validation, tuple | list) and len(validation) == 2:
        return given, rows_of(validation[0], validation[1], "validation")
    if isinstance(validation, bool) or not isinstance(validation, int | float) or not 0 < validation < 1:
        message = "neither rows to validate on nor a share of the last rows"
        cure = "Give `validation=(x, y)` of rows that are not trained on, or `validation=0.2`."
        raise UsageError(message, "validation", validation, cure)
    # As Keras rounds, so that a `validation_split` of the same share holds the same rows back.
    first = math.floor(len(given.y) * (1.0 - validation))
    if not 0 < first < len(given.y):
        cure = "Give more rows, or another share."
        raise UsageError(f"that share of {len(given.y)} rows leaves none", "validation", validation, cure)
    return given.taken(slice(None, first)), given.taken(slice(first, None))


def rows_of(x: Any, y: Any, where: str) -> Rows:
    """Read inputs and targets as arrays.

    Raises:
        UsageError: for what is no arrays.
        DataError: for arrays of unlike lengths.
    """
    read = Rows(each(lambda part: _array(part, where), x), _array(y, where))
    lengths = {len(part) for part in (*leaves(read.x), read.y)}
    if len(lengths) > 1:
        cure = "Each row of each input needs one target."
        raise DataError("inputs and targets have unlike numbers of rows", where, sorted(lengths), cure)
    if not lengths or lengths == {0}:
        raise DataError("there are no rows", where, None, _ARRAYS)
    return read


def each(function: Callable[..., Any], x: Any, *others: Any) -> Any:
    """Apply a function to every array of inputs, and keep their structure.

    >>> each(lambda one, other: one + other, [1, 2], [10, 20])
    [11, 22]
    """
    if isinstance(x, Mapping):
        return {name: function(part, *(other[name] for other in others)) for name, part in x.items()}
    if isinstance(x, tuple | list):
        return type(x)(function(*parts) for parts in zip(x, *others, strict=True))
    return function(x, *others)


def leaves(x: Any) -> list[NDArray[Any]]:
    """Give every array of inputs.

    >>> leaves({"a": 1, "b": 2})
    [1, 2]
    """
    if isinstance(x, Mapping):
        return list(x.values())
    return list(x) if isinstance(x, tuple | list) else [x]


def halves(labels: NDArray[Any], random: np.random.Generator, *, classes: bool) -> NDArray[np.bool_]:
    """Halve rows, each class by itself.

    Args:
        labels: ``(row, ...)`` class numbers or amounts.
        random: what the halves are drawn from.
        classes: whether the labels are classes.

    Returns:
        ``(row,)`` false for the first half, true for the second.

    >>> found = halves(np.array([0, 0, 1, 1]), np.random.default_rng(0), classes=True)
    >>> found[:2].sum(), found[2:].sum()
    (np.int64(1), np.int64(1))
    """
    drawn = random.permutation(len(labels))
    order = np.lexsort((drawn, labels)) if classes else drawn
    second = np.zeros(len(labels), bool)
    second[order] = np.arange(len(labels)) % 2 == 1
    return second


def _array(part: Any, where: str) -> NDArray[Any]:
    # A generator, an iterator or a `tf.data` set would become an array of one object.
    if not hasattr(part, "__len__") or (hasattr(part, "__iter__") and hasattr(part, "__next__")):
        raise UsageError("not arrays of rows", where, type(part).__name__, _ARRAYS)
    array = np.asarray(part)
    if array.ndim == 0 or array.dtype.kind not in "biuf":
        raise UsageError("not numbers", where, type(part).__name__, "Give numbers, as `fit` needs them.")
    return array
