"""TL133: normalization added without a learning rate tuned anew."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.protocol.differences import NORMALIZATIONS
from trainlab.protocol.tuned import fixed
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import named


def examine(question: Question) -> Iterator[Finding]:
    """Look for normalization at the rate that suited the network without it; it bears a larger one.

    Silent where its rate is tuned.

    Source:
        Ioffe & Szegedy, *Batch Normalization*, ICML 2015, section 3.3.
    """
    reference = question.reference
    kept = fixed(question, "learning_rate")
    rates: dict[frozenset[str], set[float]] = {}
    for recipe in question.recipes.values():
        rates.setdefault(frozenset(recipe.normalizations), set()).add(recipe.step_size)
    found = [
        name
        for name, recipe in question.others.items()
        if name in kept
        if any(getattr(recipe, key) and not getattr(reference, key) for key in NORMALIZATIONS)
        and rates[frozenset(recipe.normalizations)] == {reference.step_size}
    ]
    if found:
        yield CHECK.found(
            f"variants.{found[0]}",
            f"{named(found)} {'normalizes' if len(found) == 1 else 'normalize'} at the learning rate of "
            f"`{question.experiment.reference.name}`, {reference.step_size:g}, and at no other",
            "Add a variant at a larger rate: "
            f"`{{batch_norm: true, learning_rate: {10 * reference.step_size:g}}}`.",
        )


CHECK = Check("TL133", "note", "normalization added at the old learning rate", examine)
