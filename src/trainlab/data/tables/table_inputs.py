"""Columns of a table as inputs: numbers, categories or texts, and which was taken is said.

A column that could be several things is refused with the choices; nothing is turned into a number by guess.
Knows nothing of targets.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.data.columns import Column, Kind
from trainlab.data.table_words import Way, ways
from trainlab.data.tables.table import Table
from trainlab.data.tables.written import (
    as_numbers,
    begins_with_zero,
    how_to_mend,
    like_dates,
    like_numbers,
    trimmed,
)
from trainlab.errors import DataError, shortened

if TYPE_CHECKING:
    import polars as pl

FEW_LEVELS = 20
MOST_LEVELS = 1_000
ROWS_PER_LEVEL = 10
"""Texts are categories where there are few of them, or rows enough for each: at least ten on average."""

_WORDS_OF_A_TEXT = 3
_BYTE = 255
_LARGEST = float(np.finfo(np.float32).max)


class Inputs(NamedTuple):
    """Inputs of a data set: ``(row, column)`` numbers or positions in levels, NaN where missing."""

    x: NDArray[np.float64] | NDArray[np.uint8]
    columns: tuple[Column, ...]
    missing: bool
    notes: tuple[str, ...]


class _Read(NamedTuple):
    column: Column
    values: NDArray[np.float64]
    why: str


def read_table_inputs(table: Table, names: tuple[str, ...], kinds: dict[str, Kind]) -> Inputs:
    """Read columns of a table as inputs.

    Args:
        table: the table.
        names: columns to read, in their order.
        kinds: kinds that were asked for, by column.

    Raises:
        DataError: for a column without values, for cells that are no numbers among numbers, infinite ones and
            those that float32 cannot hold, for dates, lists and objects, and for many different texts.

    >>> import polars
    >>> frame = polars.DataFrame({"age": [31, None], "town": ["Ulm", "Bonn"]})
    >>> read = read_table_inputs(Table(frame), ("age", "town"), {})
    >>> read.x.tolist(), read.columns[1].levels, read.missing
    ([[31.0, 1.0], [nan, 0.0]], ('Bonn', 'Ulm'), True)
    >>> print(read.notes[0])
    categories, since their texts are few: 'town' (2); write `kinds: {town: text}` beside the file \
(in Python `kinds={'town': 'text'}`) to say otherwise
    """
    read = [_read(table, name, kinds.get(name)) for name in names]
    counts = {one.column.name: int(np.isnan(one.values).sum()) for one in read}
    holes = {name: count for name, count in counts.items() if count}
    notes = _told(read, table.beside)
    if holes:
        listed = ", ".join(f"{shortened(name)} ({count})" for name, count in _first(holes))
        notes.append(f"missing values, kept as such: {listed}")
    constant = {one.column.name: 0 for one in read if np.nanmin(one.values) == np.nanmax(one.values)}
    if constant:
        said = ", ".join(shortened(name) for name, _ in _first(constant))
        notes.append(f"columns with the same value in every row: {said}")
    return Inputs(_matrix(read), tuple(one.column for one in read), bool(holes), tuple(notes))


def levels_of(texts: "pl.Series") -> tuple[str, ...]:
    """Give the different texts in their order: numbers by size, others by letters.

    >>> import polars
    >>> levels_of(polars.Series(["10", "9", None, "10"])), levels_of(polars.Series(["b", "a"]))
    (('9', '10'), ('a', 'b'))
    """
    different = texts.drop_nulls().unique().sort()
    sizes = as_numbers(different)
    if not sizes.null_count() and sizes.is_finite().all():
        different = different.gather(sizes.arg_sort())
    return tuple(different.to_list())


def positions_in(texts: "pl.Series", levels: tuple[str, ...]) -> "pl.Series":
    """Give the position of each text among the levels, null where it is none of them.

    >>> import polars
    >>> positions_in(polars.Series(["b", None, "c"]), ("a", "b")).to_list()
    [1.0, None, None]
    """
    import polars as pl

    return texts.cast(pl.Enum(levels), strict=False).to_physical().cast(pl.Float64)


def as_texts(values: "pl.Series") -> "pl.Series":
    """Write values as a person would: whole numbers without a point.

    >>> import polars
    >>> as_texts(polars.Series([1.0, 2.0])).to_list(), as_texts(polars.Series([True])).to_list()
    (['1', '2'], ['true'])
    """
    import polars as pl

    if values.dtype.is_float():
        present = values.drop_nulls()
        if bool(present.is_finite().all()) and bool((present == present.floor()).all()):
            values = values.cast(pl.Int64, strict=False) if bool((present.abs() < 2**62).all()) else values
    return values.cast(pl.String)


def without_nan(values: "pl.Series") -> "pl.Series":
    """Make every missing value null: tables of floating-point numbers write them as NaN.

    >>> import polars
    >>> without_nan(polars.Series([1.5, float("nan")])).to_list()
    [1.5, None]
    """
    return values.fill_nan(None) if values.dtype.is_float() else values


def is_text(values: "pl.Series") -> bool:
    """Tell whether a column holds texts, however they are kept.

    >>> import polars
    >>> is_text(polars.Series(["a"])), is_text(polars.Series(["a"], dtype=polars.Categorical))
    (True, True)
    """
    import polars as pl

    return values.dtype in (pl.String, pl.Categorical, pl.Enum)


def _read(table: Table, name: str, kind: Kind | None) -> _Read:
    import polars as pl

    values = table.frame[name]
    if values.dtype.is_numeric() and kind in {None, "number"}:
        numbers = _sized(table, name, values)
        _check_present(table, name, missing=bool(np.isnan(numbers).all()))
        return _Read(Column(name), numbers, "")
    values = without_nan(values)
    if is_text(values):
        declared = levels_of_enum(values)
        texts = trimmed(values.cast(pl.String), table.missing)
        _check_present(table, name, missing=texts.null_count() == len(texts))
        if kind == "text":
            return _levelled(name, texts, "text", "")
        if kind == "category" or declared:
            return _levelled(name, texts, "category", "", declared)
        return _read_texts(table, name, texts, kind)
    _check_present(table, name, missing=values.null_count() == len(values))
    dates = values.dtype.is_temporal() and values.dtype != pl.Duration
    if kind == "category" and (dates or values.dtype.is_numeric() or values.dtype == pl.Boolean):
        return _levelled(name, as_texts(values), "category", "")
    if dates:
        _refuse_dates(table, name, values, values.is_not_null().to_numpy())
    if kind == "text" and values.dtype.is_numeric():
        said = ways(Way("kinds", {name: "category"}), beside=table.beside)
        cure = f"Leave the kind out, or write {said}."
        raise DataError("it holds numbers, not texts", f"column {shortened(name)}", cure=cure)
    if values.dtype != pl.Boolean:
        cure = f"Make plain columns of it, or leave it out: {ways(Way('drop', [name]), beside=table.beside)}."
        raise DataError(f"it holds {values.dtype} values", f"column {shortened(name)}", cure=cure)
    return _Read(Column(name), _plain(values), "" if kind else "truth values")


def levels_of_enum(values: "pl.Series") -> tuple[str, ...]:
    """Give the levels that a table declares for a column, those without rows too; empty where it does not.

    >>> import polars
    >>> levels_of_enum(polars.Series(["M"], dtype=polars.Enum(["S", "M"])))
    ('S', 'M')
    """
    import polars as pl

    return tuple(values.dtype.categories.to_list()) if isinstance(values.dtype, pl.Enum) else ()


def _read_texts(table: Table, name: str, texts: "pl.Series", kind: Kind | None) -> _Read:
    """Find out what a column of texts holds: numbers, dates, categories, or something to be told."""
    if kind is None and texts.drop_nulls().str.to_lowercase().is_in(["true", "false"]).all():
        return _Read(Column(name), _plain(texts.str.to_lowercase() == "true"), "truth values")
    numbers = as_numbers(texts, table.decimal)
    present = len(texts) - texts.null_count()
    plain = len(numbers) - numbers.null_count()
    names_of_things = kind is None and begins_with_zero(texts)
    if plain == present and not names_of_things:
        return _Read(Column(name), _sized(table, name, numbers), "")
    meant = int(like_numbers(texts).sum())
    if kind == "number" or (2 * meant >= present and plain < present):
        _refuse_mixed(table, name, texts, numbers, plain)
    dates = like_dates(texts)
    if 2 * int(dates.sum()) >= present:
        _refuse_dates(table, name, texts, dates.fill_null(value=False).to_numpy())
    different = texts.drop_nulls().n_unique()
    enough = different <= MOST_LEVELS and different * ROWS_PER_LEVEL <= present
    if different > FEW_LEVELS and not enough:
        _refuse_many(table, name, texts, different, numbers=names_of_things)
    why = "a zero stands first" if names_of_things else "their texts are few"
    return _levelled(name, texts, "category", why)


def _levelled(name: str, texts: "pl.Series", kind: Kind, why: str, declared: tuple[str, ...] = ()) -> _Read:
    levels = declared or levels_of(texts)
    return _Read(Column(name, kind, levels), _plain(positions_in(texts, levels)), why)


def _check_present(table: Table, name: str, *, missing: bool) -> None:
    if missing:
        cure = f"Leave it out: {ways(Way('drop', [name]), beside=table.beside)}."
        raise DataError("no row has a value", f"column {shortened(name)}", cure=cure)


def _plain(values: "pl.Series") -> NDArray[np.float64]:
    """Give numbers as an array, NaN where missing."""
    import polars as pl

    return values.cast(pl.Float64).to_numpy()


def _sized(table: Table, name: str, values: "pl.Series") -> NDArray[np.float64]:
    """Give numbers as an array, NaN where missing; refuse those that float32 cannot hold."""
    numbers = _plain(values)
    large = np.abs(numbers) > _LARGEST  # not so for NaN
    if large.any():
        value = float(numbers[large][0])
        if np.isinf(value):
            cure = "Leave the cell empty if the value is missing, or drop these rows."
            table.refuse(name, np.isinf(numbers), "infinite", value, cure)
        cure = "Divide the column, or take its logarithm."
        table.refuse(name, large, "too large for float32", value, cure)
    return numbers


def _refuse_mixed(table: Table, name: str, texts: "pl.Series", numbers: "pl.Series", plain: int) -> None:
    bad = (texts.is_not_null() & numbers.is_null()).to_numpy()
    first = str(texts[int(bad.argmax())])
    problem = "not a number" if plain else "not written as numbers are"
    if first == name:
        table.refuse(name, bad, problem, first, "The line of names stands again there: delete it.")
    category = Way("kinds", {name: "category"}, "to take all as categories")
    if mend := how_to_mend(first):
        cure = f"{mend} Or write {ways(category, beside=table.beside)}."
        table.refuse(name, bad, problem, first, cure)
    missing = Way("missing", ["...", first[:20]], "to count them as missing")
    cure = f"Mend these cells, or write {ways(missing, category, beside=table.beside)}."
    table.refuse(name, bad, problem, first, cure)


def _refuse_dates(table: Table, name: str, values: "pl.Series", dates: NDArray[np.bool_]) -> None:
    first = str(values[int(dates.argmax())])
    time, drop = Way("time", name, "if it orders the rows"), Way("drop", [name])
    choices = ways(time, drop, Way("kinds", {name: "category"}), beside=table.beside)
    cure = f"Write {choices}; or put what matters of it (month, hour, age in days) into columns of numbers."
    table.refuse(name, dates, "dates or times of day, which no network reads,", first, cure)


def _refuse_many(table: Table, name: str, texts: "pl.Series", different: int, *, numbers: bool) -> None:
    present = texts.drop_nulls()
    words = float((present.str.count_matches(r"\s+") + 1).mean())  # type: ignore[arg-type]  # a number
    text = Way("text", name, "to count its words")
    drop = Way("drop", [name], "if it only names the rows")
    category = Way("kinds", {name: "category"})
    choices = (drop, category, text)
    if words >= _WORDS_OF_A_TEXT:
        choices = (text, drop, category)
    elif numbers:
        choices = (drop, category, Way("kinds", {name: "number"}, "for their sizes"))
    message = f"{different:,} different texts in {len(texts):,} rows, too many to be categories by themselves"
    raise DataError(
        message, f"column {shortened(name)}", str(present[0]), f"Write {ways(*choices, beside=table.beside)}."
    )


def _told(read: list[_Read], beside: str) -> list[str]:
    """Say what was taken without having been asked for, once for each reason."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for one in read:
        if one.why:
            found[one.why][one.column.name] = len(one.column.levels)
    notes = []
    for why, columns in found.items():
        listed = ", ".join(
            shortened(name) + (f" ({levels})" if levels else "") for name, levels in _first(columns)
        )
        first = next(iter(columns))
        if why == "truth values":
            notes.append(f"numbers, true as 1 and false as 0: {listed}")
        else:
            other = "number" if why == "a zero stands first" else "text"
            said = ways(Way("kinds", {first: other}), beside=beside)
            notes.append(f"categories, since {why}: {listed}; write {said} to say otherwise")
    return notes


def _first(columns: dict[str, int], most: int = 12) -> list[tuple[str, int]]:
    return list(columns.items())[:most]


def _matrix(read: list[_Read]) -> NDArray[np.float64] | NDArray[np.uint8]:
    """Put the columns side by side; as bytes where all are whole numbers from 0 to 255."""
    if all(_in_bytes(one.values) for one in read):
        return np.stack([one.values.astype(np.uint8) for one in read], axis=1)
    return np.stack([one.values for one in read], axis=1)


def _in_bytes(numbers: NDArray[np.float64]) -> bool:
    # NaN is in no range, and -0.0 is 0 to a byte.
    return bool(((numbers >= 0) & (numbers <= _BYTE)).all()) and bool((numbers == np.floor(numbers)).all())
