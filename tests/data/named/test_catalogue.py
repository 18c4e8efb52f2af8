"""Data sets by name: which there are, what they hold, and what happens with a name that is none."""

import subprocess
import sys

import numpy as np
import pytest

from trainlab.data.named import keras_sets
from trainlab.data.named.catalogue import load, names, options
from trainlab.errors import UsageError

DOWNLOADED = set(keras_sets.FILES)
here = pytest.mark.parametrize("name", sorted(set(names()) - DOWNLOADED))


@here
def test_a_name_gives_the_same_data_each_time(name):
    """
    Loading twice gives equal data, and the data carry their name.
    """
    data = load(name)

    assert data == load(name)
    assert (data.name, data.source) == (name, name)


@pytest.mark.parametrize(
    "name, shape, task, outputs",
    [
        ("digits", (1797, 8, 8, 1), "classification", 10),
        ("iris", (150, 4), "classification", 3),
        ("wine", (178, 13), "classification", 3),
        ("breast_cancer", (569, 30), "classification", 2),
        ("diabetes", (442, 10), "regression", 1),
        ("spirals", (1000, 2), "classification", 2),
    ],
)
def test_the_sets_have_their_known_sizes(name, shape, task, outputs):
    """
    Rows, shapes, tasks and outputs are those of the published sets.
    """
    data = load(name)

    assert data.x.shape == shape
    assert (data.task, data.outputs) == (task, outputs)


def test_digits_are_bytes_from_0_to_16():
    """
    Digits stand as bytes and the network sees them from 0 to 1.
    """
    data = load("digits")

    assert data.x.dtype == np.uint8
    assert data.scale == 1 / 16
    assert data.prepared(range(data.rows)).max() == 1


def test_diabetes_is_not_standardized_over_all_rows():
    """
    Ages are in years: nothing was fitted on rows that may validate later.
    """
    data = load("diabetes")

    assert 19 == data.x[:, 0].min() < data.x[:, 0].max() == 79


@pytest.mark.parametrize(
    "name, first, unit",
    [
        ("iris", "sepal length (cm)", 5.1),
        ("wine", "alcohol", 14.23),
        ("breast_cancer", "mean radius", 17.99),
        ("diabetes", "age", 59),
    ],
)
def test_tables_name_their_columns_and_keep_their_units(name, first, unit):
    """
    The first value of the first column is the published one, and preparation is told that units are raw.
    """
    data = load(name)

    assert data.columns[0].name == first
    assert len(data.columns) == data.x.shape[1]
    assert data.x[0, 0] == np.float32(unit)
    assert (data.raw, data.scale) == (True, 1)
    assert data.licence


@pytest.mark.parametrize("name", ["digits", "spirals", "circles", "xor", "gaussians", "curve_sine"])
def test_pictures_and_made_sets_are_not_standardized(name):
    """
    Their scale is part of what they are.
    """
    assert not load(name).raw


def test_options_are_those_of_the_loader():
    """
    An option makes another set, whose source says it; one that is not known is refused with those that are.
    """
    small = load("xor", rows=40, seed=2)

    assert (small.rows, small.source) == (40, {"xor": {"rows": 40, "noise": 0.1, "seed": 2}})
    assert options("cifar100") == ("labels",)
    with pytest.raises(UsageError, match=r"data\.xor\.row: unknown option .*Known are: rows, noise, seed"):
        load("xor", row=40)
    with pytest.raises(UsageError, match="`iris` has none"):
        load("iris", rows=40)


@pytest.mark.parametrize(
    "name, match",
    [
        ("Fashion-MNIST", "Did you mean `fashion_mnist`"),
        ("irsi", "Did you mean `iris`"),
        ("imagenet22k", "unknown data set .*Known are: boston_housing, breast_cancer"),
        ("", "Known are"),
        (None, "Known are"),
        (["iris"], "Known are"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(name, match):
    """
    The message says what was probably meant, and all names there are.
    """
    with pytest.raises(UsageError, match=match):
        load(name)


def test_the_room_opens_without_heavy_packages():
    """
    Importing every module of the room imports neither JAX, nor Keras, nor scikit-learn.
    """
    program = (
        "import sys, trainlab.data.named.catalogue, trainlab.data.irrelevant, trainlab.data.resampling;"
        "import trainlab.data.files.sources, trainlab.data.files.npz_files;"
        "import trainlab.data.files.image_folders;"
        "import trainlab.data.named.openml, trainlab.experiment.sources;"
        "print([name for name in ('jax', 'keras', 'sklearn', 'PIL', 'polars') if name in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"
