"""TL135: a patience that noise uses up."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import named


def examine(question: Question) -> Iterator[Finding]:
    """Look for early stopping that gives up at the first epoch without improvement, unsmoothed."""
    found = [
        name
        for name, recipe in question.recipes.items()
        if recipe.early_stopping and recipe.early_stopping.patience <= 1 and recipe.early_stopping.smooth == 1
    ]
    if found:
        yield CHECK.found(
            "early_stopping.patience",
            f"patience 1 in {named(found)}: one epoch that chance made worse ends the run",
            "Write `early_stopping: {patience: 5}`, or `smooth: 3` beside it.",
        )


CHECK = Check("TL135", "note", "a patience that noise uses up", examine)
