"""The verbs: tracking is asked for before training, and is nothing to those who do not ask."""

import contextlib
import importlib.util
import sqlite3
from types import SimpleNamespace

import pytest

from trainlab import running
from trainlab.errors import MissingError, UsageError
from trainlab.experiment.tracking import Track
from trainlab.tracking import verbs


@pytest.fixture
def trained(monkeypatch):
    """
    Training that is noted and not done, of an experiment that is tracked where the test says.
    """
    noted = SimpleNamespace(calls=[], track=None, results=SimpleNamespace())

    def run(experiment, out, **given):
        noted.calls.append((experiment, out, given))
        return noted.results

    monkeypatch.setattr(running, "run", run)
    monkeypatch.setattr(
        running, "read", lambda experiment, **given: SimpleNamespace(track=noted.track, **given)
    )
    return noted


def test_without_a_tracker_it_is_running_run(trained, tmp_path):
    """
    Every keyword comes through, and the results are those of `running.run`.
    """
    results = verbs.run("asked.yaml", tmp_path / "out", seeds=3, epochs=2, allow_code=True)

    ((asked, out, given),) = trained.calls
    assert results is trained.results
    assert (asked.seeds, asked.epochs) == (3, 2)
    assert out == tmp_path / "out"
    assert given["allow_code"]
    assert not given["until_decided"]


def test_seeds_of_the_first_look_are_no_seeds_of_the_experiment(trained, tmp_path):
    """
    With `until_decided` they are handed on, as `running.run` reads them then.
    """
    verbs.run("asked.yaml", tmp_path / "out", seeds=4, until_decided=True, at_most=40)

    ((asked, _, given),) = trained.calls
    assert asked.seeds is None
    assert (given["seeds"], given["at_most"], given["until_decided"]) == (4, 40, True)


def test_a_wrong_uri_is_refused_before_training(trained, tmp_path):
    """
    The message names the place in the experiment; nothing was trained, no folder made.
    """
    trained.track = Track("ftp://example")

    with pytest.raises(
        UsageError, match=r"track\.mlflow: not where MLflow keeps runs \(got 'ftp://example'\)"
    ):
        verbs.run("asked.yaml", tmp_path / "out")
    assert trained.calls == []
    assert not (tmp_path / "out").exists()


def test_a_missing_mlflow_is_told_before_training(trained, tmp_path, monkeypatch):
    """
    With the line that installs it, and the exit code of what is missing.
    """
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "mlflow" else find(name))
    trained.track = Track("http://localhost:5000")

    with pytest.raises(MissingError, match=r'pip install "trainlab\[mlflow\]"') as told:
        verbs.run("asked.yaml", tmp_path / "out")
    assert told.value.exit_code == 5
    assert trained.calls == []


@pytest.mark.usefixtures("mlflow_there")
def test_the_tracker_follows_where_it_is_asked_for(trained, tmp_path, monkeypatch):
    """
    It is told the folder and the destination, the model is kept before it ends, and what is lacking is shown.
    """
    happened, shown = [], []

    @contextlib.contextmanager
    def following(folder, to, *, tell):
        happened.append((folder, to.uri))
        yield
        happened.append("ended")
        tell("MLflow lacks 1 run.")

    monkeypatch.setattr("trainlab.tracking.following.following", following)
    monkeypatch.setattr("trainlab.tracking.model.keep_model", lambda *given, **more: happened.append("model"))
    trained.track = Track(f"sqlite:///{tmp_path / 'mlflow.db'}")

    verbs.run("asked.yaml", tmp_path / "out", show=shown.append)

    assert happened == [(tmp_path / "out", f"sqlite:///{tmp_path / 'mlflow.db'}"), "model", "ended"]
    assert [progress.doing for progress in shown] == ["MLflow lacks 1 run."]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(importlib.util.find_spec("mlflow") is None, reason="MLflow is not installed")
def test_a_real_training_arrives_whole(tmp_path, monkeypatch):
    """
    Two variants by two seeds of digits: every epoch, the report and the model of the best are in MLflow.
    """
    import trainlab as tl

    experiment = tl.Experiment(
        tl.load("digits"),
        tl.mlp([8]),
        {"epochs": 3},
        variants={"plain": {}, "dropout": {"dropout": 0.2}},
        seeds=2,
        baselines=False,
    )
    to = f"sqlite:///{tmp_path / 'mlflow.db'}"
    if hasattr(experiment, "track"):
        object.__setattr__(experiment, "track", Track(to))
    else:
        monkeypatch.setattr(verbs, "_destination", lambda asked: verbs.destination(to))
    shown = []

    verbs.run(experiment, tmp_path / "asked", show=shown.append)

    assert not [progress.doing for progress in shown if "MLflow" in progress.doing]
    with contextlib.closing(sqlite3.connect(tmp_path / "mlflow.db")) as connection:
        ended = connection.execute("SELECT status, count(*) FROM runs GROUP BY status").fetchall()
        epochs = connection.execute("SELECT count(*) FROM metrics WHERE key = 'validation_loss'").fetchone()
    assert ended == [("FINISHED", 5)]
    assert epochs == (12,)
    sent = {file.name for file in (tmp_path / "mlruns").rglob("*") if file.is_file()}
    assert sent == {"report.html", "comparison.json", "environment.json", "experiment.yaml", "model.keras"}
