"""The data card: what can be said of a data set at a glance, as facts. How it is shown is said elsewhere.

Everything is counted on the open rows; of sealed ones only how many there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.column_facts import ColumnFacts, describe_column, span_and_mean
from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset

SCHEMA = "trainlab/data/1"

MOST_COLUMNS = 200
"""So many columns of a table are told one by one."""

_COUNTED_CELLS = 5 * 10**7
"""In larger tables different values are not counted: sorting them would take more than some seconds."""


@dataclass(frozen=True)
class InputFacts:
    """One input of the network.

    Args:
        name: its name; empty where there is one input.
        shape: of one row.
        kept: the type its numbers are kept in.
        scale: what they are multiplied with.
        low: smallest number; None where all are missing.
        high: largest number.
        mean: their mean.
        missing: share of the numbers that are missing.
        still: how many numbers of a row are the same in all rows.
    """

    name: str
    shape: tuple[int, ...]
    kept: str
    scale: float
    low: float | None
    high: float | None
    mean: float | None
    missing: float
    still: int

    @property
    def numbers(self) -> int:
        """How many numbers a row has."""
        return int(np.prod(self.shape))


@dataclass(frozen=True)
class ClassFacts:
    """One class: its name, how many rows it has, and what share of all rows that is."""

    name: str
    rows: int
    share: float


@dataclass(frozen=True)
class Card:
    """What can be said of a data set at a glance.

    Args:
        name: what it is called.
        task: ``"classification"`` or ``"regression"``.
        rows: open rows.
        sealed_rows: rows under seal; 0 where there are none.
        inputs: one for each input.
        columns: the first 200 columns of a table; empty for several inputs and for others than tables.
        more_columns: how many columns are not told one by one.
        classes: in the order of their numbers; empty for a regression.
        targets: of a regression.
        groups: how many groups there are; None where no row belongs to one.
        largest_group: rows of the largest group.
        times: how many different times there are; None where none are known.
        fingerprint: SHA-256 of the contents.
        bytes: what inputs, with the texts of their columns, and targets take in memory.
        licence: under which they may be used; empty where it is not known.
        source: what an experiment file says to get them again; None where it cannot.
        notes: sentences on where they come from and what was decided about them.
    """

    name: str
    task: str
    rows: int
    sealed_rows: int
    inputs: tuple[InputFacts, ...]
    columns: tuple[ColumnFacts, ...]
    more_columns: int
    classes: tuple[ClassFacts, ...]
    targets: tuple[ColumnFacts, ...]
    groups: int | None
    largest_group: int
    times: int | None
    fingerprint: str
    bytes: int
    licence: str
    source: str | Mapping[str, Any] | None
    notes: tuple[str, ...]

    @property
    def near_constant(self) -> tuple[str, ...]:
        """Columns of which 99 % of the rows and more have one value."""
        return tuple(column.name for column in self.columns if column.near_constant)

    def document(self) -> dict[str, Any]:
        """Give the object that ``trainlab data --json`` prints: plain values, None where there is none."""
        source = dict(self.source) if isinstance(self.source, Mapping) else self.source
        return {
            "schema": SCHEMA,
            "name": self.name,
            "task": self.task,
            "rows": self.rows,
            "sealed_rows": self.sealed_rows,
            "inputs": [{**vars(one), "shape": list(one.shape)} for one in self.inputs],
            "columns": [column.document() for column in self.columns],
            "more_columns": self.more_columns,
            "classes": [dict(vars(one)) for one in self.classes],
            "targets": [target.document() for target in self.targets],
            "groups": self.groups,
            "largest_group": self.largest_group,
            "times": self.times,
            "near_constant": list(self.near_constant),
            "fingerprint": self.fingerprint,
            "bytes": self.bytes,
            "licence": self.licence,
            "source": source,
            "notes": list(self.notes),
        }


def card(dataset: Dataset) -> Card:
    """Tell what can be said of a data set at a glance.

    >>> told = card(Dataset([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]], ["a", "b", "a"], columns=["age", "zone"]))
    >>> told.columns[0].low, told.columns[0].high, told.near_constant
    (1.0, 4.0, ('zone',))
    >>> [(one.name, one.rows) for one in told.classes]
    [('a', 2), ('b', 1)]
    """
    columns, more = _columns(dataset)
    groups = None if dataset.groups is None else np.bincount(dataset.groups)
    return Card(
        name=dataset.name,
        task=dataset.task,
        rows=dataset.rows,
        sealed_rows=0 if dataset.sealed is None else dataset.sealed.rows,
        inputs=_inputs(dataset),
        columns=columns,
        more_columns=more,
        classes=tuple(
            ClassFacts(name, count, count / dataset.rows)
            for name, count in zip(dataset.classes, dataset.class_counts, strict=True)
        ),
        targets=_targets(dataset),
        groups=None if groups is None else int((groups > 0).sum()),
        largest_group=0 if groups is None else int(groups.max()),
        times=None if dataset.time is None else len(np.unique(dataset.time)),
        fingerprint=dataset.fingerprint,
        bytes=_bytes(dataset),
        licence=dataset.licence,
        source=dataset.source,
        notes=dataset.notes,
    )


def _bytes(dataset: Dataset) -> int:
    texts = (level for column in dataset.columns for level in column.levels)
    arrays = sum(part.nbytes for part in dataset.parts) + dataset.y.nbytes
    return arrays + sum(len(text.encode("utf-8", "replace")) for text in texts)


def _inputs(dataset: Dataset) -> tuple[InputFacts, ...]:
    names = dataset.inputs or ("",)
    return tuple(
        _input(name, part, scale)
        for name, part, scale in zip(names, dataset.parts, dataset.scales, strict=True)
    )


def _input(name: str, part: NDArray[Any], scale: float) -> InputFacts:
    flat = part.reshape(len(part), -1)
    gone = np.isnan(flat) if flat.dtype.kind == "f" and np.isnan(flat).any() else None
    if gone is None:
        low, high, mean = span_and_mean(flat)
        still = int((flat == flat[:1]).all(axis=0).sum())
        return InputFacts(name, part.shape[1:], part.dtype.name, scale, low, high, mean, 0.0, still)
    low, high, mean = span_and_mean(flat[~gone])
    least, most = np.where(gone, np.inf, flat).min(axis=0), np.where(gone, -np.inf, flat).max(axis=0)
    still = int((least >= most).sum())
    return InputFacts(
        name, part.shape[1:], part.dtype.name, scale, low, high, mean, float(gone.mean()), still
    )


def _columns(dataset: Dataset) -> tuple[tuple[ColumnFacts, ...], int]:
    if dataset.inputs or dataset.parts[0].ndim != 2:
        return (), 0
    (table,) = dataset.parts
    told = min(table.shape[1], MOST_COLUMNS)
    named = dataset.columns or tuple(Column(f"column {place}") for place in range(told))
    counted = table.shape[0] * told <= _COUNTED_CELLS
    facts = tuple(
        describe_column(column, table[:, place], counted=counted) for place, column in enumerate(named[:told])
    )
    return facts, table.shape[1] - told


def _targets(dataset: Dataset) -> tuple[ColumnFacts, ...]:
    if dataset.classes:
        return ()
    count = dataset.outputs
    names = dataset.targets or (
        ("target",) if count == 1 else tuple(f"target {place}" for place in range(count))
    )
    return tuple(
        describe_column(Column(name), dataset.y[:, place], counted=True)
        for place, name in enumerate(names[:MOST_COLUMNS])
    )
