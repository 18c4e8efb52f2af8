"""How a run ended: a value inside compiled code, a sentence outside."""

import enum


class Outcome(enum.IntEnum):
    """How a run ended.

    >>> Outcome.DIVERGED.key, Outcome.DIVERGED.sentence
    ('diverged', 'the loss or a weight was no longer finite; the run rests at its last finite state')
    """

    RUNNING = 0
    FINISHED = 1
    STOPPED_EARLY = 2
    DIVERGED = 3
    PRUNED = 4
    INTERRUPTED = 5
    # In no store: of a run that was planned and has not been asked for.
    NOT_ASKED = 6

    @property
    def key(self) -> str:
        """The name in tables and ``--json``."""
        return self.name.lower()

    @property
    def sentence(self) -> str:
        """What it means."""
        return _SENTENCES[self]

    @property
    def scored(self) -> bool:
        """Whether the run has a score of its own."""
        return self in {Outcome.FINISHED, Outcome.STOPPED_EARLY}


_SENTENCES = {
    Outcome.RUNNING: "the run is under way",
    Outcome.FINISHED: "all epochs were trained",
    Outcome.STOPPED_EARLY: "early stopping ended the run",
    Outcome.DIVERGED: "the loss or a weight was no longer finite; the run rests at its last finite state",
    Outcome.PRUNED: "the search gave the run up",
    Outcome.INTERRUPTED: "the experiment was interrupted before the run was done; `trainlab resume` goes on",
    Outcome.NOT_ASKED: "the comparison was decided with fewer seeds, so that the run was not asked for",
}

ENDINGS = (
    Outcome.FINISHED,
    Outcome.STOPPED_EARLY,
    Outcome.DIVERGED,
    Outcome.PRUNED,
    Outcome.INTERRUPTED,
)
