"""Trials as a report shows them: the axes of a space, what was tried on them, and which trial was taken.

Frozen plain values with clean texts; who makes them from the store of trials stands in ``tuned``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainlab.experiment.parameter import Kind
from trainlab.reporting.facts.curves import Numbers
from trainlab.reporting.wording.parameters import parameter_value
from trainlab.tuning.main_effects import MainEffects


@dataclass(frozen=True)
class Axis:
    """One number or choice of a space.

    Args:
        name: as people read it.
        kind: ``"log"``, ``"linear"`` or ``"choice"``.
        low: lower end of a number.
        high: upper end.
        whole: whether it counts something.
        choices: labels of a choice.
        conditional: whether some trials do not use it.
        edge: the warning where the chosen value stands at the end of the range; empty elsewhere.
    """

    name: str
    kind: Kind
    low: float
    high: float
    whole: bool
    choices: tuple[str, ...]
    conditional: bool
    edge: str

    def position(self, value: float) -> float:
        """Give where a value lies between both ends of the axis, 0 to 1; a choice is given by its place.

        >>> Axis("learning rate", "log", 1e-4, 1e-2, False, (), False, "").position(1e-3)
        0.5
        """
        if self.kind == "choice":
            return (value + 0.5) / max(len(self.choices), 1)
        low, high, here = self.low, self.high, value
        if self.kind == "log":
            low, high, here = math.log(low), math.log(high), math.log(here)
        return (here - low) / (high - low) if high > low else 0.5

    def shown(self, value: float) -> str:
        """Write a value; a choice by its label."""
        return self.choices[int(value)] if self.kind == "choice" else parameter_value(value)


@dataclass(frozen=True)
class Tried:
    """One trial.

    Args:
        number: from 0, in the order in which they were asked for.
        generation: the cohort it was trained with, from 0.
        outcome: ``"finished"``, ``"stopped_early"``, ``"diverged"``, ``"pruned"`` or ``"running"``.
        score: mean score on inner rows; None where there is none.
        spread: standard deviation over its runs; None for one run.
        error: standard error of the score; None where it is not known.
        runs: how many runs it has.
        epochs: epochs trained.
        parameters: trainable numbers; None where not known.
        values: for each axis its value, or the place of a choice; None where the axis is not used.
        changes: what was tuned, as the document of a recipe has it.
        settings: the same in words.
        curve: score after each epoch; None where there is none.
    """

    number: int
    generation: int
    outcome: str
    score: float | None
    spread: float | None
    error: float | None
    runs: int
    epochs: int
    parameters: int | None
    values: Numbers
    changes: Mapping[str, Any]
    settings: str
    curve: Numbers

    @property
    def scored(self) -> bool:
        """Whether it could be chosen."""
        return self.score is not None and self.outcome in {"finished", "stopped_early"}


@dataclass(frozen=True)
class Studied:
    """What was tried for one variant in one outer fold.

    Args:
        name: of the variant, as it is stored.
        variant: its place among the variants; None where it is none of them.
        label: its name, as a table shows it.
        searched: whether a search found it, and nobody wrote it down.
        fold: the outer fold, from 0.
        axes: what was tuned.
        trials: in the order in which they were asked for.
        best: place of the trial with the best score; None where none was scored.
        chosen: place of the trial whose settings were taken; None where none was scored.
        asked: how many trials there may be.
        ended: whether no trial is to come.
        seeds: how many seeds each trial has.
        rows: how the training rows were shared out between training and scoring a trial, in words.
        sampler: what proposed the trials.
        simplest: whether the simplest within one standard error of the best was taken.
        as_good: how many trials are within one standard error of the best, itself among them.
        pruning: what gave trials up, ``"median"`` or ``"halving"``; empty where nothing did.
        importances: place of an axis and its share, 0 to 1, the most important first; empty where refused.
        refused: why there are no importances, in words; empty where there are some, or nobody asked.
        left_out: names of numbers that too few trials used to tell how much they mattered.
        effects: what trials with each technique scored beside those without it; None where nothing is told.
        final: what a model refitted on all rows has, of several outer folds, in words; empty for one.
    """

    name: str
    variant: int | None
    label: str
    searched: bool
    fold: int
    axes: tuple[Axis, ...]
    trials: tuple[Tried, ...]
    best: int | None
    chosen: int | None
    asked: int
    ended: bool
    seeds: int
    rows: str
    sampler: str
    simplest: bool
    as_good: int
    pruning: str
    importances: tuple[tuple[int, float], ...]
    refused: str
    left_out: tuple[str, ...]
    effects: MainEffects | None
    final: str

    @property
    def done(self) -> int:
        """How many trials have ended."""
        return sum(trial.outcome != "running" for trial in self.trials)

    @property
    def winner(self) -> Tried | None:
        """The trial whose settings were taken."""
        return None if self.chosen is None else self.trials[self.chosen]

    @property
    def epochs_saved(self) -> float:
        """Which share of the epochs was not trained because trials were given up, 0 to 1."""
        most = max((trial.epochs for trial in self.trials), default=0)
        asked = most * len(self.trials)
        spared = sum(most - trial.epochs for trial in self.trials if trial.outcome == "pruned")
        return spared / asked if asked else 0.0

    def ended_as(self, outcome: str) -> int:
        """Count the trials that ended so."""
        return sum(trial.outcome == outcome for trial in self.trials)
