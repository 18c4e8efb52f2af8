"""Checkpoints of a chunk at epoch boundaries: written whole, the last two kept.

A checkpoint holds everything that training changes. There is no generator to save: every draw comes from
(seed, fold, epoch) or from the state of the random layers, which is part of the state.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.engine.chunk import Chunk
from trainlab.engine.lane import LaneState
from trainlab.results.files import DamagedFileError, read_arrays, write_arrays

FOLDER = "checkpoints"
KEPT = 2
_BOOKS = ("active", "best_loss", "best_epoch", "diverged_step")


def save_checkpoint(folder: Path, label: str, chunk: Chunk) -> None:
    """Write where a chunk stands, and drop all but the last two checkpoints."""
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {}
    for part, leaves in (
        *chunk.state._asdict().items(),
        *zip(("best_weights", "best_layers"), chunk.best, strict=True),
    ):
        arrays |= {f"{part}/{index}": np.asarray(leaf) for index, leaf in enumerate(leaves)}
    arrays |= {name: getattr(chunk, name) for name in _BOOKS}
    write_arrays(place / f"{label}.epoch-{chunk.epoch:06d}.safetensors", arrays, {"epoch": chunk.epoch})
    for old in _checkpoints(folder, label)[KEPT:]:
        old.unlink(missing_ok=True)


def load_checkpoint(folder: Path, label: str, chunk: Chunk) -> bool:
    """Put a chunk where its newest whole checkpoint stands; gives False where there is none."""
    for path in _checkpoints(folder, label):
        try:
            arrays, notes = read_arrays(path)
        except DamagedFileError:
            continue
        place = chunk.program.placement

        def part(name: str, arrays: dict[str, NDArray[Any]] = arrays) -> list[Any]:
            count = sum(key.startswith(f"{name}/") for key in arrays)
            return [arrays[f"{name}/{index}"] for index in range(count)]

        chunk.state = place.spread(LaneState(part("weights"), part("layers"), part("optimizer")))
        chunk.best = place.spread((part("best_weights"), part("best_layers")))
        for name in _BOOKS:
            setattr(chunk, name, arrays[name])
        chunk.epoch = int(notes["epoch"])
        return True
    return False


def drop_checkpoints(folder: Path, label: str) -> None:
    """Remove the checkpoints of a chunk that is done."""
    for path in _checkpoints(folder, label):
        path.unlink(missing_ok=True)


def _checkpoints(folder: Path, label: str) -> list[Path]:
    """Give the checkpoints of a chunk, the newest first."""
    found = (folder / FOLDER).glob(f"{label}.epoch-*.safetensors")
    return sorted(found, key=lambda path: int(re.findall(r"epoch-(\d+)", path.name)[0]), reverse=True)
