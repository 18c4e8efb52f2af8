"""The weights that runs ended with, as they stand in a folder: of each file, which runs and which epoch.

A file holds the runs of one chunk, stacked. ``last`` is what the last epoch left, ``best`` the epoch with the
lowest validation loss, and ``scored`` what the score was given to, where that is not simply the last.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from trainlab.results.files import read_arrays

FOLDER = "weights"
Arrays = Mapping[str, NDArray[Any]]


class RunWeights(NamedTuple):
    """What a run ended with: its trainable weights and its other variables, in the network's own order."""

    weights: list[NDArray[Any]]
    layers: list[NDArray[Any]]


def scored_kind(arrays: Arrays) -> str:
    """Name the weights in a file that the scores were given to."""
    return "scored" if any(name.startswith("scored/") for name in arrays) else "last"


def scored_weights(folder: Path, runs: Collection[int]) -> dict[int, RunWeights]:
    """Give the weights that were scored, of those of the runs that are there.

    Args:
        folder: of the results.
        runs: numbers of runs.

    Raises:
        DamagedFileError: where a file was cut short or changed.
    """
    found: dict[int, RunWeights] = {}
    for path in sorted((folder / FOLDER).glob("*.safetensors")):
        arrays, notes = read_arrays(path)
        kind = scored_kind(arrays)
        for lane, run in enumerate(notes["runs"]):
            if run in runs:
                found[run] = RunWeights(
                    *(list(_lane(arrays, kind, part, lane)) for part in RunWeights._fields)
                )
    return found


def _lane(arrays: Arrays, kind: str, part: str, lane: int) -> Iterator[NDArray[Any]]:
    count = sum(name.startswith(f"{kind}/{part}/") for name in arrays)
    for index in range(count):
        yield arrays[f"{kind}/{part}/{index}"][lane]
