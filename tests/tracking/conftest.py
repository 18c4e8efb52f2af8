"""A world for trackers: results of a few runs, a tracker in memory, and a template of MLflow's database."""

import contextlib
import importlib.util
import itertools
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from trainlab.testing.making_up import made_up
from trainlab.tracking import sending
from trainlab.tracking.ledger import FILE, FOLDER
from trainlab.tracking.tracker import UnreachableError

MISSING = 'MLflow is not installed: `pip install ".[mlflow]"`'
FACTS = {
    "started": "2026-11-21T12:00:00+00:00",
    "fingerprint": "abc",
    "versions": {"trainlab": "0.1.0"},
    "experiment": {"question": "Does dropout help?"},
}


@pytest.fixture
def results_in():
    """
    Writes results of two variants into a folder.
    """
    return _results_in


def _results_in(folder, epochs=3, seeds=2, **variants):
    """
    Two variants by seeds, with accuracies that rise from a number of their own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    curve = 0.5 + 0.01 * np.arange(seeds * epochs).reshape(seeds, epochs)
    loss = {"loss": 1 - curve, "train_loss": 1 - curve, "running_loss": 1 - curve, "penalty": 0 * curve}
    plain = {"metric": curve, "train_metric": curve, **loss}
    changed = {**plain, "metric": curve + 0.1, "changes": {"dropout": {"strength": 0.3, "at": "input"}}}
    told = {"plain": plain, "dropout=0.3": changed, **variants}
    return made_up(told, rows=200, folder=folder, facts=FACTS)


@pytest.fixture
def folder(tmp_path):
    """
    A folder of four finished runs of three epochs.
    """
    _results_in(tmp_path / "asked")
    return tmp_path / "asked"


class Memory:
    """What a tracker keeps, in memory; as MLflow does, rows that are equal are one."""

    def __init__(self):
        self.runs, self.numbers = {}, itertools.count()
        self.requests, self.trouble = 0, lambda number, when: None

    def asked(self, act):
        """
        Do as a request says, with whatever trouble there is before or after.
        """
        self.requests += 1
        self.trouble(self.requests, "before")
        found = act()
        self.trouble(self.requests, "after")
        return found

    def fail(self, numbers, when="before", error=UnreachableError):
        """
        Fail at some requests from now on, before or after they have their effect.
        """
        self.requests = 0

        def trouble(number, moment):
            if number in numbers and moment == when:
                raise error(f"request {number}")

        self.trouble = trouble

    def state(self):
        """
        Everything that is kept, without names that were drawn.
        """
        return sorted(
            (
                *(run["item"], run["status"], sorted(run["rows"]), sorted(run["parameters"].items())),
                *(sorted(run["tags"].items()), sorted(run["files"])),
            )
            for run in self.runs.values()
        )


class MemoryTracker:
    """Stands in for ``Tracker``, with the same methods."""

    def __init__(self, memory):
        self.memory, self.experiment = memory, "1"

    def find(self, folder_id):
        """
        Give runs by their items.
        """

        def act():
            found = {}
            for id_, run in self.memory.runs.items():
                if run["folder"] == folder_id:
                    found.setdefault(run["item"], []).append(id_)
            return {item: sorted(ids) for item, ids in found.items()}

        return self.memory.asked(act)

    def make(self, name, item, folder_id, began, tags):
        """
        Make a run.
        """

        def act():
            id_ = f"id{next(self.memory.numbers)}"
            above = self.memory.runs.get(tags.get("mlflow.parentRunId"), {}).get("item", "")
            tags_ = {**tags, "mlflow.parentRunId": above, "name": name}
            run = {"item": item, "folder": folder_id, "tags": tags_, "status": "RUNNING"}
            self.memory.runs[id_] = {**run, "rows": set(), "parameters": {}, "files": set()}
            return id_

        return self.memory.asked(act)

    def log(self, id, began, measured=(), parameters=None, tags=None):  # noqa: A002
        """
        Take numbers, and parameters that never change.
        """

        def act():
            run = self.memory.runs[id]
            run["rows"] |= {(one.name, one.value, one.step) for one in measured}
            for name, value in (parameters or {}).items():
                assert run["parameters"].setdefault(name, value) == value
            run["tags"].update(tags or {})

        self.memory.asked(act)

    def set_status(self, id, status, ended):  # noqa: A002
        """
        Take the status.
        """
        self.memory.asked(lambda: self.memory.runs[id].update(status=status))

    def upload(self, id, file):  # noqa: A002
        """
        Take a file.
        """
        self.memory.asked(lambda: self.memory.runs[id]["files"].add(file.name))

    def remove(self, id):  # noqa: A002
        """
        Take a run away.
        """
        self.memory.asked(lambda: self.memory.runs.pop(id))


@pytest.fixture
def mlflow_there(monkeypatch):
    """
    MLflow seems installed: what does not speak to it is proven without it.
    """
    find = importlib.util.find_spec
    there = {"mlflow", "sqlalchemy"}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: object() if name in there else find(name, *rest)
    )


@pytest.fixture
def memory(monkeypatch, mlflow_there):
    """
    A tracker in memory in the place of MLflow's, and a report that takes no time.
    """
    kept = Memory()
    monkeypatch.setattr(sending, "Tracker", lambda to, experiment="": MemoryTracker(kept))
    monkeypatch.setattr("trainlab.tracking.summary.report", lambda results, path: _written(path))
    return kept


def _written(path):
    path.write_text("<p>report</p>")
    return path


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """
    An empty database of MLflow, which takes seconds to make, once for all tests.
    """
    pytest.importorskip("mlflow", reason=MISSING)
    from trainlab.tracking.destination import Destination
    from trainlab.tracking.tracker import Tracker, bounded

    file = Path(tmp_path_factory.mktemp("template")) / "empty.db"
    with bounded():
        Tracker(Destination(f"sqlite:///{file}", file.parent.as_uri()), experiment="0")
    return file


@pytest.fixture
def rows_of():
    """
    Gives everything that we have sent to a database of MLflow, without names that MLflow drew.
    """
    return _rows_of


def _rows_of(file):
    run = "JOIN tags t ON t.run_uuid = x.run_uuid AND t.key = 'trainlab.run'"
    asked = (
        f"SELECT t.value, status FROM runs x {run} WHERE lifecycle_stage = 'active'",  # noqa: S608  # ours
        f"SELECT t.value, x.key, x.value, step, timestamp FROM metrics x {run}",  # noqa: S608  # ours
        f"SELECT t.value, x.key, x.value FROM params x {run}",  # noqa: S608  # ours
    )
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return [sorted(map(str, connection.execute(question).fetchall())) for question in asked]


@pytest.fixture
def ended_runs():
    """
    Counts the runs of a folder whose end a tracker has acknowledged.
    """
    return _ended_runs


def _ended_runs(folder):
    file = folder / FOLDER / FILE
    try:
        with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT count(*) FROM runs WHERE status = 'FINISHED'").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
