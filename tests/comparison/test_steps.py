"""The step by which an answer moves a row's score, and what networks that answer alike may claim."""

import numpy as np
import pytest

from trainlab.comparison.compare import compare
from trainlab.comparison.steps import joined, step_of
from trainlab.experiment.metrics import METRICS
from trainlab.measures.measure import pseudo_values

LABELS = np.array([0] * 60 + [1] * 30 + [2] * 10)
RANDOM = np.random.default_rng(1)


def answers(*changed, rows=100):
    """Probabilities of a network that tells every row right but those that are given with another class."""
    said = LABELS[:rows].copy()
    for row, wrong in changed:
        said[row] = wrong
    return 0.8 * np.eye(3)[said] + 0.2 / 3


def differences(metric, one, other):
    """What two networks' row scores differ by, as one seed."""
    return (pseudo_values(metric, one, LABELS) - pseudo_values(metric, other, LABELS))[None]


@pytest.mark.parametrize("metric", ["balanced_accuracy", "f1_macro"])
def test_a_changed_answer_moves_its_row_by_about_a_step(metric):
    """
    One wrong answer moves its row by the step of its class; F1 half by that, half by that of the class said.
    """
    steps = 100 / (3 * np.bincount(LABELS))
    for row, wrong in ((0, 1), (70, 2), (95, 0)):
        own = steps[LABELS[row]]
        foreseen = own if metric == "balanced_accuracy" else (own + steps[wrong]) / 2
        moved = np.abs(differences(metric, answers((row, wrong)), answers()))[0, row]
        assert moved == pytest.approx(foreseen, rel=0.15)


@pytest.mark.parametrize("metric", ["balanced_accuracy", "f1_macro"])
def test_classes_in_which_no_row_differs_are_allowed_for(metric):
    """
    Of still classes the rarest counts; where a row of each differs, nothing is allowed for.
    """
    common = differences(metric, answers((0, 1), (1, 2)), answers())
    rare = differences(metric, answers((0, 1), (95, 0)), answers())
    each = differences(metric, answers((0, 1), (61, 0), (95, 0)), answers((2, 1), (62, 0), (96, 1)))

    assert step_of(METRICS[metric], LABELS, np.zeros((2, 100))) == pytest.approx(100 / 30)
    assert step_of(METRICS[metric], LABELS, common) == pytest.approx(100 / 30)
    assert step_of(METRICS[metric], LABELS, rare) == pytest.approx(100 / 90)
    assert step_of(METRICS[metric], LABELS, each) == 0.0


def test_an_area_is_allowed_for_only_where_nothing_moves():
    """
    Rankings that are alike row by row leave one row of the rarer class open; others tell what they differ by.
    """
    labels = (LABELS == 2).astype(int)
    moved = RANDOM.normal(size=(3, 100)) * 1e-6

    assert step_of(METRICS["auc"], labels, np.zeros((3, 100))) == 10.0
    assert step_of(METRICS["auc"], LABELS, np.zeros((3, 100))) == pytest.approx(100 / 30)
    assert step_of(METRICS["auc"], labels, moved) == 0.0


def test_folds_side_by_side_keep_what_moves():
    """
    The least and the largest score of each row tell the step of several folds as all seeds would.
    """
    tables = [RANDOM.normal(size=(4, 60)), np.zeros((2, 40))]

    both = joined(tables)

    assert both.shape == (2, 100)
    np.testing.assert_array_equal(both[:, :60], [tables[0].min(axis=0), tables[0].max(axis=0)])
    assert step_of(METRICS["balanced_accuracy"], LABELS, both) == pytest.approx(100 / 30)


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy", "f1_macro", "auc"])
def test_networks_that_answer_alike_are_not_sworn_to_be_equal(stored, metric):
    """
    A hundred rows told alike by networks of unlike losses leave a half point open: the verdict is undecided.
    """
    labels = np.arange(100) % 2
    shares = np.stack([1 - labels, labels], axis=1)
    rows = [pseudo_values(metric, shares, labels)] * 3
    losses = {"one": RANDOM.random((3, 100)), "other": RANDOM.random((3, 100))}

    (row,) = compare(stored({"one": rows, "other": rows}, metric=metric, targets=labels, losses=losses)).rows

    assert row.verdict == "undecided"
    assert row.high > 0.02


def test_half_a_point_of_what_lies_between_0_and_1_matters(stored):
    """
    The usual smallest difference is 0.005 for shares and 0.01 for R².
    """
    labels = np.arange(40) % 2
    shares = np.stack([1 - labels, labels], axis=1) * RANDOM.random((40, 1))
    data = {"task": "regression", "target_mean": [1.0]}
    amounts = RANDOM.gamma(2.0, size=(40, 1))

    for metric in ("balanced_accuracy", "f1_macro", "auc"):
        rows = [pseudo_values(metric, shares, labels)] * 2
        found = compare(stored({"one": rows, "other": rows}, metric=metric, targets=labels))
        assert found.smallest_difference == 0.005
    rows = [pseudo_values("r2", amounts + 0.1, amounts)] * 2
    found = compare(stored({"one": rows, "other": rows}, metric="r2", data=data, targets=amounts))
    assert found.smallest_difference == 0.01
