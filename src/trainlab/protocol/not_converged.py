"""TL141: epochs too few: variants that still got better when training ended."""

from collections.abc import Iterator

import numpy as np

from trainlab.protocol.check import AfterCheck
from trainlab.protocol.measured import Floats, better, by_seed, finished, interval, shown, smallest
from trainlab.protocol.naming import listed
from trainlab.results.finding import Finding
from trainlab.results.table import Results


def examine(results: Results) -> Iterator[Finding]:
    """Look for variants whose last quarter of epochs scores better than the quarter before, by what matters.

    Runs that early stopping ended are not asked: they ended by themselves.
    """
    matters = smallest(results)
    curve = better(results, results.validation_curve("metric"))
    asked = finished(results)
    told: dict[str, str] = {}
    epochs = 0
    for place, name in enumerate(results.variants):
        gains = np.full(curve.shape[1:3], np.nan)
        for at in np.argwhere(asked[place]):
            gains[tuple(at)] = late_gain(curve[(place, *at)])
        seeds = by_seed(gains)
        if not seeds.size or not seeds.mean() > matters:
            continue
        bounds = interval(seeds)
        if bounds is None or bounds[0] > 0:
            gained = better(results, np.array([seeds.mean(), *(bounds or ())]))
            limits = None if bounds is None else (float(min(gained[1:])), float(max(gained[1:])))
            told[name] = f"`{name}` {shown(results, float(gained[0]), limits)}"
            epochs = max(epochs, int(np.isfinite(curve[place]).sum(axis=-1).max()))
    if told:
        yield CHECK.found(
            "epochs",
            f"the last quarter of training still improved {results.metric.label} by more than the "
            f"{shown(results, matters).removeprefix('+')} that matter: {listed(told.values())}",
            f"Train longer: `epochs: {2 * epochs}`.",
            limit="before training had converged",
            variants=() if results.reference in told else tuple(told),
        )


def late_gain(curve: Floats) -> float:
    """Give how much better the last quarter of epochs is than the quarter before; NaN for a single epoch.

    Args:
        curve: ``(epoch,)`` scores, more is better; NaN after the last.

    >>> late_gain(np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]))
    0.2
    """
    there = curve[np.isfinite(curve)]
    if len(there) < 2:
        return float("nan")
    quarter = max(1, len(there) // 4)
    return float(there[-quarter:].mean() - there[-2 * quarter : -quarter].mean())


CHECK = AfterCheck("TL141", "warn", "epochs too few to converge", examine)
