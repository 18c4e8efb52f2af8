"""Where compiled programs are kept from one process to the next: JAX's own cache, in a folder of ours.

Compiling is most of what a short experiment takes, and the second time it need not be paid again. Programs
are those of one kind of processor, so that a home folder on several machines keeps them apart.
"""

import hashlib
import itertools
import os
import platform
from collections.abc import MutableMapping
from pathlib import Path

FOLDER = "JAX_COMPILATION_CACHE_DIR"
MOST_BYTES = 2**30
LEAST_SECONDS = 0.1


def keep_programs(environment: MutableMapping[str, str]) -> None:
    """Ask JAX to keep what it compiles, unless the environment says where, or there is no place for it.

    Args:
        environment: read before JAX is imported; ``JAX_ENABLE_COMPILATION_CACHE=false`` keeps nothing.
    """
    if FOLDER in environment:
        return
    base = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "trainlab" / "compiled" / _processor()
    there = next((place for place in (folder, *folder.parents) if place.exists()), None)
    if there is None or not os.access(there, os.W_OK):
        return
    environment[FOLDER] = str(folder)
    # With a limit JAX keeps processes apart by a lock, and what was used longest ago makes room.
    environment.setdefault("JAX_COMPILATION_CACHE_MAX_SIZE", str(MOST_BYTES))
    environment.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", str(LEAST_SECONDS))


def _processor() -> str:
    """Name what programs are compiled for: the architecture and what the processor can do."""
    try:
        # The first processor is told up to an empty line; of a hundred, the others are not asked for.
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as told:
            lines = list(itertools.takewhile(str.strip, told))
    except OSError:
        lines = [platform.processor()]
    said = sorted({line for line in lines if line.startswith(("flags", "Features", "model name"))})
    return f"{platform.machine()}-{hashlib.sha256(repr(said or lines[:1]).encode()).hexdigest()[:12]}"
