"""Trials and studies, read from the store."""

import numpy as np
import pytest

from trainlab.comparison.crossed import crossed
from trainlab.results.outcome import Outcome
from trainlab.results.table import open_results
from trainlab.testing import made_up, made_up_trials
from trainlab.tuning.trials import FOLDER, read_studies, studies_in


def test_nothing_tuned_is_no_study():
    """
    Results without a store of trials have no studies.
    """
    assert read_studies(made_up({"a": {"score": 0.9}})) == ()


def test_scores_spread_and_curve_are_those_of_its_runs():
    """
    Mean and spread of a trial go over its seeds and inner folds, and its curve is the mean over them.
    """
    scores = np.array([[[0.7, 0.8], [0.9, 0.6]], [[0.5, 0.5], [0.5, 0.5]]])
    curves = {"metric": [[0.2, 0.4, 0.6], [0.1, 0.2, 0.3]], "train_loss": [[3, 2, 1], [3, 3, 3]]}
    [study] = read_studies(made_up_trials({"a": {"scores": scores, **curves}}, inner=2))
    first = study.trials[0]

    assert (first.mean, first.spread) == pytest.approx((0.75, np.std(scores[0], ddof=1)))
    assert first.curve == pytest.approx([0.2, 0.4, 0.6])
    assert first.train_losses.tolist() == [[3, 2, 1]] * 4
    assert (first.epochs, study.best.number, first.scores.shape) == (3, 0, (2, 2))


def test_halves_are_the_scores_on_each_half_of_the_rows():
    """
    Even and odd rows of the made-up store are its halves, and each has the score that was planted.
    """
    [study] = read_studies(made_up_trials({"a": {"halves": [[0.9, 0.5], [0.4, 0.6]]}}))

    assert [trial.halves.tolist() for trial in study.trials] == [[0.9, 0.5], [0.4, 0.6]]
    assert [trial.mean for trial in study.trials] == pytest.approx([0.7, 0.5])


def test_the_error_is_that_of_rows_and_seeds():
    """
    One seed has the binomial error of its rows; two have that of the crossed table.
    """
    [one] = read_studies(made_up_trials({"a": {"scores": [0.8, 0.6]}}, rows=400))
    [two] = read_studies(made_up_trials({"a": {"scores": [[0.8, 0.7], [0.6, 0.6]]}}, rows=400))
    table = np.array([np.arange(400) < 320, np.arange(400) < 280], np.float64)

    assert one.trials[0].error == pytest.approx(np.sqrt(0.8 * 0.2 / 399))
    assert two.trials[0].error == pytest.approx(crossed(table).standard_error)


def test_trials_that_diverged_or_were_pruned_never_win():
    """
    A score of a pruned trial, and one run of three that diverged, leave the best to a worse finished one.
    """
    scores = [[0.99, 0.99, np.nan], [0.95] * 3, [0.7] * 3, [0.8] * 3]
    outcomes = [
        [[Outcome.FINISHED]] * 2 + [[Outcome.DIVERGED]],
        [[Outcome.PRUNED]] * 3,
        [[Outcome.FINISHED]] * 3,
        [[Outcome.STOPPED_EARLY]] * 2 + [[Outcome.RUNNING]],
    ]
    [study] = read_studies(made_up_trials({"a": {"scores": scores, "outcomes": outcomes}}))

    assert [trial.outcome for trial in study.trials] == ["diverged", "pruned", "finished", "running"]
    assert study.best.number == 2


def test_where_less_is_better_the_least_wins_and_equals_go_to_the_first():
    """
    The best loss is the lowest; of two as low it is that of the trial asked for first.
    """
    [study] = read_studies(made_up_trials({"a": {"scores": [0.5, 0.3, 0.3, 0.4]}}, metric="log_loss"))

    assert study.best.number == 1


def test_outer_folds_have_studies_on_inner_folds_of_their_own():
    """
    Two outer folds with three inner ones each are two studies, and no trial has runs on the other's folds.
    """
    results = made_up_trials({"a": [{"scores": [0.7, 0.9]}, {"scores": [0.9, 0.7]}]}, inner=3)
    studies, store = read_studies(results), open_results(results.folder / FOLDER)

    assert [(study.fold, study.best.number) for study in studies] == [(0, 1), (1, 0)]
    assert store.variants == (
        "a, fold 1, trial 0",
        "a, fold 1, trial 1",
        "a, fold 2, trial 0",
        "a, fold 2, trial 1",
    )
    assert (store.outcomes == Outcome.NOT_ASKED).sum() == 4 * 3
    assert results.folds == 2


def test_trials_that_are_asked_for_and_not_yet_declared_are_left_out():
    """
    A store that was killed between naming trials and declaring their runs is read as far as it goes.
    """
    results = made_up_trials({"a": {"scores": [0.7, 0.9]}})
    store = open_results(results.folder / FOLDER)
    more = [*store.facts["trials"], {**store.facts["trials"][0], "number": 2}]
    store.facts["trials"] = more

    assert [trial.number for study in studies_in(store) for trial in study.trials] == [0, 1]
