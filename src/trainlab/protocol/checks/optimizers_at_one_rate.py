"""TL121: optimizers compared at one untuned learning rate."""

from collections.abc import Iterator

from trainlab.experiment.optimizers import OptimizerChoice
from trainlab.protocol.check import Question
from trainlab.protocol.tuned import fixed
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import listed


def examine(question: Question) -> Iterator[Finding]:
    """Look for optimizers that were each given a single rate: which wins depends on the rate.

    Where one has several and another has one, that is TL126. Variants whose rate is tuned are left out: one
    that is not beside them is TL151.
    """
    rates: dict[OptimizerChoice, set[tuple[object, ...]]] = {}
    names = fixed(question, "learning_rate")
    for recipe in (question.recipes[name] for name in names):
        rates.setdefault(recipe.optimizer, set()).add((recipe.step_size, recipe.schedule))
    if len(rates) < 2 or max(map(len, rates.values())) > 1:
        return
    once = {optimizer: next(iter(tried))[0] for optimizer, tried in rates.items()}
    reference = question.reference.optimizer
    told = listed(f"{_name(optimizer)} at {rate:g}" for optimizer, rate in once.items())
    shared = set(once.values())
    limit = "at the one learning rate tried for each"
    if len(shared) == 1:
        limit = f"at a learning rate of {shared.pop():g} for all"
    yield CHECK.found(
        "optimizer",
        f"{len(once)} optimizers, each at one learning rate: {told}",
        "Try several for each: `grid: {optimizer: [...], learning_rate: [0.1, 0.01, 0.001]}`.",
        limit=limit,
        variants=tuple(
            name for name, one in question.others.items() if one.optimizer != reference and name in names
        ),
    )


def _name(optimizer: OptimizerChoice) -> str:
    numbers = ", ".join(f"{key} {value}" for key, value in optimizer.numbers)
    return f"{optimizer.name} ({numbers})" if numbers else optimizer.name


CHECK = Check("TL121", "warn", "optimizers compared at one untuned learning rate", examine)
