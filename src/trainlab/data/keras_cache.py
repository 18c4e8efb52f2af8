"""The sets that Keras keeps in its own cache, or downloads into it.

The one place of this room that imports Keras, and only when called. A set's own test rows stay sealed: they
are not handed out here.
"""

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.errors import MissingError

CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
CLOTHES_FILES = (
    "fashion-mnist/train-images-idx3-ubyte.gz",
    "fashion-mnist/train-labels-idx1-ubyte.gz",
    "fashion-mnist/t10k-images-idx3-ubyte.gz",
    "fashion-mnist/t10k-labels-idx1-ubyte.gz",
)
# The hash that Keras checks: where it does not fit, Keras downloads again, and deletes it when that fails.
MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
TRAINING_SHAPE = (60_000, 28, 28)


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

    return _images("fashion_mnist", fetch, CLOTHES_FILES, CLOTHES)


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

    kept = cache_folder() / "mnist.npz"
    if kept.exists() and hashlib.sha256(kept.read_bytes()).hexdigest() != MNIST_SHA256:
        cure = "Move it away and keep it under another name: Keras would overwrite or delete it."
        raise MissingError("this is not the file that Keras knows as MNIST", str(kept), cure=cure)
    return _images("mnist", fetch, ("mnist.npz",), tuple("0123456789"))


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


def _images(name: str, fetch: Callable[[], Any], files: tuple[str, ...], classes: tuple[str, ...]) -> Dataset:
    folder = cache_folder()
    missing = [file for file in files if not (folder / file).exists()]
    # Keras prints its progress to stdout, which is for our answers.
    try:
        with contextlib.redirect_stdout(sys.stderr):
            (x, y), _sealed = fetch()
    except ImportError:
        raise
    except Exception as error:  # noqa: BLE001  # Keras raises bare Exceptions, gzip and NumPy a dozen kinds
        _refuse(name, folder, missing, error)
    if x.shape != TRAINING_SHAPE or y.shape != TRAINING_SHAPE[:1]:
        _refuse(name, folder, [], ValueError(f"it holds images of shape {x.shape}"))
    source = f"downloaded by Keras into {folder}" if missing else f"from Keras's cache {folder}"
    notes = [source, "its own 10,000 test rows stay sealed", "8-bit pixels, scaled by 1/255"]
    return Dataset(
        x[..., np.newaxis],
        y,
        name=name,
        task="classification",
        classes=classes,
        scale=1 / 255,
        notes=notes,
    )


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
