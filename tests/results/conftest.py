"""Small worlds for results: two runs of three epochs, and children that are killed."""

import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from trainlab.results.outcome import Outcome
from trainlab.results.records import EPOCH_COLUMNS, EpochRecord, RunEnding
from trainlab.results.store import FILE

RUNS = [(0, 0, 0, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0, 0)]
FACTS = {
    "experiment": {"variants": {"plain": {}, "dropout": {}}, "seeds": [7], "metric": "accuracy"},
    "reference": "plain",
    "folds": 1,
    "seconds": {"train": 1.5},
}

PREAMBLE = """
    import sys
    from pathlib import Path
    from trainlab.errors import TrainlabError
    from trainlab.results.records import EPOCH_COLUMNS, EpochRecord
    from trainlab.results.store import Reader, Writer
    def record(value):
        return EpochRecord(*[float(value)] * len(EPOCH_COLUMNS))
    folder = Path(sys.argv[1])
"""


@pytest.fixture
def record():
    """Give a function that makes a record of one number."""

    def made(value, **others):
        return EpochRecord(**(dict.fromkeys(EPOCH_COLUMNS, float(value)) | others))

    return made


@pytest.fixture
def ending():
    """Give a function that makes an ending of one score."""

    def made(score=0.75, outcome=Outcome.FINISHED, **others):
        given = {
            "outcome": outcome,
            "epochs": 3,
            "chosen_epoch": 3,
            "best_epoch": 2,
            "diverged_step": None,
            "score": score,
            "loss": 0.5,
            "train_score": 0.9,
            "train_loss": 0.25,
            "parameters": 26,
            "steps": 12,
            "row_scores": np.array([1, 0, 1], np.float32),
            "outputs": np.full((3, 2), 0.5, np.float16),
        }
        return RunEnding(**(given | others))

    return made


@pytest.fixture
def format_1(tmp_path):
    """A folder as the first format had it, written down by the trainlab of that time."""
    dump = (Path(__file__).parent / "assets" / "format-1.sql").read_text(encoding="utf-8")
    connection = sqlite3.connect(tmp_path / FILE)
    connection.executescript(dump)
    connection.close()
    return tmp_path


@pytest.fixture
def child():
    """Give a function that starts Python code in a process of its own, with a folder as its argument."""
    started = []

    def start(code, folder):
        script = textwrap.dedent(PREAMBLE) + textwrap.dedent(code)
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def declared():
    """Give a function that declares two runs in a writer."""

    def declare(writer):
        writer.declare_runs(RUNS)
        writer.write_arrays(
            "fold/0",
            {
                "halves": np.array([1, 0, 1], np.uint8),
                "targets": np.array([0, 1, 1], np.int32),
                "validation": np.array([4, 5, 9]),
            },
        )
        writer.write_facts(FACTS)

    return declare
