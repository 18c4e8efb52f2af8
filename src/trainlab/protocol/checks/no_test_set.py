"""TL129: no sealed test set, so that the winner's score stays the one it was chosen by."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding


def examine(question: Question) -> Iterator[Finding]:
    """Look for sealed rows. Comparisons stand without them; what the winner will do on new rows does not."""
    if question.experiment.data.sealed is None:
        yield CHECK.found(
            "test",
            "no rows are sealed: the best score is chosen and told on the same validation rows, "
            "and is too good",
            "Write `test: {holdout: 0.2}`; `trainlab open-test` opens these rows once, at the end.",
        )


CHECK = Check("TL129", "warn", "no sealed test set", examine)
