"""Learning curves as facts: after each epoch, the mean over runs with its band, and the runs that diverged.

On one split the band is the 95 % interval of Student's t for the mean over seeds; it speaks of the training
randomness only. Over folds, seeds are averaged within each and the band is the corrected one of the scores;
over a time series and over resamples there is none. Runs that diverged are no part of mean and band and stand
beside them, one by one.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.splits import Splits
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

KINDS = ("train_loss", "validation_loss", "train_metric", "validation_metric", "running_loss")

Numbers = tuple[float | None, ...]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """One quantity after each epoch, from the first epoch on.

    Args:
        mean: mean over the runs that got that far; None where none did.
        low: lower end of the band; None where there are fewer than two seeds (over folds: folds), or not all
            runs got that far.
        high: upper end of the band.
        runs: how many runs got that far.
        whole: the epochs that every run reached; from there on the mean is over fewer.
    """

    mean: Numbers
    low: Numbers
    high: Numbers
    runs: tuple[int, ...]
    whole: int


@dataclass(frozen=True)
class LoneRun:
    """A run that diverged, up to its last finite epoch.

    Args:
        seed: its seed.
        fold: its fold.
        values: kind of curve -> value after each epoch; None where it was not finite.
    """

    seed: int
    fold: int
    values: Mapping[str, Numbers]


@dataclass(frozen=True)
class VariantCurves:
    """The curves of one variant.

    Args:
        curves: kind (see ``KINDS``) -> mean and band.
        diverged: the runs that diverged, each by itself.
    """

    curves: Mapping[str, Curve]
    diverged: tuple[LoneRun, ...]


def variant_curves(results: Results, splits: Splits | None = None) -> tuple[VariantCurves, ...]:
    """Give the curves of every variant, in the order of the variants.

    Args:
        results: what was measured.
        splits: how rows were shared out; left out, one split, or several without a band.
    """
    values = {kind: _values(results, kind) for kind in KINDS}
    diverged = results.outcomes == Outcome.DIVERGED
    widening = 0.0 if results.folds == 1 else None
    if splits is not None and splits.kind != "one split":
        widening = splits.ratio if splits.kind in {"folds", "disjoint sets"} else None
    return tuple(
        VariantCurves(
            MappingProxyType(
                {
                    kind: _curve(np.where(diverged[index][..., None], np.nan, values[kind][index]), widening)
                    for kind in KINDS
                }
            ),
            tuple(
                LoneRun(
                    results.seeds[seed],
                    int(fold),
                    MappingProxyType({kind: _plain(values[kind][index, seed, fold]) for kind in KINDS}),
                )
                for seed, fold in np.argwhere(diverged[index])
            ),
        )
        for index in range(len(results.variants))
    )


def loss_is_metric(results: Results) -> bool:
    """Say whether the metric is the training loss itself, so that one picture shows both."""
    if results.metric.name == "loss":
        return True
    pairs = [
        (_values(results, f"{side}_loss"), _values(results, f"{side}_metric"))
        for side in ("train", "validation")
    ]
    seen = any(np.isfinite(loss).any() for loss, _ in pairs)
    return seen and all(np.allclose(loss, metric, rtol=1e-4, equal_nan=True) for loss, metric in pairs)


def _values(results: Results, kind: str) -> Floats:
    if not kind.startswith("validation_"):
        return results.curves[kind]
    try:
        return results.validation_curve(kind.removeprefix("validation_"))
    except KeyError:  # which rows are in which half was not stored yet: the run broke off at its very start
        halves: Floats = (results.curves[f"{kind}_a"] + results.curves[f"{kind}_b"]) / 2
        return halves


def _curve(values: Floats, widening: float | None) -> Curve:
    """Reduce ``(seed, fold, epoch)`` to a mean with its band.

    Args:
        values: NaN where a run did not get that far.
        widening: what overlap of folds adds to the variance of their mean; None where there is no band.
    """
    begun: NDArray[np.bool_] = np.asarray(np.isfinite(values).any(axis=2))
    there = np.isfinite(values) & begun[..., None]
    counts = there.sum(axis=(0, 1))
    everyone = (counts == begun.sum()) & (counts > 0)
    whole = len(everyone) if everyone.all() else int(np.argmin(everyone))
    # On one split a seed is what is counted, over several a fold, its seeds averaged.
    averaged = 0 if values.shape[1] > 1 else 1
    with np.errstate(over="ignore", invalid="ignore"):  # losses near the largest number: shown as missing
        units = _mean(values, axis=averaged)[begun.any(axis=averaged)]
        mean = _mean(units, axis=0)
        low, high = _band(units, mean, whole, widening)
    return Curve(_plain(mean), _plain(low), _plain(high), tuple(int(count) for count in counts), whole)


def _band(units: Floats, mean: Floats, whole: int, widening: float | None) -> tuple[Floats, Floats]:
    from scipy.special import stdtrit

    low, high = np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    if len(units) >= 2 and widening is not None:
        error = units[:, :whole].std(axis=0, ddof=1) * math.sqrt(1 / len(units) + widening)
        half = -stdtrit(len(units) - 1, 0.025) * error
        low[:whole], high[:whole] = mean[:whole] - half, mean[:whole] + half
    return low, high


def _mean(values: Floats, axis: int) -> Floats:
    finite = np.isfinite(values)
    counts = finite.sum(axis=axis)
    sums = np.where(finite, values, 0.0).sum(axis=axis)
    means: Floats = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return means


def _plain(values: Floats) -> Numbers:
    return tuple(float(value) if math.isfinite(value) else None for value in values)
