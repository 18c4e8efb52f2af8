"""Cohorts: the runs that share one compiled program, and how wide it is.

Numbers that differ between runs (learning rate, strengths, proven numbers of optimizers) don't open another
cohort; what changes shapes or the graph does. A technique that only some runs use stands in the program of
all, with strength zero for the others, as long as what it costs them is less than another compilation.
"""

import contextlib
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.resampling import Resampling
from trainlab.data.splitting.folds import Fold
from trainlab.engine.draws import draws_per_row
from trainlab.engine.entering import PREPARED, numbers_of
from trainlab.engine.rows import RowChoice, choose_rows
from trainlab.engine.runs import Run, list_runs
from trainlab.engine.step import CLASS_WEIGHTS, EPOCHS, KEY, LEARNING_RATE, MIXUP, SMOOTHING, Objective
from trainlab.engine.workshop import Workshop
from trainlab.errors import UsageError
from trainlab.experiment.augmentation import NEUTRAL
from trainlab.experiment.irrelevant import IrrelevantFeatures
from trainlab.experiment.places import Place
from trainlab.experiment.recipe import CHECKS, Recipe
from trainlab.experiment.spec import Experiment
from trainlab.experiment.variants import Variant
from trainlab.model.blueprint import Blueprint, blueprint
from trainlab.model.graph import scales_itself
from trainlab.model.sites import Site
from trainlab.recipe.optimizers import Descent, read_descent
from trainlab.recipe.weighting import class_weights

# Measured here (docs/why.md): a step's program compiles in about four seconds, and a random number that a
# lane has no use for costs it about ten nanoseconds.
SECONDS_TO_COMPILE = 4.0
SECONDS_PER_DRAW = 1e-8


@dataclass(frozen=True, eq=False)
class Cohort:
    """Runs that share one compiled program.

    Args:
        number: position among the cohorts.
        runs: its runs.
        recipes: the recipe of each run.
        blueprint: what is built.
        descent: how steps are taken; runs differ in proven numbers only.
        objective: what is done to the rows and how they are measured.
        loss: name of the loss that the recipe asks for; None for the task's own.
        output: name of the output activation that the recipe asks for.
        irrelevant: columns appended to the inputs.
        raw: whether the network scales its inputs itself and gets them as they are.
        rows: which training rows are used.
        batch_rows: rows of a step.
        epochs: passes over the training rows of the run that takes most.
        train_rows: rows of one pass.
        numbers: name -> ``(run, ...)`` the numbers of each run.
    """

    number: int
    runs: tuple[Run, ...]
    recipes: tuple[Recipe, ...]
    blueprint: Blueprint
    descent: Descent
    objective: Objective
    loss: str | None
    output: str | None
    irrelevant: IrrelevantFeatures | None
    raw: bool
    rows: RowChoice
    batch_rows: int
    epochs: int
    train_rows: int
    numbers: Mapping[str, NDArray[Any]]

    @property
    def learning_rates(self) -> NDArray[np.float64]:
        """``(run,)`` learning rates."""
        return np.asarray(self.numbers[LEARNING_RATE], np.float64)

    @property
    def steps(self) -> int:
        """Steps of one epoch, the last partial batch included."""
        return -(-self.train_rows // self.batch_rows)

    @property
    def dear(self) -> frozenset[Any]:
        """What every lane pays for, whether it uses it or not: sites and transformations that draw."""
        return _dear(self.blueprint.sites, self.objective)

    def strengths(self, place: int) -> dict[Site, float]:
        """Give a run's strength at each site of the program; zero where it makes no use of it."""
        return {site: float(self.numbers[site.number][place]) for site in self.blueprint.sites}

    def typed(self, dtype: Any) -> dict[str, NDArray[Any]]:
        """Give the numbers in the type that lanes compute in; keys stay whole numbers."""
        return {
            name: values if values.dtype == np.uint32 else values.astype(dtype)
            for name, values in self.numbers.items()
        }

    def is_own(self, place: int) -> bool:
        """Tell whether a run uses all that is dear in the program: it is then as fast as one of its own."""
        names = [one.number if isinstance(one, Site) else one for one in self.dear]
        return all(self.numbers[name][place] != _neutral(name) for name in names)

    @property
    def differing(self) -> tuple[str, ...]:
        """What differs from lane to lane, in words."""
        names = (
            name.split("@")[0].replace("_", " ")
            for name, values in self.numbers.items()
            if name != KEY and not name.startswith(PREPARED) and len(np.unique(values, axis=0)) > 1
        )
        return tuple(dict.fromkeys(names))

    def reason(self, variants: Sequence[str]) -> str:
        """Say in words why these runs are one program."""
        names = list(dict.fromkeys(variants[run.variant] for run in self.runs))
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        epochs = sorted({recipe.epochs for recipe in self.recipes})
        span = f"{epochs[0]}" if len(epochs) == 1 else f"{epochs[0]} to {epochs[-1]}"
        steps = f"{self.train_rows:,} rows in batches of {self.batch_rows}"
        same = f"one network and optimizer, {steps}, {span} epochs"
        *others, last = self.differing or ("",)
        listed = f"{', '.join(others)} and {last} differ" if others else f"{last} differs"
        return f"{shown}: {same}" + (f"; {listed} from lane to lane" if last else "")

    def part(self, places: Collection[int], number: int) -> "Cohort":
        """Give some of the runs as a cohort of their own, of the same program.

        Args:
            places: positions of the runs that are kept.
            number: its position among the cohorts.
        """
        kept = list(places)
        recipes = tuple(self.recipes[place] for place in kept)
        return replace(
            self,
            number=number,
            runs=tuple(self.runs[place] for place in kept),
            recipes=recipes,
            epochs=max(recipe.epochs for recipe in recipes),
            numbers={name: values[kept] for name, values in self.numbers.items()},
        )

    def chunks(self, width: int) -> Iterator[list[int]]:
        """Give the positions of the runs trained at once; the last chunk is padded with its first.

        Seed after seed, each with all variants: runs of a variant stop at much the same epoch, and where
        devices share a chunk, none shall be left with those that go on.
        """
        runs = self.runs
        order = sorted(range(len(runs)), key=lambda place: (runs[place].seed, runs[place].fold))
        for first in range(0, len(order), width):
            places = order[first : first + width]
            yield places + [places[0]] * (width - len(places))

    def most_orders(self, width: int, *, relayed: bool = False) -> int:
        """Give how many orders of rows its chunks follow at once: the same for all, so that one program fits.

        Args:
            width: lanes of a chunk.
            relayed: whether lanes are taken over by other runs, and are at different epochs then.
        """
        pairs = [(run.own_seed, run.fold) for run in self.runs]
        if relayed:
            return min(width, len(set(pairs)) * self.epochs)
        return max(len({pairs[place] for place in places}) for places in self.chunks(width))


@dataclass(frozen=True, eq=False)
class _Member:
    """A run on its way into a cohort: what it asks for, and its numbers."""

    run: Run
    recipe: Recipe
    plan: Blueprint
    descent: Descent
    objective: Objective
    choice: RowChoice
    raw: bool
    train_rows: int
    numbers: dict[str, Any]

    @property
    def batch_rows(self) -> int:
        """Rows of a full step."""
        size = self.recipe.batch_size
        return self.train_rows if size == "all" else min(int(size), self.train_rows)

    @property
    def shared(self) -> tuple[Any, ...]:
        """What must be equal for runs to share a program."""
        asked = self.recipe
        rows = (asked.irrelevant_features, self.objective.flip, self.choice, self.batch_rows, self.train_rows)
        return (self.plan.bare, self.descent.fixed, asked.loss, asked.output, self.raw, *rows)


def make_cohorts(experiment: Experiment, folds: Sequence[Fold], workshop: Workshop) -> tuple[Cohort, ...]:
    """Group the runs of an experiment into cohorts, in the order of their first variant.

    Args:
        experiment: the question.
        folds: which rows train and validate.
        workshop: where models and widened data are made, once each.

    Raises:
        UsageError: where a variant asks for more rows than there are, or what its model can't take.
    """
    groups: dict[Any, list[_Member]] = {}
    trained = [run for run in list_runs(experiment, folds) if not run.members]
    asked: dict[tuple[int, int], tuple[Recipe, Blueprint, dict[Site, float], bool]] = {}
    chosen: dict[tuple[RowChoice, int], NDArray[np.int32]] = {}
    for position, variant in enumerate(experiment.variants):
        for fold in range(len(folds)):
            # What is tuned is tuned within each fold; else all folds share the recipe.
            if fold and not variant.tuned:
                asked[position, fold] = asked[position, 0]
                continue
            recipe = variant.recipe(experiment.recipe, fold)
            bases = workshop.bases(recipe.irrelevant_features)
            described = workshop.described(experiment.model if recipe.model is None else recipe.model)
            with _told_of(variant):
                plan, strengths = blueprint(described, recipe, bases)
            asked[position, fold] = (recipe, plan, strengths, scales_itself(bases.base(plan).model))
    fitted: dict[tuple[IrrelevantFeatures | None, int, bool], dict[str, NDArray[Any]]] = {}
    for run in trained:
        recipe, plan, strengths, raw = asked[run.variant, run.fold]
        resample = cast("Resampling | None", recipe.resample)
        choice = RowChoice(recipe.train_rows, recipe.train_fraction, resample)
        # The same for every seed.
        if (choice, run.fold) not in chosen:
            chosen[choice, run.fold] = choose_rows(
                experiment.data, folds[run.fold], choice, experiment.split_seed, run.fold
            )
        rows = chosen[choice, run.fold]
        descent, own = read_descent(recipe)
        numbers: dict[str, Any] = dict(own)
        objective, more = _objective(recipe, experiment.data, rows)
        numbers |= more | {LEARNING_RATE: recipe.step_size, KEY: run.key}
        if descent.schedule:
            numbers[EPOCHS] = recipe.epochs
        numbers |= {site.number: strength for site, strength in strengths.items()}
        seen = (recipe.irrelevant_features, run.fold, raw)
        if seen not in fitted:
            preparation = workshop.prepared(recipe.irrelevant_features).folds[run.fold]
            fitted[seen] = numbers_of(preparation, scaled=not raw)
        numbers |= fitted[seen]
        member = _Member(run, recipe, plan, descent, objective, choice, raw, len(rows), numbers)
        groups.setdefault(member.shared, []).append(member)
    parts = [part for members in groups.values() for part in _split(members, workshop)]
    parts.sort(key=lambda part: part[0].run.number)
    return tuple(_cohort(number, members) for number, members in enumerate(parts))


@contextlib.contextmanager
def _told_of(variant: Variant) -> Iterator[None]:
    """Say of a technique that can't be placed which variant asks for it, or that the recipe does."""
    try:
        yield
    except UsageError as error:
        key = str(error.where)
        if key not in CHECKS:
            raise
        place = Place("variants", variant.name) if key in variant.changes else Place("recipe")
        raise UsageError(error.message, place / key, error.value, error.cure) from error


def _objective(recipe: Recipe, data: Dataset, rows: NDArray[Any]) -> tuple[Objective, dict[str, Any]]:
    """Split what is done to the rows into what is fixed and the lane's numbers."""
    numbers: dict[str, Any] = {}
    if recipe.augment is not None:
        numbers |= {kind: recipe.augment.numbers[kind] for kind in recipe.augment.kinds}
    if recipe.label_smoothing > 0:
        numbers[SMOOTHING] = recipe.label_smoothing
    if recipe.class_weight is not None:
        numbers[CLASS_WEIGHTS] = class_weights(recipe.class_weight, data.y[rows], data.classes)
    return objective_of(recipe), numbers


def objective_of(recipe: Recipe) -> Objective:
    """Say what one run does to its rows; its cohort's programs may do more, at strength zero."""
    augment = recipe.augment
    kinds = () if augment is None else augment.kinds
    return Objective(
        flip="" if augment is None else augment.flip,
        augment=tuple(kind for kind in kinds if kind != MIXUP),
        smooths=recipe.label_smoothing > 0,
        mixes=MIXUP in kinds,
        weighs=recipe.class_weight is not None,
    )


def _split(members: list[_Member], workshop: Workshop) -> list[list[_Member]]:
    """Part runs where sharing a program would cost more than compiling another.

    What costs is what draws random numbers for lanes that have no use for them. Beginning with the runs that
    draw least, each joins the first part where that costs less than a compilation.
    """
    by_draws: dict[frozenset[Any], list[_Member]] = {}
    for member in members:
        by_draws.setdefault(_dear(member.plan.sites, member.objective), []).append(member)
    if len(by_draws) == 1:
        return [members]
    first = members[0]
    bases = workshop.bases(first.recipe.irrelevant_features)
    every = frozenset[Any]().union(*by_draws)
    draws = draws_per_row(every, first.plan, bases, batch_rows=first.batch_rows)

    def cost(dear: frozenset[Any]) -> float:
        return sum(draws[one] for one in dear)

    def passes(group: list[_Member]) -> float:
        return sum(member.recipe.epochs * member.train_rows for member in group)

    parts: list[tuple[frozenset[Any], list[_Member]]] = []
    for dear, group in sorted(by_draws.items(), key=lambda item: cost(item[0])):
        for place, (theirs, joined) in enumerate(parts):
            both = theirs | dear
            unused = passes(joined) * cost(both - theirs) + passes(group) * cost(both - dear)
            if unused * SECONDS_PER_DRAW < SECONDS_TO_COMPILE:
                parts[place] = (both, joined + group)
                break
        else:
            parts.append((dear, group))
    return [sorted(group, key=lambda member: member.run.number) for _, group in parts]


def _dear(sites: frozenset[Site], objective: Objective) -> frozenset[Any]:
    drawn = {site for site in sites if site.technique in DRAWING}
    kinds = {*objective.augment, *([MIXUP] if objective.mixes else [])}
    return frozenset(drawn | kinds)


DRAWING = ("dropout", "gaussian_dropout", "alpha_dropout", "gaussian_noise", "drop_connect")


def _cohort(number: int, members: list[_Member]) -> Cohort:
    first = members[0]
    sites = frozenset[Site]().union(*(member.plan.sites for member in members))
    objectives = [member.objective for member in members]
    objective = Objective(
        flip=first.objective.flip,
        augment=tuple(sorted({kind for asked in objectives for kind in asked.augment})),
        smooths=any(asked.smooths for asked in objectives),
        mixes=any(asked.mixes for asked in objectives),
        weighs=any(asked.weighs for asked in objectives),
    )
    names = sorted({name for member in members for name in member.numbers})
    descents = [member.descent for member in members]
    return Cohort(
        number=number,
        runs=tuple(member.run for member in members),
        recipes=tuple(member.recipe for member in members),
        blueprint=first.plan.bare.with_sites(sites),
        descent=max(descents, key=lambda descent: descent.decayed),
        objective=objective,
        loss=first.recipe.loss,
        output=first.recipe.output,
        irrelevant=first.recipe.irrelevant_features,
        raw=first.raw,
        rows=first.choice,
        batch_rows=first.batch_rows,
        epochs=max(member.recipe.epochs for member in members),
        train_rows=first.train_rows,
        numbers={name: _column(name, members) for name in names},
    )


def _column(name: str, members: list[_Member]) -> NDArray[Any]:
    """Give one number of all runs; a run that does not use it has the value that changes nothing."""
    if name == KEY or name.startswith(PREPARED):
        # Of one kind in all runs: keys and places of columns are whole numbers.
        kind = np.uint32 if name == KEY else None
        return np.stack([np.asarray(member.numbers[name], kind) for member in members])
    given = [member.numbers.get(name) for member in members]
    neutral: Any = _neutral(name)
    if name == CLASS_WEIGHTS:
        neutral = np.ones_like(next(weights for weights in given if weights is not None))
    return np.array([neutral if value is None else value for value in given], np.float64)


def _neutral(name: str) -> float:
    """Give the value of a number that changes nothing."""
    return math.inf if name in {"clip_norm", "clip_value"} else NEUTRAL.get(name, 0.0)
