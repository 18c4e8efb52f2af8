"""Which steps act on which column: what an experiment says, and the defaults by type for the rest.

Looks at the type of a column and at whether it has missing values, never at what its values are. Nothing is
fitted here.
"""

import difflib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from trainlab.data.columns import Column, Kind
from trainlab.data.dataset import Dataset
from trainlab.data.preparing.preparation import (
    COUNTERS,
    EMPTY,
    ENCODERS,
    MISSING,
    PLURALS,
    SCALING,
    Prepare,
    Step,
    Steps,
    check_steps,
)
from trainlab.errors import DataError, UsageError

SHOWN = 8
"""So many names are listed in one sentence."""

Places = Callable[[tuple[str, ...]], str]
"""Makes a place from keys below ``prepare``: those of a kind, or ``columns`` and a name."""


@dataclass(frozen=True)
class ColumnSteps:
    """What is done to one column, or to all columns of an array that names none.

    Args:
        column: the column; nothing where an input names none, as images.
        steps: what is done, in this order.
        added: how many of the last steps nobody wrote: the default of the type.
    """

    column: Column | None
    steps: Steps
    added: int = 0


@dataclass(frozen=True)
class StepsInForce:
    """What is done to each input and to the targets.

    Args:
        inputs: for each input, what is done to each of its columns, in their order.
        target: ``"none"``, ``"standardize"`` or ``"min_max"``.
        target_added: whether nobody wrote what is done to the targets.
    """

    inputs: tuple[tuple[ColumnSteps, ...], ...]
    target: str = "none"
    target_added: bool = True


def steps_in_force(
    dataset: Dataset, prepare: Prepare, *, scale_target: bool = False, places: Places | None = None
) -> StepsInForce:
    """Say what is done to every column: what is written, and what its type still needs.

    A column that is named takes its own steps, any other those of its kind. What is still lacking is added:
    numbers of a table in their own units are standardized unless a scaling or ``none`` is written, categories
    become 0/1 columns, texts become weighted counts of words. Images keep their constant scale.

    Args:
        dataset: the rows; only types and missing values are looked at.
        prepare: what the experiment says.
        scale_target: whether the targets of a regression are standardized where nothing is written.
        places: makes the place of a refusal from keys below ``prepare``.

    Raises:
        UsageError: for a column or input that is not there, steps that do not fit its kind, levels that are
            not its own, and a scaled target of a classification.
        DataError: for a column with missing values that no step fills, with its first row and how many.

    >>> data = Dataset(
    ...     [[20.0, 0.0], [64.0, 1.0], [31.0, 1.0]],
    ...     [0, 1, 0],
    ...     columns=["age", Column("sex", "category", ("f", "m"))],
    ... )
    >>> for steps in steps_in_force(data, Prepare(numbers=[Step("min_max")])).inputs[0]:
    ...     print(steps.column.name, *steps.steps)
    age min max
    sex one hot
    """
    place = places or (lambda keys: f"prepare: {keys[-1]}")
    named = dict(prepare.columns)
    _check_names(dataset, named, place)
    _check_kinds(dataset, prepare, place)
    inputs = []
    for index, part in enumerate(dataset.parts):
        if dataset.columns and not dataset.inputs:
            inputs.append(
                tuple(_of_column(dataset, prepare, named, at, place) for at in range(part.shape[1]))
            )
            continue
        name = dataset.inputs[index] if dataset.inputs else ""
        written = named.get(name, prepare.numbers)
        steps, added = _completed(written, "number", raw=_raw(dataset, index))
        _refuse_missing(part, name or "x", None, steps)
        inputs.append((ColumnSteps(None, steps, added),))
    if prepare.target not in {None, "none"} and dataset.classes:
        cure = "Leave it out: classes have no units."
        raise UsageError(
            "only the target of a regression is scaled", place(("target",)), prepare.target, cure
        )
    default = "standardize" if scale_target and not dataset.classes else "none"
    return StepsInForce(tuple(inputs), prepare.target or default, prepare.target is None)


def listed_names(names: list[str]) -> str:
    """List names, the first eight of many.

    >>> listed_names(["a", "b"]), listed_names([str(number) for number in range(10)])
    ('a, b', '0, 1, 2, 3, 4, 5, 6, 7 and 2 more')
    """
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _of_column(
    dataset: Dataset, prepare: Prepare, named: dict[str, Steps], at: int, place: Places
) -> ColumnSteps:
    column = dataset.columns[at]
    own = column.name in named
    written: Steps = named[column.name] if own else getattr(prepare, PLURALS[column.kind])
    keys = ("columns", column.name) if own else (PLURALS[column.kind],)
    if own:
        check_steps(written, column.kind, place(keys))
    _check_levels(written, column, place(keys))
    steps, added = _completed(written, column.kind, raw=_raw(dataset, 0))
    if column.kind == "category":
        check_steps(steps, "category", place(keys))
    _refuse_missing(dataset.parts[0][:, at], column.name, column, steps)
    if dataset.sealed is not None and dataset.sealed.holes()[0][at]:
        _refuse_sealed_hole(column, steps)
    return ColumnSteps(column, steps, added)


def _completed(written: Steps, kind: Kind, *, raw: bool) -> tuple[Steps, int]:
    """Add what the type still needs, and say how many steps were added."""
    names = {step.name for step in written}
    if kind == "category" and not names & set(ENCODERS):
        default = [Step("one_hot")]
    elif kind == "text" and not names & set(COUNTERS):
        default = [Step("tf_idf")]
    elif kind == "number" and raw and not names & set(SCALING):
        default = [Step("standardize")]
    else:
        default = []
    return (*written, *default), len(default)


def _raw(dataset: Dataset, index: int) -> bool:
    raw: Any = dataset.raw
    own = raw[index] if isinstance(raw, tuple) else raw
    return bool(own) and dataset.parts[index].ndim == 2


def _check_names(dataset: Dataset, named: dict[str, Steps], place: Places) -> None:
    known = list(dataset.inputs) or [column.name for column in dataset.columns]
    for name in named:
        if name in known:
            continue
        if not known:
            cure = "Write the steps for all `numbers`, or name the columns of x with `columns`."
            raise UsageError("the data name no columns", place(("columns", name)), name, cure)
        what = "input" if dataset.inputs else "column"
        near = difflib.get_close_matches(name, known, n=1)
        cure = f"Did you mean `{near[0]}`?" if near else f"There are: {listed_names(known)}."
        raise UsageError(f"no such {what}", place(("columns", name)), name, cure)
    for name in dataset.inputs:
        check_steps(named.get(name, ()), "number", place(("columns", name)))


def _check_kinds(dataset: Dataset, prepare: Prepare, place: Places) -> None:
    """Refuse steps for a kind of column that the data do not have: they would silently do nothing."""
    found: set[str] = {column.kind for column in dataset.columns} or {"number"}
    for kind in get_args(Kind):
        if getattr(prepare, PLURALS[kind]) and kind not in found:
            has = " and ".join(PLURALS[one] for one in get_args(Kind) if one in found)
            cure = f"Leave `{PLURALS[kind]}` out; the columns are {has}."
            raise UsageError(f"there are no {PLURALS[kind]} in the data", place((PLURALS[kind],)), None, cure)


def _check_levels(steps: Iterable[Step], column: Column, where: str) -> None:
    for step in steps:
        if column.kind != "category" or step.value is None:
            continue
        if step.name == "impute" and step.value not in {MISSING, "most_frequent", *column.levels}:
            cure = f"Choose from: {MISSING}, most_frequent, {listed_names(list(column.levels))}."
            raise UsageError("no level of the column", where, step.value, cure)
        if step.name == "ordinal" and isinstance(step.value, tuple):
            lacking = [level for level in column.levels if level not in step.value]
            foreign = [level for level in step.value if level not in column.levels]
            if lacking or foreign:
                message = f"the order {'leaves out' if lacking else 'has a level that is none:'}"
                cure = f"The levels are: {listed_names(list(column.levels))}."
                raise UsageError(f"{message} {(lacking + foreign)[0]!r}", where, list(step.value), cure)


def _refuse_missing(values: NDArray[Any], name: str, column: Column | None, steps: Steps) -> None:
    if values.dtype.kind != "f" or any(step.name == "impute" for step in steps):
        return
    bad = np.isnan(values).reshape(len(values), -1)
    rows = bad.any(axis=1)
    count = int(rows.sum())
    if not count:
        return
    inside = "" if column or values.ndim == 1 else f", column {int(bad[rows][0].argmax())}"
    where = f"column {name!r}, row {int(rows.argmax())}{inside} (counted from 0)"
    key = name if column else "numbers"
    kind = column.kind if column else "number"
    cure = f"Write {_ways(kind, key)}, drop these rows, or leave the column out."
    message = f"{count} of {len(values)} rows have a missing value, and no step fills it"
    raise DataError(message, where, math.nan, cure)


def _refuse_sealed_hole(column: Column, steps: Steps) -> None:
    """Refuse now what could only be found out when the test set is opened."""
    if any(step.name == "impute" for step in steps):
        return
    cure = f"Write {_ways(column.kind, column.name)}, drop these rows, or leave the column out."
    message = "sealed test rows have missing values, and no step fills them"
    raise DataError(message, f"column {column.name!r}", math.nan, cure)


def _ways(kind: Kind, key: str) -> str:
    return {
        "number": f"`prepare: {{{key}: {{impute: median}}}}` (or mean, most_frequent, a number)",
        "category": f"`prepare: {{{key}: {{impute: {MISSING}}}}}` (a level of its own; or most_frequent)",
        "text": f"`prepare: {{{key}: {{impute: {EMPTY}}}}}` (a text without words)",
    }[kind]
