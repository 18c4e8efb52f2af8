"""The bytes of a CSV file as records: where each begins, on which line, and that all are of one width.

Nothing is guessed past the separator: what breaks the form (a short row, a quotation mark that is never
closed) is refused with its line before any value is read. Knows no types of values.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.errors import DataError, shortened

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MOST_COLUMNS = 100_000
HEAD_BYTES = 2**24
"""A first line that does not end within so many bytes is none."""

_SAMPLED = 20
_CHUNK = 2**24
_NEWLINE, _RETURN, _QUOTE, _HASH, _ZERO, _NINE = b'\n\r"#09'


class Head(NamedTuple):
    """The names of the columns, what separates them, where the rows begin, and their first line."""

    names: tuple[str, ...]
    separator: str
    rows_from: int
    first_line: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Records:
    """The rows of a table as text.

    Attributes:
        body: the rows alone, without blank lines and comments, in UTF-8.
        lines: ``(row,)`` the line of the file on which each row begins, counted from 1.
        padded: whether some value may be a number that begins with a zero, as 007 is.
        notes: sentences on what was left out.
    """

    body: bytes
    lines: NDArray[np.int64]
    padded: bool
    notes: tuple[str, ...]


def read_head(head: bytes) -> Head:
    r"""Find the line of names, and what separates them.

    Args:
        head: the first ``HEAD_BYTES`` of the file, or all of it.

    Raises:
        DataError: where there is no such line, where it holds numbers, where it is too long, and where it
            names one column or too many.

    >>> read_head(b"# measured in May\nage;height\n31;1,80\n")[:3]
    (('age', 'height'), ';', 29)
    >>> read_head(b"1,2\n3,4\n")
    Traceback (most recent call last):
    trainlab.errors.DataError: line 1: the first line holds numbers, not the names of columns (got '1,2')...
    """
    start, line, skipped = _first_line(head)
    end = _end_of_record(head, start)
    if end < 0 and len(head) >= HEAD_BYTES:
        cure = "Is it a CSV file? If its columns are that many, take fewer."
        raise DataError(f"the first line does not end within {HEAD_BYTES:,} bytes", f"line {line}", cure=cure)
    end = len(head) if end < 0 else end
    written = head[start:end].decode("utf-8", "replace").rstrip("\r")
    separator = _separator(head, start, written)
    names = split_record(written, separator)
    if len(names) > MOST_COLUMNS:
        cure = f"At most {MOST_COLUMNS:,} are read: take fewer, or put many numbers into an .npz file."
        raise DataError(f"{len(names):,} columns", f"line {line}", cure=cure)
    if len(names) == 1:
        known = ", ".join(SEPARATORS.values())
        cure = f"A table needs a target and an input; columns are separated by {known}."
        raise DataError("the table has one column", f"line {line}", shortened(written), cure)
    if all(_is_number(name) for name in names):
        cure = "Write a line with a name for each column on top."
        if skipped:
            cure = f"If line {line - 1} holds the names, take the # away from it. {cure}"
        message = "the first line holds numbers, not the names of columns"
        raise DataError(message, f"line {line}", written[:60], cure)
    notes = []
    if separator != ",":
        notes.append(f"columns: separated by {SEPARATORS[separator]}")
    if skipped:
        notes.append(f"comments: lines beginning with # before the names were left out ({skipped})")
    return Head(
        tuple(names),
        separator,
        min(end + 1, len(head)),
        line + head.count(b"\n", start, end) + 1,
        tuple(notes),
    )


def read_records(raw: bytes, head: Head) -> Records:
    r"""Cut the rest of a file into rows, each with a value for every column.

    Args:
        raw: the whole file in UTF-8, its lines ended by line feeds.
        head: as read from it.

    Raises:
        DataError: for no row, for rows with fewer or more values than there are columns, for a quotation
            mark inside a value, and for one that is never closed.

    >>> raw = b"a,b\n1,2\n\n3,4\n"
    >>> records = read_records(raw, read_head(raw))
    >>> records.body, records.lines.tolist()
    (b'1,2\n3,4\n', [2, 4])
    """
    data = np.frombuffer(raw, np.uint8)[head.rows_from :]
    found = _scan(data, head)
    starts, ends = found.starts, found.ends
    width = len(head.names)
    blank = (ends == starts) | ((ends == starts + 1) & (data[np.minimum(starts, len(data) - 1)] == _RETURN))
    lone = np.flatnonzero((found.separators == 0) & ~blank) if len(data) else np.empty(0, np.int64)
    for number in lone[:10_000]:
        blank[number] = not data[starts[number] : ends[number]].tobytes().strip()
    wrong = ~blank & (found.separators != width - 1)
    comment = np.zeros(len(starts), bool)
    comment[wrong] = data[starts[wrong]] == _HASH
    wrong &= ~comment
    kept = ~blank & ~comment
    if wrong.any():
        _refuse_width(data, found, kept, wrong, width)
    if not kept.any():
        raise DataError("there are names of columns and no rows", f"line {head.first_line}", cure="Add rows.")
    notes = []
    if comment.any():
        notes.append(f"comments: lines beginning with # were left out ({int(comment.sum())})")
    return Records(_body(data, starts, ends, kept), found.lines[kept], found.padded, tuple(notes))


def split_record(written: str, separator: str) -> list[str]:
    """Cut one record into its values; a doubled quotation mark within quotation marks is one.

    >>> split_record('1,"a, b",say ""', ",")
    ['1', 'a, b', 'say ""']
    """
    if '"' not in written:
        return written.split(separator)
    values, position = [], 0
    while position <= len(written):
        if written.startswith('"', position):
            end = _closing(written, position)
            values.append(written[position + 1 : end].replace('""', '"'))
            position = written.find(separator, end)
        else:
            end = written.find(separator, position)
            values.append(written[position : len(written) if end < 0 else end])
            position = end
        if position < 0:
            return values
        position += 1
    return [*values, ""] if written.endswith(separator) else values


def _closing(written: str, opening: int) -> int:
    position = opening + 1
    while True:
        position = written.find('"', position)
        if position < 0:
            return len(written)
        if not written.startswith('"', position + 1):
            return position
        position += 2


class _Found(NamedTuple):
    """Each record: first byte, the byte after it, separators, line; and whether some value begins with 0."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    separators: NDArray[np.int64]
    lines: NDArray[np.int64]
    padded: bool


def _scan(data: NDArray[np.uint8], head: Head) -> _Found:
    """Find the records of all bytes, some at a time: 130 MB take under a second."""
    separator = ord(head.separator)
    ends: list[NDArray[np.int64]] = []
    counts: list[NDArray[np.int64]] = []
    lines: list[NDArray[np.int64]] = []
    quotes = separators = newlines = 0
    padded = False
    for begin in range(0, len(data), _CHUNK):
        chunk = data[begin : begin + _CHUNK]
        ended = np.flatnonzero(chunk == _NEWLINE) + begin
        parted = np.flatnonzero(chunk == separator) + begin
        line = head.first_line + newlines + 1 + np.arange(len(ended))
        newlines += len(ended)
        quoted = np.flatnonzero(chunk == _QUOTE) + begin
        if len(quoted) or quotes % 2:
            _check_quotes(data, quoted, quotes, separator, head)
            outside = (quotes + np.searchsorted(quoted, ended)) % 2 == 0
            ended, line = ended[outside], line[outside]
            parted = parted[(quotes + np.searchsorted(quoted, parted)) % 2 == 0]
            quotes += len(quoted)
        ends.append(ended)
        lines.append(line)
        counts.append(separators + np.searchsorted(parted, ended))
        separators += len(parted)
        padded = padded or _padded(data[max(begin - 1, 0) : begin + _CHUNK + 1], separator)
    if quotes % 2:
        last = int(np.flatnonzero(data == _QUOTE)[-1])
        cure = "Close it, or double it where it is meant as a sign."
        where = f"line {_line_of(data, last, head)}"
        raise DataError("a quotation mark is never closed", where, _around(data, last), cure)
    all_ends = np.concatenate([*ends, np.empty(0, np.int64)])
    after = np.concatenate([[head.first_line], *lines]).astype(np.int64)
    total = np.concatenate([*counts, np.empty(0, np.int64)])
    if len(data) and (len(all_ends) == 0 or all_ends[-1] != len(data) - 1):  # the last line is not ended
        all_ends, total = np.append(all_ends, len(data)), np.append(total, separators)
    starts = np.concatenate([[0], all_ends[:-1] + 1]).astype(np.int64)[: len(all_ends)]
    return _Found(starts, all_ends, np.diff(total, prepend=0), after[: len(all_ends)], padded)


def _check_quotes(
    data: NDArray[np.uint8], quoted: NDArray[np.int64], before: int, separator: int, head: Head
) -> None:
    """Refuse a quotation mark that opens or closes within a value, where programs read on differently."""
    opening = (before + np.arange(len(quoted))) % 2 == 0
    neighbour = np.where(opening, quoted - 1, quoted + 1)
    inside = (neighbour >= 0) & (neighbour < len(data))
    signs = np.full(len(quoted), _NEWLINE, np.uint8)
    signs[inside] = data[neighbour[inside]]
    bad = ~np.isin(signs, (separator, _NEWLINE, _QUOTE)) & (opening | (signs != _RETURN))
    if bad.any():
        position = int(quoted[bad.argmax()])
        where = f"line {_line_of(data, position, head)}"
        cure = 'Double it and put the value in quotation marks: "a 3"" pipe".'
        message = "a quotation mark stands inside a value, or one before it was not closed"
        raise DataError(message, where, _around(data, position), cure)


def _padded(data: NDArray[np.uint8], separator: int) -> bool:
    zero = data[1:-1] == _ZERO
    zero &= (data[2:] >= _ZERO) & (data[2:] <= _NINE)
    before = data[:-2]
    zero &= (before == separator) | (before == _NEWLINE) | (before == _QUOTE)
    first = len(data) > 1 and data[0] == _ZERO and _ZERO <= data[1] <= _NINE
    return bool(first or zero.any())


def _body(
    data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], kept: NDArray[np.bool_]
) -> bytes:
    """Join the rows that are kept, run by run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]])))
    runs = [data[starts[first] : ends[last - 1] + 1].tobytes() for first, last in edges.reshape(-1, 2)]
    return b"".join(run if run.endswith(b"\n") else run + b"\n" for run in runs)


def _refuse_width(
    data: NDArray[np.uint8], found: _Found, kept: NDArray[np.bool_], wrong: NDArray[np.bool_], width: int
) -> None:
    first = int(wrong.argmax())
    row, line = int(kept[:first].sum()) + 1, int(found.lines[first])
    values = int(found.separators[first]) + 1
    count = f"in {int(wrong.sum())} of {int(kept.sum())} rows the values do not fit the names"
    cure = "Give every row a value for each column; put one that holds the separator in quotation marks."
    if int(wrong.sum()) == int(kept.sum()) and (found.separators[kept] == width).all():
        cure = "Every row has one value more: name the first column too, as `id,`."
    shown = data[found.starts[first] : found.ends[first]][:200].tobytes().decode("utf-8", "replace")
    message = f"{values} value{'s' * (values != 1)} for {width} columns; {count}"
    raise DataError(message, f"row {row} (line {line})", shown.rstrip("\r"), cure)


def _first_line(head: bytes) -> tuple[int, int, int]:
    """Give where the first line that is neither blank nor a comment begins, its number, and the comments."""
    start, line, skipped = 0, 1, 0
    while start < len(head):
        end = head.find(b"\n", start)
        content = head[start : len(head) if end < 0 else end].strip()
        if content and not content.startswith(b"#"):
            return start, line, skipped
        skipped += bool(content)
        if end < 0:
            break
        start, line = end + 1, line + 1
    raise DataError("the file has no line with names of columns", cure="Check how it was written.")


def _end_of_record(head: bytes, start: int) -> int:
    end = head.find(b"\n", start)
    while end >= 0 and head.count(b'"', start, end) % 2:
        end = head.find(b"\n", end + 1)
    return end


def _separator(head: bytes, start: int, written: str) -> str:
    """Take the separator that cuts the names and the first rows into equally many values, and most."""
    lines: list[str] = []
    while start < len(head) and len(lines) < _SAMPLED:
        end = _end_of_record(head, start)
        if end < 0:
            break  # perhaps cut off
        lines.append(head[start:end].decode("utf-8", "replace").rstrip("\r"))
        start = end + 1
    rows = [line for line in lines[1:] if line.strip() and not line.startswith("#")]

    def fitness(separator: str) -> tuple[bool, bool, int]:
        width = len(split_record(written, separator))
        fits = all(len(split_record(row, separator)) == width for row in rows)
        return width > 1, fits, width

    return max(SEPARATORS, key=fitness)


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _line_of(data: NDArray[np.uint8], position: int, head: Head) -> int:
    return head.first_line + int((data[:position] == _NEWLINE).sum())


def _around(data: NDArray[np.uint8], position: int) -> str:
    around = data[max(position - 20, 0) : position + 20].tobytes().decode("utf-8", "replace")
    return around.strip()
