"""What was seen inside of networks, reduced: medians and ranges over runs, histograms in common bins."""

import numpy as np
import pytest

from trainlab.reporting.drawing.gradient_depth import gradient_depth, kernels_of, limits_of
from trainlab.reporting.drawing.histograms import histogram
from trainlab.reporting.facts.inside import CHOSEN, LAST, START, inside_of, rebinned
from trainlab.results.probes import Probe

WEIGHTS = ("one/kernel", "one/bias", "output/kernel")


def probe(run, *, chosen=3, last=3):
    """A probe with gradients of ``10 ** run`` and weights around zero."""
    random = np.random.default_rng(abs(run))
    edges = np.linspace(-(2.0**run), 2.0**run, 33)
    values = [random.normal(0, 0.2 * (1 + moment), 500) for moment in range(4)]
    counts = np.stack([np.histogram(some, edges)[0] for some in values])[:, None]
    return Probe(
        epochs=np.array([0, 1, chosen, last]),
        losses=np.array([1.0, 0.5, 0.25, 0.25]),
        validation_loss_at_start=1.0,
        weights=WEIGHTS,
        weight_norms=np.full((4, 3), 2.0),
        gradient_norms=np.full((4, 3), 10.0**run),
        layers=("one",),
        activations=("relu",),
        dead=np.array([[0.0], [0.0], [0.25 * run], [0.5]]),
        saturated=np.full((4, 1), np.nan),
        kernels=("one/kernel",),
        weight_counts=counts,
        weight_edges=edges[None],
        activation_counts=counts,
        activation_edges=edges[None],
    )


def test_runs_are_reduced_to_median_range_and_mean():
    """
    Gradients are told by median and range, units by mean shares; what cannot be is None.
    """
    found = inside_of(2, [[probe(0)], [probe(1)], [probe(2), None]])

    kernel = found.weights[0]
    assert (found.variant, found.runs) == (2, 3)
    assert (kernel.gradients[CHOSEN], kernel.least[CHOSEN], kernel.most[CHOSEN]) == (10.0, 1.0, 100.0)
    assert found.layers[0].dead[CHOSEN] == pytest.approx(0.25)
    assert found.layers[0].saturated == (None,) * 4
    assert found.epochs == ("0", "1", "3", "3")
    assert not found.moves


def test_a_moment_that_no_run_came_to_is_nothing():
    """
    A run that diverged has no chosen epoch; its NaNs and the epoch -1 are no numbers of the report.
    """
    gone = probe(0, chosen=-1)
    gone.gradient_norms[CHOSEN] = np.nan
    found = inside_of(0, [[gone]])

    assert found.weights[0].gradients[CHOSEN] is None
    assert found.epochs[CHOSEN] == "–"
    assert inside_of(0, [[None], [None]]) is None


def test_an_epoch_scored_before_the_last_is_told():
    """
    Where early stopping goes back, the last epoch is drawn beside the scored one.
    """
    assert inside_of(0, [[probe(0, chosen=2, last=5)]]).moves


def test_histograms_of_runs_are_pooled_without_losing_a_value():
    """
    Runs with other edges share bins as wide as the widest, and shares add up to one.
    """
    found = inside_of(0, [[probe(0)], [probe(2)]]).kernels[0]

    assert found.edges[0] <= -4.0
    assert found.edges[-1] >= 4.0
    np.testing.assert_allclose(np.diff(found.edges), 8 / 32)
    for shares in found.shares:
        assert sum(shares) == pytest.approx(1.0)
    merged = rebinned(np.array([4.0, 2.0, 1.0]), np.arange(4.0), np.array([0.0, 1.5, 3.0]))
    assert merged.tolist() == [5.0, 2.0]


def test_pooled_shares_are_those_of_numpy():
    """
    Runs whose bins fit into the wider ones give what one histogram of all their values gives.
    """
    found = inside_of(0, [[probe(0)], [probe(2)]]).kernels[0]
    edges = np.array(found.edges)
    values = [np.random.default_rng(run).normal(0, 0.2, 500) for run in (0, 2)]
    kept = [some[np.abs(some) < limit] for some, limit in zip(values, (1, 4), strict=True)]
    expected = np.histogram(np.concatenate(kept), edges)[0]

    np.testing.assert_allclose(found.shares[START], expected / expected.sum())


def test_the_axis_of_gradients_holds_all_of_them():
    """
    Kernels alone are drawn, and the ends of the axis lie beyond the smallest and largest gradient.
    """
    found = inside_of(0, [[probe(-3)], [probe(2)]])
    low, high = limits_of([found])

    assert [one.name for one in kernels_of(found)] == ["one/kernel", "output/kernel"]
    assert low < 1e-3
    assert high > 100.0
    svg = gradient_depth(found, "plain", "#006ab5", (low, high))
    assert "start" in svg
    assert "scored" in svg


def test_a_bar_that_leaves_the_picture_has_its_height_beside_it():
    """
    Half of all activations in one bin would flatten the rest: the bar is cut, and its share is written.
    """
    found = inside_of(0, [[probe(0)]]).activations[0]
    spiked = tuple(0.5 if place == 16 else 0.5 / 31 for place in range(len(found.edges) - 1))
    facts = type(found)(found.name, found.edges, (spiked,) * 4)

    assert "50 %" in histogram(facts, "one", "#006ab5", what="activation", last=False)
    assert "50 %" not in histogram(found, "one", "#006ab5", what="activation", last=LAST == 0)
