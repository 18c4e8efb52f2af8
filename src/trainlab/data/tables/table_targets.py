"""Columns of a table beside the inputs: what is to be learned, which rows belong together, when they were.

A missing target, group or time is refused: nothing may fill it. Knows nothing of inputs.
"""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.data.table_words import Way, ways
from trainlab.data.tables.table import Table
from trainlab.data.tables.table_inputs import (
    as_texts,
    is_text,
    levels_of,
    levels_of_enum,
    positions_in,
    without_nan,
)
from trainlab.data.tables.written import as_numbers, how_to_mend, like_dates, like_numbers, trimmed
from trainlab.data.targets import FEW, Task, class_names
from trainlab.errors import DataError, UsageError, shortened

if TYPE_CHECKING:
    import polars as pl

CLEARLY_AMOUNTS = 100
"""More different whole numbers than these are amounts; between `FEW` and this nobody can tell."""

_LARGEST = float(np.finfo(np.float32).max)


class TableTargets(NamedTuple):
    """What `Dataset` takes: ``(row,)`` class numbers, or ``(row, target)`` amounts, with their names."""

    y: NDArray[Any]
    task: Task
    classes: tuple[str, ...]
    targets: tuple[str, ...]
    notes: tuple[str, ...]


def read_table_targets(
    table: Table, names: tuple[str, ...], task: Task | None, classes: Iterable[object] | None
) -> TableTargets:
    """Read one column, or several, as what is to be learned.

    A single column's values are the names of the classes, whole numbers too: labels from 1 to 3 are the
    classes "1", "2" and "3". Several columns are one-hot where each row has a single 1, else several amounts.

    Args:
        table: the table.
        names: the columns.
        task: ``"classification"``, ``"regression"``, or None to tell it from the values.
        classes: names of the classes in their order.

    Raises:
        DataError: for missing values, one class, the same amount everywhere, amounts that are no finite
            float32 numbers, values that are not among the classes, one-hot rows that do not sum to one, and
            whole numbers that might be both classes and amounts.

    >>> import polars
    >>> read = read_table_targets(Table(polars.DataFrame({"kind": [3, 1, 3]})), ("kind",), None, None)
    >>> read.y.tolist(), read.classes
    ([1, 0, 1], ('1', '3'))
    """
    asked = None if classes is None else class_names(classes)
    if asked is not None and task == "regression":
        raise UsageError(
            "a regression has no classes", "classes", asked, "Leave them out, or change the task."
        )
    columns = [
        _present(table, name, "Drop these rows: there is nothing to learn from them.") for name in names
    ]
    if len(names) == 1:
        return _single(table, names[0], columns[0], task, asked)
    amounts = [_amounts(table, name, column) for name, column in zip(names, columns, strict=True)]
    values = np.stack([one.to_numpy() for one in amounts], axis=1)
    flags = (values == 0) | (values == 1)
    if task == "classification" or asked is not None or (task is None and flags.all()):
        return _one_hot(table, names, values, flags, asked)
    said = () if task else (f"task: regression, since the targets are {len(names)} columns of amounts",)
    _check_varied(table, names, values)
    return TableTargets(values, "regression", (), names, said)


def read_table_groups(table: Table, name: str | None) -> NDArray[Any] | None:
    """Read the labels of groups as texts.

    Raises:
        DataError: where one is missing.

    >>> import polars
    >>> read_table_groups(Table(polars.DataFrame({"patient": [7, 7, 9]})), "patient").tolist()
    ['7', '7', '9']
    """
    if name is None:
        return None
    labels = _present(table, name, "Say which rows belong together, or drop these.")
    return np.array(_as_labels(labels).to_list(), dtype=str)


def read_table_time(table: Table, name: str | None) -> NDArray[Any] | None:
    """Read the times at which rows were taken as numbers that sort as they do.

    Args:
        table: the table.
        name: a column of numbers, of dates, or of ISO texts: 2026-11-21, 2026-11-21T12:30.

    Raises:
        DataError: where one is missing or no such time, and where some name a time zone and others do not.

    >>> import polars
    >>> read_table_time(
    ...     Table(polars.DataFrame({"day": ["2026-01-02", "2025-12-31"]})), "day"
    ... ).argsort().tolist()
    [1, 0]
    """
    import polars as pl

    if name is None:
        return None
    times = _present(table, name, "Give every row its time, or drop these rows.")
    if times.dtype.is_temporal():
        return times.to_physical().to_numpy()
    if is_text(times):
        # Whole numbers as they are: nanoseconds since 1970 are beyond what a float tells apart.
        whole = times.cast(pl.String).cast(pl.Int64, strict=False)
        numbers = as_numbers(times.cast(pl.String), table.decimal)
        times = times if numbers.null_count() else numbers if whole.null_count() else whole
    if not is_text(times):
        _finite(table, name, times.cast(pl.Float64))
        return times.to_numpy()
    ranks = _moments(table, name, times.cast(pl.String))
    return np.array([ranks[text] for text in times.to_list()])


def _moments(table: Table, name: str, texts: "pl.Series") -> dict[str, int]:
    """Give each text its rank in time."""
    different = texts.unique().to_list()
    moments = {text: _moment(text) for text in different}
    cure = "Write times as 2026-11-21 or 2026-11-21T12:30:00, all with a time zone or none, or as numbers."
    for wrong, problem in (
        ([text for text, moment in moments.items() if moment is None], "no ISO date or time"),
        (
            [text for text, moment in moments.items() if moment and moment.tzinfo],
            "a time zone, unlike others,",
        ),
    ):
        if wrong and (problem.startswith("no") or len(wrong) < len(different)):
            bad = texts.is_in(wrong).to_numpy()
            table.refuse(name, bad, problem, texts[int(bad.argmax())], cure)
    order = sorted({moment for moment in moments.values() if moment})
    rank = {moment: number for number, moment in enumerate(order)}
    return {text: rank[moment] for text, moment in moments.items() if moment}


def _moment(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _present(table: Table, name: str, cure: str) -> "pl.Series":
    import polars as pl

    values = without_nan(table.frame[name])
    if is_text(values) and not levels_of_enum(values):
        values = trimmed(values.cast(pl.String), table.missing)
    missing = values.is_null().to_numpy()
    if missing.any():
        table.refuse(name, missing, "missing", "", cure)
    usable = is_text(values) or values.dtype.is_numeric() or values.dtype.is_temporal()
    if not usable and values.dtype != pl.Boolean:
        raise DataError(f"it holds {values.dtype} values", f"column {shortened(name)}", cure="Make it plain.")
    return values


def _single(
    table: Table, name: str, values: "pl.Series", task: Task | None, classes: tuple[str, ...] | None
) -> TableTargets:
    notes: list[str] = []
    if task is None:
        task = "classification" if classes else _tell(table, name, values, notes)
    if task == "regression":
        amounts = _amounts(table, name, values).to_numpy()
        _check_varied(table, (name,), amounts[:, None])
        return TableTargets(amounts[:, None], "regression", (), (name,), tuple(notes))
    declared = levels_of_enum(values)
    labels = _as_labels(values)
    present = levels_of(labels)
    odd = [one for one in present if not one.isprintable()]
    if odd:  # a terminal would obey it
        bad = labels.is_in(odd).to_numpy()
        first = labels[int(bad.argmax())]
        table.refuse(name, bad, "a class with control characters", first, "Rename these classes.")
    if len(present) < 2:
        cure = "A classification needs rows of at least two classes."
        where = f"column {shortened(name)}"
        raise DataError(f"all {table.rows} rows are of one class", where, present[0], cure)
    if classes is None and len(present) > FEW and _decimals(labels, table.decimal):
        said = ways(Way("task", "regression"), beside=table.beside)
        cure = f"Write {said}, or put the values into a few named ranges."
        message = f"{len(present):,} different numbers with decimals are amounts, not classes"
        raise DataError(message, f"column {shortened(name)}", present[0], cure)
    names = classes or declared or present
    positions = positions_in(labels, names)
    strange = positions.is_null().to_numpy()
    if strange.any():
        cure = f"Known are: {shortened(list(names), 200)}."
        table.refuse(name, strange, "not among the classes", labels[int(strange.argmax())], cure)
    absent = [one for one in names if one not in present]
    if absent:
        notes.append(f"classes without rows: {', '.join(absent)}")
    return TableTargets(positions.to_numpy().astype(np.int32), "classification", names, (), tuple(notes))


def _tell(table: Table, name: str, values: "pl.Series", notes: list[str]) -> Task:
    """Tell the task from the values of the target, and say so."""
    import polars as pl

    if values.dtype == pl.Boolean or values.dtype.is_temporal() or levels_of_enum(values):
        notes.append("task: classification, since the targets are names")
        return "classification"
    numbers = (
        as_numbers(values.cast(pl.String), table.decimal) if is_text(values) else values.cast(pl.Float64)
    )
    if is_text(values):
        dates = like_dates(values.cast(pl.String))
        if 2 * int(dates.sum()) >= table.rows:
            first = int(dates.to_numpy().argmax())
            said = ways(Way("task", "classification"), beside=table.beside)
            cure = f"Turn them into numbers first, as days since a day, or write {said}."
            table.refuse(name, dates.to_numpy(), "a date or time of day to learn", values[first], cure)
        meant = 2 * int(like_numbers(values.cast(pl.String)).sum()) >= table.rows
        if numbers.null_count() and not meant:
            notes.append("task: classification, since the targets are names")
            return "classification"
        _amounts(table, name, values)  # refuses those that are no numbers among numbers
    different = numbers.n_unique()
    if not bool((numbers == numbers.floor()).all()):
        notes.append("task: regression, since the targets are numbers with decimals")
        return "regression"
    if different <= FEW:
        told = f"task: classification, since the targets are {different} different whole numbers"
        said = ways(Way("task", "regression"), beside=table.beside)
        notes.append(f"{told}; write {said} if they are amounts")
        return "classification"
    if different > CLEARLY_AMOUNTS:
        notes.append(f"task: regression, since the targets are {different:,} different whole numbers")
        return "regression"
    message = f"{different} different whole numbers may be classes and may be amounts"
    choices = Way("task", "classification"), Way("task", "regression")
    cure = f"Write {ways(*choices, beside=table.beside)}."
    raise DataError(message, f"column {shortened(name)}", as_texts(values)[0], cure)


def _decimals(labels: "pl.Series", decimal: str) -> bool:
    numbers = as_numbers(labels, decimal)
    return not numbers.null_count() and not bool((numbers == numbers.floor()).all())


def _as_labels(values: "pl.Series") -> "pl.Series":
    """Write labels as texts; where all are whole numbers, 1.0 and 1 are one label."""
    import polars as pl

    if not is_text(values):
        return as_texts(values)
    texts = values.cast(pl.String)
    numbers = as_numbers(texts)
    if numbers.null_count() or not bool((numbers == numbers.floor()).all()):
        return texts
    # 07 and 7 stay two labels, as somebody may have meant them; 1.0 beside 1 is how programs write one.
    return texts.str.replace(r"\.0*$", "")


def _amounts(table: Table, name: str, values: "pl.Series") -> "pl.Series":
    import polars as pl

    if values.dtype.is_temporal():
        cure = "Turn it into a number first, as days since a day."
        raise DataError("dates are no amounts", f"column {shortened(name)}", str(values[0]), cure)
    if is_text(values):
        texts = values.cast(pl.String)
        numbers = as_numbers(texts, table.decimal)
        bad = numbers.is_null().to_numpy()
        if bad.any():
            first = texts[int(bad.argmax())]
            cure = how_to_mend(first) or "Mend these cells, or drop their rows."
            said = ways(Way("task", "classification"), beside=table.beside)
            cure += f" If these are names of classes, write {said}."
            table.refuse(name, bad, "not a number", first, cure)
    else:
        numbers = values.cast(pl.Float64)
    return _finite(table, name, numbers)


def _finite(table: Table, name: str, numbers: "pl.Series") -> "pl.Series":
    bad = (~numbers.is_finite() | (numbers.abs() > _LARGEST)).to_numpy()
    if bad.any():
        problem = "infinite, or too large for float32,"
        table.refuse(name, bad, problem, numbers[int(bad.argmax())], "Mend these cells, or drop their rows.")
    return numbers


def _one_hot(
    table: Table,
    names: tuple[str, ...],
    values: NDArray[Any],
    flags: NDArray[np.bool_],
    asked: tuple[str, ...] | None,
) -> TableTargets:
    if not flags.all():
        column = int((~flags).any(axis=0).argmax())
        bad = ~flags[:, column]
        cure = "Several columns are classes only as one-hot rows of 0 and 1; give one column of names."
        table.refuse(names[column], bad, "neither 0 nor 1", values[int(bad.argmax()), column].item(), cure)
    wrong = values.sum(axis=1) != 1
    if wrong.any():
        first = int(wrong.argmax())
        said = ways(Way("task", "regression"), beside=table.beside)
        cure = f"Give each row exactly one class; write {said} if these are amounts."
        problem = "the one-hot values do not sum to one"
        table.refuse(names[0], wrong, problem, values[first].astype(int).tolist(), cure)
    if asked is not None and asked != names:
        cure = "Leave `classes` out: the columns' names are the classes'."
        raise UsageError("not the columns of the one-hot target", "classes", asked, cure)
    counts = values.sum(axis=0)
    if (counts > 0).sum() < 2:
        cure = "A classification needs rows of at least two classes."
        raise DataError(
            f"all {table.rows} rows are of one class", "target", names[int(counts.argmax())], cure
        )
    absent = [name for name, count in zip(names, counts, strict=True) if not count]
    notes = [f"targets: one-hot rows of {len(names)} classes, named after their columns"]
    if absent:
        notes.append(f"classes without rows: {', '.join(absent)}")
    return TableTargets(values.argmax(axis=1).astype(np.int32), "classification", names, (), tuple(notes))


def _check_varied(table: Table, names: tuple[str, ...], values: NDArray[Any]) -> None:
    constant = values.min(axis=0) == values.max(axis=0)
    if constant.all():
        where = f"column {shortened(names[0])}"
        cure = "Check which column was taken as the target."
        raise DataError(f"all {table.rows} rows have the same target", where, values[0, 0].item(), cure)
