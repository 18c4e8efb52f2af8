"""Fashion-MNIST and MNIST from Keras's cache: what is handed out, what stays sealed, what happens without."""

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from trainlab.data import keras_cache
from trainlab.errors import MissingError

SHARED = Path(__file__).parents[2].parent / "shared" / "keras" / "datasets" / "fashion-mnist"
with_files = pytest.mark.skipif(
    not SHARED.is_dir(),
    reason=f"the files of Fashion-MNIST are not in {SHARED}; nothing is downloaded in tests",
)

# One process for all, since Keras takes seconds to import: Fashion-MNIST is in its cache, MNIST is not.
PROGRAM = """
import json
from trainlab.data.keras_cache import fashion_mnist, mnist
from trainlab.errors import MissingError
data = fashion_mnist()
facts = {"sum": int(data.x[0].sum()), "first": data.y[:5].tolist()}
facts.update({"shape": data.x.shape, "dtype": str(data.x.dtype), "scale": data.scale, "notes": data.notes})
facts.update(counts=data.class_counts, classes=data.classes)
try:
    mnist()
except MissingError as error:
    facts["error"] = str(error)
print(json.dumps(facts))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a process says that loads Fashion-MNIST from a cache and fails to download MNIST."""
    home = tmp_path_factory.mktemp("keras")
    folder = home / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    for file in SHARED.iterdir():
        (folder / file.name).symlink_to(file)
    # A proxy that is not there: every download fails at once.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    cleared = {"no_proxy": "", "NO_PROXY": ""}
    settings = {"KERAS_HOME": str(home), "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", **nowhere, **cleared}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **settings},
    )
    return home, json.loads(ended.stdout), ended.stderr


@with_files
def test_fashion_mnist_gives_its_training_rows_only(told):
    """
    60,000 images of bytes in ten named classes of one size; the test rows are not among them.
    """
    _, facts, _ = told

    assert facts["shape"] == [60_000, 28, 28, 1]
    assert (facts["dtype"], facts["scale"]) == ("uint8", 1 / 255)
    assert facts["counts"] == [6000] * 10
    assert (facts["classes"][0], facts["classes"][9]) == ("T-shirt/top", "Ankle boot")
    assert (facts["first"], facts["sum"]) == ([9, 0, 0, 3, 0], 76247)
    assert "its own 10,000 test rows stay sealed" in facts["notes"]


@with_files
def test_a_cached_set_says_where_it_came_from(told):
    """
    A note names the folder of the cache.
    """
    home, facts, _ = told

    assert f"from Keras's cache {home}/datasets" in facts["notes"]


@with_files
def test_a_download_that_fails_leaves_stdout_clean(told):
    """
    Keras's own words go to stderr, and the error names the folder, the file and what to do.
    """
    home, facts, stderr = told

    assert "Downloading data from" in stderr
    assert facts["error"].startswith(
        f"KERAS_HOME={home}: mnist is not in Keras's cache and could not be downloaded"
    )
    assert f"put mnist.npz into {home}/datasets" in facts["error"]


@pytest.fixture
def faked(monkeypatch, tmp_path):
    """Give an empty home and the loader of a Keras that does what a test tells it."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    loader = types.SimpleNamespace(load_data=None)
    datasets = types.ModuleType("keras.datasets")
    datasets.fashion_mnist = datasets.mnist = loader
    keras = types.ModuleType("keras")
    keras.datasets = datasets
    monkeypatch.setitem(sys.modules, "keras", keras)
    monkeypatch.setitem(sys.modules, "keras.datasets", datasets)
    return tmp_path, loader


def raising(error):
    """Make a function that prints and raises."""

    def load_data():
        print("Downloading data")  # noqa: T201  # as Keras does
        raise error

    return load_data


def test_what_is_missing_is_listed(faked, capsys):
    """
    The files that are not there are named, those that are there are not.
    """
    home, loader = faked
    loader.load_data = raising(Exception("URL fetch failure"))
    (home / "datasets/fashion-mnist").mkdir(parents=True)
    (home / "datasets/fashion-mnist/train-images-idx3-ubyte.gz").touch()

    with pytest.raises(
        MissingError, match=r"URL fetch failure.*Connect to the network, or put fashion-mnist"
    ) as caught:
        keras_cache.fashion_mnist()

    assert "train-labels-idx1" in caught.value.cure
    assert "train-images-idx3" not in caught.value.cure
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "Downloading data\n")


@pytest.mark.parametrize(
    "error", [EOFError("Compressed file ended"), OSError("Not a gzipped file"), ValueError("?")]
)
def test_a_broken_file_is_to_be_moved_away(faked, error):
    """
    Files that are there and cannot be read are not said to be missing.
    """
    home, loader = faked
    loader.load_data = raising(error)
    for file in keras_cache.CLOTHES_FILES:
        (home / "datasets" / file).parent.mkdir(parents=True, exist_ok=True)
        (home / "datasets" / file).touch()

    with pytest.raises(MissingError, match=r"cannot be read: .*move the broken one away"):
        keras_cache.fashion_mnist()


def test_another_file_called_mnist_is_kept(faked):
    """
    Keras would delete a file that is not its own: it is not even asked.
    """
    home, loader = faked
    loader.load_data = raising(AssertionError("Keras was asked"))
    (home / "datasets").mkdir()
    (home / "datasets" / "mnist.npz").write_bytes(b"mine")

    with pytest.raises(MissingError, match=r"mnist\.npz: this is not the file.*Move it away"):
        keras_cache.mnist()

    assert (home / "datasets" / "mnist.npz").read_bytes() == b"mine"


def test_a_download_is_said_to_be_one(faked):
    """
    MNIST that Keras had to fetch says so, and its test rows stay where they are.
    """
    home, loader = faked
    pixels = np.zeros((60_000, 28, 28), np.uint8)
    labels = np.arange(60_000, dtype=np.uint8) % 10
    loader.load_data = lambda: ((pixels, labels), (pixels[:10_000], labels[:10_000]))

    data = keras_cache.mnist()

    assert repr(data) == "Dataset('mnist': 60000 rows of shape (28, 28, 1), 10 classes)"
    assert data.classes == tuple("0123456789")
    assert data.notes[:2] == (
        f"downloaded by Keras into {home}/datasets",
        "its own 10,000 test rows stay sealed",
    )


def test_a_set_of_another_size_is_refused(faked):
    """
    What Keras hands over is checked before it is believed.
    """
    _, loader = faked
    rows = np.zeros((5, 28, 28), np.uint8), np.zeros(5, np.uint8)
    loader.load_data = lambda: (rows, rows)

    with pytest.raises(MissingError, match=r"holds images of shape \(5, 28, 28\)"):
        keras_cache.mnist()


def test_a_home_that_cannot_be_written_is_not_the_cache(monkeypatch, tmp_path):
    """
    Keras looks in a temporary folder then, and so do our words.
    """
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "not" / "made" / "yet"))
    assert keras_cache.cache_folder() == tmp_path / "not" / "made" / "yet" / "datasets"

    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert keras_cache.cache_folder().parent.name == ".keras"
