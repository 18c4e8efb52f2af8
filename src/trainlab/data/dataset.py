"""A data set: inputs, targets and what was decided about them, as one frozen value.

Knows nothing of files, of how rows are shared out, and of networks. Inputs stand in their smallest type; the
float numbers that a network sees are made row by row, here (`Dataset.prepared`) and with the same arithmetic
on the device.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.data.arrays import row_numbers
from trainlab.data.arrays import sealed as read_only
from trainlab.data.columns import Column
from trainlab.data.reading import has_missing, read_parts
from trainlab.data.sealed import Sealed
from trainlab.data.targets import Task
from trainlab.data.text_levels import joined_texts, own_texts
from trainlab.errors import UsageError

Arrays = NDArray[Any] | tuple[NDArray[Any], ...]
"""One array, or one for each of several inputs."""


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Dataset:
    """Rows to learn from; two data sets are equal where their contents are, whatever their names and notes.

    Args:
        x: ``(row, ...)`` numbers: columns of a table, pixels of images. One number a row is one column.
            For a network of several inputs, a mapping of names to arrays, or a list of arrays.
        y: ``(row,)`` names, truth values or class numbers, or ``(row, class)`` one-hot, for a classification;
            ``(row,)`` or ``(row, target)`` amounts for a regression.
        name: what the data are called in plans and reports.
        task: ``"classification"`` or ``"regression"``. Left out, names, truth values, integers and one-hot
            rows are classes, and other floating-point numbers are amounts; `notes` say which was taken.
        classes: names of the classes in the order of their numbers. A class without rows passes only when
            it is named here.
        scale: the network sees ``x * scale``. A constant above 0 that is known before the rows are looked at:
            1/255 for bytes with three axes or more, as images have (unless all are 0 or 1), else 1.
            For several inputs a mapping of names to constants, or a list of one for each.
        inputs: names of several inputs, where ``x`` is a list; left out, ``input_0`` and so on. Empty where
            a list of arrays is rows, and not inputs.
        notes: sentences that say where the data come from, put in front of what is decided here.
        columns: one for each column of a two-dimensional ``x``; a name alone is a column of numbers.
        missing: whether NaN in ``x`` stands for a missing value, which preparation then has to fill.
        raw: whether numbers stand in their own units, so that they are standardized unless the experiment
            says otherwise. Left out, they do in tables for which no ``scale`` is given.
        groups: ``(row,)`` labels of what belongs together (a patient, a speaker): splits keep it whole.
        time: ``(row,)`` when the row was taken: numbers, dates, or texts that sort as times do.
        targets: names of the targets of a regression.
        test: inputs and targets of rows that are sealed until the test set is opened.
        licence: under which the data may be used, where it is known.
        source: what an experiment file says to get these data again: a name, or a mapping.
        sealed: rows that are sealed already.

    Attributes:
        x: ``(row, ...)`` uint8 where the inputs are whole numbers from 0 to 255, else float32; read-only.
            A tuple of such arrays where there are several inputs.
        y: ``(row,)`` int32 class numbers, or ``(row, target)`` float32 amounts; read-only.
        name: as given.
        task: ``"classification"`` or ``"regression"``.
        classes: names of the classes; empty for a regression.
        scale: as given or decided; a tuple of one for each of several inputs.
        inputs: names of several inputs; empty where there is one.
        notes: sentences that say what was taken or decided.
        columns: as given; empty where nobody named them.
        missing: whether there is a missing value.
        groups: ``(row,)`` int32 numbers of the groups, read-only; None where there are none.
        time: ``(row,)`` int64 ranks, equal ones at equal times, read-only; None where there are none.
        sealed: rows that are in none of the arrays here until the test set is opened.

    Raises:
        DataError: for data that cannot be learned from, with the row and column, the value, the number of
            such rows, and the cure: NaN, text, rows of different shapes, labels that do not fit ...
        UsageError: for an unknown task, impossible classes, a scale that is no positive number, and names
            that do not fit the inputs.

    >>> data = Dataset([[0.0, 1.5], [1.0, 0.5], [0.5, 0.5]], ["cat", "dog", "cat"])
    >>> data
    Dataset('arrays': 3 rows of shape (2,), 2 classes)
    >>> data.classes, data.y.tolist()
    (('cat', 'dog'), [0, 1, 0])
    >>> Dataset([[0.0], [np.nan]], [0, 1])
    Traceback (most recent call last):
    trainlab.errors.DataError: x, row 1, column 0 (counted from 0): x has NaN or infinity in 1 of 2 rows \
(got nan). Fill or drop them before: `keep = numpy.isfinite(x).reshape(len(x), -1).all(axis=1)`. \
Where NaN is a missing value, write `missing=True` and let `prepare` fill it.
    >>> Dataset({"image": np.zeros((2, 8, 8, 1)), "table": [[0.5], [1.5]]}, [0, 1])
    Dataset('arrays': 2 rows of image (8, 8, 1) and table (1,), 2 classes)
    """

    x: Arrays
    y: NDArray[Any]
    name: str
    task: Task
    classes: tuple[str, ...]
    scale: float | tuple[float, ...]
    inputs: tuple[str, ...]
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    missing: bool
    raw: bool
    groups: NDArray[Any] | None
    time: NDArray[Any] | None
    targets: tuple[str, ...]
    licence: str
    source: str | Mapping[str, Any] | None
    sealed: Sealed | None

    def __init__(
        self,
        x: ArrayLike | Mapping[str, ArrayLike] | Sequence[ArrayLike],
        y: ArrayLike,
        *,
        name: str = "arrays",
        task: str | None = None,
        classes: Iterable[object] | None = None,
        scale: float | Mapping[str, float] | Sequence[float | None] | None = None,
        inputs: Iterable[str] | None = None,
        notes: Iterable[str] = (),
        columns: Iterable[Column | str] | None = None,
        missing: bool = False,
        raw: bool | None = None,
        groups: ArrayLike | None = None,
        time: ArrayLike | None = None,
        targets: Iterable[str] = (),
        test: tuple[Any, ArrayLike] | None = None,
        licence: str = "",
        source: str | Mapping[str, Any] | None = None,
        sealed: Sealed | None = None,
    ) -> None:
        parts, beside = read_parts(
            x,
            y,
            test,
            name=name,
            task=task,
            classes=classes,
            scale=scale,
            inputs=inputs,
            notes=notes,
            columns=columns,
            missing=missing,
            raw=raw,
            groups=groups,
            time=time,
            targets=targets,
        )
        parts |= {"licence": licence, "source": source, "sealed": sealed}
        if beside is not None:
            parts["sealed"] = Sealed(_made({**parts, **beside}))
        for part, value in parts.items():
            object.__setattr__(self, part, value)

    @property
    def rows(self) -> int:
        """How many rows there are.

        >>> Dataset([[0.0], [1.0]], [0, 1]).rows
        2
        """
        return len(self.y)

    def subset(self, rows: ArrayLike) -> "Dataset":
        """Give some of the rows as a data set of the same columns and classes.

        Args:
            rows: ``(chosen row,)`` row numbers counted from 0, each once.

        Raises:
            UsageError: for numbers that are no row numbers.

        >>> Dataset([[0.0], [1.0], [2.0]], ["a", "b", "a"]).subset([2, 0]).x.tolist()
        [[2.0], [0.0]]
        """
        chosen = row_numbers(rows, "rows", self.rows)
        marks = (None if values is None else values[chosen] for values in (self.groups, self.time))
        return self._with_rows([part[chosen] for part in self.parts], self.y[chosen], *marks)

    def joined(self, more: "Dataset") -> "Dataset":
        """Give these rows and others of the same columns and classes as one data set; nothing is sealed.

        Groups and times are those of these rows alone, so the whole has none.

        >>> Dataset([[0.0], [1.0]], [0, 1]).joined(Dataset([[2.0], [3.0]], [0, 1])).rows
        4
        """
        pairs = zip(self.parts, more.parts, strict=True)
        columns, y = self.columns, np.concatenate([self.y, more.y])
        if columns == more.columns:
            return self._with_rows([np.concatenate(pair) for pair in pairs], y, None, None)
        columns, rows = joined_texts(columns, self.parts[0], more.columns, more.parts[0])
        return self._with_rows([rows], y, None, None, columns=columns)

    def _with_rows(
        self,
        parts: Sequence[NDArray[Any]],
        y: NDArray[Any],
        *marks: Any,
        columns: tuple[Column, ...] | None = None,
    ) -> "Dataset":
        """Give other rows the same columns, classes and names; nothing is sealed."""
        if columns is None:
            columns = self.columns
        if columns:
            columns, rows = own_texts(columns, parts[0])
            parts = [rows]
        kept = tuple(read_only(part, part.dtype) for part in parts)
        groups, time = (None if values is None else read_only(values, values.dtype) for values in marks)
        changed: dict[str, Any] = {
            "x": kept if self.inputs else kept[0],
            "y": read_only(y, y.dtype),
            "missing": any(has_missing(part) for part in kept),
            "groups": groups,
            "time": time,
            "sealed": None,
            "columns": columns,
        }
        return _made({**{field.name: getattr(self, field.name) for field in fields(self)}, **changed})

    def seal(self, rows: ArrayLike, how: str = "given by number") -> "Dataset":
        """Give the other rows, with these ones under seal: nothing sees them before the test set is opened.

        Args:
            rows: ``(sealed row,)`` row numbers counted from 0, each once.
            how: how they were chosen, in words.

        Raises:
            UsageError: for numbers that are no row numbers, for all rows, and where rows are sealed already.

        >>> whole = Dataset([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1])
        >>> whole.seal([3]).x.tolist(), whole.seal([3]).sealed.rows
        ([[0.0], [1.0], [2.0]], 1)
        """
        if self.sealed is not None:
            cure = "Leave `test` out: these rows are the test set."
            raise UsageError(f"{self.sealed.rows} rows are sealed already", "test", None, cure)
        under = np.sort(row_numbers(rows, "test", self.rows))
        left = np.setdiff1d(np.arange(self.rows), under)
        if not len(left):
            raise UsageError("all rows would be sealed", "test", len(under), "Leave rows to learn from.")
        made = self.subset(left)
        object.__setattr__(made, "sealed", Sealed(self.subset(under), under, how))
        return made

    @property
    def parts(self) -> tuple[NDArray[Any], ...]:
        """The arrays of all inputs, for a single one too.

        >>> [part.shape for part in Dataset([[0.0], [1.0]], [0, 1]).parts]
        [(2, 1)]
        """
        return self.x if isinstance(self.x, tuple) else (self.x,)

    @property
    def scales(self) -> tuple[float, ...]:
        """The scales of all inputs, in the order of `parts`.

        >>> Dataset([[0.0], [1.0]], [0, 1], scale=0.5).scales
        (0.5,)
        """
        return self.scale if isinstance(self.scale, tuple) else (self.scale,)

    @property
    def input_shape(self) -> tuple[int, ...] | tuple[tuple[int, ...], ...]:
        """Shape of one row of inputs; a tuple of shapes where there are several.

        >>> Dataset(np.zeros((2, 8, 8, 1), np.uint8), [0, 1]).input_shape
        (8, 8, 1)
        >>> Dataset([np.zeros((3, 8, 8)), np.zeros((3, 4))], [0, 1, 0]).input_shape
        ((8, 8), (4,))
        """
        shapes = tuple(part.shape[1:] for part in self.parts)
        return shapes if self.inputs else shapes[0]

    @property
    def outputs(self) -> int:
        """How many classes or targets there are.

        >>> Dataset([[0.0], [1.0]], [[0.1, 0.2], [0.3, 0.4]]).outputs
        2
        """
        return len(self.classes) or int(self.y.shape[1])

    @property
    def class_counts(self) -> tuple[int, ...]:
        """Rows of each class, in the order of `classes`; empty for a regression.

        >>> Dataset([[0.0], [1.0], [2.0]], [0, 1, 0]).class_counts
        (2, 1)
        """
        if not self.classes:
            return ()
        return tuple(np.bincount(self.y, minlength=len(self.classes)).tolist())

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over shapes, types and bytes of inputs and targets, over task, classes, scale and names.

        >>> one, same = Dataset([[0.0], [1.0]], [0, 1]), Dataset([[0.0], [1.0]], [0, 1], name="again")
        >>> len(one.fingerprint), one == same, one == Dataset([[0.0], [1.0]], [1, 0])
        (64, True, False)
        """
        shapes = [[part.shape, part.dtype.str] for part in self.parts]
        scales = [scale.hex() for scale in self.scales]
        head: dict[str, object] = {
            "x": shapes if self.inputs else shapes[0],
            "y": [self.y.shape, self.y.dtype.str],
            "task": self.task,
            "classes": self.classes,
            "scale": scales if self.inputs else scales[0],
        }
        if self.inputs:
            head["inputs"] = self.inputs
        if self.columns:
            head["columns"] = [(column.name, column.kind, column.levels) for column in self.columns]
        if self.sealed is not None:
            head["sealed"] = self.sealed.fingerprint
        digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
        for part in self.parts:
            digest.update(part.data)
        for array in (self.y, self.groups, self.time):
            if array is not None:
                digest.update(array.data)
        return digest.hexdigest()

    def prepared(self, rows: ArrayLike, dtype: type[np.float32] | type[np.float64] = np.float32) -> Arrays:
        """Give rows of inputs as the network sees them: cast first, then scaled in that type.

        Args:
            rows: ``(chosen row,)`` row numbers counted from 0.
            dtype: ``numpy.float32``, or ``numpy.float64`` as certificates take.

        Returns:
            ``(chosen row, ...)`` in ``dtype``; a tuple of such arrays where there are several inputs.

        Raises:
            UsageError: for numbers that are no row numbers, and for another type.

        >>> Dataset([[0, 8], [16, 4]], [0, 1], scale=1 / 16).prepared([1])
        array([[1.  , 0.25]], dtype=float32)
        """
        if dtype not in (np.float32, np.float64):
            raise UsageError("not a type to learn in", "dtype", dtype, "Pass numpy.float32 or numpy.float64.")
        numbers_given = np.asarray(rows)
        if numbers_given.size == 0:
            numbers_given = numbers_given.astype(np.int32)
        if numbers_given.ndim != 1 or numbers_given.dtype.kind not in "iu":
            raise UsageError("not a list of row numbers", "rows", rows, "Pass whole numbers, as `[0, 5, 7]`.")
        beyond = (numbers_given < 0) | (numbers_given >= self.rows)
        if beyond.any():
            cure = f"Row numbers go from 0 to {self.rows - 1}."
            raise UsageError("no such row", "rows", numbers_given[beyond][0].item(), cure)
        chosen = tuple(part[numbers_given].astype(dtype) for part in self.parts)
        for array, scale in zip(chosen, self.scales, strict=True):
            np.multiply(array, dtype(scale), out=array)
        return chosen if self.inputs else chosen[0]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return self is other or self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        kind = "classes" if self.classes else "target" if self.outputs == 1 else "targets"
        shape = f"shape {self.input_shape}"
        if self.inputs:
            shape = " and ".join(
                f"{name} {part.shape[1:]}" for name, part in zip(self.inputs, self.parts, strict=True)
            )
        return f"Dataset({self.name!r}: {self.rows} rows of {shape}, {self.outputs} {kind})"

    def __setstate__(self, state: dict[str, Any]) -> None:
        # NumPy does not keep the seal when an array is copied deeply or pickled.
        self.__dict__.update(state)
        for array in (*self.parts, self.y, self.groups, self.time):
            if array is not None:
                array.setflags(write=False)


def _made(parts: Mapping[str, Any]) -> Dataset:
    """Make a data set of parts that are known to fit.

    Not through the initialiser: few rows of a data set need not have all that a whole one must.
    """
    made = object.__new__(Dataset)
    for field in fields(Dataset):
        object.__setattr__(made, field.name, parts[field.name])
    return made
