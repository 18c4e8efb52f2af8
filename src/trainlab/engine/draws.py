"""How many random numbers a network draws for each row: what a lane pays for a technique it does not use."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from trainlab.model.blueprint import Bases, Blueprint
from trainlab.model.graph import can_place, graph_of
from trainlab.model.sites import Site, layer_at
from trainlab.model.weights import weights_named


def draws_per_row(what: Iterable[Any], plan: Blueprint, bases: Bases, *, batch_rows: int) -> float:
    """Count the random numbers that sites and transformations need for one row.

    Args:
        what: sites of techniques that draw, and names of transformations.
        plan: the network.
        bases: where models are built.
        batch_rows: rows that share the draws of a layer's weights.
    """
    parts = bases.example if isinstance(bases.example, tuple) else (bases.example,)
    of_a_row = sum(int(np.prod(part.shape[1:], dtype=np.int64)) for part in parts)
    total = 0.0
    for one in what:
        if not isinstance(one, Site):
            total += of_a_row
            continue
        model = bases.base(plan).model
        if not can_place(model):
            continue
        graph = graph_of(model)
        layer = layer_at(graph, graph, one)
        if one.weight:
            sizes = [np.prod(variable.shape, dtype=np.int64) for variable in weights_named(layer, one.weight)]
            total += float(sum(sizes)) / batch_rows
        else:
            total += float(np.prod([size or 1 for size in layer.output.shape[1:]], dtype=np.int64))
    return total
