"""TL131: L2 inside the loss with an adaptive optimizer is no weight decay."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import listed, named


def examine(question: Question) -> Iterator[Finding]:
    """Look for L2 under an optimizer that divides gradients by their size, without decay beside it.

    Source:
        Loshchilov & Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019.
    """
    recipes = question.recipes
    found = {
        name: recipe.optimizer.name
        for name, recipe in recipes.items()
        if "l2" in recipe.techniques and recipe.optimizer.name != "sgd"
    }
    apart = any("weight_decay" in recipe.techniques for recipe in recipes.values())
    if found and not apart:
        first = next(iter(found))
        optimizers = listed(dict.fromkeys(found.values()))
        yield CHECK.found(
            f"variants.{first}.l2",
            f"{named(found)} {'has' if len(found) == 1 else 'have'} `l2` with {optimizers}, where the "
            "penalty's gradient is rescaled like every other: weights of large gradients hardly decay",
            "Call it L2, not weight decay; add a variant `weight_decay` to see the other.",
        )


CHECK = Check("TL131", "note", "L2 with an adaptive optimizer is no weight decay", examine)
