"""Every run's score as a table of seeds by folds, for each variant: what means over folds are made of."""

from dataclasses import dataclass

import numpy as np

from trainlab.experiment.metrics import Metric
from trainlab.reporting.wording.words import score
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

MOST_FOLDS = 20
MOST_SEEDS = 40


@dataclass(frozen=True)
class RunScores:
    """The scores of one variant, as they are shown.

    Args:
        variant: its place among the variants.
        rows: one for each seed: its name, and a text for each fold.
        means: mean over seeds of each fold.
    """

    variant: int
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    means: tuple[str, ...]


def run_scores(results: Results) -> tuple[RunScores, ...]:
    """Give the tables; none on one split, where the dots show every score, and none for very many folds."""
    if not 1 < results.folds <= MOST_FOLDS or len(results.seeds) > MOST_SEEDS:
        return ()
    return tuple(_of_variant(results, place) for place in range(len(results.variants)))


def _of_variant(results: Results, place: int) -> RunScores:
    metric, scores = results.metric, results.scores[place]
    rows = tuple(
        (
            str(seed),
            tuple(
                _cell(metric, scores[number, fold], int(results.outcomes[place, number, fold]))
                for fold in range(results.folds)
            ),
        )
        for number, seed in enumerate(results.seeds)
    )
    return RunScores(place, rows, tuple(score(metric, value) for value in fold_scores(results, place)))


def fold_scores(results: Results, place: int) -> tuple[float | None, ...]:
    """Give the mean over seeds of each fold of a variant; None where a fold has none."""
    means: list[float | None] = []
    for fold in results.scores[place].T:
        finite = fold[np.isfinite(fold)]
        means.append(float(finite.mean()) if finite.size else None)
    return tuple(means)


def _cell(metric: Metric, value: float, outcome: int) -> str:
    if outcome == Outcome.DIVERGED:
        return "diverged"
    return score(metric, float(value) if np.isfinite(value) else None)
