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
from trainlab.engine.stopping import Books
from trainlab.recipe.plateau import Plateau
from trainlab.results.files import DamagedFileError, read_arrays, write_arrays

FOLDER = "checkpoints"
KEPT = 2
_KEPT = ("active", "recorded", "trained_epochs", "diverged_step")


def save_checkpoint(folder: Path, label: str, chunk: Chunk) -> None:
    """Write where a chunk stands, and drop all but the last two checkpoints."""
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    parts = dict(chunk.state._asdict())
    for which, (weights, layers) in enumerate(chunk.best):
        parts |= {f"best{which}_weights": weights, f"best{which}_layers": layers}
    arrays: dict[str, NDArray[Any]] = {}
    for part, leaves in parts.items():
        arrays |= {f"{part}/{index}": np.asarray(leaf) for index, leaf in enumerate(leaves)}
    arrays |= {name: getattr(chunk, name) for name in _KEPT}
    arrays |= {f"books/{name}": value for name, value in vars(chunk.books).items()}
    arrays |= {f"plateau/{name}": value for name, value in chunk.plateau.arrays().items()}
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
        chunk.best = [
            place.spread((part(f"best{which}_weights"), part(f"best{which}_layers")))
            for which in range(len(chunk.best))
        ]
        for name in _KEPT:
            setattr(chunk, name, arrays[name])
        chunk.books = Books(**_under("books/", arrays))
        chunk.plateau = Plateau.from_arrays(_under("plateau/", arrays))
        chunk.settle_rates()
        chunk.epoch = int(notes["epoch"])
        return True
    return False


def _under(prefix: str, arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}


def drop_checkpoints(folder: Path, label: str) -> None:
    """Remove the checkpoints of a chunk that is done."""
    for path in _checkpoints(folder, label):
        path.unlink(missing_ok=True)


def _checkpoints(folder: Path, label: str) -> list[Path]:
    """Give the checkpoints of a chunk, the newest first."""
    found = (folder / FOLDER).glob(f"{label}.epoch-*.safetensors")
    return sorted(found, key=lambda path: int(re.findall(r"epoch-(\d+)", path.name)[0]), reverse=True)
