"""Magnitude pruning after training: the smallest weights of each kernel are set to zero."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def pruned(weights: NDArray[Any], share: float) -> NDArray[Any]:
    """Set the share of the smallest weights to zero.

    Each kernel loses its own smallest weights, so no layer is emptied for the sake of another. Of weights
    that are equally large, the first ones go.

    Args:
        weights: a kernel of any shape.
        share: share of its weights that goes, in [0, 1); rounded down to whole weights.

    Source:
        Han, Pool, Tran & Dally, *Learning both Weights and Connections for Efficient Neural Networks*,
        NeurIPS 2015. We depart: pruned once, after training, without training again.

    >>> pruned(np.array([0.1, -0.5, 0.2, -0.3]), 0.5).tolist()
    [0.0, -0.5, 0.0, -0.3]
    """
    kept = weights.copy().reshape(-1)
    count = int(share * kept.size + 1e-9)
    kept[np.argsort(np.abs(kept), kind="stable")[:count]] = 0
    return kept.reshape(weights.shape)
