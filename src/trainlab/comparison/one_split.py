"""Comparing two variants on one split, seed by seed and row by row, as ``crossed`` measures it."""

import dataclasses

from trainlab.comparison.comparison import Row, Score
from trainlab.comparison.crossed import Crossed, crossed
from trainlab.comparison.diverged import compare_diverged
from trainlab.comparison.over_seeds import over_seeds
from trainlab.comparison.power import Needed, needed
from trainlab.comparison.question import Arm, Question
from trainlab.comparison.sentence import Told, sentence
from trainlab.comparison.units import by_group, in_rows
from trainlab.comparison.verdict import Verdict


def score_on_one_split(arm: Arm) -> Score:
    """Give a variant's mean over seeds with its t interval."""
    measured = over_seeds(arm.scores[arm.completed])
    low, high = measured.interval() or (None, None)
    return Score(arm.name, measured.mean, low, high, measured.seeds, int(arm.diverged.sum()))


def row_on_one_split(question: Question, arm: Arm) -> Row:
    """Compare a variant with the reference on the seeds that ended in both."""
    results, reference = question.results, question.reference
    both = (arm.ended & reference.ended)[:, 0]
    by_row = question.differences(arm, 0, both)
    differences, unit = by_group(by_row, results.validation_groups[0])
    gone = compare_diverged(arm.diverged[both, 0], reference.diverged[both, 0])
    same = question.same(arm, 0, both, by_row)
    step = unit if results.metric.is_rate and not same else 0.0
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
    )


def _lacking(question: Question, measured: Crossed | None, verdict: Verdict, *, contradicted: bool) -> Needed:
    if verdict != "undecided":
        return Needed("nothing")
    if measured is None:
        return Needed("seeds", 2)
    # Runs that diverge are mended, not outnumbered.
    return Needed("none") if contradicted else needed(measured, question.smallest, question.alpha)
