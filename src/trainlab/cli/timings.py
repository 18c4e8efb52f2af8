"""Where the time of a command went, shown when it is done."""

import contextlib
from collections.abc import Iterator
from typing import Any

from trainlab.cli.streams import show_answer
from trainlab.stopwatch import FIRST_STEP, running, timed


@contextlib.contextmanager
def timings_shown(*, asked: bool, as_json: bool) -> Iterator[None]:
    """Time what is done inside by parts, and print them at the end; JSON says them itself."""
    if not asked:
        yield
        return
    from trainlab.reporting.terminal.timings_table import timings_table

    with timed() as watch:
        yield
        if not as_json:
            print()
            show_answer({}, timings_table(watch.reading(), watch.moments.get(FIRST_STEP)), as_json=False)


def with_timings(document: dict[str, Any]) -> dict[str, Any]:
    """Add the seconds by part, and until the first step, to what is printed as JSON, where asked for."""
    watch = running()
    if watch is None:
        return document
    timings = {name: round(taken, 4) for name, taken in watch.reading().items()}
    first = watch.moments.get(FIRST_STEP)
    return {**document, "timings": timings, FIRST_STEP: None if first is None else round(first, 4)}
