"""What studies found, put back into the experiment."""

import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.experiment.spec import Experiment
from trainlab.experiment.tuning import FOUND
from trainlab.testing import made_up_trials
from trainlab.tuning.found import found_by, with_what_was_found
from trainlab.tuning.trials import read_studies

RATE = {"learning_rate": {"log": [1e-4, 1e-1]}}
POINTS = [{"learning_rate": rate} for rate in (0.001, 0.01, 0.1)]


def _asked(**parts):
    data = Dataset(np.arange(40.0).reshape(20, 2), np.arange(20) % 2)
    return Experiment(data, validation={"kfold": 2}, **parts)


def _found(asked, folds):
    results = made_up_trials({"baseline": folds}, space=RATE)
    return found_by(asked, read_studies(results))


def test_folds_with_the_same_points_agree_on_the_best_mean():
    """
    Each fold has its own best trial, and a final model the one that is best over both.
    """
    folds = [{"scores": [0.9, 0.89, 0.1], "points": POINTS}, {"scores": [0.1, 0.89, 0.9], "points": POINTS}]

    found = _found(_asked(tune=RATE, budget=3), folds)

    assert [study["chosen"] for study in found["studies"]] == [0, 2]
    assert found["final"] == {"baseline": POINTS[1]}


def test_folds_with_other_points_give_the_choice_that_scored_best():
    """
    Where each fold tried points of its own, a final model has the choice of the fold that scored best.
    """
    folds = [{"scores": [0.8, 0.7], "points": POINTS[:2]}, {"scores": [0.6, 0.9], "points": POINTS[1:]}]

    found = _found(_asked(tune=RATE, budget=2), folds)

    assert found["final"] == {"baseline": POINTS[2]}


def test_a_trial_that_diverged_in_one_fold_is_no_final_model():
    """
    The best mean is taken over trials that were scored in every fold.
    """
    folds = [
        {"scores": [0.99, 0.8, 0.1], "points": POINTS},
        {"scores": [np.nan, 0.8, 0.9], "points": POINTS},
    ]

    assert _found(_asked(tune=RATE, budget=3), folds)["final"] == {"baseline": POINTS[1]}


def test_where_every_trial_diverged_a_variant_stays_as_written():
    """
    Without a trial that can be chosen nothing is put into the variant, on that fold alone.
    """
    asked = _asked(tune=RATE, budget=2)
    folds = [{"scores": [np.nan, np.nan], "points": POINTS[:2]}, {"scores": [0.6, 0.9], "points": POINTS[:2]}]

    found = _found(asked, folds)
    tuned = with_what_was_found(asked, {"tuning": found})

    assert [study["chosen"] for study in found["studies"]] == [None, 1]
    rates = [tuned.variants[0].recipe(tuned.recipe, fold).learning_rate for fold in (0, 1, -1)]
    assert rates == [None, 0.01, 0.01]


def test_before_trials_have_ended_nothing_is_put_in():
    """
    An experiment whose tuning goes on is the one that was asked.
    """
    asked = _asked(tune=RATE)

    assert with_what_was_found(asked, {"tuning": {"ended": False, "studies": []}}) == asked
    assert with_what_was_found(asked, {}) == asked


def test_what_helped_is_asked_for_by_leaving_it_out():
    """
    Behind what is found stand variants that lack one technique of it each, and one that lacks all.
    """
    asked = _asked(search={"space": {"dropout": [False, 0.3], "l2": [False, 0.01]}, "attribute": True})
    point = {"dropout": "0.3", "l2": "0.01"}
    studies = [{"variant": FOUND, "fold": fold, "point": point} for fold in (0, 1)]

    tuned = with_what_was_found(
        asked, {"tuning": {"ended": True, "studies": studies, "final": {FOUND: point}}}
    )

    assert [variant.name for variant in tuned.variants][2:] == [
        "found: without l2",
        "found: without dropout",
        "found: without any",
    ]
    assert tuned.variants[2].recipe(tuned.recipe, 1).dropout == 0.3
    assert with_what_was_found(tuned, {"tuning": {"ended": False}}) == tuned
