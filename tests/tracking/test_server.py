"""A real server of MLflow over HTTP: stopped in mid-run, it loses nothing."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from trainlab.tracking import following
from trainlab.tracking.destination import Destination
from trainlab.tracking.track import track

pytest.importorskip("mlflow", reason='MLflow is not installed: `pip install ".[mlflow]"`')

# The server takes some twenty seconds to start, and is started twice.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def free_port():
    """
    Find a port that nobody uses.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(place, port):
    """
    Start MLflow's own server in a group of its own, and kill the group at the end, as a power cut does.
    """
    options = ["--backend-store-uri", f"sqlite:///{place / 'server.db'}", "--workers", "1"]
    options += ["--artifacts-destination", str(place / "files"), "--port", str(port)]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with (place / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", *options],
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=os.environ | {"PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true"},
        )
    try:
        until = time.monotonic() + 180
        while not answers(port):
            assert time.monotonic() < until
            assert process.poll() is None, (place / "log.txt").read_text()
            time.sleep(0.2)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(port):
    """
    Tell whether the server is there.
    """
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def test_a_server_that_is_killed_in_mid_run_loses_nothing(results_in, rows_of, ended_runs, tmp_path):
    """
    Killed while runs are sent and started again, it ends with the rows that a database beside us has.
    """
    folder, port = tmp_path / "asked", free_port()
    results_in(folder, epochs=20, seeds=20)
    to = Destination(f"http://127.0.0.1:{port}")
    with server(tmp_path, port):
        process = following._started(folder, to)
        until = time.monotonic() + 120
        while ended_runs(folder) < 5:
            assert time.monotonic() < until
            time.sleep(0.005)
    began = time.monotonic()
    sent = following._ended(process, 20.0)
    waited = time.monotonic() - began
    assert 0 < sent.left < 40
    assert waited < 25
    assert "Connection refused" in sent.problem

    with server(tmp_path, port):
        again, _ = track(folder)
        once_more, _ = track(folder)
    track(folder, f"sqlite:///{tmp_path / 'beside.db'}")

    assert again.complete
    assert (once_more.runs, once_more.numbers) == (0, 0)
    assert rows_of(tmp_path / "server.db") == rows_of(tmp_path / "beside.db")
    files = {file.name for file in (tmp_path / "files").rglob("*") if file.is_file()}
    assert files == {"report.html", "comparison.json", "environment.json"}
