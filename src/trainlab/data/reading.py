"""Reading what a person passes as a data set: inputs, targets and what is known of them, judged together.

What single arrays and targets must be is said in ``inputs`` and ``targets``. Knows nothing of files.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.data.arrays import read_array
from trainlab.data.arrays import sealed as read_only
from trainlab.data.columns import Column, read_columns
from trainlab.data.inputs import check_scaled, read_inputs
from trainlab.data.named_inputs import Key, called, tell_inputs, tell_scales
from trainlab.data.row_marks import read_groups, read_time
from trainlab.data.targets import read_targets
from trainlab.data.text_levels import own_texts
from trainlab.errors import DataError, UsageError

Parts = dict[str, Any]


def read_parts(
    x: Any,
    y: ArrayLike,
    test: tuple[Any, ArrayLike] | None,
    *,
    name: str,
    task: str | None,
    classes: Iterable[object] | None,
    scale: float | Mapping[str, float] | Sequence[float | None] | None,
    inputs: Iterable[str] | None,
    notes: Iterable[str],
    columns: Iterable[Column | str] | None,
    missing: bool,
    raw: bool | None,
    groups: ArrayLike | None,
    time: ArrayLike | None,
    targets: Iterable[str],
) -> tuple[Parts, Parts | None]:
    """Read and judge the arguments of ``Dataset``, which says what they are.

    Returns:
        The attributes of the data set; and those that differ for its test rows, where it has any.

    Raises:
        DataError: as ``Dataset``.
        UsageError: as ``Dataset``.

    >>> rest = dict.fromkeys(("task", "classes", "scale", "inputs", "columns", "raw", "groups", "time"))
    >>> parts, _ = read_parts([[0], [1]], [0, 1], None, name="a", notes=(), missing=False, targets=(), **rest)
    >>> parts["task"], parts["raw"]
    ('classification', True)
    """
    _check_name(name)
    given = tell_inputs(x, inputs, y)
    asked = tell_scales(scale, given)
    labels = [called("x", key) for key in given.keys]
    arrays = [read_array(array, label) for array, label in zip(given.arrays, labels, strict=True)]
    given_y = read_array(y, "y")
    for array, label in zip(arrays, labels, strict=True):
        _check_rows(array, given_y, label)
    columns = None if columns is None else tuple(columns)
    amounts = any(isinstance(one, Column) and one.kind != "number" for one in columns or ())
    read = [
        read_inputs(array, label, missing=missing, amounts=amounts)
        for array, label in zip(arrays, labels, strict=True)
    ]
    # An empty tuple is what a regression answers with, so that its parts make the same data set again.
    told = read_targets(given_y, task, None if classes == () else classes)
    scales = tuple(part.scale if own is None else own for part, own in zip(read, asked, strict=True))
    for single, taken, key in zip(read, scales, given.keys, strict=True):
        check_scaled(single.values, taken, called("scale", key))
    kept = tuple(read_only(part.values, part.dtype) for part in read)
    if raw is None:
        raw = scale is None and any(
            part.ndim == 2 and own == 1 for part, own in zip(kept, scales, strict=True)
        )
    said = [
        *notes,
        *_told_apart(given.keys, given.names),
        *(note for part in read for note in part.notes),
    ]
    said += told.notes
    said += [
        part.scale_note
        for part, own in zip(read, asked, strict=True)
        if own is None and not (raw and part.values.ndim == 2)
    ]
    named = () if given.names else read_columns(columns, kept[0].shape)
    parts: Parts = {
        "x": kept if given.names else kept[0],
        "y": read_only(told.values, told.values.dtype),
        "name": name,
        "task": told.task,
        "classes": told.classes,
        "scale": scales if given.names else scales[0],
        "inputs": given.names,
        "notes": tuple(dict.fromkeys(note for note in said if note)),
        "columns": named,
        "missing": missing and any(has_missing(part) for part in kept),
        "raw": bool(raw),
        "groups": read_groups(groups, len(given_y)),
        "time": read_time(time, len(given_y)),
        "targets": _target_names(targets, told.values, told.task),
    }
    beside = None
    if test is not None:
        beside = _read_beside(parts, given_y, test, missing=missing)
        if named:
            parts["columns"], rows = own_texts(named, kept[0])
            parts["x"] = read_only(rows, kept[0].dtype)
    return parts, beside


def has_missing(part: NDArray[Any]) -> bool:
    """Tell whether a value is missing.

    >>> has_missing(np.array([[1.0], [np.nan]]))
    True
    """
    return part.dtype.kind == "f" and bool(np.isnan(part).any())


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name.strip():
        raise UsageError("not a name", "name", name, "Pass a short text.")


def _told_apart(keys: tuple[Key, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Say that a list of arrays was taken as inputs, which nobody wrote."""
    guessed = bool(names) and keys != names
    return (f"inputs: a list of {len(names)} arrays, taken as so many inputs",) if guessed else ()


def _check_rows(x: NDArray[Any], y: NDArray[Any], name: str) -> None:
    if len(x) != len(y):
        turned = x.ndim == 2 and x.shape[1] == len(y)
        cure = f"Each row of {name} needs one target in y."
        if turned:
            cure = f"{name} seems to lie on its side: pass `{name}.T`."
        message = f"{name} has {len(x)} rows and y has {len(y)}"
        raise DataError(message, f"{name}, y", (x.shape, y.shape), cure)
    if len(x) == 1:
        message = "there is one row only, so nothing is left to validate on"
        raise DataError(
            message, f"{name}, y", (x.shape, y.shape), "Pass a list of rows, and as many as you have."
        )


def _target_names(given: Iterable[str], values: NDArray[Any], task: str) -> tuple[str, ...]:
    names = tuple(given)
    if names and (task != "regression" or len(names) != values.shape[1]):
        cure = "Name each target of a regression once, or none."
        raise UsageError("the names of the targets do not fit", "targets", names, cure)
    return names


def _read_beside(parts: Parts, given_y: NDArray[Any], test: tuple[Any, ArrayLike], *, missing: bool) -> Parts:
    """Read rows that came apart from the others; their labels are read together with the others'."""
    given = tell_inputs(test[0], parts["inputs"] or None, test[1])
    labels = [called("test x", key) for key in given.keys]
    y = read_array(test[1], "test y")
    arrays = [read_array(array, label) for array, label in zip(given.arrays, labels, strict=True)]
    for array, label in zip(arrays, labels, strict=True):
        if len(array) != len(y):
            cure = "Each row needs one target."
            raise DataError(f"{label} has {len(array)} rows and test y has {len(y)}", label, cure=cure)
    if y.shape[1:] != given_y.shape[1:]:
        raise DataError("test y has another shape than y", "test y", y.shape, "Give both alike.")
    amounts = any(column.kind != "number" for column in parts["columns"])
    read = [
        read_inputs(array, label, missing=missing, amounts=amounts)
        for array, label in zip(arrays, labels, strict=True)
    ]
    wanted = (parts["x"],) if not parts["inputs"] else parts["x"]
    for part, other, label in zip(read, wanted, labels, strict=True):
        if part.values.shape[1:] != other.shape[1:]:
            cure = f"Give its rows the shape {other.shape[1:]}."
            raise DataError(f"{label} has rows of another shape", label, part.values.shape[1:], cure)
    told = read_targets(np.concatenate([given_y, y]), parts["task"], parts["classes"] or None)
    kept = tuple(read_only(part.values, part.dtype) for part in read)
    own: Parts = {
        "x": kept if parts["inputs"] else kept[0],
        "y": read_only(told.values[len(given_y) :], told.values.dtype),
        "missing": missing and any(has_missing(part) for part in kept),
        **dict.fromkeys(("groups", "time", "sealed")),
    }
    if parts["columns"]:
        own["columns"], rows = own_texts(parts["columns"], kept[0])
        own["x"] = read_only(rows, kept[0].dtype)
    return own
