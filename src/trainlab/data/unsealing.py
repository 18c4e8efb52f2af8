"""Opening sealed rows. Whoever imports this records it: import-linter lets ``opening`` alone."""

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.errors import UsageError


def opened(data: Dataset) -> tuple[Dataset, NDArray[np.int64]]:
    """Join the open rows of a data set with the sealed ones, and say which these are.

    Args:
        data: with rows under seal.

    Returns:
        All rows, the open ones first; and the numbers of those that were sealed.

    Raises:
        UsageError: where nothing is sealed.

    >>> data = Dataset([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]).seal([1, 2])
    >>> whole, rows = opened(data)
    >>> whole.x.tolist(), rows.tolist()
    ([[0.0], [3.0], [1.0], [2.0]], [2, 3])
    """
    if data.sealed is None:
        cure = "Write `test: {holdout: 0.2}` in the experiment, and run it again."
        raise UsageError("the experiment has no sealed test set", "test", None, cure)
    sealed: Dataset = data.sealed.__getstate__()["data"]
    return data.joined(sealed), np.arange(data.rows, data.rows + sealed.rows)
