"""A table of named columns before it is a data set: where its cells stand, and which column is what for.

Knows names and places; what the columns hold is read in ``table_inputs`` and ``table_targets``.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, get_args

import numpy as np
from numpy.typing import NDArray

from trainlab.data.columns import Kind
from trainlab.data.table_words import ANY_FILE, CSV
from trainlab.errors import DataError, UsageError, shortened

if TYPE_CHECKING:
    import polars as pl

_SHOWN = 12


@dataclass(frozen=True)
class Table:
    """Columns of equal length, and how to find a cell again where they came from.

    Args:
        frame: the columns.
        lines: ``(row,)`` on which line of a file each row begins; none for tables without lines.
        missing: texts that stand for a missing value, beside the empty one.
        decimal: the sign between units and tenths in numbers that are texts.
        notes: what was said when the table was read.
    """

    frame: "pl.DataFrame"
    lines: NDArray[np.int64] | None = None
    missing: tuple[str, ...] = ()
    decimal: str = "."
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.frame.height

    @property
    def beside(self) -> str:
        """Where in an experiment file stands what is said of a column: only CSV files have lines."""
        return ANY_FILE if self.lines is None else CSV

    def place(self, column: str, row: int) -> str:
        """Name a cell as a person would look for it.

        >>> import polars
        >>> frame = polars.DataFrame({"age": [1, 2]})
        >>> Table(frame).place("age", 1), Table(frame, np.array([2, 4])).place("age", 1)
        ("column 'age', row 1 (counted from 0)", "column 'age', row 2 (line 4)")
        """
        if self.lines is None:
            return f"column {shortened(column)}, row {row} (counted from 0)"
        return f"column {shortened(column)}, row {row + 1} (line {self.lines[row]})"

    def refuse(self, column: str, bad: NDArray[np.bool_], problem: str, value: object, cure: str) -> NoReturn:
        """Refuse a column for some of its cells: the first one is named, and all are counted.

        Args:
            column: its name.
            bad: ``(row,)`` true where a cell is refused.
            problem: what is wrong, before "in 3 of 10 rows".
            value: of the first such cell.
            cure: what to do next.

        Raises:
            DataError: always.
        """
        first, rows = int(bad.argmax()), int(bad.sum())
        message = f"{problem} in {rows} of {self.rows} rows"
        raise DataError(message, self.place(column, first), "" if value is None else value, cure)


@dataclass(frozen=True)
class Roles:
    """What each column is for.

    Attributes:
        targets: what is to be learned.
        inputs: what it is learned from, in the order of the table.
        groups: tells which rows belong together.
        time: tells when rows were taken.
        kinds: kinds that were asked for, by column.
    """

    targets: tuple[str, ...]
    inputs: tuple[str, ...]
    groups: str | None
    time: str | None
    kinds: Mapping[str, Kind]


def read_roles(  # noqa: PLR0917  # one after the other as in the readers, whose keywords they are
    names: Iterable[str],
    target: object,
    text: object,
    groups: object,
    time: object,
    columns: object,
    drop: object,
    kinds: object,
) -> Roles:
    """Give every column of a table its part.

    Args:
        names: of the columns.
        target: one name, or several.
        text: columns of texts.
        groups: a column.
        time: a column.
        columns: those that are inputs; left out, all that have no other part.
        drop: those that have no part.
        kinds: ``"number"``, ``"category"`` or ``"text"`` by column.

    Raises:
        UsageError: for names that are no columns, for a column with two parts, for an unknown kind, and where
            no input is left.

    >>> read_roles(["age", "town", "ill"], "ill", None, "town", None, None, None, None).inputs
    ('age',)
    >>> read_roles(["age", "ill"], "Age ", None, None, None, None, None, None)
    Traceback (most recent call last):
    trainlab.errors.UsageError: target: no such column (got 'Age '). Did you mean 'age'?
    """
    known = tuple(names)
    targets = _several(target, "target", known)
    if not targets:
        raise UsageError("no column to learn", "target", target, f"The columns are: {_listed(known)}.")
    texts, dropped = _several(text, "text", known), _several(drop, "drop", known)
    chosen = None if columns is None else _several(columns, "columns", known)
    single = {"groups": _single(groups, "groups", known), "time": _single(time, "time", known)}
    asked = {**_kinds(kinds, known), **dict.fromkeys(texts, "text")}
    if chosen is not None:
        chosen = (*chosen, *(name for name in texts if name not in chosen))
    parts = dict.fromkeys(targets, "target")
    others = [*((name, part) for part, name in single.items() if name), *((name, "drop") for name in dropped)]
    for name, part in [*others, *((name, "columns") for name in chosen or ()), *((n, "text") for n in texts)]:
        if parts.get(name, part) != part and {parts[name], part} != {"columns", "text"}:
            raise UsageError(f"the column is `{parts[name]}` already", part, name, "Give it one part.")
        parts[name] = part
    free = {"columns", "text", None} if chosen is None else {"columns", "text"}
    inputs = tuple(name for name in known if parts.get(name) in free)
    if not inputs:
        raise UsageError("no column is left to learn from", "columns", None, "Leave one as an input.")
    for name in asked:
        if name not in inputs:
            raise UsageError("a kind is asked for a column that is no input", "kinds", name, "Leave it out.")
    return Roles(targets, inputs, single["groups"], single["time"], asked)


def _several(given: object, where: str, known: tuple[str, ...]) -> tuple[str, ...]:
    if given is None:
        return ()
    if isinstance(given, (bytes, Mapping)) or not isinstance(given, Iterable):
        raise UsageError("not the name of a column", where, given, "Write a name, or a list of names.")
    names = [given] if isinstance(given, str) else list(given)
    for name in names:
        _check_known(name, where, known)
    if len(set(names)) < len(names):
        raise UsageError("a column stands there twice", where, names, "Name each once.")
    return tuple(names)


def _single(given: object, where: str, known: tuple[str, ...]) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise UsageError("not the name of a column", where, given, "Write one name.")
    _check_known(given, where, known)
    return given


def _kinds(given: object, known: tuple[str, ...]) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        cure = 'Write kinds by column, as `kinds: {zip: category}` (in Python `{"zip": "category"}`).'
        raise UsageError("not a mapping of columns to kinds", "kinds", given, cure)
    for name, kind in given.items():
        _check_known(name, "kinds", known)
        if kind not in get_args(Kind):
            cure = f"Choose one of: {', '.join(get_args(Kind))}."
            raise UsageError("unknown kind of column", f"kinds: {name}", kind, cure)
    return dict(given)


def _check_known(name: object, where: str, known: tuple[str, ...]) -> None:
    if name in known:
        return
    said = str(name).strip().lower()
    spelt = {one.lower(): one for one in known}
    near = [said] if said in spelt else difflib.get_close_matches(said, spelt, n=1, cutoff=0.6)
    cure = f"Did you mean {spelt[near[0]]!r}?" if near else f"The columns are: {_listed(known)}."
    raise UsageError("no such column", where, name, cure)


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _SHOWN
    shown = ", ".join(shortened(name) for name in names[:_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
