"""Parquet files as data sets: their own list of columns is looked at before a value is read."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from trainlab.data.dataset import Dataset
from trainlab.data.files.ordinary import check_room, ordinary_file, reading
from trainlab.data.tables.csv_records import MOST_COLUMNS
from trainlab.data.tables.reading import Names, dataset_of, said
from trainlab.data.tables.table import Table
from trainlab.data.tables.table_names import tidy_names, without_unnamed
from trainlab.errors import DataError

_CELL_BYTES = 8
_MAGIC = b"PAR1"


def read_parquet(
    path: str | Path,
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
    name: str | None = None,
) -> Dataset:
    """Read a Parquet file.

    Args:
        path: the file.
        target: the column to learn; several for several amounts, or for one-hot classes.
        task: ``"classification"`` or ``"regression"``; left out, it is told from the target's values.
        text: columns whose words are counted.
        groups: the column that tells which rows belong together; it is no input.
        time: the column that tells when rows were taken; it is no input.
        classes: names of the classes in their order; left out, the target's values in theirs.
        columns: the inputs; left out, every column that has no other part.
        drop: columns to leave out.
        kinds: what a column holds where that is not seen: ``"number"``, ``"category"`` or ``"text"``.
        name: what the data set is called; left out, as the file.

    Raises:
        UsageError: where there is no such file, for names that are no columns, and for parts that do not
            fit.
        DataError: for content that cannot be learned from, with column, row (counted from 0), value and
            count.
        MissingError: where the file may not be read, or memory is short.

    >>> import tempfile
    >>> import polars
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "patients.parquet"
    ...     polars.DataFrame({"age": [31, 64, 45], "ill": ["no", "yes", "no"]}).write_parquet(path)
    ...     read_parquet(path, target="ill")
    Dataset('patients': 3 rows of shape (1,), 2 classes)
    """
    file = ordinary_file(path, "Give a Parquet file.")
    with reading(file):
        source = said(parquet=str(file), target=target, task=task, text=text, groups=groups, time=time)
        source |= said(classes=classes, columns=columns, drop=drop, kinds=kinds, name=name)
        return dataset_of(
            parquet_table(file),
            target,
            task=task,
            text=text,
            groups=groups,
            time=time,
            classes=classes,
            columns=columns,
            drop=drop,
            kinds=kinds,
            name=name or file.stem,
            source=source,
        )


def parquet_table(file: Path) -> Table:
    """Read the columns of a Parquet file as they are.

    Args:
        file: an ordinary file.

    Raises:
        DataError: for another format, a broken file, no row, and too many columns.
        MissingError: where memory is short.
    """
    import polars as pl

    with file.open("rb") as stream:
        begins = stream.read(len(_MAGIC))
    if begins != _MAGIC:
        cure = "If it is text, read it as CSV: `csv:` in the experiment, `read_csv` in Python."
        raise DataError("the file is no Parquet file", "byte 1", begins, cure)
    try:
        lazy = pl.scan_parquet(file, glob=False)
        schema = lazy.collect_schema()
        rows = int(lazy.select(pl.len()).collect().item())
        if len(schema) > MOST_COLUMNS:
            cure = f"At most {MOST_COLUMNS:,} are read: take fewer."
            raise DataError(f"{len(schema):,} columns", cure=cure)
        check_room(_CELL_BYTES * rows * max(len(schema), 1), "", "Take fewer rows or columns.")
        frame = lazy.collect()
    # Rust's panics are no exceptions of polars, and some broken files raise them.
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        cure = "It is broken, or was not written to its end: write it again."
        raise DataError("the Parquet file cannot be read", cure=cure) from error
    names, unnamed, tidied = tidy_names(frame.columns)
    frame.columns = list(names)
    frame, left_out = without_unnamed(frame, unnamed)
    return Table(frame, notes=(*tidied, *left_out))
