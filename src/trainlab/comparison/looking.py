"""Looking at results while seeds are still being added: the level of each look, and whether to go on.

Every look is at the first so many seeds, so what was seen at any look can be measured again from the results
alone, at any later time. The rows and the folds are the same at each look; what more seeds leave as it is
stays in the error, and is not counted as information to come.

Source:
    Jennison & Turnbull, *Interim analyses: the repeated confidence interval approach*, JRSS B 51 (1989): the
    intervals of all looks hold at once, so that whatever rule ends the looking, the last one holds.
"""

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from trainlab.comparison.comparison import Row
from trainlab.comparison.crossed import Crossed, MeanSquares, crossed, half_width
from trainlab.comparison.looks import Look, Plan, joined, plan_of, shares
from trainlab.comparison.one_split import units_on_one_split
from trainlab.comparison.over_folds import OverFolds, fold_half_width, widened
from trainlab.comparison.power_over_folds import FoldParts
from trainlab.comparison.question import ALPHA, Arm, Question
from trainlab.comparison.several_splits import parts_over_splits
from trainlab.comparison.spending import level
from trainlab.results.table import Results

# An interval needs some level: this one is so wide that it decides nothing.
LEAST_LEVEL = 1e-12
# Where a verdict is less likely than this, seeds are not what is missing.
LEAST_CHANCE = 0.05


@dataclass(frozen=True, eq=False)
class Growing:
    """A mean difference of which more seeds can be had, and what its error would be with them.

    Args:
        mean: the difference.
        variance: seeds -> variance of the mean.
        half_width: seeds, level -> half the width of the interval to be expected.
    """

    mean: float
    variance: Callable[[int], float]
    half_width: Callable[[int, float], float]


def growing_on_one_split(measured: Crossed | None) -> Growing | None:
    """Foresee a crossed difference with more seeds on the same rows; None where its spread is not known.

    >>> table = np.random.default_rng(0).normal(size=(10, 200))
    >>> growing = growing_on_one_split(crossed(table))
    >>> growing.variance(40) < growing.variance(10)
    True
    """
    spread = None if measured is None else measured.components
    if measured is None or spread is None:
        return None
    rows = measured.layout.rows

    def variance(seeds: int) -> float:
        return spread.seed / seeds + spread.row / rows + spread.rest / (seeds * rows)

    def half(seeds: int, alpha: float) -> float:
        squares = MeanSquares(rows * spread.seed + spread.rest, seeds * spread.row + spread.rest, spread.rest)
        return float(half_width(squares, dataclasses.replace(measured.layout, seeds=seeds), alpha))

    return Growing(measured.mean, variance, half)


def growing_over_folds(measured: OverFolds, parts: FoldParts) -> Growing | None:
    """Foresee a difference over folds with more seeds in each; None for a single fold.

    >>> from trainlab.comparison.over_folds import corrected_t
    >>> growing = growing_over_folds(corrected_t([0.1, 0.3], ratio=0.5), FoldParts(0.0, 0.02, 0.0))
    >>> growing.variance(4) / growing.variance(2)
    0.5
    """
    if measured.variance is None:
        return None
    layout = measured.layout

    def variance(seeds: int) -> float:
        return parts.variance(dataclasses.replace(layout, seeds=seeds)) * widened(layout)

    def half(seeds: int, alpha: float) -> float:
        changed = dataclasses.replace(layout, seeds=seeds)
        return float(fold_half_width(parts.variance(changed), changed, alpha))

    return Growing(measured.mean, variance, half)


def levels(looks: Sequence[Growing], plan: Plan, alpha: float) -> tuple[float, ...]:
    """Give the level of each look that was taken, as it was found with the results of that look.

    Args:
        looks: the difference as it was measured at each look, in order.
        plan: after how many seeds they were, and will be.
        alpha: what all looks may spend together.
    """
    found: list[float] = []
    for number, growing in enumerate(looks, start=1):
        variances = [growing.variance(seeds) for seeds in plan.seeds]
        share = shares(variances)[number - 1] if number < len(plan.seeds) else 1.0
        found.append(level(_informations(variances[:number]), found, share, alpha))
    return tuple(found)


def chance_of_verdict(looks: Sequence[Growing], taken: Sequence[float], plan: Plan, smallest: float) -> float:
    """Foresee how likely a verdict is when all seeds are in, given the results so far.

    The mean moves by what the seeds to come still tell, about where it stands now: predictive power.

    Args:
        looks: the difference as it was measured at each look, in order.
        taken: levels of the looks, as ``levels`` gives them, and of the last one to come.
        plan: after how many seeds looks are taken.
        smallest: the smallest difference that matters.

    Source:
        Spiegelhalter, Freedman & Blackburn, *Monitoring clinical trials: conditional or predictive power?*,
        Controlled Clinical Trials 7 (1986). Stopping for lack of chance can't raise an alarm, so that any
        foresight will do.
    """
    from scipy.special import ndtr

    now = looks[-1]
    seeds = plan.seeds[len(looks) - 1]
    half = now.half_width(plan.at_most, max(taken[-1], LEAST_LEVEL))
    moves = math.sqrt(max(now.variance(seeds) - now.variance(plan.at_most), 0.0))
    if moves == 0:
        return float(abs(now.mean) > half or abs(now.mean) + half <= smallest)
    outside = ndtr((-half - now.mean) / moves) + ndtr((now.mean - half) / moves)
    room = max(smallest - half, 0.0)
    within = ndtr((room - now.mean) / moves) - ndtr((-room - now.mean) / moves)
    # Where the smallest difference is large, both overlap: an interval may leave out zero within it.
    return float(min(outside + max(within, 0.0), 1.0))


def last_level(looks: Sequence[Growing], taken: Sequence[float], plan: Plan, alpha: float) -> float:
    """Give the level that the last look would have, if it came next."""
    variances = [looks[-1].variance(seeds) for seeds in (*plan.seeds[: len(looks)], plan.at_most)]
    return level(_informations(variances), taken, 1.0, alpha)


def _informations(variances: Sequence[float]) -> list[float]:
    if variances[-1] <= 0:
        return [1.0] * len(variances)
    return [variances[-1] / variance for variance in variances]


@dataclass(frozen=True, eq=False)
class Looked:
    """One comparison as its last look sees it.

    Args:
        question: with the seeds of the look alone, and the level of its interval.
        arm: the variant, with the same seeds.
        plan: after how many seeds looks are taken.
        looks: the difference at each look so far; where the first is not reached, as far as it is known.
        taken: the level of each.
    """

    question: Question
    arm: Arm
    plan: Plan
    looks: tuple[Growing, ...]
    taken: tuple[float, ...]
    number: int

    def told(self, row: Row) -> Row:
        """Add to a comparison at this look what the look means for it.

        Args:
            row: the comparison, with the level of the look.
        """
        look = self._look(row)
        sentence = joined(row.sentence, look)
        return dataclasses.replace(row, p=self._adjusted(row.p), sentence=sentence, look=look)

    def _look(self, row: Row) -> Look:
        chance = None
        if self.looks and self.number and row.verdict == "undecided" and self.number < len(self.plan.seeds):
            last = last_level(self.looks, self.taken, self.plan, self._alpha)
            chance = chance_of_verdict(self.looks, (*self.taken, last), self.plan, self.question.smallest)
        return Look(
            number=self.number,
            planned=len(self.plan.seeds),
            seeds=len(self.question.results.seeds),
            at_most=self.plan.at_most,
            level=self.question.alpha,
            chance=chance,
            ends=self._ends(row, chance),
        )

    def _ends(self, row: Row, chance: float | None) -> str:
        if not self.number:
            return ""
        if row.verdict != "undecided":
            return "decided"
        if self.number == len(self.plan.seeds):
            return "last look"
        ends = None if row.low is None or row.high is None else (row.low, row.high)
        if self.question.decide(ends) != "undecided":
            return "diverged"
        return "hopeless" if chance is not None and chance < LEAST_CHANCE else ""

    @property
    def _alpha(self) -> float:
        return ALPHA / self.question.comparisons

    def _adjusted(self, p: float | None) -> float | None:
        """Give the least ``alpha`` for all looks together whose interval at this look leaves out zero."""
        if p is None or not self.looks:
            return p
        among = self.question.comparisons
        alone = p / among
        if p >= 1 or alone <= 0:
            return p

        def level_at(alpha: float) -> float:
            return levels(self.looks, self.plan, alpha)[-1]

        # Levels grow nearly in proportion with alpha: the secant in logarithms is there in a few steps.
        alpha, reached = self._alpha, self.taken[-1]
        slope = 1.0
        for _ in range(8):
            if reached <= 0:
                return 1.0
            off = math.log(alone / reached)
            if abs(off) < 1e-3:
                break
            proposed = min(alpha * math.exp(off / slope), 1.0)
            if proposed == alpha:
                break
            after = level_at(proposed)
            if after > 0 and after != reached:
                slope = max(math.log(after / reached) / math.log(proposed / alpha), 0.2)
            alpha, reached = proposed, after
        return min(1.0, alpha * among)


def look_at(question: Question, arm: Arm) -> Looked | None:
    """Take a comparison as its last planned look sees it; None where all seeds were asked for at once.

    Seeds beyond that look, of one that is still being trained, are left out of it.

    Args:
        question: what the comparisons share.
        arm: the variant.
    """
    plan = plan_of(question.results.facts)
    if plan is None or question.splits.describes:
        return None
    ended = np.asarray((arm.ended & question.reference.ended).all(axis=1))
    whole = int(np.cumprod(ended).sum())
    number = plan.reached(whole)
    at = [plan.seeds[look] for look in range(max(number, 1))]
    parts = [_first(question, arm, min(seeds, len(ended))) for seeds in at]
    looks = [_growing(*part) for part in parts]
    seen, variant = parts[-1]
    if any(growing is None for growing in looks):
        # One row, or one fold: no spread, so no interval at any level.
        return Looked(seen, variant, plan, (), (), number)
    known = tuple(growing for growing in looks if growing is not None)
    taken = levels(known, plan, ALPHA / question.comparisons)
    newest = dataclasses.replace(seen, level=max(taken[-1], LEAST_LEVEL))
    return Looked(newest, variant, plan, known, taken, number)


def _growing(question: Question, arm: Arm) -> Growing | None:
    if question.splits.kind != "one split":
        found = parts_over_splits(question, arm)
        return None if found is None else growing_over_folds(*found)
    both = (arm.ended & question.reference.ended)[:, 0]
    by_row = question.differences(arm, 0, both)
    same = question.same(arm, 0, both, by_row)
    differences, step = units_on_one_split(question, by_row, same=same)
    return growing_on_one_split(crossed(differences, step=step)) if len(differences) else None


def _first(question: Question, arm: Arm, seeds: int) -> tuple[Question, Arm]:
    """Keep the first seeds alone."""
    return (
        dataclasses.replace(
            question,
            results=first_seeds(question.results, seeds),
            reference=_first_of(question.reference, seeds),
        ),
        _first_of(arm, seeds),
    )


def _first_of(arm: Arm, seeds: int) -> Arm:
    return dataclasses.replace(
        arm,
        rows=tuple(of_fold[:seeds] for of_fold in arm.rows),
        scores=arm.scores[:seeds],
        completed=arm.completed[:seeds],
        diverged=arm.diverged[:seeds],
    )


def first_seeds(results: Results, seeds: int) -> Results:
    """Give the results of the first so many seeds.

    Args:
        results: what is stored.
        seeds: how many.
    """
    return dataclasses.replace(
        results,
        seeds=results.seeds[:seeds],
        outcomes=results.outcomes[:, :seeds],
        endings={name: values[:, :seeds] for name, values in results.endings.items()},
        curves={name: values[:, :seeds] for name, values in results.curves.items()},
        run_numbers=results.run_numbers[:, :seeds],
        member_scores=results.member_scores[:, :seeds],
    )
