"""The data sets that go by a name: embedded ones, made ones, and those that Keras downloads."""

import difflib
import inspect
from collections.abc import Callable
from typing import Any

from trainlab.data.dataset import Dataset
from trainlab.data.named import curves, embedded, keras_cache, synthetic
from trainlab.errors import UsageError

LOADERS: dict[str, Callable[..., Dataset]] = {
    "digits": embedded.digits,
    "iris": embedded.iris,
    "wine": embedded.wine,
    "breast_cancer": embedded.breast_cancer,
    "diabetes": embedded.diabetes,
    "spirals": synthetic.spirals,
    "circles": synthetic.circles,
    "xor": synthetic.xor,
    "gaussians": synthetic.gaussians,
    "curve_line": curves.curve_line,
    "curve_sine": curves.curve_sine,
    "curve_step": curves.curve_step,
    "curve_runge": curves.curve_runge,
    "fashion_mnist": keras_cache.fashion_mnist,
    "mnist": keras_cache.mnist,
    "cifar10": keras_cache.cifar10,
    "cifar100": keras_cache.cifar100,
    "imdb": keras_cache.imdb,
    "california_housing": keras_cache.california_housing,
    "boston_housing": keras_cache.boston_housing,
}


def names() -> tuple[str, ...]:
    """List the names that `load` knows, sorted.

    >>> "iris" in names()
    True
    """
    return tuple(sorted(LOADERS))


def options(name: str) -> tuple[str, ...]:
    """List what may be said of a data set beside its name.

    Raises:
        UsageError: for a name that is not known; what was probably meant is said.

    >>> options("spirals"), options("iris")
    (('rows', 'noise', 'seed'), ())
    """
    return tuple(inspect.signature(_loader(name)).parameters)


def load(name: str, **chosen: Any) -> Dataset:
    """Load a data set by its name.

    Args:
        name: one of `names`.
        chosen: what `options` lists for it: ``rows``, ``noise`` and ``seed`` of made sets, ``labels`` of
            ``cifar100``, ``version`` of ``california_housing``.

    Raises:
        UsageError: for a name that is not known; what was probably meant is said. For an option that the set
            does not have, and an impossible one.
        MissingError: where a set has to be downloaded and cannot be.

    >>> load("iris")
    Dataset('iris': 150 rows of shape (4,), 3 classes)
    >>> load("spirals", rows=300, noise=0.3).source
    {'spirals': {'rows': 300, 'noise': 0.3, 'seed': 0}}
    >>> load("Iris")
    Traceback (most recent call last):
    trainlab.errors.UsageError: data: unknown data set (got 'Iris'). Did you mean `iris`? Known are: ...
    """
    loader = _loader(name)
    known = options(name)
    for option in chosen:
        if option not in known:
            cure = f"Known are: {', '.join(known)}." if known else f"`{name}` has none."
            raise UsageError(f"unknown option of `{name}`", f"data.{name}.{option}", option, cure)
    return loader(**chosen)


def _loader(name: object) -> Callable[..., Dataset]:
    if isinstance(name, str) and name in LOADERS:
        return LOADERS[name]
    said = str(name).strip().lower().replace("-", "_").replace(" ", "_")
    near = difflib.get_close_matches(said, names(), n=1, cutoff=0.6)
    meant = f"Did you mean `{near[0]}`? " if near else ""
    raise UsageError("unknown data set", "data", name, f"{meant}Known are: {', '.join(names())}.")
