"""What was tuned, as facts: read from the store of trials, checked against what was written into it."""

import json

import numpy as np
import pytest

from trainlab.comparison.compare import compare
from trainlab.experiment.parameter import Parameter
from trainlab.reporting.facts.answer import answer
from trainlab.reporting.facts.tuned import edge_in_words, progress, tuned_facts, tuned_in_words, unfinished
from trainlab.reporting.terminal.summary import summary
from trainlab.results.outcome import Outcome
from trainlab.results.store import Writer
from trainlab.results.table import open_results
from trainlab.testing import made_up, made_up_trials
from trainlab.tuning.edges import Edge, edges
from trainlab.tuning.trials import read_studies

SPACE = {
    "learning_rate": {"log": [1e-4, 1e-1]},
    "dropout": [False, {"linear": [0.1, 0.5]}],
}
SCORES = [0.7, 0.9, np.nan, 0.8]


@pytest.fixture(scope="module")
def tuned():
    """Two variants with four trials each, one of which diverged."""
    return made_up_trials({"sgd": {"scores": SCORES}, "adam": {"scores": SCORES[::-1]}}, space=SPACE)


def test_facts_are_what_was_written(tuned):
    """
    Scores, values, outcomes and what was chosen are those of the store.
    """
    facts = tuned_facts(tuned)

    studies = read_studies(tuned)
    for told, study in zip(facts.studies, studies, strict=True):
        assert told.winner.number == study.best.number
        assert (told.done, told.asked, told.ended_as("diverged")) == (4, 4, 1)
        for one, trial in zip(told.trials, study.trials, strict=True):
            rate, dropout, strength = one.values
            assert rate == trial.point["learning_rate"]
            assert ("off", "on")[int(dropout)] == trial.point["dropout"]
            assert strength == trial.point.get("dropout.strength")
    assert [one.score for one in facts.studies[0].trials] == [0.7, 0.9, None, 0.8]


def test_an_axis_places_values_as_the_parameter_does(tuned):
    """
    Positions on axes agree with those that the space itself gives, for numbers and for choices.
    """
    [told, _] = tuned_facts(tuned).studies
    [study, _] = read_studies(tuned)

    for one, trial in zip(told.trials, study.trials, strict=True):
        for axis, parameter, value in zip(told.axes, study.parameters, one.values, strict=True):
            if value is not None:
                here = parameter.position(trial.point[parameter.name])
                assert axis.position(value) == pytest.approx(here)
    assert [axis.conditional for axis in told.axes] == [False, False, True]


def test_only_what_was_tuned_stands_among_the_settings():
    """
    A trial's changes hold what its variant changes too; that is no part of the tuned settings.
    """
    changes = [{"optimizer": "sgd", "learning_rate": 0.01}, {"optimizer": "sgd", "learning_rate": 0.02}]
    points = [{"learning_rate": 0.01}, {"learning_rate": 0.02}]
    told = {"scores": [0.8, 0.9], "points": points, "changes": changes}
    results = made_up_trials({"sgd": told})

    [study] = tuned_facts(results).studies

    assert study.winner.settings == "learning rate 0.02"
    assert dict(study.winner.changes) == {"learning_rate": 0.02}


def test_nothing_is_told_where_nothing_was_tuned():
    """
    Results without trials have no facts of tuning, no sentence, and null in the JSON.
    """
    results = made_up({"a": {"score": [0.8, 0.9]}})

    assert tuned_facts(results) is None
    assert (unfinished(results), tuned_in_words(results), progress(results)) == ("", (), None)
    assert summary(results, compare(results))["tuning"] is None


def test_the_json_of_a_run_has_what_was_chosen(tuned):
    """
    The field "tuning" names the chosen trial of each variant with its settings, and is plain JSON.
    """
    told = json.loads(json.dumps(summary(tuned, compare(tuned))["tuning"], allow_nan=False))

    assert told["ended"] is True
    assert [(one["variant"], one["chosen"], one["score"]) for one in told["studies"]] == [
        ("sgd", 1, 0.9),
        ("adam", 2, 0.9),
    ]
    assert told["studies"][0]["outcomes"]["diverged"] == 1
    assert set(told["studies"][0]["settings"]) == {"learning_rate", "dropout"}


def test_tuning_under_way_says_how_to_go_on():
    """
    The answer begins with how many trials are done and the command that goes on.
    """
    outcomes = np.array([Outcome.FINISHED, Outcome.RUNNING, Outcome.RUNNING])[:, None, None]
    results = made_up_trials(
        {"sgd": {"scores": [0.8, np.nan, np.nan], "outcomes": outcomes}},
        facts={"tuning": {"ended": False, "studies": []}},
    )

    told = unfinished(results)

    assert told.startswith("Tuning has not ended: 1 of 3 trials are done. `trainlab resume ")
    assert answer(results, compare(results), {"sgd": "sgd"}).limits[0] == told
    assert progress(results)["ended"] is False


def test_what_was_found_so_far_is_no_more_than_that():
    """
    While a study goes on its best trial is named as the best so far, and a study without one is left out.
    """
    folder = made_up_trials({"sgd": {"scores": [0.8, 0.9]}}).folder
    [study] = open_results(folder / "tuning").facts["studies"]
    with Writer(folder / "tuning") as writer:
        writer.write_facts({"studies": [{**study, "ended": False}]})
    results = open_results(folder)

    assert tuned_in_words(results)[0].startswith("“sgd”: so far learning rate ")


def test_without_a_score_nothing_is_chosen():
    """
    Where every trial diverged the settings stay as they were written, and the sentence says so.
    """
    runs = {"sgd": {"score": [0.5, 0.6]}}
    results = made_up_trials({"sgd": {"scores": [np.nan, np.nan]}}, variants=runs)

    assert tuned_facts(results).studies[0].winner is None
    assert tuned_in_words(results) == ("“sgd”: as written, since no trial has a score.",)


def test_an_edge_is_told_with_a_value_beyond():
    """
    The warning names the number, its range, and the value that the check proposes.
    """
    rising = {"scores": lambda point: 0.9 + 0.02 * np.log10(point["learning_rate"]), "trials": 16}
    results = made_up_trials({"sgd": rising})

    [told] = tuned_facts(results).studies

    [edge] = edges(read_studies(results)[0])
    assert told.axes[0].edge == edge_in_words(edge)
    assert told.axes[0].edge.startswith("the best learning rate, 0.0")
    assert told.axes[0].edge.endswith("(0.0001 to 0.1), and scores rise towards it; try 0.2 too.")


def test_an_edge_of_whole_numbers_is_not_rounded_back():
    """
    What is proposed beyond 1000 units is no number that was tried already.
    """
    units = Parameter("hidden.units_1", "linear", 900, 1000, whole=True)
    edge = Edge(units, "upper", 1000, 3, 1.0, 8, 1004)

    assert edge_in_words(edge).endswith("try 1004 too.")


def test_names_are_clean(nasty_names):
    """
    Names of variants and labels of choices are harmless in every fact.
    """
    name = nasty_names[4]
    results = made_up_trials(
        {name: {"scores": [0.8, 0.9, 0.7]}, nasty_names[0]: {"scores": [0.8, 0.9, 0.7]}},
        space={"activation": ["relu", "tanh"]},
    )

    facts = tuned_facts(results)

    assert all("\x1b" not in one.label and "\u202e" not in one.label for one in facts.studies)
    assert "`" not in facts.budgets_told
