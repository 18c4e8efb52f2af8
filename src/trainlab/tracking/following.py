"""Following a folder while training runs: from whoever trains, all that is seen of tracking.

The work is done by a process of its own (``follower``). Whatever becomes of it, training goes on, and ends at
most a stated time later than it would.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from trainlab import companion
from trainlab.results.store import FILE
from trainlab.tracking.destination import Destination
from trainlab.tracking.sending import Sent, said

# How long the end of a run waits for what is still to be sent, and then for the process to go.
WAIT_SECONDS = 60.0
GRACE_SECONDS = 5.0


@contextlib.contextmanager
def following(
    folder: str | Path, to: Destination, *, tell: Callable[[str], None], wait: float = WAIT_SECONDS
) -> Iterator[None]:
    """Send what is stored in a folder while it is written, and the rest at the end.

    Args:
        folder: folder of results, which may not be there yet.
        to: where to.
        tell: told in one line where something could not be sent.
        wait: seconds that the end waits at most, so long as something is being sent; where the tracker does
            not answer it does not wait.
    """
    folder = Path(folder).absolute()
    process = _started(folder, to)
    try:
        yield
    except BaseException:
        if process is not None:
            # Its input closes without `end`: so it takes what is stored for what training was killed in.
            companion.ended(process, wait if (folder / FILE).is_file() else 0.0)
        raise
    sent = Sent(problem="the process that sends could not be started")
    if process is not None:
        sent = _ended(process, wait)
    if not sent.complete:
        tell(said(sent, to, folder))


def _started(folder: Path, to: Destination) -> companion.Companion | None:
    process = companion.start("trainlab.tracking.follower")
    if process is not None:
        config = {"folder": str(folder), "uri": to.uri, "artifacts": to.artifacts}
        companion.tell(process, json.dumps(config))
    return process


def _ended(process: companion.Companion, wait: float) -> Sent:
    """Say that training has ended, wait for the rest to be sent, and see to it that the process is gone."""
    companion.tell(process, f"end {wait}")
    answer = companion.ended(process, wait + GRACE_SECONDS)
    if answer is None:
        return Sent(problem=f"it has not answered for {wait:.0f} seconds")
    try:
        told = json.loads(answer.splitlines()[-1])
    except (IndexError, ValueError):
        return Sent(problem="the process that sends has ended early")
    refused = tuple((item, why) for item, why in told.pop("refused"))
    return Sent(**told, refused=refused)
