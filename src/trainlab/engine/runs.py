"""The runs of an experiment, in the order in which they are numbered and stored."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainlab.data.splitting.folds import Fold
from trainlab.experiment.spec import Experiment

# Apart from the purposes of `model.functional` and `engine.orders`, which draw from the same seeds.
STEP, MEMBER = 13, 14


@dataclass(frozen=True)
class Run:
    """One run.

    Args:
        number: its number.
        variant: position of its variant.
        seed: the experiment's seed that it belongs to.
        fold: position of its fold.
        member: its number among the members of an ensemble, from 1; 0 for a run that is none.
        members: how many members it is put together from; 0 for a run that is trained.
    """

    number: int
    variant: int
    seed: int
    fold: int
    member: int = 0
    members: int = 0

    @property
    def own_seed(self) -> int:
        """What its weights, orders and random layers are drawn from.

        The first member has the experiment's own seed, so that it is the run that a single network would be.
        """
        if self.member < 2:
            return self.seed
        return int(np.random.SeedSequence((MEMBER, self.seed, self.member)).generate_state(1, np.uint32)[0])

    @property
    def key(self) -> tuple[int, int]:
        """What the steps of the run draw from: words of a key."""
        words = np.random.SeedSequence((STEP, self.own_seed, self.fold)).generate_state(2, np.uint32)
        return int(words[0]), int(words[1])


def list_runs(experiment: Experiment, folds: Sequence[Fold]) -> tuple[Run, ...]:
    """List every variant with every seed on every fold; an ensemble stands before its members."""
    runs: list[Run] = []
    for position, variant in enumerate(experiment.variants):
        members = variant.recipe(experiment.recipe).members
        for seed in experiment.seeds:
            for fold in range(len(folds)):
                several = members if members > 1 else 0
                runs.append(Run(len(runs), position, seed, fold, members=several))
                for member in range(1, several + 1):
                    runs.append(Run(len(runs), position, seed, fold, member))
    return tuple(runs)


def members_of(run: Run, runs: Sequence[Run]) -> tuple[Run, ...]:
    """Give the members of an ensemble."""
    return tuple(runs[run.number + member] for member in range(1, run.members + 1))
