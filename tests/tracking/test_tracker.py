"""The border with MLflow: its own store and client, and servers that fail in every way."""

import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from trainlab.tracking.destination import Destination
from trainlab.tracking.source import Measured
from trainlab.tracking.track import track
from trainlab.tracking.tracker import RefusedError, Tracker, UnreachableError, bounded

pytest.importorskip("mlflow", reason='MLflow is not installed: `pip install ".[mlflow]"`')

# MLflow's own imports warn of what becomes old.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def database(template, tmp_path):
    """
    A fresh database of MLflow.
    """
    file = tmp_path / "mlflow.db"
    shutil.copy(template, file)
    return Destination(f"sqlite:///{file}", (tmp_path / "mlruns").as_uri())


def rows(to):
    """
    Count what a database holds: runs, metrics, parameters.
    """
    with contextlib.closing(sqlite3.connect(to.file)) as connection:
        return tuple(
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  # our words
            for table in ("runs", "metrics", "params")
        )


def test_numbers_sent_twice_are_one_row(database):
    """
    MLflow knows the same number of the same epoch as the same, also with new ones among them.
    """
    with bounded():
        tracker = Tracker(database)
        run = tracker.make("one", "1", "folder", 1_000, {})
        tracker.log(run, 1_000, [Measured("loss", 0.5, 1)], {"seed": "0"})
        tracker.log(run, 1_000, [Measured("loss", 0.5, 1), Measured("loss", 0.4, 2)], {"seed": "0"})

    assert rows(database) == (1, 2, 1)


def test_more_numbers_than_a_request_takes_all_arrive(database):
    """
    2,500 numbers and 130 parameters go in as many requests as they need.
    """
    with bounded():
        tracker = Tracker(database)
        run = tracker.make("one", "1", "folder", 1_000, {})
        measured = [Measured("loss", 1.0 / step, step) for step in range(1, 2_501)]
        tracker.log(run, 1_000, measured, {f"number {n}": "1" for n in range(130)})

    assert rows(database) == (1, 2_500, 130)


def test_a_folder_arrives_in_a_database_as_mlflow_reads_it(folder, database):
    """
    MLflow's own search finds four children of one parent, with their parameters, numbers and end.
    """
    (folder / "report.html").write_text("<p>newer than the results</p>")
    sent, _ = track(folder, database.uri)

    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=database.uri)
    experiment = client.get_experiment_by_name("trainlab").experiment_id
    parent = client.search_runs([experiment], "tags.`trainlab.run` = 'experiment'")[0]
    children = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")
    one = next(run for run in children if run.info.run_name == "dropout=0.3, seed 1")
    history = client.get_metric_history(one.info.run_id, "validation_accuracy")
    files = {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert sent.complete
    assert len(children) == 4
    assert one.info.status == "FINISHED"
    assert one.data.params["dropout"] == "0.3"
    assert [(row.step, row.value) for row in history] == [(1, 0.63), (2, 0.64), (3, 0.65)]
    assert parent.data.tags["trainlab.fingerprint"] == "abc"
    assert "accuracy.mean.dropout_0.3" in parent.data.metrics
    assert files == {"report.html", "comparison.json", "environment.json"}


def test_a_run_that_somebody_deleted_is_refused(database):
    """
    That is for good, and no reason to try again and again.
    """
    with bounded():
        tracker = Tracker(database)
        run = tracker.make("one", "1", "folder", 1_000, {})
        tracker.remove(run)

        with pytest.raises(RefusedError, match="must be in the 'active' state"):
            tracker.log(run, 1_000, [Measured("loss", 0.5, 1)])


def test_a_locked_database_is_unreachable_for_now(database, monkeypatch):
    """
    Another writer holds it: told within the time that it was given, not after MLflow's minute of retries.
    """
    monkeypatch.setattr("trainlab.tracking.tracker.SECONDS", 1)
    with contextlib.closing(sqlite3.connect(database.file)) as holder, bounded():
        holder.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()

        with pytest.raises(UnreachableError, match=r"mlflow\.db: database is locked"):
            Tracker(database)
        assert time.monotonic() - began < 5


def test_a_place_that_cannot_be_written_is_unreachable(tmp_path):
    """
    A folder that is a file is told at once, with its name.
    """
    (tmp_path / "file").write_text("")

    with bounded(), pytest.raises(UnreachableError, match="file"):
        Tracker(Destination(f"sqlite:///{tmp_path / 'file' / 'mlflow.db'}"))


def test_the_environment_is_as_before(monkeypatch):
    """
    Limits hold inside only; what a person has set stands, but for MLflow's retries.
    """
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "77")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "5")
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)
    before = dict(os.environ)

    with bounded():
        inside = dict(os.environ)

    assert inside["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "77"
    assert inside["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "0"
    assert inside["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert dict(os.environ) == before


class Broken(BaseHTTPRequestHandler):
    """Answers nothing useful."""

    def do_GET(self):
        """
        Hang, fail or hang up.
        """
        if self.server.way == "hangs":
            self.server.gone.wait(30)
        elif self.server.way == "closes":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif self.server.way == "no MLflow":
            self.send_error(404)
        else:
            self.send_error(500)

    do_POST = do_GET  # noqa: N815  # the name that the library asks for

    def log_message(self, *words):
        """
        Say nothing.
        """


@pytest.fixture
def broken(request):
    """
    A server that is broken in a way.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    server.way, server.gone, server.daemon_threads = request.param, threading.Event(), True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.gone.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "broken, why",
    [
        ("hangs", "no answer: timed out"),
        ("fails", "too many 500 error responses"),
        ("closes", "Remote end closed connection"),
        ("no MLflow", "404"),
    ],
    indirect=["broken"],
)
def test_a_broken_server_is_unreachable_within_its_time(broken, why, monkeypatch):
    """
    Whether it hangs, fails, hangs up or is no MLflow at all: told after one try, in a line.
    """
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    with bounded():
        Tracker(Destination(broken), experiment="1")  # so that the import counts for nothing
        began = time.monotonic()

        with pytest.raises(UnreachableError, match=why) as told:
            Tracker(Destination(broken))

    assert time.monotonic() - began < 4
    assert len(str(told.value)) <= 300
    assert "\n" not in str(told.value)


@pytest.mark.slow
def test_a_full_disk_is_no_end(folder, tmp_path, template):
    """
    A database that can grow no more leaves what is lacking in the queue; with space it is sent, once.
    """
    file = tmp_path / "mlflow.db"
    shutil.copy(template, file)
    kilobytes = file.stat().st_size // 1024 + 4
    code = f"from trainlab.tracking.track import track; print(track({str(folder)!r}, 'sqlite:///{file}')[0])"
    limited = ["bash", "-c", f'ulimit -f {kilobytes}; exec "$0" -c "$1"', sys.executable, code]

    full = subprocess.run(limited, capture_output=True, text=True, check=True, timeout=120)
    sent, _ = track(folder, f"sqlite:///{file}")

    assert "problem='(sqlite3.OperationalError)" in full.stdout
    assert sent.complete
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (5,)
