"""Files that are whole or not there: written aside, synced, moved into place.

Arrays are kept as safetensors with a checksum; a file cut short or changed is refused on reading.
"""

import contextlib
import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.errors import MissingError


class DamagedFileError(MissingError):
    """A file of arrays was cut short or changed since it was written."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that after a crash either the old or the new content is there.

    Raises:
        MissingError: where the folder cannot be written or the disk is full.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise MissingError(
            f"the file cannot be written: {error.strerror or error}",
            str(path),
            None,
            "Free space or choose another place.",
        ) from error


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], notes: Mapping[str, Any]) -> None:
    """Write named arrays with notes in one file."""
    from safetensors.numpy import save

    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    said = json.dumps(dict(notes))
    write_whole(path, save(whole, {"notes": said, "checksum": str(_checksum(whole, said))}))


def read_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Read named arrays and notes.

    Raises:
        DamagedFileError: where the file was cut short or changed.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no mapping)
            described = file.metadata() or {}
        said = described["notes"]
        if str(_checksum(arrays, said)) != described["checksum"]:
            raise DamagedFileError("the checksum does not fit", str(path))
        return arrays, json.loads(said)
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise DamagedFileError(f"the file is damaged: {error}", str(path)) from error


def _checksum(arrays: Mapping[str, NDArray[Any]], notes: str) -> int:
    total = zlib.crc32(notes.encode())
    for name in sorted(arrays):
        array = arrays[name]
        total = zlib.crc32(f"{name} {array.dtype.str} {array.shape}".encode(), total)
        total = zlib.crc32(np.ascontiguousarray(array).tobytes(), total)
    return total
