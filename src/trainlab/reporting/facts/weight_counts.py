"""How large the hidden weights are, as facts: counts in bins that all variants share.

Read from the files of weights that a run leaves: the kernels of hidden layers at the epoch that is scored,
all runs of a variant together. Biases, and the kernel of the output layer, are left out.
"""

import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.reporting.wording.words import counted
from trainlab.results.files import DamagedFileError, read_arrays
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

FOLDER = "weights"
BINS = 41  # odd, so that zero lies in the middle of one
MOST_BYTES = 10**9

# What the lengths of normalized weights are called.
_GAIN = "weight_norm_gain"

# Outside of this share of the weights of all variants lie a few that would flatten the rest.
_SHOWN = 0.999

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class WeightCounts:
    """The hidden weights of one variant.

    Args:
        variant: its place among the variants.
        weights: how many hidden weights all its runs have together.
        zero: share of them that is exactly zero.
        shares: share of them in each bin, those that are exactly zero left out; the outermost bins hold what
            lies beyond the edges too.
        spread: root of the mean square of the weights.
    """

    variant: int
    weights: int
    zero: float
    shares: tuple[float, ...]
    spread: float


@dataclass(frozen=True)
class WeightFacts:
    """The hidden weights of some variants.

    Args:
        edges: edges of the bins, one more than there are bins.
        variants: one for each variant that has hidden weights in the files.
        note: what a reader must know; empty where there is nothing.
    """

    edges: tuple[float, ...]
    variants: tuple[WeightCounts, ...]
    note: str


def weight_facts(results: Results, places: Sequence[int]) -> WeightFacts | None:
    """Count the hidden weights of some variants.

    Args:
        results: with the folder in which the files of weights stand.
        places: which variants, by their places among them.

    Returns:
        Counts and edges; None where no file holds weights of these variants.
    """
    files = sorted((results.folder / FOLDER).glob("*.safetensors"))
    size = sum(file.stat().st_size for file in files)
    if size > MOST_BYTES:
        return WeightFacts((), (), f"The files of weights hold {size / 1e9:.1f} GB and were not read.")
    found, damaged = _gather(results, files, frozenset(places))
    note = f"{counted(damaged, 'file')} of weights could not be read." if damaged else ""
    if not found:
        return WeightFacts((), (), note) if note else None
    edges = _edges(list(found.values()))
    variants = tuple(_counts(place, found[place], edges) for place in places if place in found)
    return WeightFacts(tuple(float(edge) for edge in edges), variants, note)


def hidden_kernels(names: Sequence[str]) -> tuple[int, ...]:
    """Give the places of the kernels of hidden layers: all kernels but the last, which is the output's.

    >>> hidden_kernels(["one/kernel", "one/bias", "lstm/recurrent_kernel", "output/kernel", "output/bias"])
    (0, 2)
    """
    kernels = [place for place, name in enumerate(names) if name.rpartition("/")[2].endswith("kernel")]
    return tuple(kernels[:-1])


def _gather(results: Results, files: Sequence[Path], places: frozenset[int]) -> tuple[dict[int, Floats], int]:
    """Give the hidden weights of each variant, one after the other, and how many files are damaged."""
    parts: dict[int, list[NDArray[Any]]] = {}
    damaged = 0
    owner = _owners(results)
    for file in files:
        try:
            arrays, notes = read_arrays(file)
        except DamagedFileError:
            damaged += 1
            continue
        for lane, run in enumerate(notes.get("runs") or ()):
            place = owner(int(run))
            if place is not None and place in places:
                parts.setdefault(place, []).extend(_kernels(arrays, notes, lane))
    found = {}
    for place, some in parts.items():
        if some:
            weights = np.concatenate([part.ravel() for part in some])
            found[place] = weights[np.isfinite(weights)]
    return found, damaged


def _kernels(arrays: Mapping[str, NDArray[Any]], notes: Mapping[str, Any], lane: int) -> list[NDArray[Any]]:
    # The weights that are scored stand apart where they are not simply the last ones.
    which = "scored" if any(name.startswith("scored/") for name in arrays) else "last"
    names = notes.get("weights") or ()
    found = []
    for place in hidden_kernels(names):
        if f"{which}/weights/{place}" in arrays:
            kernel = np.asarray(arrays[f"{which}/weights/{place}"][lane], np.float64)
            gains = [
                arrays[f"{which}/weights/{other}"][lane]
                for other, name in enumerate(names)
                if name == f"{names[place].rpartition('/')[0]}/{_GAIN}"
            ]
            found.append(in_force(kernel, np.asarray(gains[0], np.float64)) if gains else kernel)
    return found


def in_force(direction: Floats, gain: Floats) -> Floats:
    """Give the weights of weight normalization: each unit's direction at the length of its gain.

    >>> in_force(np.array([[3.0], [4.0]]), np.array([[10.0]])).tolist()
    [[6.0], [8.0]]
    """
    axes = tuple(axis for axis, size in enumerate(gain.shape) if size == 1)
    norms = np.sqrt((direction**2).sum(axis=axes, keepdims=True))
    weights: Floats = direction * (gain / np.where(norms > 0, norms, 1))
    return weights


def _owners(results: Results) -> Callable[[int], int | None]:
    """Make the function that tells the variant of a run; None where the run, or its ensemble, has no score.

    Members of an ensemble are numbered behind it, and a run by itself is alone behind its number.
    """
    order = np.argsort(results.run_numbers, axis=None, kind="stable")
    numbers = results.run_numbers.ravel()[order].tolist()
    variants = np.unravel_index(order, results.run_numbers.shape)[0].tolist()
    scored = [Outcome(outcome).scored for outcome in results.outcomes.ravel()[order].tolist()]

    def owner(run: int) -> int | None:
        place = bisect.bisect_right(numbers, run) - 1
        return int(variants[place]) if place >= 0 and scored[place] else None

    return owner


def _edges(weights: Sequence[Floats]) -> Floats:
    """Give edges that are symmetric about zero and hold nearly all weights of every variant."""
    reach = max((float(np.quantile(np.abs(some), _SHOWN)) for some in weights if some.size), default=0.0)
    reach = reach or 1.0
    return np.linspace(-reach, reach, BINS + 1)


def _counts(place: int, weights: Floats, edges: Floats) -> WeightCounts:
    count = max(weights.size, 1)
    zero = weights == 0
    inside = np.clip(weights[~zero], edges[0], edges[-1])
    shares = np.histogram(inside, edges)[0] / count
    return WeightCounts(
        variant=place,
        weights=int(weights.size),
        zero=float(zero.sum() / count),
        shares=tuple(float(share) for share in shares),
        spread=float(np.sqrt(np.mean(weights**2))) if weights.size else 0.0,
    )
