"""Gradients of a variant's runs at the beginning of training, layer by layer, as the probes have them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

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
            gradients, weights = probe.gradient_norms[moment], probe.weight_norms[moment]
            if np.isfinite(gradients).all() and np.isfinite(weights).all():
                found.append(
                    Flow(
                        moment,
                        float(gradients[kernels[0]]),
                        float(gradients[kernels[-1]]),
                        float(np.sqrt((gradients**2).sum())),
                        float(np.sqrt((weights**2).sum())),
                        len(kernels),
                        (probe.weights[kernels[0]], probe.weights[kernels[-1]]),
                    )
                )
        if found:
            yield tuple(found)


def told(moment: int) -> str:
    """Say when it was."""
    return "before training" if moment == START else "after the first epoch"
