"""CSV files as data sets: looked at before they are read, and refused with line and column.

Only comma-separated text in UTF-8 and its near relatives (semicolons, tabs, bars) is read. What the columns
mean is known to ``tables``.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.data.files.ordinary import check_room, ordinary_file, reading
from trainlab.data.tables.csv_records import HEAD_BYTES, Head, Records, read_head, read_records, split_record
from trainlab.data.tables.reading import Names, dataset_of, said
from trainlab.data.tables.table import Table
from trainlab.data.tables.table_names import tidy_names, without_unnamed
from trainlab.data.tables.written import MISSING, as_numbers, trimmed
from trainlab.errors import DataError, UsageError

if TYPE_CHECKING:
    import polars as pl

OTHER_FORMATS = (
    (rb"PK\x03\x04", "a zip archive (an .xlsx workbook and an .npz file are such)"),
    (rb"\x1f\x8b", "a gzip archive"),
    (rb"BZh\d1AY", "a bzip2 archive"),
    (rb"\xfd7zXZ", "an xz archive"),
    (rb"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (rb"PAR1[^\n]{0,4096}\0", "a Parquet file"),  # a column may be called PAR1
    (rb"%PDF-", "a PDF"),
    (rb"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (rb"SQLite format 3\0", "an SQLite database"),
    (rb"version https://git-lfs", "a Git LFS pointer to the file, not the file"),
    (rb"\s*<(!doctype )?html", "a page of HTML, perhaps one that reports an error"),
    (rb'\s*\{\s*"|\s*\[\s*[\[{]', "JSON"),
)
"""How other files begin, and what they are."""

_BOM = b"\xef\xbb\xbf"
_CELL_BYTES = 8
_SAMPLED = 100


def read_csv(
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
    missing: Iterable[str] | None = None,
    decimal: str = ".",
    name: str | None = None,
) -> Dataset:
    r"""Read a CSV file, whose first line names its columns.

    Columns of numbers are numbers; columns of few different texts are categories, which `notes` say. What
    else a column may hold is refused with the choices.

    Args:
        path: the file, in UTF-8, separated by commas, semicolons, tabs or bars.
        target: the column to learn; several for several amounts, or for one-hot classes.
        task: ``"classification"`` or ``"regression"``; left out, it is told from the target's values.
        text: columns whose words are counted.
        groups: the column that tells which rows belong together; it is no input.
        time: the column that tells when rows were taken; it is no input.
        classes: names of the classes in their order; left out, the target's values in theirs.
        columns: the inputs; left out, every column that has no other part.
        drop: columns to leave out.
        kinds: what a column holds where that is not seen: ``"number"``, ``"category"`` or ``"text"``.
        missing: texts that stand for a missing value, beside the empty cell; left out, ``NA``, ``NaN``,
            ``null`` and their like.
        decimal: the sign between units and tenths, a point or a comma.
        name: what the data set is called; left out, as the file.

    Raises:
        UsageError: where there is no such file, for names that are no columns, and for parts that do not fit.
        DataError: for content that cannot be learned from, with column, row and line, value and count.
        MissingError: where the file may not be read, or memory is short.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "patients.csv"
    ...     _ = path.write_text("age,town,ill\n31,Ulm,no\n64,Bonn,yes\n,Ulm,no\n", encoding="utf-8")
    ...     data = read_csv(path, target="ill")
    >>> data, data.classes, [column.kind for column in data.columns]
    (Dataset('patients': 3 rows of shape (2,), 2 classes), ('no', 'yes'), ['number', 'category'])
    """
    tokens = _tokens(missing)
    if decimal not in {".", ","}:
        raise UsageError("not a decimal sign", "decimal", decimal, "Write '.' or ','.")
    file = ordinary_file(path, "Give a CSV file.")
    with reading(file):
        # Names of things are texts: as numbers, 12345678901234567891 and ...92 would be one.
        named = [*_names(target), *_names(text), *_names(groups), *_names(time), *_names(kinds)]
        table = csv_table(file, tokens, decimal, named)
        source = said(csv=str(file), target=target, task=task, text=text, groups=groups, time=time)
        source |= said(classes=classes, columns=columns, drop=drop, kinds=kinds, name=name)
        source |= said(
            missing=None if missing is None else tokens, decimal=None if decimal == "." else decimal
        )
        return dataset_of(
            table,
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


def csv_table(
    file: Path, missing: tuple[str, ...] = MISSING, decimal: str = ".", texts: Iterable[str] = ()
) -> Table:
    """Read the columns of a CSV file, numbers as numbers and everything else as text.

    Args:
        file: an ordinary file.
        missing: texts that stand for a missing value, beside the empty cell.
        decimal: the sign between units and tenths.
        texts: columns that are texts whatever they hold.

    Raises:
        DataError: for another format, another encoding, and rows that do not fit the names.
        MissingError: where memory is short.
    """
    size = file.stat().st_size
    check_room(2 * size, "", "Take fewer rows or columns, or write it as Parquet.")
    if size == 0:
        raise DataError("the file is empty", cure="Check how it was written.")
    with file.open("rb") as stream:
        start = stream.read(HEAD_BYTES)
        _check_format(start)
        old_lines = b"\r" in start and b"\n" not in start
        begin = len(_BOM) if start.startswith(_BOM) else 0
        # Before the rest is read: a line of a million names is refused here.
        head = read_head(_lines_fed(start[begin:]) if old_lines else start[begin:])
        raw = start[begin:] + stream.read()
    raw = _lines_fed(raw) if old_lines else raw
    _check_text(raw)
    names, unnamed, tidied = tidy_names(head.names)
    records = read_records(raw, head)
    check_room(_CELL_BYTES * len(names) * len(records.lines), "", "Take fewer rows or columns.")
    kept = {str(number) for number, name in enumerate(names) if name in set(texts)}
    frame = _parsed(records, head, missing, decimal, kept)
    frame.columns = list(names)
    frame, left_out = without_unnamed(frame, unnamed)
    all_notes = (*head.notes, *records.notes, *tidied, *left_out)
    return Table(frame, records.lines, missing, decimal, all_notes)


def _tokens(missing: Iterable[str] | None) -> tuple[str, ...]:
    if missing is None:
        return MISSING
    given = [missing] if isinstance(missing, str) else missing
    if isinstance(given, (bytes, Mapping)) or not hasattr(given, "__iter__"):
        raise UsageError("not a list of texts", "missing", missing, "Write a list, as `['NA', '?']`.")
    tokens = tuple(given)
    for token in tokens:
        if not isinstance(token, str):
            raise UsageError("not a text", "missing", token, "Write it in quotation marks.")
    return tuple(token.strip() for token in tokens)


def _names(given: object) -> list[str]:
    several = given if isinstance(given, (list, tuple, Mapping)) else [given]
    return [name for name in several if isinstance(name, str)]


def _parsed(
    records: Records, head: Head, missing: tuple[str, ...], decimal: str, kept: set[str]
) -> "pl.DataFrame":
    """Read numbers straight where that can be, and everything as text where it cannot.

    Which way is taken changes speed alone: texts are read as the same numbers, or refused, column by column.
    """
    import polars as pl

    texts: dict[str, Any] = {str(number): pl.String for number in range(len(head.names))}
    ways = [texts]
    if not records.padded:  # else 007 would become 7
        numeric = _numbers_in(records, head, missing, decimal)
        ways.insert(0, {**texts, **{key: kind for key, kind in numeric.items() if key not in kept}})
    # Looking for texts in every cell doubles the time, which a file without them need not take.
    present = [text for text in missing if text.encode() in records.body]
    for schema in ways:
        try:
            return pl.read_csv(
                records.body,
                has_header=False,
                separator=head.separator,
                schema=schema,
                null_values=present or None,
                decimal_comma=decimal == "," and schema is not texts,
                glob=False,
            )
        except pl.exceptions.PolarsError:
            continue
    cure = "Write it with a program that knows CSV, which puts quotation marks around what needs them."
    raise DataError("the rows cannot be told apart", cure=cure)


def _numbers_in(records: Records, head: Head, missing: tuple[str, ...], decimal: str) -> dict[str, Any]:
    """Tell from the first rows which columns hold numbers."""
    import polars as pl

    lines = records.body[:HEAD_BYTES].decode("utf-8", "ignore").split("\n", _SAMPLED)[:_SAMPLED]
    rows = [split_record(line.rstrip("\r"), head.separator) for line in lines]
    rows = [row for row in rows if len(row) == len(head.names)]
    if not rows:
        return {}
    # All cells in one column: polars takes its time for each call, not for each cell.
    texts = trimmed(pl.Series([value for row in rows for value in row], dtype=pl.String), missing)
    shape = (len(rows), len(head.names))
    absent = texts.is_null().to_numpy().reshape(shape)
    read = as_numbers(texts, decimal).is_not_null().to_numpy().reshape(shape)
    numeric = (absent | read).all(axis=0) & read.any(axis=0)
    return {str(number): pl.Float64 for number in np.flatnonzero(numeric)}


def _check_format(start: bytes) -> None:
    """Refuse files that are no text, or text of another kind, by their first bytes."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        cure = "Save it as UTF-8: `iconv -f utf-16 -t utf-8 old.csv > new.csv`."
        raise DataError("the text is in UTF-16", "byte 1", cure=cure)
    for pattern, what in OTHER_FORMATS:
        if re.match(pattern, start.removeprefix(_BOM), re.IGNORECASE):
            cure = "Unpack or export it as CSV."
            if what == "a Parquet file":
                cure = "Read it as Parquet: `parquet:` in the experiment, `read_parquet` in Python."
            raise DataError(f"the file is {what}, no CSV", "byte 1", start[:8], cure)


def _check_text(raw: bytes) -> None:
    nothing = raw.find(b"\0")
    if nothing >= 0:
        cure = "Is it a CSV file? If its text is in UTF-16: `iconv -f utf-16 -t utf-8 old.csv > new.csv`."
        raise DataError("a NUL byte, which no text has", _line_and_byte(raw, nothing), "\\0", cure)
    if raw.isascii():
        return
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = raw[error.start : error.start + 1]
        cure = (
            f"Save it as UTF-8. In Latin-1 the byte is {byte.decode('latin-1')!r}; if that is what it should "
        )
        cure += "be: `iconv -f latin1 -t utf-8 old.csv > new.csv`."
        raise DataError("the text is not in UTF-8", _line_and_byte(raw, error.start), byte, cure) from error


def _line_and_byte(raw: bytes, position: int) -> str:
    line = raw.count(b"\n", 0, position) + 1
    before = raw.rfind(b"\n", 0, position)
    return f"line {line}, byte {position - before}"


def _lines_fed(raw: bytes) -> bytes:
    """End lines as all systems do now: old ones ended them with a carriage return alone."""
    return raw.replace(b"\r", b"\n")
