"""Where commands write: answers to stdout, notes and progress to stderr."""

import contextlib
import json
import signal
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console


def show_answer(document: dict[str, Any], shown: Any, *, as_json: bool) -> int:
    """Print an answer as people read it, or as one JSON object, and give the exit code of success."""
    if as_json:
        print(json.dumps(document, allow_nan=False))
    elif isinstance(shown, str):
        # As it is, so that commands in it can be copied.
        print(shown)
    else:
        Console(emoji=False).print(shown, markup=False, highlight=False)
    return 0


def notes() -> Console:
    """Give stderr as it is: a name that holds `:x:` is no picture."""
    return Console(stderr=True, emoji=False)


@contextlib.contextmanager
def watched(*, quiet: bool) -> Iterator[Callable[[Any], None]]:
    """Show progress on stderr while training, and turn SIGTERM into an interruption."""
    from trainlab.reporting.terminal.progress import progress_shown
    from trainlab.running import Terminated

    def terminate(number: int, frame: Any) -> None:
        del number, frame
        raise Terminated

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        with progress_shown(notes(), quiet=quiet) as show:
            yield show
    finally:
        signal.signal(signal.SIGTERM, before)
