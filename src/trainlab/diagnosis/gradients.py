"""Gradients of a variant's runs at the beginning of training, layer by layer, as the probes have them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from trainlab.diagnosis.probed import FIRST, START, probed
from trainlab.results.table import Results

EARLY = (START, FIRST)


@dataclass(frozen=True)
class Flow:
    """How gradients reach the layers of one run, before training or after its first epoch.

    Args:
        moment: which of the two.
        first: norm of the gradient of the first kernel.
        last: that of the last one.
        gradients: norm of all gradients together.
        weights: norm of all weights together.
        kernels: how many kernels there are.
        names: the first and the last kernel.
    """

    moment: int
    first: float
    last: float
    gradients: float
    weights: float
    kernels: int
    names: tuple[str, str]


def flows(results: Results, place: int) -> Iterator[tuple[Flow, ...]]:
    """Give for each probed run how gradients flow at the beginning: late ones are small in every network.

    Args:
        results: what is stored.
        place: which variant.
    """
    for _, probe in probed(results, place):
        kernels = [index for index, name in enumerate(probe.weights) if name in probe.kernels]
        if not kernels:
            continue
        found = []
        for moment in EARLY:
            gradients = probe.gradient_norms[moment].tolist()
            all_gradients, all_weights = math.hypot(*gradients), math.hypot(*probe.weight_norms[moment])
            if math.isfinite(all_gradients) and math.isfinite(all_weights):
                names = (probe.weights[kernels[0]], probe.weights[kernels[-1]])
                ends = gradients[kernels[0]], gradients[kernels[-1]]
                found.append(Flow(moment, *ends, all_gradients, all_weights, len(kernels), names))
        if found:
            yield tuple(found)


def told(moment: int) -> str:
    """Say when it was."""
    return "before training" if moment == START else "after the first epoch"
