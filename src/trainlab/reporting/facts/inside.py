"""What was seen inside the networks while they trained, as facts: sizes of weights and gradients, and units.

Reduced from the probes of all runs of a variant to one number or one histogram for each moment. A moment at
which no run was probed has no numbers.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import span

if TYPE_CHECKING:
    from trainlab.results.probes import Probe

START, FIRST, CHOSEN, LAST = range(4)

_LABEL = 60
_MOST_WEIGHTS = 60
_MOST_BINS = 80

Floats = NDArray[np.float64]
Numbers = tuple[float | None, ...]


@dataclass(frozen=True)
class WeightNorms:
    """One weight of the network: root of the sum of squares of its numbers, and of its gradient.

    Args:
        name: its name.
        is_kernel: whether it is the kernel of a layer, no bias and no gain.
        norms: at each moment, the median over runs; None where no run was probed.
        gradients: the same of the gradient of the loss.
        least: at each moment the smallest gradient of a run.
        most: and the largest.
    """

    name: str
    is_kernel: bool
    norms: Numbers
    gradients: Numbers
    least: Numbers
    most: Numbers


@dataclass(frozen=True)
class LayerUnits:
    """The units of one hidden layer.

    Args:
        name: its name.
        activation: what its units put out; may be empty.
        dead: at each moment, the mean share of units that are zero on every probed row; None where the
            activation cannot die.
        saturated: the same of units that lie in the flat ends; None where it has none.
    """

    name: str
    activation: str
    dead: Numbers
    saturated: Numbers


@dataclass(frozen=True)
class Histogram:
    """How numbers of one kind are spread at each moment, all runs of a variant together.

    Args:
        name: of the kernel or the layer.
        edges: of the bins, one more than there are bins.
        shares: for each moment the share in each bin; empty where no run was probed.
    """

    name: str
    edges: tuple[float, ...]
    shares: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Inside:
    """What was seen inside the networks of one variant.

    Args:
        variant: its place among the variants.
        runs: how many of its runs were probed.
        epochs: for each moment the epochs at which it lay, as ``20`` or ``8 to 20``.
        moves: whether the scored epoch was another than the last one in some run.
        losses: the loss on the probed rows at each moment, the mean over runs.
        weights: its trainable weights from input to output.
        layers: its hidden layers.
        kernels: the spread of the numbers in each kernel.
        activations: the spread of what each hidden layer puts out.
    """

    variant: int
    runs: int
    epochs: tuple[str, ...]
    moves: bool
    losses: Numbers
    weights: tuple[WeightNorms, ...]
    layers: tuple[LayerUnits, ...]
    kernels: tuple[Histogram, ...]
    activations: tuple[Histogram, ...]


def inside_of(place: int, probes: "Sequence[Sequence[Probe | None]]") -> Inside | None:
    """Reduce the probes of a variant; None where none of its runs was probed.

    Args:
        place: its place among the variants.
        probes: for each seed and fold.
    """
    there = [probe for seed in probes for probe in seed if probe is not None]
    # Runs of one variant have one network; where a file says otherwise, those like the first are told.
    there = [probe for probe in there if (probe.weights, probe.layers) == (there[0].weights, there[0].layers)]
    if not there:
        return None
    first = there[0]
    epochs = np.stack([probe.epochs for probe in there]).astype(float)
    epochs[epochs < 0] = np.nan  # a moment that a run did not come to
    seen = np.isfinite(epochs[:, CHOSEN]) & np.isfinite(epochs[:, LAST])
    norms = np.stack([probe.weight_norms for probe in there]).astype(float)
    gradients = np.stack([probe.gradient_norms for probe in there]).astype(float)
    dead = np.stack([probe.dead for probe in there]).astype(float)
    saturated = np.stack([probe.saturated for probe in there]).astype(float)
    return Inside(
        variant=place,
        runs=len(there),
        epochs=tuple(_span(moment) for moment in epochs.T),
        moves=bool((epochs[:, CHOSEN] != epochs[:, LAST])[seen].any()),
        losses=_over_runs(np.stack([probe.losses for probe in there]).astype(float), np.mean),
        weights=tuple(
            WeightNorms(
                clean(name, _LABEL),
                name.rpartition("/")[2].endswith("kernel"),
                _over_runs(norms[:, :, at], np.median),
                _over_runs(gradients[:, :, at], np.median),
                _over_runs(gradients[:, :, at], np.min),
                _over_runs(gradients[:, :, at], np.max),
            )
            for at, name in enumerate(first.weights[:_MOST_WEIGHTS])
        ),
        layers=tuple(
            LayerUnits(
                clean(name, _LABEL),
                clean(first.activations[at], _LABEL),
                _over_runs(dead[:, :, at], np.mean),
                _over_runs(saturated[:, :, at], np.mean),
            )
            for at, name in enumerate(first.layers)
        ),
        kernels=_histograms(first.kernels, [(one.weight_counts, one.weight_edges) for one in there]),
        activations=_histograms(
            first.layers, [(one.activation_counts, one.activation_edges) for one in there]
        ),
    )


def rebinned(counts: Floats, edges: Floats, wanted: Floats) -> Floats:
    """Share counts out to other bins, as if each bin were evenly filled.

    >>> rebinned(np.array([4.0, 2.0]), np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.5, 2.0]))
    array([2., 4.])
    """
    below = np.concatenate([[0.0], np.cumsum(counts)])
    shared: Floats = np.diff(np.interp(wanted, edges, below))
    return shared


def _histograms(
    names: Sequence[str], runs: Sequence[tuple[NDArray[np.generic], NDArray[np.generic]]]
) -> tuple[Histogram, ...]:
    made = []
    for place, name in enumerate(names):
        counts = np.stack([one[:, place] for one, _ in runs]).astype(float)
        edges = np.stack([one[place] for _, one in runs]).astype(float)
        usable = np.isfinite(edges).all(axis=1) & (np.diff(edges, axis=1) > 0).all(axis=1)
        if not usable.any():
            continue
        counts, edges = np.nan_to_num(counts[usable]), edges[usable]
        # As coarse as the coarsest run: its bins are kept, and finer ones are hardly cut.
        low, high = edges[:, 0].min(), edges[:, -1].max()
        step = np.diff(edges, axis=1).max()
        wanted = low + step * np.arange(min(max(round((high - low) / step), 1), _MOST_BINS) + 1)
        wanted[-1] = max(wanted[-1], high)
        shares = []
        for moment in range(counts.shape[1]):
            pairs = zip(counts[:, moment], edges, strict=True)
            pooled = np.sum([rebinned(one, own, wanted) for one, own in pairs], axis=0)
            whole = pooled.sum()
            shares.append(tuple((pooled / whole).tolist()) if whole > 0 else ())
        made.append(Histogram(clean(name, _LABEL), tuple(wanted.tolist()), tuple(shares)))
    return tuple(made)


def _over_runs(values: Floats, reduce: Callable[[Floats], Any]) -> Numbers:
    """Reduce ``(run, moment)`` to one number for each moment; None where no run has one."""
    found: list[float | None] = []
    for moment in values.T:
        finite = moment[np.isfinite(moment)]
        value = float(reduce(finite)) if finite.size else math.nan
        found.append(value if math.isfinite(value) else None)
    return tuple(found)


def _span(epochs: Floats) -> str:
    finite = epochs[np.isfinite(epochs)]
    return span(int(finite.min()), int(finite.max())) if finite.size else "–"
