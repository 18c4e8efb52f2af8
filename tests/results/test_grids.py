"""Grids are laid over one or two numbers, and what was said at their points comes back in place."""

import numpy as np
import pytest

import trainlab as tl
from trainlab.results.grids import axes_of, grids_of, rows_of, some_rows
from trainlab.results.store import Writer
from trainlab.results.table import open_results
from trainlab.testing.making_up import made_up


def test_a_grid_is_a_tenth_wider_than_the_data():
    """
    A grid spans each input, sealed rows and missing values left out, and a tenth more on either side.
    """
    x = np.array([[0.0, 5.0], [10.0, np.nan], [4.0, 7.0], [1000.0, 6.0]])
    data = tl.Dataset(x, [0, 1, 0, 1], columns=["a", "b"], missing=True).seal([3])

    axes = axes_of(data)

    np.testing.assert_allclose(axes.ranges, [(-1.0, 11.0), (4.8, 7.2)])
    assert (axes.names, axes.size, axes.points.shape) == (("a", "b"), 48, (48 * 48, 2))


def test_a_constant_input_has_a_range():
    """
    Where all values are one, the grid still has a width.
    """
    axes = axes_of(tl.Dataset([[3.0], [3.0]], [0, 1]))

    assert (axes.ranges, axes.size) == (((2.0, 4.0),), 200)


@pytest.mark.parametrize(
    "data",
    [
        tl.Dataset(np.zeros((2, 3)), [0, 1]),
        tl.Dataset(np.zeros((2, 2, 2), np.uint8), [0, 1]),
        tl.Dataset({"one": np.zeros((2, 1)), "two": np.zeros((2, 1))}, [0, 1]),
        tl.Dataset([[0.0], [1.0]], [0, 1], columns=[tl.Column("c", "category", ("x", "y"))]),
    ],
    ids=["three inputs", "images", "several inputs", "a category"],
)
def test_others_have_no_grid(data):
    """
    More than two inputs, images, several inputs and categories have no grid.
    """
    assert axes_of(data) is None


def test_what_was_said_comes_back_in_place():
    """
    Values stand at their moment, seed and point, the first input along the first axis of points.
    """
    results = made_up({"a": {"score": [0.5, 0.6]}, "b": {"score": 0.5}}, rows=6)
    data = tl.Dataset([[0.0, 10.0], [1.0, 20.0]], [0, 1])
    axes = axes_of(data)
    said = np.stack([axes.points[:, 0], axes.points[:, 1] / 100], axis=1).astype(np.float16)
    with Writer(results.folder) as writer:
        writer.write_arrays("run/1", {"grid/last": said, "probe/last": np.array([7.0, 0.1])})
        writer.write_facts({"grids": axes.document()})
        writer.write_arrays("grids", some_rows(data))
    results = open_results(results.folder)

    grids = grids_of(results, "a")

    assert grids.values.shape == (4, 2, 1, 48, 48, 2)
    np.testing.assert_allclose(grids.values[3, 1, 0, :, 5, 0], np.linspace(-0.1, 1.1, 48), atol=1e-3)
    np.testing.assert_allclose(grids.values[3, 1, 0, 5, :, 1], np.linspace(0.09, 0.21, 48), atol=1e-3)
    assert np.isnan(grids.values[:3]).all()
    assert np.isnan(grids.values[3, 0]).all()
    assert grids.epochs[:, 1, 0].tolist() == [-1, -1, -1, 7]
    assert grids_of(results, "b") is None
    assert [part.tolist() for part in rows_of(results)] == [[[0.0, 10.0], [1.0, 20.0]], [0, 1]]
