"""Tests of the stopwatch: every second is counted once, in the innermost part."""

import threading

import pytest

from trainlab import stopwatch
from trainlab.stopwatch import OTHER, START, note, part, running, timed


@pytest.fixture(name="clock")
def fixture_clock(monkeypatch):
    """A clock that moves when it is told to."""
    now = [0.0]
    monkeypatch.setattr(stopwatch.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(stopwatch.time, "process_time", lambda: 2.0)

    def passes(seconds):
        now[0] += seconds

    return passes


def test_seconds_are_those_of_the_innermost_part(clock):
    """What a part does inside another is its own, and what no part names is other."""
    with timed() as watch:
        clock(1)
        with part("train"):
            clock(2)
            with part("compile"):
                clock(4)
            clock(8)
        clock(16)

    assert watch.reading() == {START: 2.0, "train": 10.0, "compile": 4.0, OTHER: 17.0}


def test_a_part_met_again_is_added_up(clock):
    """A part may be entered often, also from within itself."""
    with timed() as watch:
        for _ in range(3):
            with part("store"), part("store"):
                clock(1)

    assert watch.reading()["store"] == 3.0


def test_a_part_that_fails_is_counted(clock):
    """An error leaves the part, and what follows is not counted to it."""

    @part("train")
    def fail():
        """Fail after a second."""
        clock(1)
        raise ValueError("so")

    with timed() as watch:
        with pytest.raises(ValueError, match="so"):
            fail()
        clock(2)

    assert (watch.reading()["train"], watch.reading()[OTHER]) == (1.0, 2.0)


def test_shares_are_taken_out_of_a_part(clock):
    """What a measurement tells of a part is counted apart, and the sum stays."""
    with timed() as watch, part("step"):
        clock(10)
    watch.split("step", 8.0, {"gather": 0.25, "random": 0.5})

    reading = watch.reading()
    assert (reading["gather"], reading["random"], reading["step"]) == (2.0, 4.0, 4.0)
    assert sum(reading.values()) == 12.0


def test_without_a_stopwatch_nothing_is_counted():
    """Parts cost nothing and say nothing where nobody asked."""
    with part("train"):
        assert running() is None


def test_other_threads_are_not_counted(clock):
    """Time passes once, for whoever waits."""
    seen = []

    def work():
        with part("train"):
            clock(5)
            seen.append(running())

    with timed() as watch:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    assert seen == [None]
    assert "train" not in watch.reading()


def test_as_a_decorator_each_call_is_a_part(clock):
    """A function may be a part, whatever it is called with and however often."""

    @part("store")
    def write(seconds):
        """Write."""
        clock(seconds)
        return seconds

    with timed() as watch:
        assert [write(1), write(2)] == [1, 2]

    assert watch.reading()["store"] == 3.0
    assert write.__doc__ == "Write."


def test_a_moment_is_noted_when_it_first_happens(clock):
    """It is told in seconds from the start of the process, those before the stopwatch included."""
    with timed() as watch:
        clock(3.0)
        with part("train"):
            clock(2.0)
            note("first_step")
            clock(5.0)
            note("first_step")

    assert watch.moments == {"first_step": 2.0 + 5.0}
    note("first_step")  # nobody asks: nothing happens
