"""TL107: too few validation rows to see the difference that is sought."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from trainlab.comparison.crossed import Components, Layout
from trainlab.comparison.power import PROMISED, power
from trainlab.comparison.verdict import RATE_THAT_MATTERS
from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import counted

ALPHA = 0.05
DISAGREEMENT = 0.1
"""Share of the rows on which two variants answer differently, as networks often do that are right on 90 %."""

COARSE = 0.05
"""With no difference named, only an experiment that can't show five points is spoken of."""


def examine(question: Question) -> Iterator[Finding]:
    """Look for an experiment whose rows can't show the smallest difference that matters, before it is run.

    For accuracy alone: how widely the losses of single rows will differ is not known beforehand. Networks are
    taken to answer differently on one row in ten; training randomness, which comes on top, is left out, so
    that the difference said is rather too small. A difference that was named is held against it; the default
    of half a point only where not even five points would show, and then as a note.

    Source:
        The power of the interval that verdicts read (``comparison.power``); for folds, that of the corrected
        t of Nadeau & Bengio, *Inference for the Generalization Error*, Machine Learning 52 (2003).
    """
    experiment = question.experiment
    if not experiment.metric.right_or_wrong or len(experiment.variants) < 2 or not question.folds:
        return
    named = experiment.smallest_difference
    shown = smallest_shown(question)
    if shown <= (COARSE if named is None else named):
        return
    rows = round(float(np.mean([len(fold.validation) for fold in question.folds])))
    sought = RATE_THAT_MATTERS if named is None else named
    size = counted(rows, "validation row")
    if len(question.folds) > 1:
        size = f"{len(question.folds)} folds of {size}"
    best = f"{100 * shown:.2g} points" if shown < 1 else "no difference at all"
    difference = "`smallest_difference`" if named is not None else "the difference that matters by default"
    yield CHECK.found(
        "validation",
        f"{size} show {best} with {100 * PROMISED:g} % probability, where two variants answer "
        "differently on one "
        f"row in ten; sought are {100 * sought:g} points ({difference})",
        _cure(question, sought),
        severity="note" if named is None else "warn",
    )


def smallest_shown(question: Question) -> float:
    """Give the smallest difference of a rate that the experiment shows with 80 % probability; 1 for none."""
    sizes = [len(fold.validation) for fold in question.folds]
    rows = float(np.mean(sizes))
    if len(sizes) == 1:
        return _holdout_shows(int(rows), len(question.experiment.seeds))
    train = float(np.mean([len(fold.train) for fold in question.folds]))
    return _folds_show(len(sizes), rows, train)


def _holdout_shows(rows: int, seeds: int) -> float:
    if rows < 2 or seeds < 2:
        return 1.0
    layout = Layout(seeds, rows, step=1.0)

    def chance(difference: float) -> float:
        spread = max(DISAGREEMENT, difference) - difference**2
        return power(Components(seed=0.0, row=spread, rest=0.0), layout, ALPHA, difference)

    return _least(chance)


def _folds_show(folds: int, rows: float, train: float) -> float:
    from scipy.special import nctdtr, stdtrit

    bound = float(stdtrit(folds - 1, 1 - ALPHA / 2))

    def chance(difference: float) -> float:
        spread = max(DISAGREEMENT, difference) - difference**2
        error = math.sqrt(spread / rows * (1 / folds + rows / train))
        return 1.0 - float(nctdtr(folds - 1, difference / error, bound)) if error > 0 else 1.0

    return _least(chance)


def _least(chance: Callable[[float], float]) -> float:
    """Find the least difference whose chance keeps the promise, to a tenth of a thousandth."""
    low, high = 0.0, 1.0 - 1e-9
    if chance(high) < PROMISED:
        return 1.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (low, middle) if chance(middle) >= PROMISED else (middle, high)
    return high


def _cure(question: Question, sought: float) -> str:
    """Say how many rows would do, where the data have them."""
    seeds = max(len(question.experiment.seeds), 2)
    total = question.experiment.data.rows
    if len(question.experiment.seeds) < 2 and len(question.folds) == 1:
        return "Write `seeds: 5`: one seed and one split show no difference of any size."
    needed = math.ceil(DISAGREEMENT * 2.8**2 / sought**2)
    while _holdout_shows(needed, seeds) > sought + 1e-4:
        needed = math.ceil(needed * 1.1)
    said = f"About {needed:,} validation rows would do"
    if needed < total / 2:
        return f"{said}: write `validation: {{holdout: {math.ceil(100 * needed / total) / 100:g}}}`."
    name = "name a larger difference in `smallest_difference`"
    if len(question.folds) == 1:
        turns = "validate all of them in turn (`validation: {repeated_kfold: [5, 3]}`)"
        return f"{said}, and there are {total:,} rows: {turns}, or {name}."
    return f"{said}, and there are {total:,} rows: gather more, or {name}."


CHECK = Check("TL107", "warn", "too few validation rows for the difference sought", examine)
