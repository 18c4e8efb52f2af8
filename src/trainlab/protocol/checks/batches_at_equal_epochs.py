"""TL122: batch sizes compared at equal epochs and a fixed learning rate."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.protocol.tuned import fixed
from trainlab.protocol.updates import batch_rows, updates
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import listed


def examine(question: Question) -> Iterator[Finding]:
    """Look for batch sizes that differ while neither the rate nor the number of updates was made fair.

    Variants that tune one of these are left out: TL151 finds one that does not beside one that does.
    """
    names = {question.experiment.reference.name, *fixed(question, "batch_size", "learning_rate", "epochs")}
    sizes = {name: batch_rows(question, recipe) for name, recipe in question.recipes.items() if name in names}
    if len(set(sizes.values())) < 2:
        return
    rates: dict[int, set[float]] = {}
    for name, size in sizes.items():
        rates.setdefault(size, set()).add(question.recipes[name].step_size)
    reference = question.reference
    own = sizes[question.experiment.reference.name]
    limited = [
        name
        for name, recipe in question.others.items()
        if name in names
        if recipe.batch_size != reference.batch_size or recipe.accumulate != reference.accumulate
        if sizes[name] != own and len(rates[sizes[name]]) == 1
        if recipe.step_size == reference.step_size and recipe.epochs == reference.epochs
    ]
    if not limited:
        return
    stopping = reference.early_stopping and all(question.others[name].early_stopping for name in limited)
    compared = (question.experiment.reference.name, *limited)
    taken = {sizes[name]: updates(question, question.recipes[name]) for name in compared}
    told = listed(f"{count:,} of {size}" for size, count in sorted(taken.items()))
    yield CHECK.found(
        "batch_size",
        f"in {reference.epochs} epochs at a learning rate of {reference.step_size:g}, batches of "
        f"{listed(sorted(taken))} rows; updates: {told}",
        "Try several learning rates for each batch size: "
        "`grid: {batch_size: [...], learning_rate: [...]}`, or give each the epochs of as many updates.",
        limit="at a fixed learning rate" if stopping else "at equal epochs and a fixed learning rate",
        variants=tuple(limited),
    )


CHECK = Check("TL122", "warn", "batch sizes compared at equal epochs and a fixed learning rate", examine)
