"""Where things of this machine are kept from one process to the next, and what the machine is called there.

A home may stand on several machines, so what holds for a processor stands under its name.
"""

import hashlib
import itertools
import platform
from collections.abc import Mapping
from pathlib import Path


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Give the folder of caches that is ours; it need not be there.

    Args:
        environment: may name another one than ``~/.cache`` in ``XDG_CACHE_HOME``.

    >>> cache_folder({"XDG_CACHE_HOME": "/scratch"}).as_posix()
    '/scratch/trainlab'
    """
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trainlab"


def processor() -> str:
    """Name what programs are compiled for: the architecture and what the processor can do."""
    try:
        # The first processor is told up to an empty line; of a hundred, the others are not asked for.
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as told:
            lines = list(itertools.takewhile(str.strip, told))
    except OSError:
        lines = [platform.processor()]
    said = sorted({line for line in lines if line.startswith(("flags", "Features", "model name"))})
    return f"{platform.machine()}-{hashlib.sha256(repr(said or lines[:1]).encode()).hexdigest()[:12]}"
