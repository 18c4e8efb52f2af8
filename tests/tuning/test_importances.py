"""Tests of importances: on functions whose answer is known, and where there is none."""

import math

import numpy as np
import pytest

from trainlab.results.outcome import Outcome
from trainlab.testing import made_up_trials
from trainlab.tuning.importances import LEAST, importances
from trainlab.tuning.trials import read_studies

SPACE = {
    "learning_rate": {"log": [1e-4, 1.0]},
    "l2": {"log": [1e-6, 0.1]},
    "dropout": {"linear": [0.0, 0.8]},
}
TREE = {
    "optimizer": ["adam", {"sgd": {"momentum": {"linear": [0.0, 0.99]}}}],
    "learning_rate": {"log": [1e-4, 1.0]},
}


@pytest.fixture(autouse=True)
def _optuna():
    pytest.importorskip("optuna")


def tried(score, trials=LEAST, space=None, **told):
    """Give a made-up study whose trials are scored by a function of their point."""
    made = {"scores": score, "trials": trials} | told
    [study] = read_studies(made_up_trials({"sgd": made}, space=space or SPACE))
    return study


def by_rate(point):
    """Score a point by its rate, and a little by its dropout."""
    return 0.9 - 0.1 * (math.log10(point["learning_rate"]) + 2) ** 2 - 0.02 * point.get("dropout", 0.0)


@pytest.mark.parametrize("sign", [1, -1])
def test_what_mattered_comes_first(sign):
    """
    The rate, which decides nearly everything, has nearly the whole share, whether high or low is better.
    """
    made = {"scores": lambda point: sign * by_rate(point), "trials": 64}
    metric = "r2" if sign > 0 else "mse"
    [study] = read_studies(made_up_trials({"sgd": made}, space=SPACE, metric=metric))

    found = importances(study)

    assert next(iter(found.shares)) == "learning_rate"
    assert found.shares["learning_rate"] > 0.7
    assert sum(found.shares.values()) == pytest.approx(1)
    assert (found.trials, found.left_out, found.refusal) == (64, (), "")


def test_the_same_trials_give_the_same_shares():
    """
    Nothing is drawn: asked twice, and of a copy of the study, it says the same to the last digit.
    """
    assert importances(tried(by_rate)) == importances(tried(by_rate))


@pytest.mark.parametrize(
    "trials,space,needed",
    [(31, SPACE, 32), (39, SPACE | {key: {"linear": [0.0, 0.5]} for key in ("l1", "label_smoothing")}, 40)],
)
def test_too_few_trials_are_refused(trials, space, needed):
    """
    Below 32 finished trials, and below 8 for each parameter, it says how many are needed and no shares.
    """
    found = importances(tried(by_rate, trials, space))

    assert not found.shares
    assert f"{trials} finished trials" in found.refusal
    assert f"at least {needed} are needed" in found.refusal


def test_only_finished_trials_count():
    """
    Forty trials of which ten diverged or were pruned are thirty.
    """
    outcomes = np.full((40, 1, 1), Outcome.FINISHED)
    outcomes[:5] = Outcome.DIVERGED
    outcomes[5:10] = Outcome.PRUNED

    assert importances(tried(by_rate, 40, outcomes=outcomes)).refusal.startswith("30 finished trials")


def test_a_conditional_setting_has_its_share():
    """
    Momentum is judged among the trials that have it, and matters there.
    """

    def score(point):
        return point.get("optimizer.sgd.momentum", 0.5)

    found = importances(tried(score, 64, TREE))

    assert set(found.shares) == {"optimizer", "optimizer.sgd.momentum", "learning_rate"}
    assert found.shares["optimizer.sgd.momentum"] > found.shares["learning_rate"]


def test_a_rare_setting_is_left_out():
    """
    A setting that fewer than eight trials have gets no share, and is named.
    """
    rates = np.geomspace(1e-4, 1.0, 40)
    points = [{"optimizer": "adam", "learning_rate": float(rate)} for rate in rates]
    for place in range(0, 35, 5):
        points[place] |= {"optimizer": "sgd", "optimizer.sgd.momentum": 0.01 * place}

    found = importances(tried(by_rate, 40, TREE, points=points))

    assert found.left_out == ("optimizer.sgd.momentum",)
    assert set(found.shares) == {"optimizer", "learning_rate"}


def test_a_single_setting_has_nothing_to_share():
    """
    Where one number was tuned alone, it says so.
    """
    found = importances(tried(by_rate, 32, {"learning_rate": {"log": [1e-4, 1.0]}}))

    assert found.refusal == "With a single setting that varied there is nothing to share."


def test_without_optuna_it_says_how_to_install_it(monkeypatch):
    """
    The refusal holds the line that installs the extra; nothing is raised, so that a report is whole.
    """
    study = tried(by_rate)
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)

    assert (
        importances(study).refusal
        == 'Optuna is not installed. Install it with `pip install "trainlab[tune]"`.'
    )
