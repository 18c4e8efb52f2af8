"""How many random numbers a network draws for each row: what a lane pays for a technique it does not use."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from trainlab.model.blueprint import Bases, Blueprint
from trainlab.model.sites import Site, layer_at
from trainlab.model.weights import weights_named


def draws_per_row(what: Iterable[Any], plan: Blueprint, bases: Bases, *, batch_rows: int) -> dict[Any, float]:
    """Count the random numbers that each site and each transformation needs for one row.

    Args:
        what: sites of techniques that draw, and names of transformations.
        plan: the network.
        bases: where models are built.
        batch_rows: rows that share the draws of a layer's weights.
    """
    parts = bases.example if isinstance(bases.example, tuple) else (bases.example,)
    of_a_row = float(sum(np.prod(part.shape[1:], dtype=np.int64) for part in parts))

    def needed(one: Any) -> float:
        if not isinstance(one, Site):
            return of_a_row
        graph = bases.base(plan).graph
        layer = layer_at(graph, graph, one)
        if one.weight:
            sizes = [np.prod(variable.shape, dtype=np.int64) for variable in weights_named(layer, one.weight)]
            return float(sum(sizes)) / batch_rows
        return float(np.prod([size or 1 for size in layer.output.shape[1:]], dtype=np.int64))

    return {one: needed(one) for one in what}
