"""Tests of rebuilt studies: Optuna reads in them what the store holds, whatever state the store is in."""

import json
import sqlite3
import sys
import warnings

import numpy as np
import pytest

from trainlab.errors import MissingError, UsageError
from trainlab.results.outcome import Outcome
from trainlab.results.store import FILE
from trainlab.results.table import open_results
from trainlab.testing import made_up_trials
from trainlab.tuning.optuna_study import study
from trainlab.tuning.trials import FOLDER

optuna = pytest.importorskip("optuna")

TREE = {
    "optimizer": ["adam", {"sgd": {"momentum": {"linear": [0.0, 0.99]}}}],
    "learning_rate": {"log": [1e-4, 1e-1]},
    "hidden": {"layers": [1, 3], "units": {"log": [8, 128]}},
}
TRIALS = 24


@pytest.fixture(scope="module")
def searched():
    """Give a search of 24 trials with two seeds each: two diverged, three were pruned, the last runs."""
    outcomes = np.full((TRIALS, 2, 1), Outcome.FINISHED)
    outcomes[[3, 4]] = Outcome.DIVERGED
    outcomes[[5, 6, 7]] = Outcome.PRUNED
    outcomes[23] = Outcome.RUNNING
    scores = np.random.default_rng(0).uniform(0.5, 0.9, (TRIALS, 2))
    scores[[3, 4, 23]] = np.nan
    curves = np.linspace(0.1, 0.5, 6) + np.arange(TRIALS)[:, None] / 100
    curves[5, 2:] = np.nan
    told = {
        "scores": scores,
        "outcomes": outcomes,
        "metric": curves,
        "generation": [place // 8 for place in range(TRIALS)],
    }
    facts = {"fingerprint": "abc123", "started": "2026-11-21T10:00:00+00:00"}
    results = made_up_trials({"found": told}, space=TREE, facts=facts)
    return results, scores, curves


def test_a_study_holds_what_the_store_holds(searched):
    """
    Values are means over runs, states are the endings, intermediate values the curves, attributes the rest.
    """
    results, scores, curves = searched

    found = study(results)

    names = [trial.state.name for trial in found.trials]
    assert names[3:8] == ["FAIL", "FAIL", "PRUNED", "PRUNED", "PRUNED"]
    assert names[23] == "RUNNING"
    assert names.count("COMPLETE") == TRIALS - 6
    complete = [trial for trial in found.trials if trial.state.name == "COMPLETE"]
    assert [trial.value for trial in complete] == pytest.approx(
        [scores[one.number].mean() for one in complete]
    )
    assert found.trials[9].intermediate_values == pytest.approx(dict(enumerate(curves[9], start=1)))
    assert found.trials[5].intermediate_values == pytest.approx({1: curves[5, 0], 2: curves[5, 1]})
    assert found.trials[5].value == pytest.approx(curves[5, 1])
    assert found.trials[9].user_attrs["scores"] == [[pytest.approx(score)] for score in scores[9]]
    assert found.trials[9].user_attrs["spread"] == pytest.approx(scores[9].std(ddof=1))
    assert found.trials[9].user_attrs["generation"] == 1
    assert found.direction == optuna.study.StudyDirection.MAXIMIZE
    assert found.best_trial == max(complete, key=lambda trial: trial.value)
    assert {trial.datetime_start.year for trial in found.trials} == {2026}


def test_a_study_says_where_it_comes_from(searched):
    """
    The study is named after its variant and carries fingerprint, folder and tuning; all of it is plain JSON.
    """
    results, _, _ = searched

    found = study(results, "found")

    assert found.study_name == "found"
    assert found.user_attrs["fingerprint"] == "abc123"
    assert found.user_attrs["folder"] == str(results.folder)
    assert found.user_attrs["tuning"]["trials"] == TRIALS
    json.dumps([found.user_attrs, *(trial.user_attrs for trial in found.trials)], allow_nan=False)


def test_conditional_parameters_stand_where_they_apply(searched):
    """
    Momentum belongs to the trials with SGD alone, the third layer's units to those with three layers.
    """
    results, _, _ = searched

    for trial in study(results).trials:
        assert ("optimizer.sgd.momentum" in trial.params) == (trial.params["optimizer"] == "sgd")
        assert ("hidden.units_3" in trial.params) == (trial.params["hidden.layers"] == 3)
        assert trial.distributions["hidden.units_1"] == optuna.distributions.IntDistribution(8, 128, log=True)
        assert trial.distributions["learning_rate"].log


def test_optuna_works_with_it(searched):
    """
    Optuna's importances and history pictures take the study, and it can be asked and told further.
    """
    results, _, _ = searched
    found = study(results)
    import matplotlib as mpl

    mpl.use("Agg")

    shares = optuna.importance.get_param_importances(found)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        picture = optuna.visualization.matplotlib.plot_optimization_history(found)
    found.tell(
        found.ask({"learning_rate": optuna.distributions.FloatDistribution(1e-4, 1e-1, log=True)}), 0.99
    )

    assert sum(shares.values()) == pytest.approx(1)
    assert picture.get_title()
    assert found.best_value == 0.99
    assert study(results).best_value < 0.99


def test_a_falling_metric_is_minimized():
    """
    The best trial of a loss is the lowest one.
    """
    results = made_up_trials({"sgd": {"scores": [0.7, 0.2, 0.8]}}, metric="log_loss")

    assert study(results).best_trial.number == 1


def test_a_variant_and_a_fold_are_picked():
    """
    Every variant has a study in every outer fold; one that is not there is refused with those that are.
    """
    scores = {"sgd": [[0.1, 0.9], [0.8, 0.2]], "adam": [[0.3, 0.4], [0.6, 0.5]]}
    told = {name: [{"scores": one} for one in folds] for name, folds in scores.items()}
    results = made_up_trials(told)

    assert study(results, "adam", fold=1).best_value == pytest.approx(0.6)
    assert study(results, "sgd", fold=1).study_name == "sgd, fold 2"
    with pytest.raises(UsageError, match=r"several variants were tuned.*Tuned are: sgd, adam"):
        study(results)
    with pytest.raises(UsageError, match=r"not tuned \(got 'rmsprop'\).*Tuned are: sgd, adam"):
        study(results, "rmsprop")
    with pytest.raises(UsageError, match=r"\(got 2\).*from 0 to 1"):
        study(results, "sgd", fold=2)


def test_nothing_tuned_is_said(tmp_path):
    """
    Results without trials are refused with what to write.
    """
    from trainlab.testing import made_up

    with pytest.raises(UsageError, match=r"nothing was tuned.*`tune:` or `search:`"):
        study(made_up({"wide": {"score": 0.9}}, folder=tmp_path))


def test_a_killed_search_leaves_a_study(tmp_path):
    """
    A store whose log is torn at any byte gives the study before the last commit or the one after it.
    """
    scores = [0.5, 0.6, 0.7, 0.8]
    results = made_up_trials({"found": {"scores": scores}}, folder=tmp_path / "whole")
    path = tmp_path / "whole" / FOLDER / FILE
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("UPDATE runs SET score = NULL, outcome = 0, epochs = 0 WHERE run = 3")
    connection.commit()
    whole = path.read_bytes()
    log = path.with_name(path.name + "-wal").read_bytes()

    values = set()
    for cut in [*range(0, len(log), len(log) // 12), len(log)]:
        torn = tmp_path / f"torn-{cut}"
        (torn / FOLDER).mkdir(parents=True)
        for name in (tmp_path / "whole").iterdir():
            if name.is_file():
                (torn / name.name).write_bytes(name.read_bytes())
        (torn / FOLDER / FILE).write_bytes(whole)
        (torn / FOLDER / (FILE + "-wal")).write_bytes(log[:cut])
        found = study(open_results(torn))
        values.add(tuple(trial.value for trial in found.trials))
    connection.close()

    assert values == {(0.5, 0.6, 0.7, 0.8), (0.5, 0.6, 0.7, None)}
    assert study(results).trials[0].value == 0.5


def test_without_optuna_it_says_how_to_install_it(searched, monkeypatch):
    """
    The message holds the line that installs the extra.
    """
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    monkeypatch.delitem(sys.modules, "optuna")

    with pytest.raises(MissingError, match=r"pip install \"trainlab\[tune\]\""):
        study(searched[0])
