"""What was seen inside of the networks at four moments of training, read without JAX.

Of each run and moment the store keeps two arrays: numbers in a row, and counts of histograms. What stands
where follows from the names of weights and layers in the fact ``probes``; that is said here and nowhere else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.results.grids import Grids as Grids  # noqa: PLC0414  (all that is read of networks from one place)
from trainlab.results.grids import grids_of as grids_of  # noqa: PLC0414
from trainlab.results.histograms import BINS, in_common_bins
from trainlab.results.prediction import Prediction as Prediction  # noqa: PLC0414
from trainlab.results.prediction import prediction_of as prediction_of  # noqa: PLC0414
from trainlab.results.store import Reader
from trainlab.results.table import Results
from trainlab.results.thumbnails import Thumbnails as Thumbnails  # noqa: PLC0414
from trainlab.results.thumbnails import thumbnails_of as thumbnails_of  # noqa: PLC0414
from trainlab.results.watched import MOMENTS as MOMENTS  # noqa: PLC0414
from trainlab.results.watched import NOT_SEEN, PROBED, Watched, networks_of, watched_in


@dataclass(frozen=True, eq=False)
class MomentSeen:
    """What one moment of one run showed, on its way into the store.

    Args:
        epoch: number of the epoch; 0 before training.
        loss: mean data loss on the probed rows.
        validation_loss: data loss over all validation rows; NaN where it was not asked for.
        weight_norms: ``(weight,)``.
        gradient_norms: ``(weight,)``.
        dead: ``(layer,)``.
        saturated: ``(layer,)``.
        powers: ``(kernel + layer,)`` ranges of the histograms.
        counts: ``(kernel + layer, 128)`` their counts.
    """

    epoch: int
    loss: float
    validation_loss: float
    weight_norms: NDArray[Any]
    gradient_norms: NDArray[Any]
    dead: NDArray[Any]
    saturated: NDArray[Any]
    powers: NDArray[Any]
    counts: NDArray[Any]

    def arrays(self, moment: str) -> dict[str, NDArray[Any]]:
        """Give the arrays that the store keeps of it."""
        parts = (self.weight_norms, self.gradient_norms, self.dead, self.saturated, self.powers)
        numbers = np.concatenate([[self.epoch, self.loss, self.validation_loss], *parts])
        return {PROBED + moment: numbers.astype(np.float64), f"{PROBED}{moment}/counts": self.counts}


@dataclass(frozen=True, eq=False)
class Probe:
    """What was seen inside of one run's network at the four moments of `MOMENTS`.

    A moment that a run did not come to is NaN, its epoch -1 and its counts 0: a run that diverged has no
    chosen epoch, and its last moment is where it came to rest.

    Args:
        epochs: ``(moment,)`` numbers of the epochs, 0 before training.
        losses: ``(moment,)`` data loss on the probed rows, at most 256 of the training rows.
        validation_loss_at_start: data loss over all validation rows before training.
        weights: names of the trainable weights.
        weight_norms: ``(moment, weight)`` roots of the sums of squares.
        gradient_norms: ``(moment, weight)`` norms of the gradient of the data loss on the probed rows, with
            random layers off.
        layers: names of the hidden layers that were looked at.
        activations: their activations, as ``"relu"``; empty where one is not known.
        dead: ``(moment, layer)`` share of units that are zero on every probed row; NaN where the activation
            can't die. A channel of a convolution is one unit.
        saturated: ``(moment, layer)`` share of units in the flat ends on 95 % of the probed rows; NaN where
            the activation has none.
        kernels: names of the weights with two axes and more.
        weight_counts: ``(moment, kernel, bin)`` histograms of their values.
        weight_edges: ``(kernel, bin + 1)`` edges of the bins.
        activation_counts: ``(moment, layer, bin)`` histograms of at most 16,384 outputs.
        activation_edges: ``(layer, bin + 1)`` edges of the bins.
    """

    epochs: NDArray[np.int64]
    losses: NDArray[np.float64]
    validation_loss_at_start: float
    weights: tuple[str, ...]
    weight_norms: NDArray[np.float64]
    gradient_norms: NDArray[np.float64]
    layers: tuple[str, ...]
    activations: tuple[str, ...]
    dead: NDArray[np.float64]
    saturated: NDArray[np.float64]
    kernels: tuple[str, ...]
    weight_counts: NDArray[np.int64]
    weight_edges: NDArray[np.float64]
    activation_counts: NDArray[np.int64]
    activation_edges: NDArray[np.float64]


def probes_of(results: Results, variant: str) -> list[list[Probe | None]]:
    """Read what was seen inside of a variant's networks.

    Of an ensemble it is what its first member showed, which is the network that a single one would be.

    Args:
        results: what is stored.
        variant: name of the variant.

    Returns:
        For each seed and each fold what was seen, or None where nothing is stored.
    """
    watched = watched_in(results, variant)
    if watched is None:
        return [[None] * results.folds for _ in results.seeds]
    numbers = networks_of(results, variant)
    with Reader(results.folder) as reader:
        stored = [reader.arrays(f"run/{number}", PROBED) for number in numbers.reshape(-1)]
    probes = list(_probes(stored, watched))
    return [probes[first : first + results.folds] for first in range(0, len(probes), results.folds)]


def _probes(stored: Sequence[Mapping[str, NDArray[Any]]], watched: Watched) -> Iterator[Probe | None]:
    """Take all runs apart at once: one by one, a thousand of them would take seconds."""
    weights, layers, kernels = len(watched.weights), len(watched.layers), len(watched.kernels)
    sizes = [1, 1, 1, weights, weights, layers, layers, kernels + layers]
    numbers = np.full((len(stored), len(MOMENTS), sum(sizes)), np.nan)
    counts = np.zeros((len(stored), len(MOMENTS), kernels + layers, BINS))
    for run, arrays in enumerate(stored):
        for moment, name in enumerate(MOMENTS):
            # Another network's, where the names changed since: then it is not this variant's any more.
            if PROBED + name in arrays and len(arrays[PROBED + name]) == sum(sizes):
                numbers[run, moment] = arrays[PROBED + name]
                counts[run, moment] = arrays[f"{PROBED}{name}/counts"]
    parts = np.split(numbers, np.cumsum(sizes)[:-1], axis=2)
    epochs, losses, validation, weight_norms, gradient_norms, dead, saturated, powers = parts
    common, edges = in_common_bins(np.swapaxes(powers, 1, 2), np.swapaxes(counts, 1, 2))
    common = np.swapaxes(common, 1, 2)
    for run in range(len(stored)):
        if np.isnan(epochs[run]).all():
            yield None
            continue
        yield Probe(
            epochs=np.where(np.isnan(epochs[run, :, 0]), NOT_SEEN, epochs[run, :, 0]).astype(np.int64),
            losses=losses[run, :, 0],
            validation_loss_at_start=float(validation[run, 0, 0]),
            weights=watched.weights,
            weight_norms=weight_norms[run],
            gradient_norms=gradient_norms[run],
            layers=watched.layers,
            activations=watched.activations,
            dead=dead[run],
            saturated=saturated[run],
            kernels=watched.kernels,
            weight_counts=common[run, :, :kernels],
            weight_edges=edges[run, :kernels],
            activation_counts=common[run, :, kernels:],
            activation_edges=edges[run, kernels:],
        )
