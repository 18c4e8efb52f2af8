"""A first glance at a table of which nobody has said yet what is to be learned: each column by itself.

What a data set refuses is no error here but a fact: it is what somebody has to decide.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainlab.data.card import MOST_COLUMNS
from trainlab.data.column_facts import ColumnFacts, describe_column
from trainlab.data.files.ordinary import ordinary_file, reading
from trainlab.data.tables.table import Table
from trainlab.data.tables.table_inputs import read_table_inputs
from trainlab.errors import DataError

SCHEMA = "trainlab/columns/1"


@dataclass(frozen=True)
class Undecided:
    """A column that is no input as it is: its name, what is in the way, and the choices."""

    name: str
    problem: str
    cure: str


@dataclass(frozen=True)
class Glance:
    """What a table holds, before its parts are known.

    Args:
        name: what the table is called.
        rows: how many there are.
        names: of all columns, in their order.
        columns: those that could be inputs as they are, of the first 200.
        undecided: those that could not.
        notes: what was said when the table was read.
    """

    name: str
    rows: int
    names: tuple[str, ...]
    columns: tuple[ColumnFacts, ...]
    undecided: tuple[Undecided, ...]
    notes: tuple[str, ...]

    @property
    def more_columns(self) -> int:
        """How many columns are not told one by one."""
        return len(self.names) - len(self.columns) - len(self.undecided)

    def document(self) -> dict[str, Any]:
        """Give the object that ``trainlab data --json`` prints where no target was named."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "rows": self.rows,
            "names": list(self.names),
            "columns": [column.document() for column in self.columns],
            "undecided": [dict(vars(one)) for one in self.undecided],
            "notes": list(self.notes),
        }


def glance_at(path: str | Path, kind: str) -> Glance:
    r"""Read a table and look at each of its columns.

    Args:
        path: the file.
        kind: how it is written, ``"csv"`` or ``"parquet"``.

    Raises:
        UsageError: where there is no such file.
        DataError: for a file that is no such table.
        MissingError: where it may not be read, or memory is short.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "patients.csv"
    ...     _ = path.write_text("age,day\n31,2026-01-02\n64,2026-01-03\n", encoding="utf-8")
    ...     seen = glance_at(path, "csv")
    >>> [(column.name, column.kind, column.high) for column in seen.columns]
    [('age', 'number', 64.0)]
    >>> [(one.name, one.problem) for one in seen.undecided]
    [('day', "dates or times of day, which no network reads, in 2 of 2 rows (got '2026-01-02')")]
    """
    file = ordinary_file(path, f"Give a {'Parquet' if kind == 'parquet' else 'CSV'} file.")
    with reading(file):
        table = _read(file, kind)
    names = tuple(table.frame.columns)
    seen = [_column(table, name) for name in names[:MOST_COLUMNS]]
    return Glance(
        file.stem,
        table.rows,
        names,
        tuple(one for one in seen if isinstance(one, ColumnFacts)),
        tuple(one for one in seen if isinstance(one, Undecided)),
        table.notes,
    )


def _read(file: Path, kind: str) -> Table:
    if kind == "parquet":
        from trainlab.data.tables.parquet_files import parquet_table

        return parquet_table(file)
    from trainlab.data.tables.csv_files import csv_table

    return csv_table(file)


def _column(table: Table, name: str) -> ColumnFacts | Undecided:
    try:
        read = read_table_inputs(table, (name,), {})
    except DataError as error:
        value = "" if error.value is None else f" (got {error.value!r})"
        return Undecided(name, f"{error.message}{value}", error.cure)
    return describe_column(read.columns[0], read.x[:, 0], counted=True)
