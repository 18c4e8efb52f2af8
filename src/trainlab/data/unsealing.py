"""Opening sealed rows. Whoever imports this records it: import-linter lets ``opening`` alone."""

from trainlab.data.dataset import Dataset
from trainlab.data.sealed import Sealed


def unsealed(sealed: Sealed) -> Dataset:
    """Give the rows under a seal.

    >>> whole = Dataset([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1])
    >>> unsealed(whole.seal([1, 2]).sealed).x.tolist()
    [[1.0], [2.0]]
    """
    data: Dataset = sealed.__getstate__()["data"]
    return data
