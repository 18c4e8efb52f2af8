"""The process that follows a folder while another one trains: `python -m trainlab.tracking.follower`.

A process of its own, so that nothing that MLflow does is felt by training: it can hang, fill its memory or
crash. It is told by a line of JSON where to look, later by ``end`` that training has ended; where its input
closes without that, training was killed, and it sends what is there before it goes.
"""

import contextlib
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from trainlab.errors import TrainlabError, UsageError
from trainlab.tracking.destination import Destination
from trainlab.tracking.ledger import Ledger
from trainlab.tracking.sending import Sender, Sent
from trainlab.tracking.source import read_sources
from trainlab.tracking.tracker import bounded, load

PAUSE = 1.0
# After failures it asks ever more rarely; of its time it sends a third at most, the rest belongs to training.
LONGEST_PAUSE = 30.0
REST = 2.0
SECONDS_AFTER_A_KILL = 60.0


@dataclass(eq=False)
class Told:
    """What whoever trains has said so far.

    Args:
        ended: set when training has ended, or was killed.
        died: whether it was killed.
        until: until when the rest may be sent, on the clock of ``time.monotonic``; None while it trains.
    """

    ended: threading.Event = field(default_factory=threading.Event)
    died: bool = False
    until: float | None = None

    def listen(self, stream: IO[str]) -> None:
        """Wait for the word that training has ended.

        Args:
            stream: where it comes from: ``end SECONDS``; without it training was killed.
        """
        words = stream.readline().split()
        self.died = len(words) != 2
        seconds = SECONDS_AFTER_A_KILL if self.died else float(words[1])
        self.until = time.monotonic() + seconds
        self.ended.set()

    def time_is_up(self) -> bool:
        """Tell whether there is no time left."""
        return self.until is not None and time.monotonic() > self.until


def follow(folder: Path, to: Destination, told: Told) -> Sent:
    """Send what is stored, again and again, until training has ended and the rest is sent.

    Args:
        folder: folder of results, which may not be there yet.
        to: the destination.
        told: what whoever trains says.
    """
    sent, pause = Sent(), PAUSE
    sender: Sender | None = None
    with contextlib.ExitStack() as kept:
        last = False
        while not last:
            last = told.ended.wait(pause)
            began = time.monotonic()
            try:
                if sender is None:
                    sender = _sender(folder, to, told, kept)
                if sender is not None:
                    sent += sender.send(last=last, died=told.died)
            except UsageError as error:
                # Another process sends the same, and its work is ours.
                sent += Sent(problem=error.message)
            pause = _pause(time.monotonic() - began, pause if sent.problem else 0.0)
    return sent


def _sender(folder: Path, to: Destination, told: Told, kept: contextlib.ExitStack) -> Sender | None:
    sources = read_sources(folder)
    if not sources:
        return None
    ledger = kept.enter_context(Ledger(folder, to.shown, sources[0].usual_id))
    return Sender(folder, to, ledger, told.time_is_up)


def _pause(took: float, failed: float) -> float:
    """Give the seconds until the next pass.

    Args:
        took: seconds of the last one.
        failed: the pause before it, where it has failed; 0 where it went well.

    >>> _pause(0.1, 0.0), _pause(4.0, 0.0), _pause(0.1, 8.0)
    (1.0, 8.0, 16.0)
    """
    return min(LONGEST_PAUSE, max(PAUSE, REST * took, 2 * failed))


def main() -> None:
    """Follow a folder as the first line of input says, and say at the end what was sent."""
    config = json.loads(sys.stdin.readline())
    told = Told()
    threading.Thread(target=told.listen, args=(sys.stdin,), daemon=True).start()
    try:
        with bounded(), contextlib.redirect_stdout(sys.stderr):
            load()
            sent = follow(Path(config["folder"]), Destination(config["uri"], config["artifacts"]), told)
    except TrainlabError as error:
        sent = Sent(problem=error.message)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is no reason for training to fail)
        sent = Sent(problem=f"{type(error).__name__}: {error}")
    print(json.dumps(asdict(sent)), flush=True)  # noqa: T201  (whoever trains reads it)


if __name__ == "__main__":
    main()
