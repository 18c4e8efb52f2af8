"""A data set: inputs, targets and what was decided about them, as one frozen value.

Knows nothing of files, of splits and of networks. Inputs stand in their smallest type; the float numbers that
a network sees are made row by row, here (`Dataset.prepared`) and with the same arithmetic on the device.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.data.arrays import read_array, sealed
from trainlab.data.inputs import check_scaled, read_inputs
from trainlab.data.named_inputs import Key, called, tell_inputs, tell_scales
from trainlab.data.targets import Task, read_targets
from trainlab.errors import DataError, UsageError

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
(got nan). Fill or drop them before: `keep = numpy.isfinite(x).reshape(len(x), -1).all(axis=1)`.
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
    ) -> None:
        _check_name(name)
        given = tell_inputs(x, inputs, y)
        asked = tell_scales(scale, given)
        labels = [called("x", key) for key in given.keys]
        arrays = [read_array(array, label) for array, label in zip(given.arrays, labels, strict=True)]
        given_y = read_array(y, "y")
        for array, label in zip(arrays, labels, strict=True):
            _check_rows(array, given_y, label)
        read = [read_inputs(array, label) for array, label in zip(arrays, labels, strict=True)]
        # An empty tuple is what a regression answers with, so that its parts make the same data set again.
        targets = read_targets(given_y, task, None if classes == () else classes)
        scales = tuple(part.scale if own is None else own for part, own in zip(read, asked, strict=True))
        for single, taken, key in zip(read, scales, given.keys, strict=True):
            check_scaled(single.values, taken, called("scale", key))
        said = [
            *notes,
            *_told_apart(given.keys, given.names),
            *(note for part in read for note in part.notes),
        ]
        said += targets.notes
        said += [part.scale_note for part, own in zip(read, asked, strict=True) if own is None]
        kept = tuple(sealed(part.values, part.dtype) for part in read)
        parts: dict[str, object] = {
            "x": kept if given.names else kept[0],
            "y": sealed(targets.values, targets.values.dtype),
            "name": name,
            "task": targets.task,
            "classes": targets.classes,
            "scale": scales if given.names else scales[0],
            "inputs": given.names,
            "notes": tuple(dict.fromkeys(note for note in said if note)),
        }
        for part, value in parts.items():
            object.__setattr__(self, part, value)

    @property
    def rows(self) -> int:
        """How many rows there are.

        >>> Dataset([[0.0], [1.0]], [0, 1]).rows
        2
        """
        return len(self.y)

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
        digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
        for part in self.parts:
            digest.update(part.data)
        digest.update(self.y.data)
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
        for array in (*self.parts, self.y):
            array.setflags(write=False)


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name.strip():
        raise UsageError("not a name", "name", name, "Pass a short text.")


def _told_apart(keys: tuple[Key, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Say that a list of arrays was taken as inputs, which nobody wrote."""
    guessed = bool(names) and keys != names
    return (f"inputs: a list of {len(names)} arrays, taken as so many inputs",) if guessed else ()


def _check_rows(x: NDArray[Any], y: NDArray[Any], name: str) -> None:
    if len(x) != len(y):
        turned = x.ndim == 2 and x.shape[1] == len(y)
        cure = f"Each row of {name} needs one target in y."
        if turned:
            cure = f"{name} seems to lie on its side: pass `{name}.T`."
        message = f"{name} has {len(x)} rows and y has {len(y)}"
        raise DataError(message, f"{name}, y", (x.shape, y.shape), cure)
    if len(x) == 1:
        message = "there is one row only, so nothing is left to validate on"
        raise DataError(
            message, f"{name}, y", (x.shape, y.shape), "Pass a list of rows, and as many as you have."
        )
