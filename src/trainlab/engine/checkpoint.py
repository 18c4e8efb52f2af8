"""Checkpoints of a chunk at epoch boundaries: written whole, the last two kept.

A checkpoint holds everything that training changes. There is no generator to save: every draw comes from
(seed, fold, epoch) or from the state of the random layers, which is part of the state.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.engine.chunk import Chunk
from trainlab.engine.lane import LaneState
from trainlab.engine.stopping import Books
from trainlab.recipe.plateau import Plateau
from trainlab.results.files import DamagedFileError, read_arrays, write_arrays
from trainlab.stopwatch import part

FOLDER = "checkpoints"
KEPT = 2
_KEPT = ("active", "recorded", "trained_epochs", "diverged_step", "given_up")

Arrays = dict[str, NDArray[Any]]


@part("store")
def save_checkpoint(
    folder: Path,
    label: str,
    chunk: Chunk,
    beside: Mapping[str, NDArray[Any]] | None = None,
    notes: Mapping[str, int] | None = None,
) -> None:
    """Write where a chunk stands, and drop all but the last two checkpoints.

    Args:
        folder: where results go.
        label: name of the checkpoints.
        chunk: the lanes.
        beside: arrays that are kept with it, under names that are not the chunk's.
        notes: numbers that are kept with it.
    """
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    parts = dict(chunk.state._asdict())
    for which, (weights, layers) in enumerate(chunk.best):
        parts |= {f"best{which}_weights": weights, f"best{which}_layers": layers}
    arrays: Arrays = dict(beside or {})
    for kind, leaves in parts.items():
        arrays |= {f"{kind}/{index}": np.asarray(leaf) for index, leaf in enumerate(leaves)}
    arrays |= {name: getattr(chunk, name) for name in _KEPT}
    arrays |= {f"books/{name}": value for name, value in vars(chunk.books).items()}
    arrays |= {f"plateau/{name}": value for name, value in chunk.plateau.arrays().items()}
    write_arrays(
        place / f"{label}.epoch-{chunk.epoch:06d}.safetensors",
        arrays,
        {**(notes or {}), "epoch": chunk.epoch},
    )
    for old in _checkpoints(folder, label)[KEPT:]:
        old.unlink(missing_ok=True)


def load_checkpoint(folder: Path, label: str, chunk: Chunk) -> bool:
    """Put a chunk where its newest whole checkpoint stands; gives False where there is none."""
    found = newest_checkpoint(folder, label)
    if found is None:
        return False
    put_back(chunk, *found)
    return True


def newest_checkpoint(folder: Path, label: str) -> tuple[Arrays, dict[str, Any]] | None:
    """Give the arrays and the notes of the newest whole checkpoint; None where there is none."""
    for path in _checkpoints(folder, label):
        try:
            return read_arrays(path)
        except DamagedFileError:
            continue
    return None


def put_back(chunk: Chunk, arrays: Arrays, notes: Mapping[str, Any]) -> None:
    """Put a chunk with the same lanes where a checkpoint stands."""
    place = chunk.program.placement

    def leaves(name: str) -> list[Any]:
        count = sum(key.startswith(f"{name}/") for key in arrays)
        return [arrays[f"{name}/{index}"] for index in range(count)]

    chunk.state = place.spread(LaneState(leaves("weights"), leaves("layers"), leaves("optimizer")))
    chunk.best = [
        place.spread((leaves(f"best{which}_weights"), leaves(f"best{which}_layers")))
        for which in range(len(chunk.best))
    ]
    for name in _KEPT:
        if name in arrays:  # what has been trained before a later version still goes on
            setattr(chunk, name, arrays[name])
    chunk.books = Books(**under("books/", arrays))
    chunk.plateau = Plateau.from_arrays(under("plateau/", arrays))
    chunk.settle_rates()
    chunk.epoch = int(notes["epoch"])


def under(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> Arrays:
    """Give the arrays whose names begin like that, without it."""
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}


def drop_checkpoints(folder: Path, label: str, *, but: str | None = None) -> None:
    """Remove the checkpoints of chunks that are done.

    Args:
        folder: where results go.
        label: their name, or how the names begin where ``but`` is given.
        but: the one name that stays.
    """
    if but is None:
        old = _checkpoints(folder, label)
    else:
        begun = (folder / FOLDER).glob(f"{label}-*.epoch-*.safetensors")
        old = [path for path in begun if not path.name.startswith(f"{but}.")]
    for path in old:
        path.unlink(missing_ok=True)


def _checkpoints(folder: Path, label: str) -> list[Path]:
    """Give the checkpoints of a chunk, the newest first."""
    found = (folder / FOLDER).glob(f"{label}.epoch-*.safetensors")
    return sorted(found, key=lambda path: int(re.findall(r"epoch-(\d+)", path.name)[0]), reverse=True)
