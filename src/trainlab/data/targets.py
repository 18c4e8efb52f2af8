"""What is to be learned: class numbers with their names, or amounts; and which of them was taken is said.

A label that does not fit its head trains to a loss of 0.0 and looks perfect: so every label is judged here,
before anything is built. Knows nothing of inputs.
"""

import math
import numbers
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from trainlab.data.arrays import EXACT, refuse
from trainlab.errors import DataError, UsageError, shortened

Task = Literal["classification", "regression"]
FEW = 20
"""So many different whole numbers look like classes, more of them like amounts; a note says so."""
AMOUNTS = "Write task='regression' if these are amounts."


class Targets(NamedTuple):
    """Targets as they will be kept: int32 class numbers ``(row,)``, or float32 amounts ``(row, target)``."""

    values: NDArray[Any]
    task: Task
    classes: tuple[str, ...]
    notes: tuple[str, ...]


def read_targets(
    array: NDArray[Any], task: str | None = None, classes: Iterable[object] | None = None
) -> Targets:
    """Read targets as class numbers or as amounts.

    Args:
        array: ``(row,)`` names, truth values or numbers; ``(row, class)`` one-hot; ``(row, target)`` amounts.
        task: ``"classification"`` or ``"regression"``; told from the type of the targets where not given.
        classes: names of the classes in the order of their numbers.

    Raises:
        UsageError: for an unknown task, and for classes that are no list of at least two different names.
        DataError: for labels that are missing, negative, not whole, out of range or not one-hot, for a class
            number without rows, for fewer than two classes, for amounts that are not finite float32 numbers,
            and for one that is the same in all rows.

    >>> read_targets(np.array(["cat", "dog", "cat"])).classes
    ('cat', 'dog')
    >>> read_targets(np.array([1, 2, 3, 2]))
    Traceback (most recent call last):
    trainlab.errors.DataError: y: the labels 1, 2, 3 leave out class 0 (got 1). Pass `y - 1`. Write \
task='regression' if these are amounts.
    """
    if task is not None and task not in get_args(Task):
        raise UsageError(
            "unknown task", "task", task, "Write 'classification' or 'regression', or leave it out."
        )
    names = None if classes is None else class_names(classes)
    array = _plain(array)
    if array.ndim > 2:
        cure = "Pass one label, one one-hot row or one row of amounts for each row of x."
        raise DataError("y has more than two axes", "y", array.shape, cure)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        refuse("y", array, ~np.isfinite(array), "has NaN or infinity", "Drop the rows without a target.")
    notes: list[str] = []
    told = task is None
    if task is None:
        task = _told(array, named=names is not None, notes=notes)
    if task == "regression":
        if names is not None:
            raise UsageError(
                "a regression has no classes", "classes", names, "Leave them out, or change the task."
            )
        return _amounts(array, notes)
    doubt = f" {AMOUNTS}" if told and names is None and array.dtype.kind in "iuf" else ""
    if array.ndim == 2:
        return _from_one_hot(array, names, notes, doubt)
    if array.dtype.kind == "U":
        return _from_names(array, names, notes)
    return _from_numbers(array, names, notes, doubt)


def class_names(classes: Iterable[object]) -> tuple[str, ...]:
    """Judge the names of classes.

    Raises:
        UsageError: where they are no list, fewer than two, empty, or not all different.

    >>> class_names(["shirt", "bag"])
    ('shirt', 'bag')
    >>> class_names("ab")
    Traceback (most recent call last):
    trainlab.errors.UsageError: classes: not a list of names (got 'ab'). Pass a list, as `["cat", "dog"]`.
    """
    cure = 'Pass a list, as `["cat", "dog"]`.'
    if isinstance(classes, (str, bytes)) or not isinstance(classes, Iterable):
        raise UsageError("not a list of names", "classes", classes, cure)
    given = list(classes)
    for name in given:
        if not isinstance(name, (str, numbers.Integral)) or not str(name).strip():
            raise UsageError("not a name", "classes", name, cure)
    names = tuple(str(name) for name in given)
    if len(names) < 2:
        raise UsageError("fewer than two classes", "classes", names, cure)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise UsageError("a class is named twice", "classes", twice[0], "Give every class a name of its own.")
    return names


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """Turn objects that agree in their kind into an array of that kind; refuse the others."""
    if array.dtype.kind in "biufU":
        return array
    if array.dtype.kind == "T":
        return array.astype(str)
    if array.dtype.kind == "O":
        return _of_one_kind(array)
    cure = "Pass names as text, class numbers, or amounts."
    raise DataError(f"y holds {array.dtype.name} values", "y", array.ravel()[0], cure)


def _of_one_kind(array: NDArray[Any]) -> NDArray[Any]:
    kinds = np.reshape([_kind(value) for value in array.ravel()], array.shape)
    found = set(kinds.ravel().tolist())
    if found <= {"whole", "amount"}:
        return array.astype(np.float64 if "amount" in found else np.int64)
    if found not in ({"name"}, {"flag"}):
        bad = kinds == "unusable"
        if not bad.any():
            bad = kinds != ("name" if "name" in found else "flag")
        cure = "Give every row a target of one kind: all names, all class numbers, or all amounts."
        refuse("y", array, bad, "has missing or mixed values", cure)
    return array.astype(str if found == {"name"} else bool)


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "name"
    if isinstance(value, (bool, np.bool_)):
        return "flag"
    if isinstance(value, numbers.Integral) and abs(int(value)) < 2**62:
        return "whole"
    if not isinstance(value, numbers.Real):
        return "unusable"
    try:
        return "amount" if math.isfinite(value) else "unusable"
    except OverflowError:  # a whole number beyond any float
        return "unusable"


def _told(array: NDArray[Any], *, named: bool, notes: list[str]) -> Task:
    """Tell the task from the type of the targets, and say so."""
    kind = {"U": "names", "b": "true or false", "i": "integers", "u": "integers"}.get(array.dtype.kind)
    if named:
        notes.append("task: classification, since classes are named")
        return "classification"
    if kind is not None:
        note = f"task: classification, since the targets are {kind}"
        if kind == "integers" and array.ndim == 1 and len(np.unique(array)) > FEW:
            note += "; there are many different ones, so write task='regression' if they are amounts"
        notes.append(note)
        return "classification"
    if array.ndim == 2 and ((array == 0) | (array == 1)).all():
        notes.append("task: classification, since the targets are rows of 0 and 1")
        return "classification"
    note = "task: regression, since the targets are floating-point numbers"
    if array.ndim == 1 and (array == np.floor(array)).all() and len(np.unique(array)) <= FEW:
        note += "; all are whole, so write task='classification' if they are class numbers"
    notes.append(note)
    return "regression"


def _amounts(array: NDArray[Any], notes: list[str]) -> Targets:
    if array.dtype.kind == "U":
        cure = "Write task='classification', or pass amounts as numbers."
        raise DataError("a regression learns amounts, and y holds names", "y", array.ravel()[0], cure)
    limit = np.finfo(np.float32).max
    too_large = np.abs(array.astype(np.longdouble)) > limit
    if too_large.any():
        refuse(
            "y", array, too_large, "has amounts too large for float32", "Divide them, or take the logarithm."
        )
    values = array.reshape(len(array), -1).astype(np.float32)
    size = float(np.abs(values).max())
    if size > EXACT and array.dtype != np.float32:
        with np.errstate(over="ignore"):  # beside float32's largest number is infinity
            lost = np.spacing(np.float32(size))
        notes.append(
            f"targets: y reaches {size:.3g} and is kept as float32, which blurs differences below {lost:g}"
        )
    constant = np.flatnonzero(values.min(axis=0) == values.max(axis=0))
    if len(constant) == values.shape[1]:
        cure = "Check which column was taken as the target."
        raise DataError("all rows have the same target", "y", values[0].tolist(), cure)
    if len(constant):
        notes.append(f"targets: column {int(constant[0])} is the same in all rows")
    return Targets(values, "regression", (), tuple(notes))


def _from_one_hot(
    array: NDArray[Any], names: tuple[str, ...] | None, notes: list[str], doubt: str
) -> Targets:
    columns = array.shape[1]
    cure = f"Pass one-hot rows, one class number for each row, or names.{doubt}"
    if array.dtype.kind == "U":
        raise DataError(
            f"y has {columns} columns of names", "y", array[0].tolist(), "Pass one column of names."
        )
    bad = (array != 0) & (array != 1)
    if bad.any():
        refuse(
            "y", array, bad, f"has {columns} columns that are not one-hot: other values than 0 and 1", cure
        )
    ones = array.sum(axis=1)
    if (ones != 1).any():
        cure = f"Give each row exactly one class; several labels for one row are not supported.{doubt}"
        refuse("y", array, ones != 1, "has one-hot rows that do not sum to one", cure)
    if names is not None and len(names) != columns:
        cure = "Name one class for each column."
        raise UsageError(f"the one-hot targets have {columns} columns", "classes", names, cure)
    unused = np.flatnonzero(~(array == 1).any(axis=0))
    if len(unused) and names is None:
        cure = "Drop that column, or name all classes with `classes` if it is meant to be empty."
        where = f"y, column {int(unused[0])} (counted from 0)"
        raise DataError("a class has no rows: its one-hot column holds no 1", where, cure=cure)
    notes.append(f"targets: one-hot rows of {columns} classes, taken as class numbers")
    return _numbered(array.argmax(axis=1), names or tuple(str(number) for number in range(columns)), notes)


def _from_names(array: NDArray[Any], names: tuple[str, ...] | None, notes: list[str]) -> Targets:
    empty = np.char.str_len(np.char.strip(array)) == 0
    if empty.any():
        refuse("y", array, empty, "has empty labels", "Drop these rows, or name the class that is meant.")
    present, labels = np.unique(array, return_inverse=True)
    if names is None:
        if len(present) > 1:
            notes.append(f"targets: {len(present)} names, numbered in sorted order")
        return _numbered(labels, tuple(str(name) for name in present), notes)
    unknown = ~np.isin(array, names)
    if unknown.any():
        cure = f"Known are: {shortened(list(names), 200)}."
        refuse("y", array, unknown, "has labels that are not among the classes", cure)
    number = {name: index for index, name in enumerate(names)}
    places = np.array([number[str(name)] for name in present])
    return _numbered(places[labels], names, notes)


def _from_numbers(
    array: NDArray[Any], names: tuple[str, ...] | None, notes: list[str], doubt: str
) -> Targets:
    if array.dtype.kind == "b":
        return _numbered(array.astype(np.int32), names or ("False", "True"), notes)
    if array.dtype.kind == "f":
        broken = array != np.floor(array)
        if broken.any():
            refuse(
                "y",
                array,
                broken,
                "has class numbers that are not whole",
                f"Pass whole class numbers. {AMOUNTS}",
            )
        notes.append("targets: whole floating-point numbers, taken as class numbers")
    cure = f"Pass `numpy.unique(y, return_inverse=True)[1]`.{doubt}"
    if (array < 0).any():
        refuse("y", array, array < 0, "has negative class numbers", cure)
    if names is not None:
        beyond = array >= len(names)
        if beyond.any():
            cure = f"Class numbers go from 0 to {len(names) - 1}, since {len(names)} classes are named."
            refuse("y", array, beyond, "has class numbers without a name", cure)
        return _numbered(array.astype(np.int32), names, notes)
    present = [int(label) for label in np.unique(array)]
    if len(present) > 1 and present[-1] != len(present) - 1:
        gap = next(number for number, label in enumerate([*present, -1]) if number != label)
        if present == list(range(1, len(present) + 1)):
            cure = f"Pass `y - 1`.{doubt}"
        shown = f"{len(present)} different labels from {present[0]:.6g} to {present[-1]:.6g} leave"
        if len(present) <= FEW:
            shown = f"the labels {', '.join(f'{label:.6g}' for label in present)} leave"
        raise DataError(f"{shown} out class {gap}", "y", present[0] if gap == 0 else present[gap], cure)
    # A single label is numbered 0 whatever it says, and refused below for standing alone.
    labels = np.searchsorted(present, array)
    return _numbered(labels, tuple(str(label) for label in present), notes)


def _numbered(labels: NDArray[Any], names: tuple[str, ...], notes: list[str]) -> Targets:
    """Count the rows of each class; only a class that somebody named may be without."""
    counts = np.bincount(labels, minlength=len(names))
    present = np.flatnonzero(counts)
    if len(present) < 2:
        cure = "A classification needs rows of at least two classes."
        raise DataError(f"all {len(labels)} rows are of one class", "y", names[int(present[0])], cure)
    absent = [names[int(number)] for number in np.flatnonzero(counts == 0)]
    if absent:
        notes.append(f"classes without rows: {', '.join(absent)}")
    return Targets(labels.astype(np.int32), "classification", names, tuple(notes))
