"""Processes of ours beside this one."""

import time
from pathlib import Path

import pytest

from trainlab import companion


def state(process):
    """Give the letter by which the system tells what a process does: T where it stands still."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]


def becomes(process, letters):
    """Wait until a process is in one of some states."""
    for _ in range(200):
        if state(process) in letters:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system tells no states of processes")
def test_companions_stand_still_while_something_is_timed():
    """
    A companion waits while something is timed, goes on afterwards even where that failed, and still answers.
    """
    process = companion.start("trainlab.teaching.drawing")

    def fail():
        with companion.standing_still():
            assert becomes(process, "T")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert becomes(process, "RSD")
    assert companion.ended(process, 60) == "done"
    with companion.standing_still():  # one that has ended is let alone
        pass
