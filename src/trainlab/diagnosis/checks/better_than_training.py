"""TL145: validation rows scored better than training rows, with training evaluated cleanly."""

from collections.abc import Iterator

import numpy as np

from trainlab.diagnosis.measured import better, by_seed, interval, shown, smallest
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

STANDARD_ERRORS = 3.0


def examine(results: Results) -> Iterator[Finding]:
    """Look for gaps the wrong way round that seeds and the draw of validation rows do not explain.

    Both scores are of standing weights, without dropout and augmentation, so these are no excuse.
    """
    matters = smallest(results)
    told: dict[str, str] = {}
    for place, name in enumerate(results.variants):
        gaps = by_seed(results.scores[place] - results.endings["train_score"][place])
        ahead = better(results, gaps)
        if not gaps.size or not ahead.mean() > matters:
            continue
        if not ahead.mean() > STANDARD_ERRORS * _error(results, name):
            continue
        bounds = interval(gaps)
        if bounds is None or min(better(results, np.array(bounds))) > 0:
            told[name] = f"`{name}` {shown(results, float(gaps.mean()), bounds)}"
    if told:
        yield CHECK.found(
            "validation",
            f"validation rows score better than training rows: {listed(told.values())}",
            "Look for rows in both, for rows of one group in both, and for an easier validation set.",
            variants=tuple(told),
        )


def _error(results: Results, name: str) -> float:
    """Give the standard error of a mean score that the draw of validation rows brings."""
    rows = []
    for fold in range(results.folds):
        seeds = [found for found in results.rows("row_scores", name, fold) if found is not None]
        if seeds:
            rows.append(np.mean(np.asarray(seeds, np.float64), axis=0))
    if not rows:
        return 0.0
    scores = np.concatenate(rows)
    if results.metric.right_or_wrong:
        # Two rows right and two wrong are added: a handful of rows, all right, are no certainty.
        count = len(scores) + 4
        share = (scores.sum() + 2) / count
        return float(np.sqrt(share * (1 - share) / count))
    return float(scores.std(ddof=1) / np.sqrt(len(scores))) if len(scores) > 1 else np.inf


CHECK = AfterCheck("TL145", "warn", "validation better than training", examine)
