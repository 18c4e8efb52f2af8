"""Data sets by name: which there are, what they hold, and what happens with a name that is none."""

import subprocess
import sys

import numpy as np
import pytest

from trainlab.data.catalogue import load, names
from trainlab.errors import UsageError

DOWNLOADED = {"mnist", "fashion_mnist"}
here = pytest.mark.parametrize("name", sorted(set(names()) - DOWNLOADED))


@here
def test_a_name_gives_the_same_data_each_time(name):
    """
    Loading twice gives equal data, and the data carry their name.
    """
    data = load(name)

    assert data == load(name)
    assert data.name == name


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
    "name, match",
    [
        ("Fashion-MNIST", "Did you mean `fashion_mnist`"),
        ("irsi", "Did you mean `iris`"),
        ("imagenet22k", "unknown data set .*Known are: breast_cancer, circles"),
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
        "import sys, trainlab.data.catalogue, trainlab.data.irrelevant, trainlab.data.resampling;"
        "print([name for name in ('jax', 'keras', 'sklearn') if name in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"
