"""Files and folders that a person names: whether they are there, what they are, and whether they fit.

Everything here looks before a byte of content is read; what the content means is known to the readers.
"""

import difflib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainlab.errors import DataError, MissingError, UsageError

MOST_BYTES = 8_000_000_000
"""No array of more bytes is read, whatever a file promises."""

_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP}


def ordinary_file(path: str | Path, instead: str) -> Path:
    """Give the absolute path of a file on the disk, or say what stands there.

    Args:
        path: as a person wrote it; ``~`` is their home.
        instead: what to give, a sentence for those who named something else.

    Raises:
        UsageError: where there is nothing, a folder, a device or a pipe.
        MissingError: where nobody lets us look.

    >>> ordinary_file("no/such.npz", "Give an .npz file.")
    Traceback (most recent call last):
    trainlab.errors.UsageError: no/such.npz: there is no such file. There is no folder `no` either.
    """
    given = _expanded(path, instead)
    kind = _kind(given)
    if stat.S_ISDIR(kind):
        raise UsageError("a folder, not a file", str(path), None, instead)
    if not stat.S_ISREG(kind):
        raise UsageError("a device or a pipe, not a file on the disk", str(path), None, instead)
    if not os.access(given, os.R_OK):
        raise MissingError(
            "the file cannot be read", str(path), cure="See who may read it, or give another file."
        )
    return given.absolute()


def ordinary_folder(path: str | Path, instead: str) -> Path:
    """Give the absolute path of a folder, or say what stands there.

    Args:
        path: as a person wrote it; ``~`` is their home.
        instead: what to give, a sentence for those who named something else.

    Raises:
        UsageError: where there is nothing, or no folder.
        MissingError: where nobody lets us look.

    >>> ordinary_folder("no/such", "Give a folder of folders.")
    Traceback (most recent call last):
    trainlab.errors.UsageError: no/such: there is no such file. There is no folder `no` either.
    """
    given = _expanded(path, instead)
    if not stat.S_ISDIR(_kind(given)):
        raise UsageError("a file, not a folder", str(path), None, instead)
    if not os.access(given, os.R_OK | os.X_OK):
        raise MissingError(
            "the folder cannot be read", str(path), cure="See who may read it, or give another folder."
        )
    return given.absolute()


def nearest(path: Path) -> str:
    """Say which file or folder was probably meant.

    >>> nearest(Path("no/such.npz"))
    'There is no folder `no` either.'
    """
    try:
        around = sorted(entry.name for entry in path.parent.iterdir())
    except (OSError, ValueError):
        return f"There is no folder `{path.parent}` either."
    near = difflib.get_close_matches(path.name, around, n=1, cutoff=0.6)
    if near:
        return f"Did you mean `{path.parent / near[0]}`?"
    return f"The folder `{path.parent}` is there, but nothing of that name in it."


def check_room(needed: int, where: str, cure: str) -> None:
    """Refuse what would not fit, before it is read.

    Args:
        needed: bytes that reading will take.
        where: the file or folder.
        cure: what to do next.

    Raises:
        DataError: above the limit that holds for all data.
        MissingError: where this machine has less memory than that free.

    >>> check_room(10**13, "bomb.npz", "Take fewer rows.")
    Traceback (most recent call last):
    trainlab.errors.DataError: bomb.npz: read whole it would take 10,000 GB, and 8 GB is the limit. \
Take fewer rows.
    """
    if needed > MOST_BYTES:
        message = f"read whole it would take {_gigabytes(needed)}, and {_gigabytes(MOST_BYTES)} is the limit"
        raise DataError(message, where, cure=cure)
    free = free_memory()
    if free is not None and needed > free:
        message = f"read whole it would take {_gigabytes(needed)}, and {_gigabytes(free)} of memory are free"
        raise MissingError(message, where, cure=cure)


def free_memory() -> int | None:
    """Give the bytes of memory that can be had; None where the system does not say."""
    try:
        with Path("/proc/meminfo").open(encoding="ascii") as lines:
            # Unlike the free pages that POSIX tells, this counts what the system would give back.
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Put the file in front of what is said about its content.

    >>> with reading(Path("a.npz")):
    ...     raise DataError("x has NaN", "x, row 3", "nan", "Fill them.")
    Traceback (most recent call last):
    trainlab.errors.DataError: a.npz: x, row 3: x has NaN (got 'nan'). Fill them.
    """
    try:
        yield
    except (DataError, UsageError) as error:
        where = f"{path}: {error.where}" if error.where else str(path)
        raise type(error)(error.message, where, error.value, error.cure) from error


def _expanded(path: object, instead: str) -> Path:
    if not isinstance(path, (str, Path)) or not str(path).strip():
        raise UsageError("not the name of a file", "path", path, instead)
    try:
        return Path(path).expanduser()
    except RuntimeError:  # a home that nobody has
        return Path(path)


def _kind(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        if isinstance(error, ValueError) or error.errno in _ABSENT:
            raise UsageError("there is no such file", str(path), None, nearest(path)) from error
        cure = "See who may read it, or give another file."
        raise MissingError(f"it cannot be read: {error.strerror}", str(path), cure=cure) from error


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.3g} GB" if size < 1e12 else f"{size / 1e9:,.0f} GB"
