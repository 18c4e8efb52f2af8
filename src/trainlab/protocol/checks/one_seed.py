"""TL128: one seed only, so that no difference can be told from chance."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding


def examine(question: Question) -> Iterator[Finding]:
    """Count the seeds."""
    if len(question.experiment.seeds) == 1:
        yield CHECK.found(
            "seeds",
            f"1 seed ({question.experiment.seeds[0]}): how much chance alone moves a score is not seen",
            "Write `seeds: 5`.",
            limit="with one seed",
        )


CHECK = Check("TL128", "warn", "one seed only", examine)
