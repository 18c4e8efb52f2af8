"""Tests of fitting baselines while networks train: once, whole, and never while something is timed."""

import threading
import time

import pytest

import trainlab as tl
from trainlab import companion
from trainlab.baselining import Baselining, fitted
from trainlab.checking import prepare
from trainlab.results.store import Reader, Writer


@pytest.fixture(name="ready", scope="module")
def fixture_ready():
    """Give an experiment with two baselines, checked."""
    experiment = tl.Experiment(tl.load("wine"), {"mlp": [3]}, {"epochs": 1}, baselines=["dummy", "linear"])
    return prepare(experiment)


def stored(folder):
    """Give the baselines that the store holds."""
    with Reader(folder) as reader:
        return reader.facts().get("baselines")


def test_what_is_fitted_beside_is_what_is_fitted_alone(ready, tmp_path):
    """The thread stores what the same fits give in the main one."""
    with Writer(tmp_path) as writer:
        baselining = Baselining(ready, writer, print)
        baselining.begin()
        baselining.begin()
        baselining.finish()

    alone = fitted(ready, print)
    assert [one["mean"] for one in stored(tmp_path)] == [one["mean"] for one in alone]
    assert [one["name"] for one in stored(tmp_path)] == ["dummy", "linear"]


def test_what_is_stored_is_not_fitted_again(ready, tmp_path, monkeypatch):
    """An experiment that goes on keeps its baselines."""
    with Writer(tmp_path) as writer:
        writer.write_facts({"baselines": [{"name": "kept"}]})
        monkeypatch.setattr("trainlab.baselining.fitted", None)
        baselining = Baselining(ready, writer, print)
        baselining.begin()
        baselining.finish()

    assert stored(tmp_path) == [{"name": "kept"}]


def test_an_error_in_the_thread_is_raised_where_it_is_waited_for(ready, tmp_path, monkeypatch):
    """What goes wrong beside training is not lost."""

    def fails(*_):
        raise MemoryError("no room")

    monkeypatch.setattr("trainlab.baselining.fitted", fails)
    with Writer(tmp_path) as writer, pytest.raises(MemoryError, match="no room"):
        Baselining(ready, writer, print).finish()

    assert stored(tmp_path) is None


def test_given_up_nothing_is_stored_and_the_thread_ends(ready, tmp_path):
    """After an interruption, whoever goes on fits anew."""
    with Writer(tmp_path) as writer:
        baselining = Baselining(ready, writer, print)
        baselining.give_up()
        baselining.begin()
        baselining._thread.join(timeout=60)

        assert not baselining._thread.is_alive()
        assert baselining._found is None
    assert stored(tmp_path) is None


def test_work_beside_waits_while_something_is_timed():
    """Between two parts of its work a thread lets whoever times go first, and does nothing meanwhile."""
    done, stop, began = [], threading.Event(), threading.Event()

    def work():
        with companion.Beside() as beside:
            while not stop.is_set():
                done.append(None)
                began.set()
                beside.breathe()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert began.wait(60)
    for _ in range(20):
        with companion.standing_still():
            before = len(done)
            time.sleep(0.005)
            assert len(done) == before
    before = len(done)
    stop.set()
    thread.join(timeout=60)
    assert not thread.is_alive()
    with companion.standing_still():
        pass  # free again when the work has ended
