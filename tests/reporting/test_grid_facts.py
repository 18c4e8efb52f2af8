"""What networks say over their inputs: means, boundaries and spread are those of the stored numbers."""

import numpy as np
import pytest

from trainlab.reporting.drawing.boundaries import margins, plane
from trainlab.reporting.drawing.fitted_curves import fitted_curve, limits_of
from trainlab.reporting.facts.grid_facts import Scene, grid_facts, scene_of
from trainlab.reporting.facts.inside import CHOSEN
from trainlab.results.grids import Grids
from trainlab.results.store import Writer

SIZE = 5
EPOCHS = np.broadcast_to(np.array([0, 1, 7, 9])[:, None, None], (4, 2, 1)).copy()


def halves(shift):
    """Probabilities of two classes that part where the first input is ``shift``."""
    first = np.linspace(-1, 1, SIZE)[:, None] + 0 * np.linspace(-1, 1, SIZE)
    share = 1 / (1 + np.exp(-4 * (first - shift)))
    return np.stack([1 - share, share], axis=-1)


@pytest.fixture
def planes():
    """Two seeds that part the plane at -0.4 and at 0.4."""
    values = np.stack([np.stack([halves(shift)[None] for shift in (-0.4, 0.4)])] * 4)
    return Grids(((-1.0, 1.0), (-1.0, 1.0)), SIZE, values, EPOCHS, ("a", "b"))


CLASSES = Scene(("a", "b"), ("left", "right"), is_classes=True, rows=((0.0, 0.5, 1.0), (-0.5, 0.0, 0.0)))


def test_means_are_over_runs_and_seeds_that_part_are_told(planes):
    """
    The mean lies between two seeds, and where they name different classes half of them disagree.
    """
    facts = grid_facts(1, planes, CLASSES, CHOSEN)

    np.testing.assert_allclose(facts.means[CHOSEN], planes.values[CHOSEN, :, 0].mean(axis=0))
    np.testing.assert_allclose(np.array(facts.spread)[:, 0], [0, 0, 0.5, 0, 0])
    assert (facts.variant, facts.counted, facts.epochs[CHOSEN]) == (1, 2, "7")


def test_a_run_that_did_not_come_to_a_moment_is_left_out(planes):
    """
    A diverged run's NaNs are no part of a mean; where no run came to its end there are no facts.
    """
    planes.values[CHOSEN, 0] = np.nan
    planes.epochs[CHOSEN, 0] = -1
    facts = grid_facts(0, planes, CLASSES, CHOSEN)
    np.testing.assert_allclose(facts.means[CHOSEN], planes.values[CHOSEN, 1, 0])
    assert facts.counted == 1

    planes.values[CHOSEN] = np.nan
    assert grid_facts(0, planes, CLASSES, CHOSEN) is None


def test_a_single_output_is_the_second_class(planes):
    """
    A network with one sigmoid says the same as one with two outputs.
    """
    single = Grids(planes.axes, SIZE, planes.values[..., 1:], EPOCHS, planes.names)

    np.testing.assert_allclose(
        grid_facts(0, single, CLASSES, CHOSEN).means[CHOSEN],
        grid_facts(0, planes, CLASSES, CHOSEN).means[CHOSEN],
        atol=1e-7,
    )


def test_margins_are_positive_for_the_class_that_is_named():
    """
    At each point exactly one class of three leads, by what the second has less.
    """
    said = np.random.default_rng(0).dirichlet(np.ones(3), (4, 4))
    found = np.stack(margins(said), axis=-1)

    np.testing.assert_array_equal(found.argmax(axis=-1), said.argmax(axis=-1))
    assert ((found > 0).sum(axis=-1) == 1).all()
    ordered = np.sort(said, axis=-1)
    np.testing.assert_allclose(found.max(axis=-1), ordered[..., 2] - ordered[..., 1])


def test_the_plane_shows_moments_classes_and_the_same_bytes_twice(planes):
    """
    Titles, classes and inputs are text, and two drawings are equal.
    """
    facts = grid_facts(0, planes, CLASSES, CHOSEN)
    svg = plane(facts, CLASSES, (), wide=True)

    for text in ("before training", "after epoch 1", "scored, epoch 7", "■ left", "■ right", ">a<", "↑ b"):
        assert text in svg
    assert svg == plane(facts, CLASSES, (), wide=True)


def test_a_regression_shows_heights_and_their_spread(planes):
    """
    In the place of the first epoch stands the standard deviation over runs.
    """
    scene = Scene(("a", "b"), ("price",), is_classes=False, rows=())
    amounts = Grids(planes.axes, SIZE, 100 * planes.values[..., :1], EPOCHS, planes.names)
    facts = grid_facts(0, amounts, scene, CHOSEN)
    svg = plane(facts, scene, (20.0, 40.0, 60.0), wide=False)

    np.testing.assert_allclose(facts.spread, amounts.values[CHOSEN, :, 0, ..., 0].std(axis=0, ddof=1))
    assert "spread over runs" in svg
    assert "after epoch 1" not in svg


def test_a_fitted_curve_holds_all_runs_and_rows():
    """
    The axis reaches from the lowest to the highest of runs, means and rows.
    """
    values = np.zeros((4, 2, 1, SIZE, 1))
    values[CHOSEN, 0, 0, :, 0], values[CHOSEN, 1, 0, :, 0] = np.arange(SIZE), -np.arange(SIZE)
    scene = Scene(("x",), ("y",), is_classes=False, rows=((0.0, 9.0),))
    facts = grid_facts(0, Grids(((0.0, 1.0),), SIZE, values, EPOCHS), scene, CHOSEN)
    low, high = limits_of([facts], scene)

    assert low < -4.0
    assert high > 9.0
    svg = fitted_curve(facts, scene, "wide", "#006ab5", (low, high))
    assert all(word in svg for word in ("wide", "start", "epoch 1", "scored"))


def test_rows_of_the_data_are_points_of_the_picture(tmp_path, make_results, planes):
    """
    Rows that were kept while training are drawn with the number of their class, gaps left out.
    """
    results = make_results(tmp_path, {"only": 0.9}, seeds=1, epochs=1)
    assert scene_of(results, planes).rows == ()

    inputs = np.array([[0.0, 0.5], [np.nan, 1.0], [1.0, -1.0]], np.float32)
    with Writer(tmp_path) as writer:
        writer.write_arrays("grids", {"inputs": inputs, "targets": np.array([3, 4, 5], np.int32)})
    scene = scene_of(results, planes)

    assert scene.rows == ((0.0, 0.5, 3.0), (1.0, -1.0, 5.0))
    assert (scene.inputs, scene.said[3], scene.is_classes) == (("a", "b"), "3", True)
