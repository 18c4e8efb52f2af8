"""Where the time of a command goes: parts that may stand in one another, each with its own seconds alone.

Whoever does a part says so, at no cost where nobody asked. What runs in other threads is not counted: time
passes once, for whoever waits.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

START, OTHER = "start", "other"
FIRST_STEP = "first_step"


@dataclass(eq=False)
class Stopwatch:
    """Seconds by part.

    Args:
        seconds: part -> seconds in it, those in parts inside of it left out; ``start`` begins with what the
            process took before the stopwatch ran, ``other`` is what no part names.
        moments: what happened -> seconds from the start until it did so first.
    """

    seconds: dict[str, float] = field(default_factory=lambda: {START: time.process_time()})
    moments: dict[str, float] = field(default_factory=dict)
    _open: list[str] = field(default_factory=lambda: [OTHER])
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._since = time.perf_counter()

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what is done inside to a part."""
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def split(self, name: str, seconds: float, shares: Mapping[str, float]) -> None:
        """Count shares of what a part took to parts that can be told from it by a measurement alone."""
        for inner, share in shares.items():
            self.seconds[inner] = self.seconds.get(inner, 0.0) + share * seconds
            self.seconds[name] -= share * seconds

    def note(self, moment: str) -> None:
        """Note when something happens first."""
        if moment not in self.moments:
            self._turn()
            self.moments[moment] = sum(self.seconds.values())

    def reading(self) -> dict[str, float]:
        """Give the seconds by part so far, in the order in which parts were first met, ``other`` last."""
        self._turn()
        found = {name: taken for name, taken in self.seconds.items() if name != OTHER}
        return {**found, OTHER: self.seconds[OTHER]}

    def _turn(self) -> None:
        """Count what has passed to the part that is open."""
        now = time.perf_counter()
        self.seconds[self._open[-1]] = self.seconds.get(self._open[-1], 0.0) + now - self._since
        self._since = now


_RUNNING: ContextVar[Stopwatch | None] = ContextVar("stopwatch", default=None)


@contextlib.contextmanager
def timed() -> Iterator[Stopwatch]:
    """Start a stopwatch that all parts inside are counted by.

    >>> with timed() as watch:
    ...     with part("train"), part("store"):
    ...         pass
    >>> list(watch.reading())
    ['start', 'train', 'store', 'other']
    """
    watch = Stopwatch()
    token = _RUNNING.set(watch)
    try:
        yield watch
    finally:
        _RUNNING.reset(token)


def running() -> Stopwatch | None:
    """Give the stopwatch that is running, if any."""
    return _RUNNING.get()


@contextlib.contextmanager
def part(name: str) -> Iterator[None]:
    """Count what is done inside to a part, where a stopwatch is running."""
    watch = running()
    if watch is None:
        yield
    else:
        with watch.part(name):
            yield


def note(moment: str) -> None:
    """Note when something happens first, where a stopwatch is running."""
    watch = running()
    if watch is not None:
        watch.note(moment)
