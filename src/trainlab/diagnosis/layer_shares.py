"""Shares of units by hidden layer, averaged over the probed runs of a variant.

Knows nothing of what the shares are of: dead units or saturated ones.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from trainlab.diagnosis.measured import Floats
from trainlab.diagnosis.probed import LAST, START, probed
from trainlab.results.probes import Probe
from trainlab.results.table import Results


@dataclass(frozen=True)
class Worst:
    """The hidden layer with the largest share of a variant.

    Args:
        variant: its name.
        layer: name of the layer.
        activation: its activation.
        share: its share at the end of training, mean over runs.
        start: its share before training.
        runs: in how many runs some layer's share is large, and of how many.
    """

    variant: str
    layer: str
    activation: str
    share: float
    start: float
    runs: tuple[int, int]

    @property
    def told(self) -> str:
        """The share in words."""
        begun = f"{100 * self.start:.0f} % before training"
        shares = f"{100 * self.share:.0f} % of `{self.layer}` ({begun})"
        return f"`{self.variant}` {shares} in {self.runs[0]} of {self.runs[1]} runs"


def worst_layers(results: Results, shares: Callable[[Probe], Floats], large: float) -> Iterator[Worst]:
    """Give the worst layer of each variant in most of whose runs some layer has a large share at the end.

    Args:
        results: what is stored.
        shares: gives the ``(moment, layer)`` shares of a probe.
        large: what counts as large.
    """
    for place, name in enumerate(results.variants):
        probes = [probe for _, probe in probed(results, place) if probe.layers]
        tables = [shares(probe) for probe in probes]
        ends = [table[LAST] for table in tables if np.isfinite(table[LAST]).any()]
        bad = sum(bool(np.nanmax(end) >= large) for end in ends)
        if not ends or 2 * bad < len(ends):
            continue
        known = np.array(ends)
        counts = np.isfinite(known).sum(axis=0)
        means = np.where(counts > 0, np.nansum(known, axis=0) / np.maximum(counts, 1), -1.0)
        layer = int(means.argmax())
        starts = [table[START, layer] for table in tables if np.isfinite(table[START, layer])]
        start = float(np.mean(starts)) if starts else 0.0
        which = probes[0]
        yield Worst(
            name, which.layers[layer], which.activations[layer], float(means[layer]), start, (bad, len(ends))
        )
