"""The data sets that go by a name: embedded ones, made ones, and those that Keras downloads."""

import difflib
from collections.abc import Callable

from trainlab.data import embedded, keras_cache, synthetic
from trainlab.data.dataset import Dataset
from trainlab.errors import UsageError

LOADERS: dict[str, Callable[[], Dataset]] = {
    "digits": embedded.digits,
    "iris": embedded.iris,
    "wine": embedded.wine,
    "breast_cancer": embedded.breast_cancer,
    "diabetes": embedded.diabetes,
    "spirals": synthetic.spirals,
    "circles": synthetic.circles,
    "xor": synthetic.xor,
    "gaussians": synthetic.gaussians,
    "fashion_mnist": keras_cache.fashion_mnist,
    "mnist": keras_cache.mnist,
}


def names() -> tuple[str, ...]:
    """List the names that `load` knows, sorted.

    >>> "iris" in names()
    True
    """
    return tuple(sorted(LOADERS))


def load(name: str) -> Dataset:
    """Load a data set by its name.

    Raises:
        UsageError: for a name that is not known; what was probably meant is said.
        MissingError: where a set has to be downloaded and cannot be.

    >>> load("iris")
    Dataset('iris': 150 rows of shape (4,), 3 classes)
    >>> load("Iris")
    Traceback (most recent call last):
    trainlab.errors.UsageError: data: unknown data set (got 'Iris'). Did you mean `iris`? Known are: ...
    """
    if name in names():
        return LOADERS[name]()
    said = str(name).strip().lower().replace("-", "_").replace(" ", "_")
    near = difflib.get_close_matches(said, names(), n=1, cutoff=0.6)
    meant = f"Did you mean `{near[0]}`? " if near else ""
    raise UsageError("unknown data set", "data", name, f"{meant}Known are: {', '.join(names())}.")
