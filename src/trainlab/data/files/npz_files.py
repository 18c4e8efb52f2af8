"""Arrays in an .npz file, as ``numpy.savez`` writes them, read without ever unpickling.

What the file promises (the directory of the zip, the header of every array) is judged before any content is
unpacked. Knows nothing of what the numbers mean: that is said by `Dataset`.
"""

import lzma
import math
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.files.ordinary import check_room, ordinary_file, reading
from trainlab.errors import DataError, UsageError, first_line

MOST_ROWS = 1_000_000_000
LONGEST_LIST = 20

INSTEAD = "Give an .npz file, as `numpy.savez('data.npz', x=x, y=y)` writes it."
FEWER = "Save fewer rows, or a smaller type: `x.astype('float32')`."

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(ValueError, TypeError, SyntaxError, OverflowError, NotImplementedError),
)
_TRAINING, _TEST = ("x_train", "y_train"), ("x_test", "y_test")


class _Promise(NamedTuple):
    """What the header of an array says."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    bytes: int


def read_npz(
    path: str | Path,
    *,
    x: str = "x",
    y: str = "y",
    groups: str | None = None,
    time: str | None = None,
    task: str | None = None,
    classes: Iterable[object] | None = None,
    scale: float | None = None,
    columns: Iterable[str] | None = None,
    missing: bool = False,
    name: str | None = None,
) -> Dataset:
    """Read arrays from an .npz file.

    A file with ``x_train`` and ``y_train`` instead of ``x`` and ``y``, as Keras writes them, is read as well;
    its ``x_test`` and ``y_test`` become rows under seal.

    Args:
        path: the file.
        x: key of the inputs, ``(row, ...)``.
        y: key of the targets, ``(row,)`` or ``(row, target)``.
        groups: key of ``(row,)`` labels of groups.
        time: key of ``(row,)`` times.
        task: ``"classification"`` or ``"regression"``, where it cannot be told from ``y``.
        classes: names of the classes, in the order of their numbers.
        scale: as `Dataset` takes it.
        columns: names of the columns of a two-dimensional ``x``.
        missing: NaN stands for a missing value.
        name: what the data are called; left out, the name of the file.

    Raises:
        UsageError: for a file that is not there, and for a key that is not in it.
        DataError: for what is no such file, for a broken one, for arrays of Python objects, and for arrays
            that promise more than 8 GB or a thousand million rows.
        MissingError: for a file that nobody lets us read, and for arrays larger than the free memory.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/two.npz", x=[[0.0], [1.5], [3.0]], y=["low", "high", "high"])
    ...     read_npz(f"{folder}/two.npz")
    Dataset('two': 3 rows of shape (1,), 2 classes)
    """
    file = ordinary_file(path, INSTEAD)
    options: dict[str, Any] = {"groups": groups, "time": time, "task": task, "scale": scale}
    options["classes"] = None if classes is None else list(classes)
    options["columns"] = None if columns is None else list(columns)
    source = {"npz": str(file), "x": x if x != "x" else None, "y": y if y != "y" else None, **options}
    source |= {"missing": missing or None, "name": name}
    with reading(file):
        beside = {word: key for word, key in (("groups", groups), ("time", time)) if key}
        arrays, others = _arrays(file, (x, y), beside)
        keys = (x, y) if x in arrays else _TRAINING
        notes = [f"from the file {file.name}, arrays {keys[0]} and {keys[1]}"]
        test = None
        if _TEST[0] in arrays and keys == _TRAINING:
            test = (arrays[_TEST[0]], arrays[_TEST[1]])
            notes.append(f"its own {len(test[1])} test rows stay sealed")
        if others:
            notes.append(f"arrays of the file that were not taken: {_listed(others)}")
        return Dataset(
            arrays[keys[0]],
            arrays[keys[1]],
            name=name or file.stem,
            task=task,
            classes=options["classes"],
            scale=scale,
            columns=options["columns"],
            missing=missing,
            groups=arrays[groups] if groups else None,
            time=arrays[time] if time else None,
            test=test,
            source={key: value for key, value in source.items() if value is not None},
            notes=notes,
        )


def _arrays(
    file: Path, asked: tuple[str, str], beside: Mapping[str, str]
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Give the arrays that are needed, by key, and the keys of the others."""
    with _opened(file) as archive:
        members = _members(archive)
        needed_for = dict(zip(("x", "y"), _chosen(members, asked), strict=False)) | dict(beside)
        for word, key in needed_for.items():
            if key not in members:
                raise UsageError("no such array in the file", word, key, _there_are(members))
        chosen = (*_chosen(members, asked), *beside.values())
        promises = {key: _promise(archive, members[key], key) for key in dict.fromkeys(chosen)}
        # Beside what is unpacked stands what is kept: at most float32 for each number.
        needed = sum(promise.bytes + 4 * math.prod(promise.shape) for promise in promises.values())
        check_room(needed, "", FEWER)
        arrays = {key: _read(archive, members[key], key) for key in promises}
        return arrays, tuple(key for key in members if key not in arrays)


def _chosen(members: Mapping[str, Any], asked: tuple[str, str]) -> tuple[str, ...]:
    """Say which arrays are inputs and targets: those that were asked for, or those of Keras's convention."""
    if asked != ("x", "y") or all(key in members for key in asked) or _TRAINING[0] not in members:
        return asked
    has_test = [key for key in _TEST if key in members]
    if len(has_test) == 1:
        message = f"there is `{has_test[0]}` without its other half"
        cure = f"Save both `x_test` and `y_test`, or neither. {_there_are(members)}"
        raise DataError(message, has_test[0], cure=cure)
    return (*_TRAINING, *has_test)


def _opened(file: Path) -> zipfile.ZipFile:
    with file.open("rb") as stream:
        head = stream.read(6)
    if not head:
        raise DataError("the file is empty", cure=INSTEAD)
    if head == b"\x93NUMPY":
        cure = "Save inputs and targets together: `numpy.savez('data.npz', x=x, y=y)`."
        raise DataError("one array (.npy), not a file of several", cure=cure)
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        torn = head[:4] == b"PK\x03\x04"
        message = "cut off or broken: its directory is not there" if torn else "not an .npz file"
        cure = "Copy or save it again." if torn else INSTEAD
        raise DataError(message, cure=cure) from error


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        if not info.filename.endswith(".npy"):
            continue
        key = info.filename.removesuffix(".npy")
        if key in members:
            raise DataError("two arrays of one name", key, cure="Save the file again.")
        members[key] = info
    if not members:
        raise DataError("a zip file without arrays", cure=INSTEAD)
    return members


def _promise(archive: zipfile.ZipFile, info: zipfile.ZipInfo, key: str) -> _Promise:
    """Read the header of an array, and refuse what must not or cannot be unpacked."""
    if info.flag_bits & 1:
        raise DataError("locked with a password", key, cure="Save it without one.")
    with _refusing_broken(key), archive.open(info) as stream:
        shape, dtype = _header(stream)
        size = math.prod(shape) * dtype.itemsize
        if dtype.hasobject:
            message = (
                f"{key} holds Python objects (pickled), and reading those could run any code in the file"
            )
            cure = "Save plain numbers or texts: rows of one length, `x.astype('float32')`, `y.astype(str)`."
            raise DataError(message, key, cure=cure)
        if dtype.names:
            fields = ", ".join(dtype.names[:LONGEST_LIST])
            message = f"{key} is a table of fields ({fields}), not one array"
            cure = "Save its numbers: `numpy.lib.recfunctions.structured_to_unstructured(table)`."
            raise DataError(message, key, cure=cure)
        if size != info.file_size - stream.tell():
            message = f"{key} says it has the shape {shape}, and the file holds another number of bytes"
            raise DataError(message, key, cure="Copy or save it again.")
    if shape and shape[0] > MOST_ROWS:
        message = f"{key} has {shape[0]:,} rows, and {MOST_ROWS:,} is the limit"
        raise DataError(message, key, cure="Save fewer rows.")
    return _Promise(shape, dtype, size)


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    with warnings.catch_warnings():
        # Files of Python 2 need a second look at their header; they are read all the same.
        warnings.simplefilter("ignore", UserWarning)
        shape, _, dtype = read(stream)
    if any(length < 0 for length in shape):
        raise ValueError(f"a negative length in the shape {shape}")
    return shape, dtype


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, key: str) -> NDArray[Any]:
    with _refusing_broken(key), archive.open(info) as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
        stream.read(1)  # at its end the check sum is compared, also of an array without content
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    # Sealed here, a data set keeps it as it is instead of copying it.
    native.setflags(write=False)
    return native


@contextmanager
def _refusing_broken(key: str) -> Iterator[None]:
    """Say of whatever unpacking raises that the array is broken."""
    try:
        yield
    except _BROKEN as error:
        said = first_line(error)
        message = f"{key} cannot be unpacked: {said}"
        raise DataError(message, key, cure="Copy or save the file again.") from error


def _there_are(keys: Iterable[str]) -> str:
    listed = tuple(keys)
    return f"The file has: {_listed(listed)}." if listed else "The file has none."


def _listed(keys: Iterable[str]) -> str:
    names = sorted(keys)
    more = f" and {len(names) - LONGEST_LIST} more" if len(names) > LONGEST_LIST else ""
    return ", ".join(names[:LONGEST_LIST]) + more
