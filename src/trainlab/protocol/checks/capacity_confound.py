"""TL136: a technique compared in a network of another size."""

from collections.abc import Iterator
from itertools import pairwise
from math import prod

from trainlab.experiment.models import Mlp
from trainlab.experiment.recipe import Recipe
from trainlab.protocol.check import Question
from trainlab.protocol.combined import not_told_apart, several_kinds
from trainlab.protocol.differences import CAPACITY
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import named


def examine(question: Question) -> Iterator[Finding]:
    """Look for variants that change a technique and the size of the network at once."""
    unknown = not_told_apart(question)
    reference = question.experiment.reference.name
    for name, changed, kind in several_kinds(question):
        if kind != "capacity" or not unknown[name]:
            continue
        sizes = [key for key in changed if key in CAPACITY]
        techniques = [key for key in changed if key not in CAPACITY]
        yield CHECK.found(
            f"variants.{name}.{sizes[0]}",
            f"`{name}` changes {named(techniques)} and {named(sizes)}"
            f"{_weights(question, name)}; what either does alone is not told",
            f"Leave {named(sizes)} out of `{name}`, or give `{reference}` the same network.",
            limit="with networks of different sizes",
            variants=(name,),
        )


def _weights(question: Question, name: str) -> str:
    """Count the hidden weights of both networks, where sizes and columns tell them."""
    recipes = {name: question.recipes[name], question.experiment.reference.name: question.reference}
    counts = [(called, _hidden_weights(question, recipe)) for called, recipe in recipes.items()]
    told = [f"{count:,} hidden weights in `{called}`" for called, count in counts if count is not None]
    return f" ({', '.join(told)})" if len(told) == 2 else ""


def _hidden_weights(question: Question, recipe: Recipe) -> int | None:
    data = question.experiment.data
    model = question.experiment.model if recipe.model is None else recipe.model
    encoded = any(column.kind != "number" for column in data.columns)
    if not isinstance(model, Mlp) or recipe.width != 1 or recipe.depth != 1 or encoded:
        return None
    inputs = sum(prod(part.shape[1:]) for part in data.parts)
    hidden = model.hidden if recipe.hidden is None else recipe.hidden
    return sum((before + 1) * after for before, after in pairwise((inputs, *hidden)))


CHECK = Check("TL136", "warn", "a technique compared in a network of another size", examine)
