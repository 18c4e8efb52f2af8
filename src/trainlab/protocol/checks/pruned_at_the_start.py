"""TL155: trials given up after a small share of their epochs: those that start fast win."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding

SHARE = 0.1
"""Trials that are given up within this share of their epochs are judged by how they start."""


def examine(question: Question) -> Iterator[Finding]:
    """Look for pruning whose first look comes within a tenth of the epochs.

    A small learning rate, a warmup or strong regularization starts slowly and may end well.
    """
    for name, tuning in question.experiment.tunings.items():
        epochs = question.recipes[name].epochs
        if tuning.pruning is not None and tuning.pruning.first < SHARE * epochs:
            first, later = tuning.pruning.first, round(epochs / 4)
            yield CHECK.found(
                "search.pruning",
                f"trials are given up from epoch {first} of {epochs} on, which ranks them by how they start",
                f"Look later, as `pruning: {{{tuning.pruning.kind}: {{first: {later}}}}}`.",
                variants=(name,),
            )


CHECK = Check("TL155", "note", "trials judged by how they start", examine)
