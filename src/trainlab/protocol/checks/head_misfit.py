"""TL109: output, loss and targets that train, but do not fit.

What can't be trained is refused where it is built (``experiment.fitting`` and ``recipe.losses``); here is
what passes there and still answers another question than the one that was asked.
"""

from collections.abc import Iterator

from trainlab.data.dataset import Dataset
from trainlab.experiment.recipe import Recipe
from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import named

RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}

_ONE_OF = (
    "Leave `output` and `loss` out, or write `output: softmax`, `loss: sparse_categorical_crossentropy`."
)


def examine(question: Question) -> Iterator[Finding]:
    """Look for sigmoids and losses of single units on more than two classes, and for targets out of reach."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, recipe in question.recipes.items():
        for evidence, cure in _misfits(question, recipe):
            found.setdefault((evidence, cure), []).append(name)
    for (evidence, cure), variants in found.items():
        yield CHECK.found(f"output and loss of {named(variants)}", evidence, cure, variants=tuple(variants))


def _misfits(question: Question, recipe: Recipe) -> Iterator[tuple[str, str]]:
    data = question.experiment.data
    classes = len(data.classes)
    if classes > 2:
        if recipe.output == "sigmoid":
            yield (
                (
                    f"`output: sigmoid` for {classes} classes: one answer of yes or no for each, which "
                    "need not sum to one"
                ),
                _ONE_OF,
            )
        if recipe.loss is not None and recipe.loss.startswith("binary_"):
            yield (
                (
                    f"`loss: {recipe.loss}` for {classes} classes: it judges each class as a question of "
                    f"its own, {classes - 1} of {classes} right at once by saying no"
                ),
                _ONE_OF,
            )
    elif not classes:
        yield from _out_of_reach(question, data, recipe)


def _out_of_reach(question: Question, data: Dataset, recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Look for targets that an output can't give, as they are or as they are prepared."""
    prepared = getattr(getattr(question.experiment, "prepare", None), "target", None) or "none"
    if recipe.output in RANGES and prepared != "min_max":
        low, high = RANGES[recipe.output]
        beyond = float(((data.y < low) | (data.y > high)).mean())
        if beyond > 0:
            yield (
                (
                    f"`output: {recipe.output}` gives {low:g} to {high:g}, and targets go from "
                    f"{data.y.min():.4g} to "
                    f"{data.y.max():.4g}: {100 * beyond:.3g} % of them can't be reached"
                ),
                "Leave `output` out, or write `prepare: {target: min_max}`.",
            )


CHECK = Check("TL109", "warn", "output and loss that do not fit the targets", examine)
