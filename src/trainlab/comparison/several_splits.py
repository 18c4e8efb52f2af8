"""Comparing two variants over several splits: seeds are averaged within a fold, folds are what is counted.

How a mean over folds is measured stands in ``over_folds``. Folds of a time series follow one another, and
resamples hold the same rows again: both are described, and no verdict is read off them.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.bayes import Bayes, over_overlapping_folds
from trainlab.comparison.comparison import Row, Score
from trainlab.comparison.crossed import Floats
from trainlab.comparison.diverged import Diverged, compare_diverged
from trainlab.comparison.effect import Effect, effect_over_folds
from trainlab.comparison.over_folds import OverFolds, corrected_t, percentiles
from trainlab.comparison.over_seeds import over_seeds
from trainlab.comparison.power import Needed
from trainlab.comparison.power_over_folds import (
    FoldParts,
    detectable_over_folds,
    fold_parts,
    needed_over_folds,
)
from trainlab.comparison.question import Arm, Question
from trainlab.comparison.sentence import Told, sentence
from trainlab.comparison.splits import Splits
from trainlab.comparison.steps import joined, step_of
from trainlab.comparison.verdict import Verdict


def score_over_splits(splits: Splits, arm: Arm) -> Score:
    """Give a variant's mean over folds, seeds averaged within each, with what its kind of splits allows."""
    scores = _fold_means(arm.scores, arm.completed)
    known = scores[np.isfinite(scores)]
    runs, gone = int(arm.completed.sum()), int(arm.diverged.sum())
    if not known.size:
        return Score(arm.name, None, None, None, runs, gone)
    low, high = _spread(splits, known, _measured(splits, known)) or (None, None)
    return Score(arm.name, float(known.mean()), low, high, runs, gone)


def row_over_splits(question: Question, arm: Arm) -> Row:
    """Compare a variant with the reference on the runs that ended in both."""
    results, reference, splits = question.results, question.reference, question.splits
    seen = _differences(question, arm)
    there = np.isfinite(seen.folds)
    known = seen.folds[there]
    gone = compare_diverged(arm.diverged[seen.both], reference.diverged[seen.both])
    measured = _measured(splits, known, seeds=seen.seeds, step=seen.step) if known.size else None
    interval = None if measured is None else _spread(splits, known, measured, alpha=question.alpha)
    verdict: Verdict = "undecided"
    contradiction = None
    if not splits.describes:
        verdict = question.decide(interval)
        contradiction = None if interval is None else _contradiction(question, seen, verdict, gone)
        if contradiction is not None:
            verdict = "undecided"
    lacking = _lacking(question, seen, measured, verdict, contradicted=contradiction is not None)
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
        at_hand={"folds": int(there.sum()), "seeds": seen.seeds, "rows": splits.rows},
        runs=int(seen.both.sum()),
        asked=seen.both.size,
        diverged=gone,
        predictor=question.predictor,
        contradiction=contradiction,
        same=seen.same,
        limits=question.limits(arm.name),
        splits=splits.kind,
        ends=(float(known.min()), float(known.max())) if known.size else None,
    )
    p = None if measured is None or splits.describes else measured.p
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
        seeds_only=over_seeds(seen.by_seed).interval(1 - question.alpha),
        seeds=seen.seeds,
        diverged=dataclasses.replace(gone, p=min(1.0, gone.p * question.comparisons)),
        folds=tuple(float(value) if np.isfinite(value) else None for value in seen.folds),
        limits=told.limits,
        effect=_effect(question, arm, seen),
        bayes=_bayes(question, measured),
        detectable=_detectable(question, seen, measured),
    )


def parts_over_splits(question: Question, arm: Arm) -> tuple[OverFolds, FoldParts] | None:
    """Measure a variant's difference over folds, and what its variance is made of; None where none ended.

    Args:
        question: what the comparisons share.
        arm: the variant.
    """
    seen = _differences(question, arm)
    known = seen.folds[np.isfinite(seen.folds)]
    if not known.size:
        return None
    measured = _measured(question.splits, known, seeds=seen.seeds, step=seen.step)
    return measured, fold_parts(measured, seed=seen.seed_variance, row=seen.row)


@dataclass(frozen=True, eq=False)
class _Seen:
    """Differences as they were measured.

    Args:
        both: ``(seed, fold)`` runs that ended in both.
        runs: ``(seed, fold)`` mean differences; NaN where not both ended.
        completed: ``(seed, fold)`` runs that were completed in both.
        row: mean over folds of how much of a fold's difference its choice of rows explains, as a variance.
        same: whether no run differs on any row.
        step: the step by which a row's score changes, for the rows that were scored; 0 where there is none.
    """

    both: NDArray[np.bool_]
    runs: Floats
    completed: NDArray[np.bool_]
    row: float
    same: bool
    step: float

    @property
    def folds(self) -> Floats:
        """``(fold,)`` differences, seeds averaged; NaN where no run ended in both."""
        return _fold_means(self.runs, self.both)

    @property
    def seeds(self) -> int:
        """Seeds that ended in both, in every fold that is compared."""
        return len(self.by_seed)

    @property
    def by_seed(self) -> Floats:
        """``(seed,)`` differences, folds averaged, of the seeds that ended in both in every fold compared."""
        compared = self.both.any(axis=0)
        whole = self.both[:, compared].all(axis=1) & compared.any()
        means: Floats = self.runs[np.ix_(whole, compared)].mean(axis=1) if whole.any() else np.empty(0)
        return means

    @property
    def seed_variance(self) -> float:
        """Variance over seeds within a fold; 0 where no fold has two."""
        spreads = [
            self.runs[both, fold].var(ddof=1) for fold, both in enumerate(self.both.T) if both.sum() > 1
        ]
        return float(np.mean(spreads)) if spreads else 0.0


def _differences(question: Question, arm: Arm) -> _Seen:
    reference = question.reference
    both = arm.ended & reference.ended
    runs = np.full(both.shape, np.nan)
    parts, same, tables = [], bool(both.any()), {}
    for fold in range(both.shape[1]):
        there = both[:, fold]
        if not there.any():
            continue
        table = question.differences(arm, fold, there)
        runs[there, fold] = table.mean(axis=1)
        same = same and question.same(arm, fold, there, table)
        tables[fold] = table
        # Training sets that are scored on the same rows do not differ by the choice of those.
        if table.shape[1] > 1 and question.splits.kind != "disjoint sets":
            parts.append(table.mean(axis=0).var(ddof=1) / table.shape[1])
    return _Seen(
        both=both,
        runs=runs,
        completed=arm.completed & reference.completed,
        row=float(np.mean(parts)) if parts else 0.0,
        same=same,
        step=0.0 if same else _step(question, tables),
    )


def _step(question: Question, tables: Mapping[int, Floats]) -> float:
    if not tables:
        return 0.0
    targets = np.concatenate([question.results.validation_targets[fold] for fold in tables])
    return step_of(question.results.metric, targets, joined(tables.values()))


def _fold_means(values: Floats, there: NDArray[np.bool_]) -> Floats:
    """Average ``(seed, fold)`` values over seeds; NaN for folds without any."""
    counts = there.sum(axis=0)
    sums = np.where(there, values, 0.0).sum(axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _measured(splits: Splits, known: Floats, *, seeds: int = 1, step: float = 0.0) -> OverFolds:
    return corrected_t(
        known,
        ratio=splits.ratio,
        rows=splits.scored_rows,
        seeds=max(seeds, 1),
        step=step,
    )


def _spread(
    splits: Splits, known: Floats, measured: OverFolds, *, alpha: float = 0.05
) -> tuple[float, float] | None:
    """Give the interval that this kind of splits allows: the corrected t, percentiles, or none."""
    if splits.kind == "time series":
        return None
    return percentiles(known) if splits.kind == "resamples" else measured.interval(1 - alpha)


def _effect(question: Question, arm: Arm, seen: _Seen) -> Effect | None:
    if question.splits.describes:
        return None
    ours, theirs = (
        np.where(seen.both, question.run_scores(each), np.nan) for each in (arm, question.reference)
    )
    higher = question.results.metric.higher_is_better
    ratio = question.splits.ratio
    return effect_over_folds(ours, theirs, ratio=ratio, higher_is_better=higher, alpha=question.alpha)


def _bayes(question: Question, measured: OverFolds | None) -> Bayes | None:
    if measured is None or question.splits.describes:
        return None
    posterior = over_overlapping_folds(measured)
    if posterior is None:
        return None
    higher = question.results.metric.higher_is_better
    return posterior.beliefs(question.smallest, higher_is_better=higher)


def _detectable(question: Question, seen: _Seen, measured: OverFolds | None) -> float | None:
    if measured is None or measured.variance is None or question.splits.describes:
        return None
    parts = fold_parts(measured, seed=seen.seed_variance, row=seen.row)
    return detectable_over_folds(parts, measured.layout, question.alpha)


def _contradiction(question: Question, seen: _Seen, verdict: Verdict, gone: Diverged) -> str | None:
    kept = _fold_means(seen.runs, seen.completed)
    known = kept[np.isfinite(kept)]
    without = None
    if known.size:
        measured = _measured(question.splits, known, step=seen.step)
        without = question.decide(measured.interval(1 - question.alpha))
    pairs = int(seen.completed.sum())
    return question.contradiction(
        verdict, without, f"{pairs} {'pair' if pairs == 1 else 'pairs'} of runs", gone
    )


def _lacking(
    question: Question, seen: _Seen, measured: OverFolds | None, verdict: Verdict, *, contradicted: bool
) -> Needed:
    splits = question.splits
    if verdict != "undecided":
        return Needed("nothing")
    # Runs that diverge are mended, not outnumbered; and no number makes a description a claim.
    if contradicted or splits.describes:
        return Needed("none")
    if measured is None or measured.variance is None:
        return Needed("folds", 2)
    parts = fold_parts(measured, seed=seen.seed_variance, row=seen.row)
    lacking = needed_over_folds(measured, parts, question.smallest, question.alpha, one_row=splits.one_row)
    # Rows were counted among those that validate in some fold; told are rows of the data.
    share = splits.scored_rows / splits.rows
    if lacking.what == "rows" and lacking.n is not None:
        return Needed("rows", round(lacking.n / share))
    if lacking.rows is not None:
        return dataclasses.replace(lacking, rows=round(lacking.rows / share))
    return lacking
