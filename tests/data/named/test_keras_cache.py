"""The sets of Keras's cache: what is handed out, what stays sealed, what happens without."""

import importlib.util
import json
import os
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from trainlab.data.named import keras_cache, keras_sets
from trainlab.data.unsealing import opened
from trainlab.errors import MissingError, UsageError

SHARED = Path(__file__).resolve().parents[4] / "shared" / "keras" / "datasets"
KEPT = (*keras_sets.FILES["fashion_mnist"], "california_housing.npz", "imdb_word_index.json")
with_files = pytest.mark.skipif(
    not all((SHARED / file).is_file() for file in KEPT),
    reason=f"the files of Keras's sets are not in {SHARED}; nothing is downloaded in tests",
)

# One process for all, since Keras takes seconds to import. Fashion-MNIST and California housing are in its
# cache, MNIST is not. The other sets are small stand-ins in the files that Keras reads; only its check of
# their hashes is taken away, and ours with it.
PROGRAM = """
import json, os, pickle
from pathlib import Path
import numpy as np
from trainlab.data.named import keras_cache
from trainlab.data.named.keras_cache import *
from trainlab.data.unsealing import opened
from trainlab.errors import MissingError

folder = Path(os.environ["KERAS_HOME"]) / "datasets"
told = {}

def tell(data):
    whole, rows = opened(data)[:2]
    sealed = whole.subset(rows)
    told[data.name] = {
        "shape": data.x.shape, "dtype": str(data.x.dtype), "scale": data.scale, "notes": data.notes,
        "source": data.source, "licence": data.licence, "classes": data.classes, "targets": data.targets,
        "counts": data.class_counts, "sealed": sealed.x.shape, "sealed counts": sealed.class_counts,
        "columns": [[column.name, column.kind, column.levels[:9]] for column in data.columns],
        "first": data.x[0].ravel()[:9].tolist(), "y": data.y[:5].ravel().tolist(), "raw": data.raw,
        "sum": float(data.x[0].sum()), "sealed y": sealed.y[:5].ravel().tolist(),
        "sealed first": sealed.x[0].ravel()[:9].tolist(),
    }
    return data

tell(fashion_mnist())
california = tell(california_housing())
told["low"], told["high"] = california.x.min(axis=0).tolist(), california.x.max(axis=0).tolist()
told["small"] = california_housing("small").x.shape

import keras.src.datasets.boston_housing, keras.src.datasets.cifar100, keras.src.datasets.imdb
for loader in ("boston_housing", "cifar100", "imdb"):
    getattr(keras.src.datasets, loader).get_file = lambda fname, **_: str(folder / fname)
    keras_cache.FILES[loader] = dict.fromkeys(keras_cache.FILES[loader], "")

ranks = keras.datasets.imdb.get_word_index()
def review(*words):
    return [ranks[word] for word in words]
rarest = max(ranks, key=ranks.get)
good, bad = review("the", "best", "film"), review("what", "a", "bad", "film", rarest)
def listed(*rows):
    array = np.empty(len(rows), dtype=object)
    array[:] = rows
    return array
np.savez(folder / "imdb.npz", x_train=listed(good, bad, good), y_train=np.array([1, 0, 1]),
         x_test=listed(bad, review("fine")), y_test=np.array([0, 1]))
keras_cache.SHAPES["imdb"] = (3, 2, ())
reviews = tell(imdb())
(text,) = reviews.columns
told["texts"] = sorted(
    (text.levels[int(at)], reviews.classes[y]) for at, y in zip(reviews.x[:, 0], reviews.y, strict=True)
)
told["rarest"] = rarest

def batch(rows, **labels):
    pixels = np.arange(3072, dtype=np.uint8)[None] + np.arange(rows, dtype=np.uint8)[:, None]
    return pickle.dumps({b"data": pixels} | {key.encode(): value for key, value in labels.items()})
home = folder / "cifar-100-python-target" / "cifar-100-python"
home.mkdir(parents=True)
(home / "train").write_bytes(batch(4, fine_labels=[99, 0, 1, 2], coarse_labels=[19, 0, 1, 2]))
(home / "test").write_bytes(batch(2, fine_labels=[5, 6], coarse_labels=[5, 6]))
keras_cache.SHAPES["cifar100"] = (4, 2, (32, 32, 3))
keras.config.set_image_data_format("channels_first")
tell(cifar100())
told["coarse"] = (cifar100("coarse").classes, cifar100("coarse").source)
x = np.arange(506 * 13, dtype=float).reshape(506, 13)
np.savez(folder / "boston_housing.npz", x=x, y=x[:, 0] / 7)
tell(boston_housing())

try:
    mnist()
except MissingError as error:
    told["error"] = str(error)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a process says that loads the sets of a cache and fails to download MNIST."""
    home = tmp_path_factory.mktemp("keras")
    folder = home / "datasets"
    (folder / "fashion-mnist").mkdir(parents=True)
    for file in KEPT:
        (folder / file).symlink_to(SHARED / file)
    # A proxy that is not there: every download fails at once.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    cleared = {"no_proxy": "", "NO_PROXY": ""}
    settings = {"KERAS_HOME": str(home), "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", **nowhere, **cleared}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **settings},
    )
    assert ended.returncode == 0, ended.stderr
    return home, json.loads(ended.stdout), ended.stderr


@with_files
def test_fashion_mnist_gives_its_training_rows_and_seals_the_others(told):
    """
    60,000 images of bytes in ten named classes of one size; 10,000 test rows are under seal.
    """
    _, sets, _ = told
    facts = sets["fashion_mnist"]

    assert facts["shape"] == [60_000, 28, 28, 1]
    assert (facts["dtype"], facts["scale"], facts["raw"]) == ("uint8", 1 / 255, False)
    assert facts["counts"] == [6000] * 10
    assert (facts["classes"][0], facts["classes"][9]) == ("T-shirt/top", "Ankle boot")
    assert (facts["y"], facts["sum"]) == ([9, 0, 0, 3, 0], 76247)
    assert (facts["sealed"], facts["sealed counts"]) == ([10_000, 28, 28, 1], [1000] * 10)
    assert facts["sealed y"] == [9, 2, 1, 1, 6]
    assert "its own 10,000 test rows stay sealed" in facts["notes"]
    assert (facts["source"], facts["licence"]) == ("fashion_mnist", "MIT (Zalando SE)")


@with_files
def test_the_columns_of_california_are_called_what_they_hold(told):
    """
    Names fit the ranges of the values: degrees, totals of a block group, incomes in 10,000 dollars.
    """
    _, sets, _ = told
    facts = sets["california_housing"]

    within = {
        "longitude": (-125, -114),
        "latitude": (32, 42),
        "housing_median_age": (1, 52),
        "total_rooms": (2, 40_000),
        "total_bedrooms": (1, 6500),
        "population": (3, 36_000),
        "households": (1, 6100),
        "median_income": (0.4, 15.1),
    }
    assert facts["columns"] == [[name, "number", []] for name in within]
    for (low, high), smallest, largest in zip(within.values(), sets["low"], sets["high"], strict=True):
        assert low <= smallest < largest <= high
    assert (facts["shape"], facts["sealed"]) == ([16_512, 8], [4128, 8])
    assert facts["targets"] == ["median_house_value"]
    assert all(14_999 <= y <= 500_001 for y in facts["y"])
    assert (facts["raw"], facts["source"]) == (True, "california_housing")
    assert sets["small"] == [480, 8]


@with_files
def test_reviews_are_texts_again(told):
    """
    Ranks become the words that they stand for, the rarest word too, each text with its own label.
    """
    _, sets, _ = told
    facts = sets["imdb"]

    assert sets["texts"] == [
        ["the best film", "positive"],
        ["the best film", "positive"],
        [f"what a bad film {sets['rarest']}", "negative"],
    ]
    texts = ["fine", "the best film", f"what a bad film {sets['rarest']}"]
    # The text of a sealed row that no other has is sealed with it.
    assert facts["columns"] == [["review", "text", texts[1:]]]
    sealed = {texts[int(facts["sealed first"][0])]: facts["sealed y"][0]}
    assert sealed in ({"fine": 1}, {texts[2]: 0})
    assert facts["sealed"] == [2, 1]


@with_files
def test_cifar_is_read_as_keras_keeps_it(told):
    """
    Channels stand last whatever Keras is told, and labels carry the published names.
    """
    _, sets, _ = told
    facts = sets["cifar100"]

    assert (facts["shape"], facts["sealed"]) == ([4, 32, 32, 3], [2, 32, 32, 3])
    # The planes of red, green and blue stand one after another in the file, here each beginning with 0.
    assert facts["first"] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert (facts["dtype"], facts["scale"]) == ("uint8", 1 / 255)
    assert [facts["classes"][y] for y in facts["y"]] == ["worm", "apple", "aquarium_fish", "baby"]
    coarse, source = sets["coarse"]
    assert (len(coarse), coarse[0], coarse[19]) == (20, "aquatic_mammals", "vehicles_2")
    assert source == {"cifar100": {"labels": "coarse"}}


@with_files
def test_boston_comes_with_its_ethical_note(told):
    """
    What is wrong with column B is told wherever the set is used, and another set is offered.
    """
    _, sets, _ = told
    facts = sets["boston_housing"]

    (note,) = [note for note in facts["notes"] if note.startswith("ethics: column B")]
    assert "black inhabitants" in note
    assert "scikit-learn removed" in note
    assert "`california_housing`" in note
    assert [column[0] for column in facts["columns"]][-2:] == ["B", "LSTAT"]
    assert (facts["shape"], facts["sealed"], facts["targets"]) == ([404, 13], [102, 13], ["MEDV"])
    assert facts["y"][0] == pytest.approx(facts["first"][0] / 7)


@with_files
def test_a_cached_set_says_where_it_came_from(told):
    """
    A note names the folder of the cache.
    """
    home, sets, _ = told

    assert f"from Keras's cache {home}/datasets" in sets["fashion_mnist"]["notes"]


@with_files
def test_a_download_that_fails_leaves_stdout_clean(told):
    """
    Keras's own words go to stderr, and the error names the folder, the file and what to do.
    """
    home, sets, stderr = told

    assert "Downloading data from" in stderr
    assert sets["error"].startswith(
        f"KERAS_HOME={home}: mnist is not in Keras's cache and could not be downloaded"
    )
    assert f"put mnist.npz into {home}/datasets" in sets["error"]


@pytest.fixture
def faked(monkeypatch, tmp_path):
    """Give an empty home and the loader of a Keras that does what a test tells it."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    loader = types.SimpleNamespace(load_data=None)
    datasets = types.ModuleType("keras.datasets")
    for name in keras_sets.FILES:
        setattr(datasets, name, loader)
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
    for file in keras_sets.FILES["fashion_mnist"]:
        (home / "datasets" / file).parent.mkdir(parents=True, exist_ok=True)
        (home / "datasets" / file).touch()

    with pytest.raises(MissingError, match=r"cannot be read: .*move the broken one away"):
        keras_cache.fashion_mnist()


@pytest.mark.parametrize(
    "name, file",
    [(name, file) for name, files in keras_sets.FILES.items() for file, digest in files.items() if digest],
)
def test_another_file_of_that_name_is_kept(faked, name, file):
    """
    Keras would delete a file that is not its own: it is not even asked.
    """
    home, loader = faked
    loader.load_data = raising(AssertionError("Keras was asked"))
    (home / "datasets").mkdir()
    (home / "datasets" / file).write_bytes(b"mine")

    with pytest.raises(
        MissingError, match=rf"{file}: this is not the file that Keras knows as {name}.*Move it away"
    ):
        getattr(keras_cache, name)()

    assert (home / "datasets" / file).read_bytes() == b"mine"


def test_the_hashes_are_those_that_keras_checks():
    """
    Every hash stands in the source of Keras's own loader, or this list is out of date.
    """
    folder = Path(importlib.util.find_spec("keras").origin).parent / "src" / "datasets"
    for name, files in keras_sets.FILES.items():
        source = (folder / f"{name}.py").read_text(encoding="utf-8")
        digests = [digest for digest in files.values() if digest]
        assert all(digest in source for digest in digests)
        assert source.count("file_hash=") == len(digests)


def test_the_names_of_cifar_are_sorted_as_published():
    """
    A hundred different names and twenty groups, in alphabetical order as in the file of their names.
    """
    for names, count in (
        (keras_sets.CIFAR100, 100),
        (keras_sets.CIFAR100_COARSE, 20),
        (keras_sets.CIFAR10, 10),
    ):
        assert len(set(names)) == count
        assert list(names) == sorted(names)


def test_a_download_is_said_to_be_one(faked):
    """
    MNIST that Keras had to fetch says so, and its test rows stay where they are.
    """
    home, loader = faked
    pixels = np.zeros((60_000, 28, 28), np.uint8)
    labels = np.arange(60_000, dtype=np.uint8) % 10
    loader.load_data = lambda: ((pixels, labels), (pixels[:10_000], 9 - labels[:10_000]))

    data = keras_cache.mnist()

    assert repr(data) == "Dataset('mnist': 60000 rows of shape (28, 28, 1), 10 classes)"
    assert data.classes == tuple("0123456789")
    assert data.notes[:2] == (
        f"downloaded by Keras into {home}/datasets",
        "its own 10,000 test rows stay sealed",
    )
    whole, rows = opened(data)[:2]
    assert whole.y[rows].tolist() == (9 - labels[:10_000]).tolist()


def test_cifar10_has_its_published_names(faked, monkeypatch):
    """
    Labels that come as a column become the names of ten kinds of things.
    """
    _, loader = faked
    monkeypatch.setitem(keras_sets.SHAPES, "cifar10", (10, 2, (32, 32, 3)))
    pixels = np.arange(10 * 3072, dtype=np.uint8).reshape(10, 32, 32, 3)
    labels = np.arange(10, dtype=np.uint8)[::-1].reshape(-1, 1)
    loader.load_data = lambda: ((pixels, labels), (pixels[:2], labels[:2]))

    data = keras_cache.cifar10()

    named = [data.classes[label] for label in data.y]
    assert named[::-1] == "airplane automobile bird cat deer dog frog horse ship truck".split()  # noqa: SIM905
    np.testing.assert_array_equal(data.x, pixels)
    assert (data.sealed.rows, data.source) == (2, "cifar10")


def test_a_set_of_another_size_is_refused(faked):
    """
    What Keras hands over is checked before it is believed.
    """
    _, loader = faked
    rows = np.zeros((5, 28, 28), np.uint8), np.zeros(5, np.uint8)
    loader.load_data = lambda: (rows, rows)

    with pytest.raises(MissingError, match=r"holds rows of shape \(5, 28, 28\)"):
        keras_cache.mnist()


@pytest.mark.parametrize(
    "load, match",
    [
        (lambda: keras_cache.cifar100("all"), "labels: unknown labels .*`fine` or `coarse`"),
        (lambda: keras_cache.california_housing("tiny"), "version: unknown version .*`large` or `small`"),
    ],
)
def test_unknown_options_are_refused(load, match):
    """
    The option is named before anything is fetched.
    """
    with pytest.raises(UsageError, match=match):
        load()


def test_a_home_that_cannot_be_written_is_not_the_cache(monkeypatch, tmp_path):
    """
    Keras looks in a temporary folder then, and so do our words.
    """
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "not" / "made" / "yet"))
    assert keras_cache.cache_folder() == tmp_path / "not" / "made" / "yet" / "datasets"

    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert keras_cache.cache_folder().parent.name == ".keras"
