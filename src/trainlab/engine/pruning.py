"""Pruning the lanes of a chunk: each lane's kernels lose that lane's share of their smallest weights."""

import numpy as np

from trainlab.engine.chunk import Chunk
from trainlab.engine.judging import View
from trainlab.recipe.pruning import pruned


def prune_lanes(chunk: Chunk, view: View) -> View:
    """Give weights with the smallest ones at zero, and the other variables as they are.

    Args:
        chunk: the lanes.
        view: weights and layers of all lanes.
    """
    weights, layers = view
    changed = list(weights)
    for place, number in chunk.program.learner.prunes:
        values = np.array(weights[place])
        for lane, share in enumerate(chunk.cohort.numbers[number][chunk.places]):
            values[lane] = pruned(values[lane], float(share))
        changed[place] = chunk.program.placement.spread(values)
    return changed, layers
