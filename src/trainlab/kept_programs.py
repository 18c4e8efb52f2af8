"""Where compiled programs are kept from one process to the next: JAX's own cache, in a folder of ours.

Compiling is most of what a short experiment takes, and the second time it need not be paid again. Programs
are those of one kind of processor, so that a home folder on several machines keeps them apart.
"""

import os
from collections.abc import MutableMapping

from trainlab.caches import cache_folder, processor

FOLDER = "JAX_COMPILATION_CACHE_DIR"
MOST_BYTES = 2**30
# Building a Keras model compiles some forty programs of 20 ms each (docs/diary.md).
LEAST_SECONDS = 0.02


def keep_programs(environment: MutableMapping[str, str]) -> None:
    """Ask JAX to keep what it compiles, unless the environment says where, or there is no place for it.

    Args:
        environment: read before JAX is imported; ``JAX_ENABLE_COMPILATION_CACHE=false`` keeps nothing.
    """
    if FOLDER in environment:
        return
    folder = cache_folder(environment) / "compiled" / processor()
    there = next((place for place in (folder, *folder.parents) if place.exists()), None)
    if there is None or not os.access(there, os.W_OK):
        return
    environment[FOLDER] = str(folder)
    # With a limit JAX keeps processes apart by a lock, and what was used longest ago makes room.
    environment.setdefault("JAX_COMPILATION_CACHE_MAX_SIZE", str(MOST_BYTES))
    environment.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", str(LEAST_SECONDS))
