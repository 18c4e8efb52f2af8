"""Opening sealed rows. Whoever imports this records it: import-linter lets ``opening`` alone."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.errors import UsageError


class Opened(NamedTuple):
    """All rows, the open ones first; which were sealed; and the groups of these, where they have any."""

    data: Dataset
    rows: NDArray[np.int64]
    groups: NDArray[np.int32] | None


def opened(data: Dataset) -> Opened:
    """Join the open rows of a data set with the sealed ones, and say which these are.

    Args:
        data: with rows under seal.

    Raises:
        UsageError: where nothing is sealed.

    >>> data = Dataset([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]).seal([1, 2])
    >>> found = opened(data)
    >>> found.data.x.tolist(), found.rows.tolist()
    ([[0.0], [3.0], [1.0], [2.0]], [2, 3])
    """
    if data.sealed is None:
        cure = "Write `test: {holdout: 0.2}` in the experiment, and run it again."
        raise UsageError("the experiment has no sealed test set", "test", None, cure)
    sealed: Dataset = data.sealed.__getstate__()["data"]
    rows = np.arange(data.rows, data.rows + sealed.rows)
    return Opened(data.joined(sealed), rows, sealed.groups)
