"""Tests of fitting baselines while networks train: once, whole, and never while something is timed."""

import threading
import time

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import trainlab as tl
from trainlab import companion
from trainlab.baselining import Baselining, fitted
from trainlab.checking import prepare
from trainlab.results.store import Reader, Writer
from trainlab.running import silent, train_and_open


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
    with Writer(tmp_path) as writer, Baselining() as baselining:
        baselining.begin(ready.workshop)
        baselining.begin(ready.workshop)
        baselining.finish(writer, print)

    alone = fitted(ready.workshop, ["dummy", "linear"], print)
    assert [one["mean"] for one in stored(tmp_path)] == [one["mean"] for one in alone]
    assert [one["name"] for one in stored(tmp_path)] == ["dummy", "linear"]


def test_what_is_stored_is_not_fitted_again(ready, tmp_path, monkeypatch):
    """An experiment that goes on keeps its baselines."""
    folder = tmp_path / "out"
    first = tl.run(ready.experiment, folder)
    fits = []
    monkeypatch.setattr("trainlab.baselining.fitted", lambda *_: fits.append(None))
    with Writer(folder) as writer, Baselining() as baselining:
        train_and_open(ready, writer, frozenset({0}), 0.0, silent, baselining=baselining)

    assert not fits
    assert stored(folder) == list(first.facts["baselines"])


def test_baselines_begin_before_networks_are_built(ready, tmp_path, monkeypatch):
    """They need rows alone, so they do not wait for models, programs and the first step."""
    begun = []
    monkeypatch.setattr(Baselining, "begin", lambda self, workshop: begun.append(workshop))
    monkeypatch.setattr("trainlab.engine.cohort.make_cohorts", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tl.run(ready.experiment, tmp_path / "out")

    assert len(begun) == 1


def test_what_died_behind_the_last_epoch_is_brought_to_its_end(ready, tmp_path, monkeypatch):
    """All runs have ended, but answers were not timed and baselines not stored: resuming does that alone."""
    folder = tmp_path / "out"
    with monkeypatch.context() as dying:
        dying.setattr("trainlab.engine.looking.Sight.price", lambda _: None)
        dying.setattr(Baselining, "finish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tl.run(ready.experiment, folder)
    assert stored(folder) is None
    monkeypatch.setattr("trainlab.engine.training.train_chunk", lambda *_: 1 / 0)
    brought = tl.resume(folder, ready.experiment)

    assert [one["name"] for one in brought.facts["baselines"]] == ["dummy", "linear"]
    assert set(brought.facts["prediction"]) == set(brought.facts["variant_seconds"]) == {"baseline"}
    assert brought.facts["variant_seconds"]["baseline"] > 0


def test_an_error_in_the_thread_is_raised_where_it_is_waited_for(ready, tmp_path, monkeypatch):
    """What goes wrong beside training is not lost."""

    def fails(*_):
        raise MemoryError("no room")

    monkeypatch.setattr("trainlab.baselining.fitted", fails)
    with Writer(tmp_path) as writer, Baselining() as baselining:
        baselining.begin(ready.workshop)
        with pytest.raises(MemoryError, match="no room"):
            baselining.finish(writer, print)

    assert stored(tmp_path) is None


def test_given_up_nothing_is_stored_and_the_thread_ends(ready, tmp_path):
    """After an interruption, whoever goes on fits anew."""
    with Writer(tmp_path):
        baselining = Baselining()
        with baselining:
            pass
        baselining.begin(ready.workshop)
        baselining._thread.join(timeout=60)

        assert not baselining._thread.is_alive()
        assert not baselining._found
    assert stored(tmp_path) is None


def test_threads_of_libraries_are_as_many_afterwards_as_before(ready, tmp_path):
    """Fits that overlap each take one thread, and whoever ends last leaves no limit behind."""
    before = [one["num_threads"] for one in threadpool_info()]
    with threadpool_limits(2), Writer(tmp_path) as writer, Baselining() as baselining:
        limited = [one["num_threads"] for one in threadpool_info()]
        baselining.begin(ready.workshop)
        baselining.finish(writer, print)
        assert [one["num_threads"] for one in threadpool_info()][: len(limited)] == limited
    assert [one["num_threads"] for one in threadpool_info()][: len(before)] == before


def test_work_beside_waits_while_something_is_timed():
    """Between two parts of their work threads let whoever times go first, and do nothing meanwhile."""
    done, stop = [], threading.Event()
    began = [threading.Event(), threading.Event()]

    def work(number):
        with companion.Beside() as beside:
            while not stop.is_set():
                done.append(number)
                began[number].set()
                beside.breathe()

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(2)]
    for thread in threads:
        thread.start()
    assert all(event.wait(60) for event in began)
    for _ in range(20):
        with companion.standing_still():
            before = len(done)
            time.sleep(0.005)
            assert len(done) == before
    stop.set()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    with companion.standing_still():
        pass  # free again when the work has ended
