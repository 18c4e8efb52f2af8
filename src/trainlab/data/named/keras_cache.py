"""The sets that Keras keeps in its own cache, or downloads into it.

The one place of this room that imports Keras, and only when called. A set's own test rows come out sealed.
Keras overwrites or deletes a file of the right name and the wrong content, so that is looked at before.
"""

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.named.keras_sets import (
    BOSTON,
    CALIFORNIA,
    CIFAR10,
    CIFAR100,
    CIFAR100_COARSE,
    CLOTHES,
    FILES,
    SHAPES,
)
from trainlab.errors import MissingError, UsageError

Rows = tuple[NDArray[Any], NDArray[Any]]


def fashion_mnist() -> Dataset:
    """Load the 60,000 training images of Fashion-MNIST: 28 x 28 pixels, ten kinds of clothing.

    Raises:
        MissingError: where the files are neither in Keras's cache nor can be downloaded, or are broken.

    Source:
        H. Xiao, K. Rasul, R. Vollgraf, *Fashion-MNIST*, arXiv:1708.07747 (2017).
    """

    def fetch() -> Any:
        from keras.datasets import fashion_mnist as loader

        return loader.load_data()

    return _images("fashion_mnist", fetch, CLOTHES, "MIT (Zalando SE)")


def mnist() -> Dataset:
    """Load the 60,000 training images of MNIST: 28 x 28 pixels, handwritten digits.

    Raises:
        MissingError: where the file is neither in Keras's cache nor can be downloaded, or is another file.

    Source:
        Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten digits* (1998).
    """

    def fetch() -> Any:
        from keras.datasets import mnist as loader

        return loader.load_data()

    return _images("mnist", fetch, tuple("0123456789"), "CC BY-SA 3.0 (Y. LeCun, C. Cortes)")


def cifar10() -> Dataset:
    """Load the 50,000 training images of CIFAR-10: 32 x 32 pixels in colours, ten kinds of things.

    Raises:
        MissingError: where the file is neither in Keras's cache nor can be downloaded, or is another file.

    Source:
        A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, report, Toronto (2009).
    """

    def fetch() -> Any:
        from keras.datasets import cifar10 as loader

        return loader.load_data()

    return _images("cifar10", fetch, CIFAR10, "none stated; cite Krizhevsky 2009")


def cifar100(labels: str = "fine") -> Dataset:
    """Load the 50,000 training images of CIFAR-100: 32 x 32 pixels in colours.

    Args:
        labels: ``"fine"`` for a hundred kinds of things, ``"coarse"`` for twenty groups of them.

    Raises:
        UsageError: for other labels.
        MissingError: where the file is neither in Keras's cache nor can be downloaded, or is another file.

    Source:
        A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, report, Toronto (2009).
    """
    if labels not in {"fine", "coarse"}:
        raise UsageError("unknown labels", "labels", labels, "Write `fine` or `coarse`.")

    def fetch() -> Any:
        from keras.datasets import cifar100 as loader

        return loader.load_data(label_mode=labels)

    classes = CIFAR100 if labels == "fine" else CIFAR100_COARSE
    options = {} if labels == "fine" else {"labels": labels}
    return _images("cifar100", fetch, classes, "none stated; cite Krizhevsky 2009", options)


def imdb() -> Dataset:
    """Load the 25,000 training reviews of IMDB as texts, each good or bad.

    Keras keeps the reviews as ranks of words; here the words stand again, joined by spaces. There are no
    capitals and no punctuation, and a test review lacks the words that no training review has.

    Returns:
        One text column, ``review``; 25,000 test reviews are sealed.

    Raises:
        MissingError: where the files are neither in Keras's cache nor can be downloaded, or are others.

    Source:
        A. Maas et al., *Learning Word Vectors for Sentiment Analysis*, ACL 2011.
    """

    def fetch() -> Any:
        from keras.datasets import imdb as loader

        index = loader.get_word_index()
        words = np.full(max(index.values()) + 1, "", dtype=object)
        words[list(index.values())] = list(index)
        # Ranks as they are: no mark of the start, no shift, and, one above the last, none left out.
        plain = {"start_char": None, "oov_char": None, "index_from": 0, "num_words": len(words)}
        (x, y), (test_x, test_y) = loader.load_data(**plain)
        return (_texts(x, words), y), (_texts(test_x, words), test_y)

    (x, y), (test_x, test_y), notes = _fetched("imdb", fetch)
    levels, positions = np.unique(np.concatenate([x, test_x]), return_inverse=True)
    column = positions.astype(np.float32).reshape(-1, 1)
    return Dataset(
        column[: len(x)],
        y,
        name="imdb",
        task="classification",
        classes=("negative", "positive"),
        columns=[Column("review", "text", tuple(levels.tolist()))],
        test=(column[len(x) :], test_y),
        licence="none stated; cite Maas et al. 2011",
        source="imdb",
        notes=[*notes, "reviews as words in lower case without punctuation, as Keras keeps them"],
    )


def california_housing(version: str = "large") -> Dataset:
    """Load California housing: what houses cost in 1990, by block group, in dollars (a regression).

    Args:
        version: ``"large"`` for 20,640 block groups, ``"small"`` for the first 600 of them. Keras seals a
            fifth.

    Raises:
        UsageError: for another version.
        MissingError: where the file is neither in Keras's cache nor can be downloaded, or is another file.

    Source:
        R. K. Pace, R. Barry, *Sparse Spatial Autoregressions*, Statistics & Probability Letters 33 (1997).
    """
    if version not in {"large", "small"}:
        raise UsageError("unknown version", "version", version, "Write `large` or `small`.")

    def fetch() -> Any:
        from keras.datasets import california_housing as loader

        return loader.load_data(version=version)

    notes = ["target: median value of the houses of a block group, in dollars; values end at 500,001"]
    return _housing(
        "california_housing",
        fetch,
        columns=CALIFORNIA,
        target="median_house_value",
        notes=notes,
        options={} if version == "large" else {"version": version},
    )


def boston_housing() -> Dataset:
    """Load Boston housing: what houses cost in the 1970s, by census tract, in 1000 dollars (a regression).

    Its column ``B`` was computed from the share of black inhabitants, on the assumption that segregation
    raises prices. scikit-learn has removed the set for that; `california_housing` asks the same without it.

    Raises:
        MissingError: where the file is neither in Keras's cache nor can be downloaded, or is another file.

    Source:
        D. Harrison, D. Rubinfeld, *Hedonic housing prices and the demand for clean air*, Journal of
        Environmental Economics and Management 5 (1978); on ``B``: M. Carlisle, *Racist data destruction?*
        (2019).
    """

    def fetch() -> Any:
        from keras.datasets import boston_housing as loader

        return loader.load_data()

    ethics = (
        "ethics: column B was computed from the share of black inhabitants, as if segregation made prices; "
        "scikit-learn removed this set for it. Take `california_housing` unless this is what you study"
    )
    notes = [
        "target: median value of the houses of a census tract, in 1000 dollars; values end at 50",
        ethics,
    ]
    return _housing("boston_housing", fetch, columns=BOSTON, target="MEDV", notes=notes)


def cache_folder() -> Path:
    """Name the folder in which Keras looks for data sets: a temporary one where its home cannot be written.

    >>> cache_folder().name
    'datasets'
    """
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser()
    # Keras makes its home folder while it is imported, if its parent lets it.
    made = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    if not os.access(made, os.W_OK):
        home = (Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())) / ".keras"  # noqa: S108  # Keras's own
    return home / "datasets"


def _images(
    name: str,
    fetch: Callable[[], Any],
    classes: tuple[str, ...],
    licence: str,
    options: Mapping[str, str] = MappingProxyType({}),
) -> Dataset:
    (x, y), (test_x, test_y), notes = _fetched(name, fetch)
    if x.ndim == 3:
        x, test_x = x[..., np.newaxis], test_x[..., np.newaxis]
    return Dataset(
        x,
        y.ravel(),
        name=name,
        task="classification",
        classes=classes,
        scale=1 / 255,
        test=(test_x, test_y.ravel()),
        licence=licence,
        source={name: dict(options)} if options else name,
        notes=[*notes, "8-bit pixels, scaled by 1/255"],
    )


def _housing(
    name: str,
    fetch: Callable[[], Any],
    *,
    columns: Sequence[str],
    target: str,
    notes: Sequence[str],
    options: Mapping[str, str] = MappingProxyType({}),
) -> Dataset:
    (x, y), test, said = _fetched(name, fetch, ", ".join([name, *options.values()]))
    return Dataset(
        x,
        y,
        name=name,
        task="regression",
        columns=columns,
        targets=[target],
        test=test,
        licence="none stated (StatLib)",
        source={name: dict(options)} if options else name,
        notes=[*said, *notes],
    )


def _fetched(name: str, fetch: Callable[[], Any], size: str = "") -> tuple[Rows, Rows, list[str]]:
    """Let Keras load a set; give training rows, test rows, and where they come from."""
    folder = cache_folder()
    missing = [file for file in FILES[name] if not (folder / file).exists()]
    for file, digest in FILES[name].items():
        if digest and file not in missing:
            _check_known(folder / file, digest, name)
    # Keras prints its progress to stdout, which is for our answers.
    try:
        with contextlib.redirect_stdout(sys.stderr):
            (x, y), (test_x, test_y) = fetch()
    except ImportError:
        raise
    except Exception as error:  # noqa: BLE001  # Keras raises bare Exceptions, gzip and NumPy a dozen kinds
        _refuse(name, folder, missing, error)
    rows, test_rows, shape = SHAPES[size or name]
    if x.shape[1:] != shape and x.ndim == 4:
        # Keras was told `image_data_format: channels_first`.
        x, test_x = np.moveaxis(x, 1, -1), np.moveaxis(test_x, 1, -1)
    shapes = (x.shape, len(y), test_x.shape, len(test_y))
    if shapes != ((rows, *shape), rows, (test_rows, *shape), test_rows):
        _refuse(name, folder, [], ValueError(f"it holds rows of shape {x.shape} and {test_x.shape}"))
    source = f"downloaded by Keras into {folder}" if missing else f"from Keras's cache {folder}"
    return (x, y), (test_x, test_y), [source, f"its own {test_rows:,} test rows stay sealed"]


def _texts(reviews: Any, words: NDArray[np.object_]) -> NDArray[np.object_]:
    """Join the words of each review."""
    texts = np.empty(len(reviews), dtype=object)
    texts[:] = [" ".join(words[review]) for review in map(list, reviews)]
    return texts


def _check_known(file: Path, digest: str, name: str) -> None:
    """Refuse a file that Keras would overwrite or delete, since it is another one."""
    kind = "sha256" if len(digest) == 64 else "md5"
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, kind).hexdigest()
    if found != digest:
        cure = "Move it away and keep it under another name: Keras would overwrite or delete it."
        raise MissingError(f"this is not the file that Keras knows as {name}", str(file), cure=cure)


def _refuse(name: str, folder: Path, missing: list[str], error: Exception) -> NoReturn:
    home = folder.parent
    if missing:
        message = f"{name} is not in Keras's cache and could not be downloaded: {error}"
        cure = (
            f"Connect to the network, or put {', '.join(missing)} into {folder}, or set KERAS_HOME to a "
            "folder that you may write to and whose `datasets` folder holds them."
        )
        raise MissingError(message, f"KERAS_HOME={home}", cure=cure) from error
    message = f"{name} in Keras's cache cannot be read: {error}"
    cure = f"Its files are in {folder}: move the broken one away, and Keras downloads it again."
    raise MissingError(message, f"KERAS_HOME={home}", cure=cure) from error
