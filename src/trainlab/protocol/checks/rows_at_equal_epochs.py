"""TL132: other numbers of training rows, or augmentation, compared at equal epochs."""

from collections.abc import Iterator

from trainlab.experiment.recipe import Recipe
from trainlab.protocol.check import Question
from trainlab.protocol.tuned import fixed
from trainlab.protocol.updates import training_rows, updates
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import listed, named

LIMIT = "at equal epochs"
UNLIKE = 0.05  # updates may differ by this share


def examine(question: Question) -> Iterator[Finding]:
    """Look for variants that have more to learn from, or harder rows, and the same epochs for it.

    Early stopping on both sides lets each train until it is done, so nothing is said then,
    nor where the epochs are tuned.
    """
    kept = fixed(question, "epochs")
    others = {
        name: recipe
        for name, recipe in question.others.items()
        if name in kept and _at_equal_epochs(question, recipe)
    }
    rows = _rows(question, others)
    yield from rows
    told = {name for finding in rows for name in finding.variants}
    augmented = [
        name
        for name in others
        if name not in told
        if (others[name].augment is not None) != (question.reference.augment is not None)
    ]
    if augmented:
        yield CHECK.found(
            f"variants.{augmented[0]}.augment",
            f"{named(augmented)} and `{question.experiment.reference.name}` train for "
            f"{question.reference.epochs} epochs each, one of them on rows that never come twice",
            "Give both more epochs, or `early_stopping: true` in the recipe.",
            limit=LIMIT,
            variants=tuple(augmented),
        )


def _at_equal_epochs(question: Question, recipe: Recipe) -> bool:
    stopping = recipe.early_stopping and question.reference.early_stopping
    return recipe.epochs == question.reference.epochs and not stopping


def _rows(question: Question, others: dict[str, Recipe]) -> list[Finding]:
    reference = question.reference
    own = updates(question, reference)
    keys = {"train_rows", "train_fraction", "resample"}
    found = {
        name: updates(question, recipe)
        for name, recipe in others.items()
        if keys & set(question.changes[name]) and recipe.batch_size == reference.batch_size
    }
    unlike = {name: taken for name, taken in found.items() if abs(taken - own) > UNLIKE * max(taken, own)}
    if not unlike:
        return []
    told = listed(
        f"{taken:,} in `{name}` ({training_rows(question, others[name]):,} rows)"
        for name, taken in unlike.items()
    )
    return [
        CHECK.found(
            f"variants.{next(iter(unlike))}",
            f"updates in {reference.epochs} epochs: {own:,} in `{question.experiment.reference.name}` "
            f"({training_rows(question, reference):,} rows), {told}",
            "Give each the `epochs` of as many updates, or `early_stopping: true` in the recipe.",
            limit=LIMIT,
            variants=tuple(unlike),
        )
    ]


CHECK = Check("TL132", "warn", "other numbers of training rows at equal epochs", examine)
