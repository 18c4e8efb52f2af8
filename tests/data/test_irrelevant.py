"""Appended columns that say nothing: what they look like, what stays, and that the split seed makes them."""

import numpy as np
import pytest
import scipy.stats

from trainlab.data.dataset import Dataset
from trainlab.data.irrelevant import with_irrelevant
from trainlab.data.named.catalogue import load
from trainlab.errors import UsageError


def pixels(rows=400, low=3, high=200):
    """Images of bytes between two values, both of which occur."""
    x = np.random.default_rng(1).integers(low, high, (rows, 4, 4, 1), np.uint8, endpoint=True)
    x[0, 0, 0, 0], x[1, 0, 0, 0] = low, high
    return Dataset(x, np.arange(rows) % 2, name="pixels")


def table(rows=400):
    """A table of floats with two columns that are far apart."""
    x = np.random.default_rng(2).normal([5.0, -20.0], [1.0, 30.0], (rows, 2))
    return Dataset(x, np.arange(rows) / 3, scale=0.25)


@pytest.mark.parametrize("data", [pixels(), table()])
@pytest.mark.parametrize("columns", [{"noise": 7}, {"zeros": 7}])
def test_the_first_columns_are_the_rows_as_they_were(data, columns):
    """
    Rows are flattened and keep values, type, scale, targets and names; only columns and a note are new.
    """
    wide = with_irrelevant(data, **columns)
    flat = data.x.reshape(data.rows, -1)

    assert wide.input_shape == (flat.shape[1] + 7,)
    np.testing.assert_array_equal(wide.x[:, : flat.shape[1]], flat)
    assert wide.x.dtype == data.x.dtype
    assert not wide.x.flags.writeable
    assert (wide.scale, wide.name, wide.task) == (data.scale, data.name, data.task)
    assert wide.classes == data.classes
    np.testing.assert_array_equal(wide.y, data.y)
    assert wide.notes[: len(data.notes)] == data.notes
    assert len(wide.notes) == len(data.notes) + 1
    assert wide != data


def test_zeros_are_zeros():
    """
    The control has columns of zeros, and a note says how many.
    """
    wide = with_irrelevant(pixels(), zeros=20)

    assert not wide.x[:, 16:].any()
    assert wide.notes[-1] == "inputs: flattened to 16 columns, then 20 of zeros"


def test_noise_in_bytes_is_uniform_over_the_range_that_occurs():
    """
    Every value from the smallest to the largest byte is as likely, both included; no column is like another.
    """
    wide = with_irrelevant(pixels(low=3, high=10), noise=50)
    noise = wide.x[:, 16:]

    # 20 000 draws over eight values: a good generator fails this once in 1000 seeds; ours is fixed.
    times = np.bincount(noise.ravel(), minlength=11)
    assert times[:3].sum() == 0
    assert len(times) == 11
    assert scipy.stats.chisquare(times[3:]).pvalue > 1e-3
    together = np.corrcoef(noise.T) - np.eye(50)
    # 1225 pairs of 400 rows: a correlation by chance has a standard deviation of 1/20.
    assert np.abs(together).max() < 5 / 20


def test_noise_in_floats_is_normal_with_the_mean_and_spread_of_all_inputs():
    """
    All columns are drawn from one normal distribution, that of all inputs taken together.
    """
    data = table()
    noise = with_irrelevant(data, noise=50).x[:, 2:].astype(np.float64)
    mean, spread = data.x.mean(dtype=np.float64), data.x.std(dtype=np.float64)

    told = scipy.stats.kstest(noise.ravel(), "norm", (mean, spread))

    assert told.pvalue > 1e-3
    # Means of 20 000 draws and of 400 draws for each column, within four standard errors and five.
    assert abs(noise.mean() - mean) < 4 * spread / np.sqrt(20_000)
    assert np.abs(noise.mean(axis=0) - mean).max() < 5 * spread / np.sqrt(400)
    assert abs(noise.std() / spread - 1) < 4 / np.sqrt(2 * 20_000)


def test_noise_says_nothing_of_the_targets():
    """
    Column means of the two classes differ by no more than chance.
    """
    data = pixels()
    noise = with_irrelevant(data, noise=60).x[:, 16:].astype(np.float64)

    told = scipy.stats.ttest_ind(noise[data.y == 0], noise[data.y == 1])

    # The smallest of 60 p-values is below 1e-4 once in 170 seeds; ours is fixed.
    assert told.pvalue.min() > 1e-4


@pytest.mark.parametrize("data", [pixels(), table()])
def test_the_split_seed_makes_the_noise(data):
    """
    The same split seed appends the same columns; another one appends others.
    """
    first = with_irrelevant(data, noise=5, split_seed=3)
    np.random.default_rng(3).random(4)

    assert with_irrelevant(data, noise=5, split_seed=3) == first
    assert with_irrelevant(data, noise=5, split_seed=4) != first
    assert with_irrelevant(data, zeros=5, split_seed=3) == with_irrelevant(data, zeros=5, split_seed=4)


@pytest.mark.parametrize("data", [pixels(rows=399), table(rows=399)])
def test_fewer_columns_are_the_first_of_more(data):
    """
    A curve over the number of noise columns adds columns and replaces none.
    """
    few, more = with_irrelevant(data, noise=3), with_irrelevant(data, noise=11)

    np.testing.assert_array_equal(more.x[:, : few.x.shape[1]], few.x)


def test_flags_stay_flags():
    """
    Noise among zeros and ones is zeros and ones.
    """
    data = Dataset(np.eye(8, dtype=bool)[np.arange(64) % 8], np.arange(64) % 2)

    assert set(np.unique(with_irrelevant(data, noise=9).x)) == {0, 1}


def test_inputs_near_the_end_of_float32_still_get_noise():
    """
    Noise that float32 cannot hold, scaled or not, is cut at its end.
    """
    data = Dataset([[3e37, -3e37], [-3e37, 3e37]] * 50, [0, 1] * 50, scale=8.0)

    wide = with_irrelevant(data, noise=40)

    assert np.isfinite(wide.prepared(range(wide.rows))).all()
    assert wide.x.max() * 8.0 >= 3.4e38


def test_a_named_set_keeps_its_pixels():
    """
    Digits get noise from 0 to 16, in bytes, scaled by 1/16.
    """
    wide = with_irrelevant(load("digits"), noise=64)

    assert wide.input_shape == (128,)
    assert (wide.x.dtype, wide.scale) == (np.uint8, 1 / 16)
    assert wide.x[:, 64:].max() == 16
    assert wide.notes[-1] == "inputs: flattened to 64 columns, then 64 of noise from 0 to 16 (split seed 0)"


def test_several_inputs_are_refused():
    """
    Arrays of different shapes cannot be one row of columns; the message says where to append instead.
    """
    data = Dataset({"a": np.zeros((6, 2)), "b": np.ones((6, 3))}, [0, 1] * 3)

    with pytest.raises(
        UsageError, match=r"irrelevant_features: rows of 2 inputs .*before the data set is made"
    ):
        with_irrelevant(data, noise=3)


@pytest.mark.parametrize(
    "options, match",
    [
        ({}, r"irrelevant_features: not exactly one kind of column .*`noise=100` or `zeros=100`"),
        ({"noise": 0}, "not exactly one kind of column"),
        ({"noise": 2, "zeros": 2}, "not exactly one kind of column"),
        ({"noise": -1}, r"irrelevant_features\.noise: .*at least 0"),
        ({"zeros": 2.5}, r"irrelevant_features\.zeros: .*whole number"),
        ({"noise": 2, "split_seed": -1}, "split_seed: .*at least 0"),
    ],
)
def test_impossible_arguments_are_refused(options, match):
    """
    The argument, its value and its range are named.
    """
    with pytest.raises(UsageError, match=match):
        with_irrelevant(table(), **options)
