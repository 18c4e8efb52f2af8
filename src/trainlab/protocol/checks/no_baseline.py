"""TL130: no trivial baseline, so that nobody sees whether a network was needed."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding


def examine(question: Question) -> Iterator[Finding]:
    """Look whether baselines were switched off; they are there by default."""
    if not question.experiment.baselines:
        yield CHECK.found(
            "baselines",
            "no guess, no linear model and no trees stand beside the networks",
            "Leave `baselines` out: they are fitted on the same folds, in seconds.",
        )


CHECK = Check("TL130", "note", "no trivial baseline", examine)
