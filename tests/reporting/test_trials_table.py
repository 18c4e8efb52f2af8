"""The trials on a terminal and as JSON: all of them, the best first, and clear words where there are none."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from trainlab.cli.app import command
from trainlab.comparison.compare import compare
from trainlab.errors import UsageError
from trainlab.experiment.metrics import METRICS
from trainlab.reporting.facts.tuned import tuned_facts
from trainlab.reporting.terminal.answer_table import answer_table
from trainlab.reporting.terminal.trials_table import best_first, trials_document, trials_table
from trainlab.testing import made_up, made_up_trials

SCORES = [0.7, np.nan, 0.9, 0.8]


@pytest.fixture(scope="module")
def tuned():
    """Two variants with four trials of two seeds each, one of which diverged."""
    scores = np.stack([SCORES, np.array(SCORES) + 0.02], axis=1)
    return made_up_trials({"sgd": {"scores": scores}, "adam": {"scores": scores}})


def printed(shown, columns):
    """What a terminal of that many columns gets."""
    console = Console(file=io.StringIO(), width=columns)
    console.print(shown)
    return console.file.getvalue()


@pytest.mark.parametrize("columns", [80, 100])
def test_the_best_come_first(tuned, columns):
    """
    Trials stand by their score, the one that was taken with a star, those without a score at the end.
    """
    lines = printed(trials_table(tuned, "sgd"), columns).splitlines()

    rows = [line.split() for line in lines[3:7]]
    assert [row[:2] for row in rows] == [["★", "2"], ["3", "81.00"], ["0", "71.00"], ["1", "–"]]
    assert rows[0][2:4] == ["91.00", "1.41"]
    assert "diverged" in rows[3]
    assert max(map(len, lines)) <= columns


def test_of_an_error_the_least_comes_first():
    """
    Where less is better, the smallest score is the best.
    """
    results = made_up_trials({"sgd": {"scores": [0.3, 0.1, 0.2]}}, metric="mse")

    [study] = tuned_facts(results).studies

    assert [trial.number for trial in best_first(study, METRICS["mse"])] == [1, 2, 0]


def test_json_has_every_trial(tuned):
    """
    The document holds what the store does, with null where a trial has no score.
    """
    told = json.loads(json.dumps(trials_document(tuned), allow_nan=False))

    assert told["schema"] == "trainlab/trials/1"
    assert [study["variant"] for study in told["studies"]] == ["sgd", "adam"]
    assert [trial["score"] for trial in told["studies"][0]["trials"]] == [0.71, None, 0.91, 0.81]
    assert told["studies"][0]["chosen"] == 2
    assert set(told["studies"][0]["trials"][0]["settings"]) == {"learning_rate"}


def test_unknown_names_are_refused_with_those_that_there_are(tuned):
    """
    The message lists the variants and the folds that have trials.
    """
    with pytest.raises(UsageError, match=r"These have trials: `sgd` and `adam`\."):
        trials_table(tuned, "sdg")
    with pytest.raises(UsageError, match=r"no trials of such a fold .got 3.. These have trials: 1\."):
        trials_document(tuned, None, 3)


def test_without_trials_the_command_says_what_to_write(capsys):
    """
    On a folder in which nothing was tuned the exit code is 2, and the cure a line for the file.
    """
    results = made_up({"a": {"score": [0.8, 0.9]}})

    code = command(["trials", str(results.folder)])

    assert code == 2
    assert "nothing was tuned" in " ".join(capsys.readouterr().err.split())


def test_the_command_prints_one_object(tuned, capsys):
    """
    With `--json` there is one JSON object on stdout, narrowed down as asked.
    """
    code = command(["trials", str(tuned.folder), "--variant", "adam", "--fold", "1", "--json"])

    assert code == 0
    assert [one["variant"] for one in json.loads(capsys.readouterr().out)["studies"]] == ["adam"]


def test_show_has_a_line_for_each_tuned_variant(tuned):
    """
    The answer on the terminal names the settings that each variant got, and the trial they come from.
    """
    told = " ".join(printed(answer_table(tuned, compare(tuned)), 110).split())

    [study, _] = tuned_facts(tuned).studies
    assert "Settings that tuning found" in told
    assert f"“sgd”: {study.winner.settings}, trial 2 of 4, 91.00 % accuracy on inner rows." in told


def test_names_cannot_paint_the_terminal(nasty_names):
    """
    Escape sequences and marks of direction in a variant's name are not printed.
    """
    results = made_up_trials({nasty_names[4]: {"scores": [0.8, 0.9]}})

    told = printed(trials_table(results), 80)

    assert "\x1b[31m" not in told
    assert "\u202e" not in told
