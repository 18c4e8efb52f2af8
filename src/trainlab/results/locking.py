"""One process at a time: a lock on a file, which is let go of when the process ends, however it ends."""

import os
from pathlib import Path
from typing import IO


class HeldError(Exception):
    """Another process holds the lock.

    Args:
        holder: number of that process; ``unknown`` where it has not written it.
    """

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


def locked(path: Path) -> IO[str]:
    """Take a lock and write who holds it; closing what comes back lets go of it.

    On Windows nothing is locked: SQLite allows one writer at a time there too.

    Raises:
        HeldError: where another process has it.
        OSError: where the file cannot be opened.
    """
    lock = path.open("a+", encoding="utf-8")
    try:
        import fcntl
    except ImportError:
        return lock
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise HeldError(holder) from None
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
