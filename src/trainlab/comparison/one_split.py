"""Comparing two variants on one split, seed by seed and row by row, as ``crossed`` measures it."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.bayes import Bayes, over_seeds_and_rows
from trainlab.comparison.comparison import Row, Score
from trainlab.comparison.crossed import Crossed, Floats, crossed
from trainlab.comparison.diverged import compare_diverged
from trainlab.comparison.effect import Effect, effect_over_seeds
from trainlab.comparison.over_seeds import over_seeds
from trainlab.comparison.power import Needed, detectable, needed
from trainlab.comparison.question import Arm, Question
from trainlab.comparison.sentence import Told, sentence
from trainlab.comparison.steps import step_of
from trainlab.comparison.units import by_group, in_rows
from trainlab.comparison.verdict import Verdict


def score_on_one_split(arm: Arm) -> Score:
    """Give a variant's mean over seeds with its t interval."""
    measured = over_seeds(arm.scores[arm.completed])
    low, high = measured.interval() or (None, None)
    return Score(arm.name, measured.mean, low, high, measured.seeds, int(arm.diverged.sum()))


def units_on_one_split(question: Question, by_row: Floats, *, same: bool) -> tuple[Floats, float]:
    """Give what is crossed with seeds, rows or groups of rows, and the step by which one of them moves.

    Args:
        question: what is compared.
        by_row: ``(seed, row)`` differences.
        same: whether the two never differ.
    """
    results = question.results
    differences, unit = by_group(by_row, results.validation_groups[0])
    return differences, 0.0 if same else unit * step_of(results.metric, results.validation_targets[0], by_row)


def row_on_one_split(question: Question, arm: Arm) -> Row:
    """Compare a variant with the reference on the seeds that ended in both."""
    results, reference = question.results, question.reference
    both = (arm.ended & reference.ended)[:, 0]
    by_row = question.differences(arm, 0, both)
    same = question.same(arm, 0, both, by_row)
    differences, step = units_on_one_split(question, by_row, same=same)
    gone = compare_diverged(arm.diverged[both, 0], reference.diverged[both, 0])
    measured = crossed(differences, step=step) if len(differences) else None
    interval = None if measured is None else measured.interval(1 - question.alpha)
    verdict = question.decide(interval)
    kept = differences[(arm.completed & reference.completed)[both, 0]]
    contradiction = None
    if interval is not None:
        without = crossed(kept, step=step).interval(1 - question.alpha) if len(kept) else None
        contradiction = question.contradiction(
            verdict,
            question.decide(without) if len(kept) else None,
            f"{len(kept)} {'seed' if len(kept) == 1 else 'seeds'}",
            gone,
        )
    if contradiction is not None:
        verdict = "undecided"
    lacking = _lacking(question, measured, verdict, contradicted=contradiction is not None)
    lacking = in_rows(lacking, by_row.shape[1] / max(differences.shape[1], 1))
    told = Told(
        variant=arm.name,
        against=reference.name,
        metric=results.metric,
        smallest=question.smallest,
        comparisons=question.comparisons,
        difference=None if measured is None else measured.mean,
        interval=interval,
        verdict=verdict,
        needed=lacking,
        at_hand={"seeds": len(differences), "rows": len(question.trivial[0])},
        runs=len(differences),
        asked=len(results.seeds),
        diverged=gone,
        predictor=question.predictor,
        contradiction=contradiction,
        same=same,
        limits=question.limits(arm.name),
    )
    p = None if measured is None else measured.p
    return Row(
        variant=arm.name,
        against=reference.name,
        difference=told.difference,
        low=None if interval is None else interval[0],
        high=None if interval is None else interval[1],
        p=None if p is None else min(1.0, p * question.comparisons),
        verdict=verdict,
        needed=lacking,
        sentence=sentence(told),
        seeds_only=over_seeds(differences.mean(axis=1)).interval(1 - question.alpha),
        seeds=len(differences),
        diverged=dataclasses.replace(gone, p=min(1.0, gone.p * question.comparisons)),
        limits=told.limits,
        effect=_effect(question, arm, both),
        bayes=_bayes(question, measured),
        detectable=_detectable(question, measured),
    )


def _effect(question: Question, arm: Arm, both: NDArray[np.bool_]) -> Effect | None:
    ours, theirs = (question.run_scores(each)[both, 0] for each in (arm, question.reference))
    higher = question.results.metric.higher_is_better
    return effect_over_seeds(ours, theirs, higher_is_better=higher, alpha=question.alpha)


def _bayes(question: Question, measured: Crossed | None) -> Bayes | None:
    posterior = None if measured is None else over_seeds_and_rows(measured)
    if posterior is None:
        return None
    higher = question.results.metric.higher_is_better
    return posterior.beliefs(question.smallest, higher_is_better=higher)


def _detectable(question: Question, measured: Crossed | None) -> float | None:
    if measured is None or measured.components is None:
        return None
    return detectable(measured.components, measured.layout, question.alpha)


def _lacking(question: Question, measured: Crossed | None, verdict: Verdict, *, contradicted: bool) -> Needed:
    if verdict != "undecided":
        return Needed("nothing")
    if measured is None:
        return Needed("seeds", 2)
    # Runs that diverge are mended, not outnumbered.
    return Needed("none") if contradicted else needed(measured, question.smallest, question.alpha)
