"""A table as a data set: the one way that files and frames take. Knows no files."""

from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args

from trainlab.data.dataset import Dataset
from trainlab.data.tables.table import Table, read_roles
from trainlab.data.tables.table_inputs import read_table_inputs
from trainlab.data.tables.table_targets import read_table_groups, read_table_targets, read_table_time
from trainlab.data.targets import Task
from trainlab.errors import DataError, UsageError

Names = str | Iterable[str]
"""One column, or several."""


def dataset_of(
    table: Table,
    target: Names,
    *,
    task: str | None = None,
    text: Names | None = None,
    groups: str | None = None,
    time: str | None = None,
    classes: Iterable[object] | None = None,
    columns: Names | None = None,
    drop: Names | None = None,
    kinds: Mapping[str, str] | None = None,
    name: str = "table",
    source: Mapping[str, Any] | None = None,
) -> Dataset:
    """Make a data set of the columns of a table.

    Args:
        table: the table.
        target: the column to learn; several for several amounts, or for one-hot classes.
        task: ``"classification"`` or ``"regression"``; left out, it is told from the target's values.
        text: columns whose words are counted.
        groups: the column that tells which rows belong together; it is no input.
        time: the column that tells when rows were taken; it is no input.
        classes: names of the classes in their order; left out, the target's values in theirs.
        columns: the inputs; left out, every column that has no other part.
        drop: columns to leave out.
        kinds: what a column holds where that is not seen: ``"number"``, ``"category"`` or ``"text"``.
        name: what the data set is called.
        source: how to get the table again.

    Raises:
        UsageError: for names that are no columns, and for parts that do not fit each other.
        DataError: for cells that cannot be learned from, with column, row, value and count.

    >>> import polars
    >>> frame = polars.DataFrame(
    ...     {"age": [31, 64, 45], "town": ["Ulm", "Bonn", "Ulm"], "ill": ["no", "yes", "no"]}
    ... )
    >>> data = dataset_of(Table(frame), "ill")
    >>> data, data.classes
    (Dataset('table': 3 rows of shape (2,), 2 classes), ('no', 'yes'))
    """
    if task is not None and task not in get_args(Task):
        cure = "Write 'classification' or 'regression', or leave it out."
        raise UsageError("unknown task", "task", task, cure)
    roles = read_roles(table.frame.columns, target, text, groups, time, columns, drop, kinds)
    if table.rows < 2:
        cure = "Learning and validating need at least two rows, and many more to say something."
        raise DataError(f"the table has {table.rows} row{'s' * (table.rows != 1)}", cure=cure)
    targets = read_table_targets(table, roles.targets, cast("Task | None", task), classes)
    inputs = read_table_inputs(table, roles.inputs, dict(roles.kinds))
    return Dataset(
        inputs.x,
        targets.y,
        name=name,
        task=targets.task,
        classes=targets.classes or None,
        notes=[*table.notes, *targets.notes, *inputs.notes],
        columns=inputs.columns,
        missing=inputs.missing,
        groups=read_table_groups(table, roles.groups),
        time=read_table_time(table, roles.time),
        targets=targets.targets,
        source=source,
    )


def said(**options: Any) -> dict[str, Any]:
    """Keep the options that somebody gave, as an experiment file would write them.

    >>> said(csv="a.csv", target=("y", "z"), text=None)
    {'csv': 'a.csv', 'target': ['y', 'z']}
    """
    return {key: _plain(value) for key, value in options.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else value
