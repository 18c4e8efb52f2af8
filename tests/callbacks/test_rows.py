"""Rows as `fit` takes them: structures are kept, halves are fair, and what is no array is refused."""

import re

import keras
import numpy as np
import pytest

from trainlab.callbacks.rows import halves, leaves, rows_of, shared_out
from trainlab.errors import DataError, UsageError


def test_a_share_holds_back_the_rows_that_keras_does():
    """
    A `validation_split` of the same share validates on the same rows, also where it is rounded.
    """
    rows, share = 100, 0.29
    x = np.arange(float(rows))[:, None]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    seen = []
    model.evaluate = lambda x, **_: seen.append(np.asarray(x)) or {}

    model.fit(x, x, validation_split=share, verbose=0, epochs=1, batch_size=rows)

    np.testing.assert_array_equal(shared_out(x, x, share)[1].x, seen[0])


def test_the_structure_of_inputs_is_kept():
    """
    A mapping stays a mapping and a list a list, row by row.
    """
    named, listed = {"a": np.arange(6), "b": np.ones((6, 2))}, [np.arange(6), np.ones((6, 2))]

    taken = [rows_of(x, np.arange(6), "x").taken([4, 1]) for x in (named, listed)]

    assert taken[0].x["a"].tolist() == taken[1].x[0].tolist() == [4, 1]
    assert [part.shape for part in leaves(taken[1].joined(taken[1]).x)] == [(4,), (4, 2)]


def test_each_class_is_halved_by_itself():
    """
    Of 5 and 4 rows of two classes each half has two or three, and two.
    """
    labels = np.array([0, 1, 0, 1, 0, 1, 0, 1, 0])

    second = halves(labels, np.random.default_rng(0), classes=True)

    assert second[labels == 0].sum() in {2, 3}
    assert second[labels == 1].sum() == 2


@pytest.mark.parametrize(
    "x, y, validation, error, message",
    [
        (iter([1]), [0], 0.5, UsageError, "not arrays of rows (got 'list_iterator'). Pass the NumPy arrays"),
        ((one for one in [1]), [0], 0.5, UsageError, "of a generator, gather some thousand rows"),
        (np.ones((4, 1)), np.ones(3), 0.5, DataError, "unlike numbers of rows (got [3, 4])"),
        (np.ones((4, 1)), np.ones(4), None, UsageError, "Give `validation=(x, y)` of rows"),
        (np.ones((4, 1)), np.ones(4), 0.99, UsageError, "leaves none"),
        (np.ones((0, 1)), np.ones(0), 0.5, DataError, "there are no rows"),
        (np.array(["a"]), np.ones(1), 0.5, UsageError, "not numbers"),
    ],
)
def test_what_cannot_be_looked_at_is_refused(x, y, validation, error, message):
    """
    The message says what was given and what to give.
    """
    with pytest.raises(error, match=re.escape(message)):
        shared_out(x, y, validation)
