"""Edges: whether the best trial lies at the end of what was tried, and the others agree."""

import numpy as np
import pytest

from trainlab.experiment.space import parse_space
from trainlab.tuning.edges import edges
from trainlab.tuning.quasi_random import quasi_random

RATE = {"learning_rate": {"log": [1e-4, 1e-1]}}
THREE = RATE | {"l2": {"log": [1e-6, 1e-2]}, "label_smoothing": {"linear": [0.01, 0.3]}}


@pytest.fixture
def shares(study_of):
    """A function that gives how often an edge is told: of any number, and of the learning rate."""

    def count(response, *, space=RATE, trials=16, noise=0.01, repeats=100):
        rng = np.random.default_rng(trials)
        parsed, told = parse_space(space), []
        for _ in range(repeats):
            points = quasi_random(parsed, trials, int(rng.integers(2**31)))
            at = np.array([[one.position(point[one.name]) for one in parsed.parameters] for point in points])
            scores = response(at) + rng.normal(0, noise, trials)
            told.append([edge.parameter.name for edge in edges(study_of(parsed, points, scores))])
        return np.mean([bool(names) for names in told]), np.mean(["learning_rate" in names for names in told])

    return count


@pytest.mark.parametrize("space, trials", [(RATE, 8), (RATE, 16), (THREE, 16), (THREE, 64)])
def test_a_flat_response_is_rarely_called_an_edge(shares, space, trials):
    """
    Where nothing depends on any number, some edge is told in a tenth of studies at most, two errors granted.
    """
    told, _ = shares(lambda at: np.zeros(len(at)), space=space, trials=trials)

    assert told <= 0.1 + 2 * np.sqrt(0.1 * 0.9 / 100)


@pytest.mark.parametrize("space", [RATE, THREE])
def test_an_optimum_outside_is_found(shares, space):
    """
    A response that rises to an optimum beyond the range is told four times in five, with noise of a fortieth.
    """
    for optimum in (1.2, 1.5):
        _, told = shares(lambda at, top=optimum: -((at[:, 0] - top) ** 2) / top**2, space=space, noise=0.025)

        assert told >= 0.8


def test_an_optimum_inside_is_no_edge(shares):
    """
    A peak in the middle is never an edge, and a plateau that begins in the middle is one in a tenth at most.
    """
    peak, _ = shares(lambda at: -((at[:, 0] - 0.5) ** 2), noise=0.02)
    plateau, _ = shares(lambda at: np.minimum(at[:, 0] / 0.5, 1), noise=0.02)

    assert peak == 0
    assert plateau <= 0.1


def line(study_of, space, values, scores, **others):
    """Make a study of one number."""
    [name] = space
    return study_of(space, [{name: value} for value in values], scores, **others)


def test_losses_that_fall_towards_the_lower_end_are_an_edge(study_of):
    """
    Side, value, trial and a value beyond are told, in the direction of the metric.
    """
    rates = np.geomspace(1e-4, 1e-1, 10).tolist()
    [edge] = edges(line(study_of, RATE, rates, np.linspace(0.2, 1.1, 10), metric="log_loss"))

    assert (edge.side, edge.value, edge.trial, edge.others) == ("lower", 1e-4, 0, 4)
    assert edge.correlation == pytest.approx(1)
    assert edge.beyond == pytest.approx(1e-4 / 10**0.3)


def test_trials_that_diverged_count_as_the_worst(study_of):
    """
    A best trial beside trials that diverged at the same end is no edge: the range reaches too far there.
    """
    rates = np.geomspace(1e-3, 1e-1, 10).tolist()
    rising = np.linspace(0.5, 0.9, 10)
    diverged = np.where(np.arange(10) >= 7, np.nan, rising)
    diverged[9] = 0.9

    assert edges(line(study_of, RATE, rates, rising))
    assert edges(line(study_of, RATE, rates, diverged)) == ()


def test_an_end_that_nothing_lies_beyond_is_no_edge(study_of):
    """
    Less dropout than none cannot be tried, so its lower end is told only where it is above zero.
    """
    scores = np.linspace(0.9, 0.5, 10)
    none = {"dropout": {"linear": [0.0, 0.5]}}
    some = {"dropout": {"linear": [0.2, 0.5]}}

    assert edges(line(study_of, none, np.linspace(0.0, 0.5, 10).tolist(), scores)) == ()
    assert [
        edge.side for edge in edges(line(study_of, some, np.linspace(0.2, 0.5, 10).tolist(), scores))
    ] == ["lower"]


def test_a_list_of_numbers_has_ends_and_a_list_of_names_has_none(study_of):
    """
    The best of listed rates may be the last in their order, however listed; activations have no order.
    """
    rates = {"learning_rate": [0.1, 0.001, 0.01, 0.0001, 0.00001]}
    labels = ["0.1", "0.001", "0.01", "0.0001", "1e-05"] * 4
    scores = [0.5 + 0.1 * np.log10(float(label)) + 0.001 * place for place, label in enumerate(labels)]
    names = {"activation": ["relu", "tanh", "gelu"]}

    [edge] = edges(line(study_of, rates, labels, scores))

    assert (edge.side, edge.value, edge.beyond) == ("upper", "0.1", None)
    assert edges(line(study_of, names, ["relu", "tanh", "gelu"] * 4, np.linspace(0, 1, 12))) == ()


def test_too_few_trials_cannot_tell(study_of):
    """
    With three trials in the nearer half any order is likely by chance, and nothing is said.
    """
    assert edges(line(study_of, RATE, [1e-4, 0.02, 0.04, 0.1], [0.1, 0.2, 0.3, 0.4])) == ()
