"""Killed at any point, nothing that was acknowledged is lost and resuming ends with the same bits."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import trainlab as tl
from trainlab.errors import UsageError
from trainlab.results.store import FILE, Reader
from trainlab.results.table import open_results
from trainlab.testing import same_bits

EXPERIMENT = """
data: iris
model: {mlp: [5]}
recipe: {optimizer: adam, learning_rate: 0.01, batch_size: 16, epochs: 5}
variants: {baseline: {}, dropout: {dropout: 0.3}}
seeds: 2
baselines: false
"""

# Each place is where a process is killed: the function, on which call, before or after it does its work.
PLACES = {
    "in the middle of the third epoch": ("trainlab.engine.chunk", "Chunk", "_rest", 3, "before"),
    "when the second epoch is stored, before its checkpoint": (
        "trainlab.results.store",
        "Writer",
        "write_epoch",
        2,
        "after",
    ),
    "while a checkpoint is being written": ("os", None, "fsync", 4, "before"),
    "when the weights are written, before the endings": (
        "trainlab.results.store",
        "Writer",
        "write_endings",
        1,
        "before",
    ),
    "when the endings are written": ("trainlab.results.store", "Writer", "write_endings", 1, "after"),
}

DRIVER = """
import importlib, os, signal, sys
import trainlab as tl
import trainlab.engine.training as training
training.SECONDS_BETWEEN_CHECKPOINTS = 0.0
module, owner, name, call, when = {place!r}
owner = importlib.import_module(module) if owner is None else getattr(importlib.import_module(module), owner)
work, calls = getattr(owner, name), [0]
def killing(*arguments, **options):
    calls[0] += 1
    if calls[0] == call and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    done = work(*arguments, **options)
    if calls[0] == call:
        os.kill(os.getpid(), signal.SIGKILL)
    return done
setattr(owner, name, killing)
tl.run({file!r}, {out!r})
"""


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """The experiment's file, and the results of running it without a break."""
    folder = tmp_path_factory.mktemp("kill")
    file = folder / "experiment.yaml"
    file.write_text(EXPERIMENT)
    return file, tl.run(file, folder / "whole")


# One place shows what the others do: between the files of an ending.
LONG = {
    "in the middle of the third epoch",
    "when the second epoch is stored, before its checkpoint",
    "while a checkpoint is being written",
    "when the endings are written",
}


@pytest.mark.parametrize(
    "where", [pytest.param(where, marks=pytest.mark.slow if where in LONG else ()) for where in PLACES]
)
def test_a_killed_run_resumes_to_the_same_bits(uninterrupted, tmp_path, where):
    """
    After kill -9 the finished epochs are there, and resuming ends with the bits of an uninterrupted run.
    """
    file, whole = uninterrupted
    out = tmp_path / "out"
    code = DRIVER.format(place=PLACES[where], file=str(file), out=str(out))
    killed = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, timeout=300)
    left = open_results(out)
    resumed = tl.resume(out)

    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert left.outcome_counts["interrupted"] == (0 if where == "when the endings are written" else 4)
    assert resumed.outcome_counts["finished"] == 4
    assert same_bits(whole.folder, out)


@pytest.mark.parametrize(
    "number, code", [pytest.param(signal.SIGINT, 130, marks=pytest.mark.slow), (signal.SIGTERM, 143)]
)
def test_a_signal_in_mid_training_keeps_epochs_and_says_how_to_go_on(tmp_path, number, code):
    """
    Ctrl-C leaves with 130 and SIGTERM with 143, finished epochs stay, and the way on is printed.
    """
    file, out = tmp_path / "long.yaml", tmp_path / "out"
    file.write_text(EXPERIMENT.replace("epochs: 5", "epochs: 1000000"))
    command = [sys.executable, "-m", "trainlab", "run", str(file), "--out", str(out)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True) as process:
        try:
            _wait_for_epochs(out, process)
            os.kill(process.pid, number)
            said, noted = process.communicate(timeout=120)
        finally:
            process.kill()

    assert process.returncode == code
    assert f"trainlab resume {out}" in noted
    assert "Traceback" not in noted
    assert str(out) in said
    assert open_results(out).outcome_counts["interrupted"] == 4


def _wait_for_epochs(out: Path, process: subprocess.Popen) -> None:
    until = time.monotonic() + 200
    while time.monotonic() < until and process.poll() is None:
        if (out / FILE).exists():
            # Between the file's first byte and its tables there is nothing to read yet.
            with contextlib.suppress(UsageError), Reader(out) as reader:
                if reader.epochs():
                    return
        time.sleep(0.1)
    pytest.fail("no epoch was stored in time")
