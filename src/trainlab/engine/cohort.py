"""Cohorts: the runs that share one compiled program, and how wide it is.

Numbers that differ between runs (learning rate, strengths, proven numbers of optimizers) don't open another
cohort; what changes shapes or the graph does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.splits import Fold
from trainlab.errors import UsageError
from trainlab.experiment.models import ModelDescription
from trainlab.experiment.optimizers import OptimizerChoice
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.spec import Experiment
from trainlab.model.blueprint import Blueprint, blueprint
from trainlab.model.techniques import TECHNIQUES
from trainlab.recipe.optimizers import fixed_part, numbers_of


@dataclass(frozen=True)
class Run:
    """One run: its number and its positions among variants and folds, and its seed."""

    number: int
    variant: int
    seed: int
    fold: int


@dataclass(frozen=True, eq=False)
class Cohort:
    """Runs that share one compiled program.

    Args:
        number: position among the cohorts.
        runs: its runs.
        blueprint: what is built.
        optimizer: one run's optimizer; the others differ in proven numbers only.
        batch_rows: rows of a step.
        epochs: passes over the training rows.
        train_rows: training rows of each run.
        learning_rates: ``(run,)``.
        numbers: name -> ``(run,)`` the other numbers that may differ.
    """

    number: int
    runs: tuple[Run, ...]
    blueprint: Blueprint
    optimizer: OptimizerChoice
    batch_rows: int
    epochs: int
    train_rows: int
    learning_rates: NDArray[np.float64]
    numbers: Mapping[str, NDArray[np.float64]]

    @property
    def steps(self) -> int:
        """Steps of one epoch, the last partial batch included."""
        return -(-self.train_rows // self.batch_rows)

    def reason(self, variants: Sequence[str]) -> str:
        """Say in words why these runs are one program."""
        names = list(dict.fromkeys(variants[run.variant] for run in self.runs))
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        same = f"one network and optimizer, batches of {self.batch_rows}, {self.epochs} epochs"
        differ = [name for name, values in self.numbers.items() if len(set(values)) > 1]
        if len(set(self.learning_rates)) > 1:
            differ.insert(0, "learning rate")
        apart = f"; {', '.join(differ)} differ(s) from lane to lane" if differ else ""
        return f"{shown}: {same}{apart}"

    def chunks(self, width: int) -> Iterator[list[int]]:
        """Give the positions of the runs trained at once; the last chunk is padded with its first."""
        for first in range(0, len(self.runs), width):
            places = list(range(first, min(first + width, len(self.runs))))
            yield places + [places[0]] * (width - len(places))


def make_cohorts(
    experiment: Experiment, folds: Sequence[Fold], description: ModelDescription
) -> tuple[Cohort, ...]:
    """Group the runs of an experiment into cohorts, in the order of their first variant.

    Args:
        experiment: the question.
        folds: which rows train and validate.
        description: the model, with a builder loaded where the experiment names a file.

    Raises:
        UsageError: where a variant asks for more rows than there are, or what its model can't take.
    """
    seeds = experiment.seeds
    groups: dict[Any, list[tuple[Run, Recipe, Blueprint, dict[str, float]]]] = {}
    number = 0
    for position, variant in enumerate(experiment.variants):
        recipe = variant.recipe(experiment.recipe)
        plan, strengths = blueprint(description, recipe)
        for seed in seeds:
            for place, fold in enumerate(folds):
                rows = _train_rows(recipe, fold, variant.name)
                batch = rows if recipe.batch_size == "all" else min(recipe.batch_size, rows)
                bare = Blueprint(plan.description, plan.arguments)
                key = (bare, fixed_part(recipe.optimizer), batch, recipe.epochs, rows)
                run = Run(number, position, seed, place)
                groups.setdefault(key, []).append((run, recipe, plan, strengths))
                number += 1
    return tuple(_cohort(number, key, members) for number, (key, members) in enumerate(groups.items()))


def _cohort(number: int, key: Any, members: list[tuple[Run, Recipe, Blueprint, dict[str, float]]]) -> Cohort:
    bare, _, batch, epochs, rows = key
    techniques = frozenset[str]().union(*(plan.techniques for _, _, plan, _ in members))
    numbers = {
        name: np.array([strengths.get(name, 0.0) for _, _, _, strengths in members])
        for name in TECHNIQUES
        if name in techniques
    }
    for name in numbers_of(members[0][1].optimizer):
        numbers[name] = np.array([numbers_of(recipe.optimizer)[name] for _, recipe, _, _ in members])
    return Cohort(
        number=number,
        runs=tuple(run for run, _, _, _ in members),
        blueprint=bare.with_techniques(techniques),
        optimizer=members[0][1].optimizer,
        batch_rows=batch,
        epochs=epochs,
        train_rows=rows,
        learning_rates=np.array([recipe.step_size for _, recipe, _, _ in members]),
        numbers=numbers,
    )


def _train_rows(recipe: Recipe, fold: Fold, variant: str) -> int:
    available = len(fold.train)
    if recipe.train_rows is None:
        return available
    if recipe.train_rows > available:
        raise UsageError(
            f"variant {variant!r} asks for more training rows than there are",
            "train_rows",
            recipe.train_rows,
            f"Ask for at most {available}.",
        )
    return recipe.train_rows
