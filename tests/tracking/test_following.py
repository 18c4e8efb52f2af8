"""Following: training never waits for a tracker longer than it said, whatever becomes of the process."""

import importlib.util
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from trainlab.results.outcome import Outcome
from trainlab.results.store import Writer
from trainlab.tracking import follower, following
from trainlab.tracking.destination import Destination
from trainlab.tracking.ledger import FOLDER, Ledger
from trainlab.tracking.source import read_sources
from trainlab.tracking.track import track

TO = Destination("http://tracking.example:5000")


def child(code):
    """
    Start a process of a few lines in the place of the one that sends.
    """

    def started(folder, to):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        return subprocess.Popen([sys.executable, "-S", "-c", code], **pipes)

    return started


@pytest.mark.parametrize(
    "code, line",
    [
        ("import time; time.sleep(60)", "may not have everything: it has not answered for 0 seconds."),
        ("pass", "may not have everything: the process that sends has ended early."),
        ("print('Warning: x')", "may not have everything: the process that sends has ended early."),
    ],
)
def test_a_process_that_fails_is_told_in_a_line(code, line, monkeypatch, tmp_path):
    """
    Hanging, dead or babbling, it holds up nothing, and the line says how to send what is lacking.
    """
    told = []
    monkeypatch.setattr(following, "_started", child(code))
    monkeypatch.setattr(following, "GRACE_SECONDS", 1.0 if "sleep" in code else 20.0)

    began = time.monotonic()
    with following.following(tmp_path, TO, tell=told.append, wait=0.4 if "sleep" in code else 1.0):
        pass

    assert time.monotonic() - began < 20
    how = f"Nothing is lost: send the rest by `trainlab track {tmp_path}`."
    assert told == [f"MLflow at http://tracking.example:5000 {line} {how}"]


def test_an_error_of_training_comes_through(monkeypatch, tmp_path):
    """
    Tracking hides no error, tells nothing beside it, and leaves no process.
    """
    told, processes = [], []
    start = child("import time; time.sleep(60)")
    monkeypatch.setattr(following, "_started", lambda *given: processes.append(start(*given)) or processes[0])

    with pytest.raises(ZeroDivisionError), following.following(tmp_path, TO, tell=told.append):
        raise ZeroDivisionError

    assert told == []
    assert processes[0].poll() == -signal.SIGKILL


def test_what_is_stored_while_it_follows_is_sent(results_in, memory, tmp_path, monkeypatch):
    """
    It waits for a folder that is not there yet, sends epochs as they come, and the end after the end.
    """
    monkeypatch.setattr(follower, "PAUSE", 0.02)
    folder, told = tmp_path / "asked", follower.Told()
    found = []
    thread = threading.Thread(target=lambda: found.append(follower.follow(folder, TO, told)))
    thread.start()
    time.sleep(0.1)
    results_in(folder, plain={"metric": np.full((2, 3), 0.5), "outcomes": [Outcome.RUNNING] * 2})
    until = time.monotonic() + 20
    while not any("plain, seed 1" in run["tags"]["name"] for run in list(memory.runs.values())):
        assert time.monotonic() < until
        time.sleep(0.02)
    with Writer(folder) as writer:
        writer._connection.execute("UPDATE runs SET outcome = 1, score = 0.5 WHERE outcome = 0")
    told.listen(io.StringIO("end 20\n"))
    thread.join(20)

    assert found[0].complete
    assert {run["status"] for run in memory.runs.values()} == {"FINISHED"}


def test_the_word_is_end_with_seconds():
    """
    Input that closes without it means that training was killed.
    """
    ended, killed = follower.Told(), follower.Told()

    ended.listen(io.StringIO("end 0\n"))
    killed.listen(io.StringIO(""))

    assert (ended.died, killed.died) == (False, True)
    assert ended.ended.is_set()
    assert killed.ended.is_set()
    assert not killed.time_is_up()


def test_another_sender_is_waited_for(folder, memory):
    """
    Where `trainlab track` is at it, the follower says so and sends nothing.
    """
    told = follower.Told()
    told.listen(io.StringIO("end 5\n"))

    with Ledger(folder, TO.shown, read_sources(folder)[0].usual_id):
        sent = follower.follow(folder, TO, told)

    assert sent.problem == "another process is sending these results"
    assert memory.runs == {}


def follower_process(folder, file):
    """
    Start the process that sends, as training does.
    """
    to = Destination(f"sqlite:///{file}", (file.parent / "mlruns").as_uri())
    process = following._started(folder, to)
    assert process is not None
    return process


@pytest.mark.skipif(importlib.util.find_spec("mlflow") is None, reason="MLflow is not installed")
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_killed_for_real_at_several_points_it_replays_to_the_same(
    results_in, template, rows_of, ended_runs, tmp_path
):
    """
    After `kill -9` of the process that sends, three times, the database is that of an undisturbed one.
    """
    folder, file = tmp_path / "asked", tmp_path / "mlflow.db"
    results_in(folder, epochs=20, seeds=10)
    shutil.copy(template, file)
    track(folder, f"sqlite:///{file}")
    undisturbed = rows_of(file)

    shutil.rmtree(folder / FOLDER)
    shutil.copy(template, file)
    for acknowledged in (2, 7, 13):
        process = follower_process(folder, file)
        until = time.monotonic() + 120
        while ended_runs(folder) < acknowledged:
            assert time.monotonic() < until
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert ended_runs(folder) < 20
    sent, _ = track(folder, f"sqlite:///{file}")

    assert sent.complete
    assert rows_of(file) == undisturbed


@pytest.mark.skipif(importlib.util.find_spec("mlflow") is None, reason="MLflow is not installed")
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_when_training_is_killed_what_it_stored_is_sent(results_in, template, rows_of, tmp_path):
    """
    The process that sends outlives it, sends every committed epoch, and calls its runs killed.
    """
    folder, file = tmp_path / "asked", tmp_path / "mlflow.db"
    results_in(folder, plain={"metric": np.full((2, 3), 0.5), "outcomes": [Outcome.RUNNING] * 2})
    shutil.copy(template, file)
    process = follower_process(folder, file)
    process.stdin.close()
    process.stdin = None
    answer, _ = process.communicate(timeout=120)

    runs, metrics, _ = rows_of(file)
    assert not json.loads(answer)["problem"]
    assert "('0', 'KILLED')" in runs
    assert "('experiment', 'KILLED')" in runs
    assert sum("'validation_accuracy', 0.5" in row for row in metrics) == 6
