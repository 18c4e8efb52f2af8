"""What one experiment of a process leaves for the next: models, compiled programs, rows and data on devices.

A search asks for one generation of trials after the other, mostly of networks that it has seen before. What
is equal in all that a program is made from is used again; what is not is made anew. So no bit of a result
depends on what was kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import Fold
from trainlab.engine.assembly import assemble, not_vectorised
from trainlab.engine.cohort import Cohort
from trainlab.engine.placement import Placement
from trainlab.engine.plan import Width, choose_width
from trainlab.engine.program import Program
from trainlab.engine.rows import CohortRows, RowChoice
from trainlab.engine.step import Learner
from trainlab.engine.workshop import Workshop
from trainlab.experiment.metrics import Metric
from trainlab.experiment.spec import Experiment

# A search over architectures has a program for nearly every trial; the ones used last are kept.
MOST_STRUCTURES = 64


@dataclass(eq=False)
class _Structure:
    """What is kept of cohorts of one structure."""

    learner: Learner
    origin: Any  # which workshop's data, and the columns appended to them
    programs: dict[Any, Program] = field(default_factory=dict)
    hindrances: dict[Any, str] = field(default_factory=dict)


@dataclass(eq=False)
class Kept:
    """Keeps what experiments on the same rows of the same data have in common.

    Two experiments have a workshop in common where data, folds, split seed and preparation are equal; two
    cohorts have a learner in common where network with its sites, optimizer, loss, metric and rows of an
    epoch are; and a program where width, devices, and names and shapes of all arrays are, too.

    >>> kept = Kept()
    >>> kept.compilations
    0
    """

    _workshops: list[Workshop] = field(default_factory=list)
    _structures: dict[Any, _Structure] = field(default_factory=dict)
    _rows: dict[Any, CohortRows] = field(default_factory=dict)
    _data: dict[Any, Any] = field(default_factory=dict)

    @property
    def compilations(self) -> int:
        """Programs compiled of all that is kept."""
        return sum(
            program.compilations
            for structure in self._structures.values()
            for program in structure.programs.values()
        )

    def workshop(self, experiment: Experiment, folds: Sequence[Fold], *, allow_code: bool) -> Workshop:
        """Give a workshop for an experiment, with the data and models that one before it has made."""
        # Here, where nothing that is being prepared can be lost.
        while len(self._structures) > MOST_STRUCTURES:
            del self._structures[next(iter(self._structures))]
        for workshop in self._workshops:
            if _alike(workshop, experiment, folds, allow_code=allow_code):
                return replace(workshop, experiment=experiment)
        workshop = Workshop(experiment, folds, allow_code=allow_code)
        self._workshops.append(workshop)
        return workshop

    def learner(self, cohort: Cohort, workshop: Workshop, metric: Metric) -> Learner:
        """Give what a cohort's steps are made of.

        Args:
            cohort: the runs.
            workshop: as ``workshop`` gave it.
            metric: what is compared.

        Raises:
            UsageError: where the model can't be built or doesn't fit the data.
        """
        origin = (self._origin(workshop), cohort.irrelevant)
        made_of = (cohort.blueprint, cohort.descent.fixed, cohort.objective, cohort.loss, cohort.output)
        key = (origin, *made_of, cohort.raw, cohort.steps, metric, workshop.dtype)
        structure = self._structures.pop(key, None)
        if structure is None:
            structure = _Structure(assemble(cohort, workshop, metric), origin)
        self._structures[key] = structure  # the one used last stands last
        return structure.learner

    def width(self, cohort: Cohort, learner: Learner, dataset: Dataset, variants: Sequence[str]) -> Width:
        """Choose how wide a cohort's program is, so that cohorts of a few runs more or less have it too."""

        def hindrance(learner: Learner, cohort: Cohort, dataset: Dataset) -> str:
            structure, key = self._of(learner), _shapes(cohort, learner)
            if structure is None:
                return not_vectorised(learner, cohort, dataset)
            if key not in structure.hindrances:
                structure.hindrances[key] = not_vectorised(learner, cohort, dataset)
            return structure.hindrances[key]

        return choose_width(cohort, learner, dataset, variants, steady=True, hindrance=hindrance)

    def program(
        self, learner: Learner, cohort: Cohort, width: Width, orders: int, make: Callable[[], Program]
    ) -> Program:
        """Give the programs of a cohort.

        Args:
            learner: as ``learner`` gave it.
            cohort: the runs.
            width: how wide they are.
            orders: how many orders of rows its lanes follow at once.
            make: makes them where none are kept.
        """
        structure = self._of(learner)
        if structure is None:
            return make()
        wide = (width.width, width.devices, width.group, width.haste)
        rows = (cohort.rows, cohort.batch_rows, cohort.train_rows)
        key = (wide, orders, rows, _shapes(cohort, learner))
        if key not in structure.programs:
            structure.programs[key] = make()
        return structure.programs[key]

    def rows(self, learner: Learner, choice: RowChoice, make: Callable[[], CohortRows]) -> CohortRows:
        """Give the rows of a cohort."""
        structure = self._of(learner)
        if structure is None:
            return make()
        key = (structure.origin[0], choice)
        if key not in self._rows:
            self._rows[key] = make()
        return self._rows[key]

    def data(self, learner: Learner, placement: Placement, put: Callable[[], Any]) -> Any:
        """Give inputs and targets on the devices."""
        structure = self._of(learner)
        if structure is None:
            return put()
        key = (structure.origin, placement)
        if key not in self._data:
            self._data[key] = put()
        return self._data[key]

    def _origin(self, workshop: Workshop) -> int:
        """Give which workshop one was made from: they have what they have built in common."""
        mine = [kept.made is workshop.made for kept in self._workshops]
        return mine.index(True)

    def _of(self, learner: Learner) -> _Structure | None:
        """Give what is kept of a structure; None where others have taken its place since."""
        return next((kept for kept in self._structures.values() if kept.learner is learner), None)


def _alike(workshop: Workshop, experiment: Experiment, folds: Sequence[Fold], *, allow_code: bool) -> bool:
    other = workshop.experiment
    asked = ("split_seed", "prepare", "scales_target", "data")
    return (
        workshop.allow_code == allow_code
        and len(workshop.folds) == len(folds)
        and all(map(_same_rows, workshop.folds, folds))
        and all(getattr(other, name) == getattr(experiment, name) for name in asked)
    )


def _same_rows(one: Fold, other: Fold) -> bool:
    parts = ("train", "validation", "halves")
    return one is other or all(np.array_equal(getattr(one, part), getattr(other, part)) for part in parts)


def _shapes(cohort: Cohort, learner: Learner) -> tuple[Any, ...]:
    """Give names, shapes and types of a lane's numbers."""
    typed = cohort.typed(learner.dtype)
    return tuple((name, values.shape[1:], str(values.dtype)) for name, values in sorted(typed.items()))
