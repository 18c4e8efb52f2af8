"""Frames of other libraries (polars, pandas, pyarrow and what else narwhals knows) as data sets."""

import math
import numbers
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from trainlab.data.dataset import Dataset
from trainlab.data.tables.reading import Names, dataset_of
from trainlab.data.tables.table import Table
from trainlab.data.tables.table_names import tidy_names, without_unnamed
from trainlab.errors import DataError, UsageError, first_line, shortened

if TYPE_CHECKING:
    import polars as pl


def read_frame(
    frame: Any,
    target: Any,
    *,
    task: str | None = None,
    text: Names | None = None,
    groups: str | None = None,
    time: str | None = None,
    classes: Iterable[object] | None = None,
    columns: Names | None = None,
    drop: Names | None = None,
    kinds: Mapping[str, str] | None = None,
    name: str = "frame",
) -> Dataset:
    """Read a frame of any library that narwhals knows; nothing of the frame is changed.

    Args:
        frame: the columns: a frame, a lazy frame, or a series as the only input.
        target: the name of the column to learn, or several; or a series of as many rows as the frame.
        task: ``"classification"`` or ``"regression"``; left out, it is told from the target's values.
        text: columns whose words are counted.
        groups: the column that tells which rows belong together; it is no input.
        time: the column that tells when rows were taken; it is no input.
        classes: names of the classes in their order; left out, the target's values in theirs.
        columns: the inputs; left out, every column that has no other part.
        drop: columns to leave out.
        kinds: what a column holds where that is not seen: ``"number"``, ``"category"`` or ``"text"``.
        name: what the data set is called.

    Raises:
        UsageError: for something that is no frame, for names that are no columns, and for parts that do not
            fit.
        DataError: for content that cannot be learned from, with column, row (counted from 0), value and
            count.

    >>> import polars
    >>> frame = polars.DataFrame({"age": [31, 64, 45], "town": ["Ulm", "Bonn", "Ulm"]})
    >>> read_frame(frame, polars.Series("ill", ["no", "yes", "no"]))
    Dataset('frame': 3 rows of shape (2,), 2 classes)
    """
    held = _as_polars(frame, "frame")
    if not _names(target):
        column = _as_polars(target, "target")
        if column.width != 1 or column.height != held.height:
            message = f"the frame has {held.height} rows, the target {column.height} rows of {column.width}"
            raise DataError(message, "target", cure="Give each row of the frame one target.")
        target = column.columns[0] or "target"
        target = f"{target} (target)" if target in held.columns else target
        held = held.hstack([column.to_series().alias(target)])
    names, unnamed, tidied = tidy_names(held.columns)
    held = held.rename(dict(zip(held.columns, names, strict=True)))
    held, left_out = without_unnamed(held, unnamed)
    return dataset_of(
        Table(held, notes=(*tidied, *left_out)),
        target,
        task=task,
        text=text,
        groups=groups,
        time=time,
        classes=classes,
        columns=columns,
        drop=drop,
        kinds=kinds,
        name=name,
    )


def _names(target: object) -> bool:
    if isinstance(target, str):
        return True
    return isinstance(target, (list, tuple)) and all(isinstance(one, str) for one in target)


def _as_polars(given: Any, where: str) -> "pl.DataFrame":
    """Copy the columns of a frame or series, each by its type, without a package that only pandas has."""
    import narwhals as nw
    import polars as pl

    try:
        held: Any = nw.from_native(given, allow_series=True)
        if isinstance(held, nw.LazyFrame):
            held = held.collect()
    except TypeError as error:
        cure = "Give a frame of polars, pandas or pyarrow; arrays go into `Dataset(x, y)`."
        raise UsageError("no frame that is known", where, type(given).__name__, cure) from error
    except nw.exceptions.DuplicateError as error:
        raise DataError("two columns of one name", where, cure="Rename one of them.") from error
    except (ValueError, nw.exceptions.NarwhalsError) as error:
        raise DataError(
            f"the frame cannot be read: {first_line(error)}", where, cure="Mend the frame."
        ) from error
    if isinstance(held, nw.Series):
        held = held.alias(str(held.name or "")).to_frame()
    if held.implementation.is_polars():
        native: pl.DataFrame = held.to_native()
        return native.clone()
    return pl.DataFrame([_column(one, str(one.name)) for one in held.iter_columns()])


def _column(held: Any, name: str) -> "pl.Series":
    import narwhals as nw
    import polars as pl

    if held.dtype.is_numeric():
        array = held.to_numpy()
        if array.dtype.kind in "biuf":  # else numbers of any size, or another sign for a missing one
            return pl.Series(name, array)
    if isinstance(held.dtype, (nw.Categorical, nw.Enum)):
        # Ordered categories, of pandas too, are an Enum; others have no order to keep.
        kind = pl.Enum(held.dtype.categories) if isinstance(held.dtype, nw.Enum) else pl.String
        return pl.Series(name, _values(held.cast(nw.String)), dtype=kind)
    values = _values(held)
    try:
        return pl.Series(name, values, strict=True)
    except (TypeError, OverflowError, pl.exceptions.PolarsError) as error:
        if all(
            isinstance(one, numbers.Real) and not isinstance(one, bool) for one in values if one is not None
        ):
            return pl.Series(name, [one if one is None else float(one) for one in values], dtype=pl.Float64)
        kinds = [None if one is None else type(one) for one in values]
        kind = next(one for one in kinds if one)
        others = [row for row, one in enumerate(kinds) if one not in {None, kind}]
        if not others:
            cure = f"Make plain columns of it, or leave it out: drop=[{name!r}]."
            raise DataError(
                f"it holds {kind.__name__} values", f"column {shortened(name)}", cure=cure
            ) from error
        message = f"not {kind.__name__}, as the values before, in {len(others)} of {len(values)} rows"
        place = f"column {shortened(name)}, row {others[0]} (counted from 0)"
        cure = "Give the column values of one type."
        raise DataError(message, place, values[others[0]], cure) from error


def _values(held: Any) -> list[Any]:
    """List the values, None where missing: libraries have signs of their own for it."""
    missing = held.is_null().to_list()
    values = zip(held.to_list(), missing, strict=True)
    return [None if gone or (isinstance(one, float) and math.isnan(one)) else one for one, gone in values]
