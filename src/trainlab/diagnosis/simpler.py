"""Whether a less flexible variant beats one: what shows that a network learned its rows by heart."""

from dataclasses import dataclass

import numpy as np

from trainlab.diagnosis.completed import Completed
from trainlab.diagnosis.estimate import ALPHA, Estimate
from trainlab.diagnosis.flexibility import less_flexible
from trainlab.diagnosis.measured import better, settings


@dataclass(frozen=True, eq=False)
class Simpler:
    """The best of the less flexible variants.

    Args:
        variant: its name.
        gain: by how much it is better, in the unit of the metric.
    """

    variant: str
    gain: Estimate


def simpler_variants(runs: Completed, place: int) -> list[int]:
    """Give the places of the variants that differ from one in being less flexible, and in nothing else."""
    results = runs.results
    own, sizes = settings(results, results.variants[place]), _sizes(runs)
    return [
        other
        for other, name in enumerate(results.variants)
        if other != place
        and runs.scored[other].any()
        and less_flexible(settings(results, name), own, (sizes[other], sizes[place]))
    ]


def best_simpler(runs: Completed, place: int, tried: list[int], alpha: float = ALPHA) -> Simpler | None:
    """Compare a variant with the best of those that are less flexible; None where there is none.

    Args:
        runs: the completed runs.
        place: which variant.
        tried: the places of those that are less flexible.
        alpha: probability left outside of the interval; shared among those that were tried.
    """
    if not tried:
        return None
    scores = np.where(runs.scored, better(runs.results, runs.results.scores), np.nan)
    best = max(tried, key=lambda other: float(np.nanmean(scores[other])))
    gain = runs.of_rows(best, place, alpha=alpha / len(tried))
    return None if gain is None else Simpler(runs.results.variants[best], gain)


def _sizes(runs: Completed) -> list[float]:
    """Give the trainable numbers of each variant; NaN where no run has ended."""
    sizes = runs.results.endings["parameters"]
    return [float(np.nanmax(size)) if np.isfinite(size).any() else float("nan") for size in sizes]
