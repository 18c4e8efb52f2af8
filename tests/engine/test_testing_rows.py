"""What final models say of test rows: what their weights give by hand, and by whom they are averaged."""

import numpy as np
import pytest

from trainlab.checking import prepare
from trainlab.data.splitting.folds import Fold
from trainlab.engine.runs import list_runs
from trainlab.engine.testing_rows import judge_test_rows
from trainlab.results.weights import RunWeights
from trainlab.testing.worlds import tiny_experiment

TRAIN, TEST = np.arange(70), np.array([89, 70, 77, 80, 72])


@pytest.fixture(scope="module")
def ready():
    """Two seeds of an ensemble of two, not trained."""
    experiment = tiny_experiment(variants={"two": {"ensemble": {"members": 2, "control": False}}})
    return prepare(experiment, (Fold(TRAIN, TEST, [True, False, True, False, True]),))


def weights(run):
    """Weights that nothing has trained: other ones for each run."""
    random = np.random.default_rng(run)
    shapes = [(4, 5), (5,), (5, 3), (3,)]
    return RunWeights([random.normal(0, 1, shape).astype(np.float32) for shape in shapes], [])


def by_hand(ready, run):
    """Probabilities that the network of a run gives the test rows, in NumPy."""
    kernel, bias, last, shift = weights(run).weights
    hidden = np.maximum(ready.experiment.data.x[TEST] @ kernel + bias, 0)
    outputs = np.exp(hidden @ last + shift)
    return outputs / outputs.sum(axis=1, keepdims=True)


def judge(ready, runs):
    """Judge the weights of some runs."""
    given = {run: weights(run) for run in runs}
    return judge_test_rows(ready.experiment, ready.folds, ready.cohorts, ready.workshop, given)


def test_an_ensemble_answers_by_the_mean_of_its_members(ready):
    """
    Scores and answers are those of the members' mean probabilities, row by row, and no member answers alone.
    """
    runs = list_runs(ready.experiment, ready.folds)
    assert [(run.number, run.member) for run in runs] == [(0, 0), (1, 1), (2, 2), (3, 0), (4, 1), (5, 2)]
    labels = ready.experiment.data.y[TEST]

    answers = judge(ready, [1, 2, 4, 5])

    assert len(answers) == 2
    for (scores, outputs), members in zip(answers, [(1, 2), (4, 5)], strict=True):
        mean = np.mean([by_hand(ready, run) for run in members], axis=0)
        np.testing.assert_allclose(outputs, mean, rtol=1e-5)
        np.testing.assert_array_equal(scores, mean.argmax(axis=1) == labels)


def test_an_ensemble_that_lacks_a_member_has_no_answer(ready):
    """
    A member that diverged takes its ensemble with it, and the others are judged as before.
    """
    (whole,) = judge(ready, [1, 4, 5])

    np.testing.assert_allclose(whole[1], np.mean([by_hand(ready, run) for run in (4, 5)], axis=0), rtol=1e-5)
    assert judge(ready, [1, 5]) == []
    assert judge(ready, []) == []
