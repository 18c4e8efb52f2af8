"""What is looked at inside of a variant's networks, and when: the words that writers and readers share."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.results.table import Results

MOMENTS = ("start", "first", "chosen", "last")
"""Before training, after the first epoch, the chosen epoch, the last one."""

FACT = "probes"
PROBED = "probe/"
NOT_SEEN = -1


@dataclass(frozen=True)
class Watched:
    """What is looked at in the networks of a variant.

    Args:
        weights: names of the trainable weights, each behind its layer's.
        kernels: those with two axes and more, whose values are counted.
        layers: names of the hidden layers.
        activations: names of their activations; empty where one is not known.
        rows: how many training rows are probed.
        members: how many networks answer as one.
        note: why less is looked at than could be; empty where nothing is left out.
    """

    weights: tuple[str, ...] = ()
    kernels: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    activations: tuple[str, ...] = ()
    rows: int = 0
    members: int = 1
    note: str = ""

    def document(self) -> dict[str, Any]:
        """Give it as plain values."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()
        }


def watched_in(results: Results, variant: str) -> Watched | None:
    """Say what was looked at in the networks of a variant; None where nothing is stored.

    Args:
        results: what is stored.
        variant: name of the variant.
    """
    said = results.facts.get(FACT, {}).get(variant)
    if said is None:
        return None
    told: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }
    return Watched(**told)


def networks_of(results: Results, variant: str) -> NDArray[np.int64]:
    """Give ``(seed, fold)`` numbers of the runs that trained a variant's network, or its ensemble's first.

    Args:
        results: what is stored.
        variant: name of the variant.
    """
    numbers: NDArray[np.int64] = results.run_numbers[results.variants.index(variant)]
    watched = watched_in(results, variant)
    # The members of an ensemble stand right behind it.
    first = int(watched is not None and watched.members > 1)
    return np.asarray(numbers + first, np.int64)
