"""TL134: an ensemble compared with one network that computed less."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.protocol.differences import differences
from trainlab.results.check import Check
from trainlab.results.finding import Finding


def examine(question: Question) -> Iterator[Finding]:
    """Look for ensembles whose control was switched off and not written by hand either."""
    for name, recipe in question.others.items():
        if recipe.members == 1 or recipe.ensemble.control:
            continue
        epochs = recipe.members * recipe.epochs
        if any(
            set(differences(recipe, other)) <= {"ensemble", "epochs"}
            and other.members == 1
            and other.epochs >= epochs
            for other in question.recipes.values()
        ):
            continue
        yield CHECK.found(
            f"variants.{name}.ensemble.control",
            f"`{name}` trains {recipe.members} networks of {recipe.epochs} epochs, and no single network "
            f"trains for {epochs}",
            f"Write `ensemble: {recipe.members}`: the control of equal computation is then added.",
            limit=f"with {recipe.members} times the computation",
            variants=(name,),
        )


CHECK = Check("TL134", "warn", "an ensemble without a control of equal computation", examine)
