"""What a check before training is given: the experiment, and who trains and who validates.

What a check is stands in ``results.check``; which checks there are, and how one is muted, in `lint`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from trainlab.data.splitting.folds import Fold
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.spec import Experiment
from trainlab.protocol.differences import differences


@dataclass(frozen=True, eq=False)
class Question:
    """What is known before training: the experiment, and who trains and who validates.

    Args:
        experiment: the question itself.
        folds: who trains and who validates, as row numbers of its data.

    >>> from trainlab.testing import tiny_experiment
    >>> Question(tiny_experiment(), ()).recipes["dropout"].dropout
    0.3
    """

    experiment: Experiment
    folds: tuple[Fold, ...]

    @cached_property
    def recipes(self) -> Mapping[str, Recipe]:
        """The recipe in force of every variant, by its name, in the order of the experiment."""
        base = self.experiment.recipe
        return {variant.name: variant.recipe(base) for variant in self.experiment.variants}

    @property
    def reference(self) -> Recipe:
        """The recipe that the others are compared with."""
        return self.recipes[self.experiment.reference.name]

    @cached_property
    def others(self) -> Mapping[str, Recipe]:
        """The recipes of all variants but the reference, by their names."""
        reference = self.experiment.reference.name
        return {name: recipe for name, recipe in self.recipes.items() if name != reference}

    @cached_property
    def changes(self) -> Mapping[str, Mapping[str, Any]]:
        """For each variant but the reference, the settings in force that differ from the reference's."""
        return {name: differences(self.reference, recipe) for name, recipe in self.others.items()}
