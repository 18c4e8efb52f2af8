"""Progress while training: a bar on a terminal, plain lines elsewhere, always on stderr."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

# A log is read later: a line every few seconds says enough.
SECONDS_BETWEEN_LINES = 5.0


@contextlib.contextmanager
def progress_shown(console: Console, *, quiet: bool = False) -> Iterator[Callable[[Any], None]]:
    """Give a function that shows how far training is.

    Args:
        console: where to.
        quiet: show nothing.
    """
    if quiet:
        yield _nothing
    elif console.is_terminal:
        with _bar(console) as show:
            yield show
    else:
        yield _lines(console)


def rate_and_rest(done: float, total: float, seconds: float) -> str:
    """Say how fast it goes and how long the rest takes, from what is done so far.

    >>> rate_and_rest(20, 100, 4.0)
    '5.0 epochs of runs a second, 16 s left'
    >>> rate_and_rest(0, 100, 4.0)
    'compiling'
    """
    if done <= 0 or seconds <= 0:
        return "compiling"
    rate = done / seconds
    left = (total - done) / rate
    shown = (
        f"{left:.0f} s" if left < 120 else f"{left / 60:.0f} min" if left < 7200 else f"{left / 3600:.1f} h"
    )
    speed = f"{rate:.1f}" if rate < 100 else f"{rate:.0f}"
    return f"{speed} epochs of runs a second, {shown} left"


def _nothing(progress: Any) -> None:
    del progress


class _Pace:
    """When the first news of a stage came, and how much was compiled since, which is no slowness."""

    def __init__(self) -> None:
        self._first = (0.0, 0.0, 0.0)
        self._last = (0.0, -1)

    def words(self, progress: Any) -> str:
        """Say how fast it goes since the first news of what is trained now."""
        if not progress.total:
            return "the rest is trained"
        now = (time.monotonic(), progress.compiling, progress.done)
        done, total = self._last
        # Trials, a look and the experiment's own runs come one after the other, each counted from nothing.
        if progress.done < done or progress.total != total:
            self._first = now
        self._last = (progress.done, progress.total)
        began, compiled, done = self._first
        seconds = (now[0] - began) - (progress.compiling - compiled)
        return rate_and_rest(progress.done - done, progress.total - done, seconds)


@contextlib.contextmanager
def _bar(console: Console) -> Iterator[Callable[[Any], None]]:
    pace = _Pace()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[pace]}"),
    )
    with Progress(*columns, console=console, transient=True, refresh_per_second=4) as bar:
        task = bar.add_task("preparing", total=None, pace="")

        def show(progress: Any) -> None:
            bar.update(
                task,
                description=progress.doing,
                total=progress.total,
                completed=progress.done,
                pace=pace.words(progress),
            )

        yield show


def _lines(console: Console) -> Callable[[Any], None]:
    pace = _Pace()
    last = [-SECONDS_BETWEEN_LINES]

    def show(progress: Any) -> None:
        words, now = pace.words(progress), time.monotonic()
        if now - last[0] < SECONDS_BETWEEN_LINES and progress.done < progress.total:
            return
        last[0] = now
        share = 100 * progress.done / max(progress.total, 1)
        line = f"{share:3.0f} %  {progress.doing}, {words}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)

    return show
