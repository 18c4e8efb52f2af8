"""What works beside training: a process of ours, told by lines on its input, or a thread.

What they do is not felt where something is timed. The process is no child by `multiprocessing`, which would
run the user's script once more and outlive a killed parent: its input closes when this process goes, however
it goes.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Self

Companion = subprocess.Popen[str]
# How far it stands back where training wants the cores too.
BEHIND = 10

_DOOR, _TIMING = threading.Condition(), threading.Lock()
_STARTED: "weakref.WeakSet[Companion]" = weakref.WeakSet()


def start(module: str) -> Companion | None:
    """Start a module of ours as a process of its own; None where none can be started.

    Args:
        module: run as ``python -m`` runs it. What it prints is the answer that ``ended`` gives.
    """
    # It imports what we import. `-P` keeps the working folder, and whatever lies there, out of its sight.
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    try:
        process = subprocess.Popen(  # noqa: S603  # a module of ours
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
            # Ctrl-C is meant for training: what was stored until then is still worked on. No session of its
            # own, for a system that shares its cores out by session would take no notice of `BEHIND`.
            process_group=0,
        )
    except OSError:
        return None
    _STARTED.add(process)
    return process


class Beside:
    """Work in a thread of this process, which waits between two parts of it where something is timed."""

    working: ClassVar[int] = 0
    still: ClassVar[bool] = False

    def __enter__(self) -> Self:
        with _DOOR:
            _DOOR.wait_for(lambda: not Beside.still)
            Beside.working += 1
        return self

    def __exit__(self, *_: object) -> None:
        with _DOOR:
            Beside.working -= 1
            _DOOR.notify_all()

    def breathe(self) -> None:
        """Let whoever wants to time something do so; called between two parts of the work."""
        self.__exit__()
        self.__enter__()


@contextlib.contextmanager
def standing_still() -> Iterator[None]:
    """Have all companions wait meanwhile, where the system knows how: what is timed must not be shared.

    Should this process die meanwhile, the system ends those that wait, for nobody could wake them.
    """
    with _TIMING, _stopped_threads(), _stopped_processes():
        yield


@contextlib.contextmanager
def _stopped_threads() -> Iterator[None]:
    with _DOOR:
        Beside.still = True
        _DOOR.wait_for(lambda: not Beside.working)
    try:
        yield
    finally:
        with _DOOR:
            Beside.still = False
            _DOOR.notify_all()


@contextlib.contextmanager
def _stopped_processes() -> Iterator[None]:
    there = [process for process in _STARTED if process.poll() is None] if hasattr(signal, "SIGSTOP") else []
    for process in there:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in there:
            process.send_signal(signal.SIGCONT)


def stand_back() -> None:
    """Let whoever started this process have the cores first, where the system knows how."""
    if hasattr(os, "nice"):
        os.nice(BEHIND)


def tell(process: Companion, line: str) -> None:
    """Say a line to it; a process that is gone already is noticed at its end."""
    if process.stdin is None:
        return
    with contextlib.suppress(OSError):
        process.stdin.write(f"{line}\n")
        process.stdin.flush()


def ended(process: Companion, wait: float | None = None) -> str | None:
    """Close its input, wait until it is gone, and give what it has printed; None where it had to be killed.

    Args:
        process: which.
        wait: seconds to wait at most; None for as long as it takes.
    """
    try:
        return process.communicate(timeout=wait)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None
