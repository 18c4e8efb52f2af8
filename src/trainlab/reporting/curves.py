"""Learning curves as facts: after each epoch, the mean over seeds with its band, and the runs that diverged.

The band is the 95 % interval of Student's t for the mean over seeds; it speaks of the training randomness
only. Runs that diverged are no part of mean and band and stand beside them, one by one.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

KINDS = ("train_loss", "validation_loss", "train_metric", "validation_metric", "running_loss")

Numbers = tuple[float | None, ...]


@dataclass(frozen=True)
class Curve:
    """One quantity after each epoch, from the first epoch on.

    Args:
        mean: mean over the seeds that got that far; None where none did.
        low: lower end of the band; None where fewer than two seeds, or not all of them, got that far.
        high: upper end of the band.
        seeds: how many seeds got that far.
        whole: the epochs that every seed reached; from there on the mean is over fewer.
    """

    mean: Numbers
    low: Numbers
    high: Numbers
    seeds: tuple[int, ...]
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


def variant_curves(results: Results) -> tuple[VariantCurves, ...]:
    """Give the curves of every variant, in the order of the variants.

    Folds of one seed are averaged first, so that the band is over seeds.
    """
    values = {kind: _values(results, kind) for kind in KINDS}
    diverged = results.outcomes == Outcome.DIVERGED
    return tuple(
        VariantCurves(
            MappingProxyType(
                {
                    kind: _curve(np.where(diverged[index][..., None], np.nan, values[kind][index]))
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


def _values(results: Results, kind: str) -> NDArray[np.float64]:
    if not kind.startswith("validation_"):
        return results.curves[kind]
    try:
        return results.validation_curve(kind.removeprefix("validation_"))
    except KeyError:  # which rows are in which half was not stored yet: the run broke off at its very start
        halves: NDArray[np.float64] = (results.curves[f"{kind}_a"] + results.curves[f"{kind}_b"]) / 2
        return halves


def _curve(values: NDArray[np.float64]) -> Curve:
    """Reduce ``(seed, fold, epoch)`` to a mean with its band."""
    begun = np.isfinite(values).any(axis=(1, 2))
    with np.errstate(over="ignore", invalid="ignore"):  # losses near the largest number: shown as missing
        return _reduced(_mean(values[begun], axis=1))


def _reduced(seeds: NDArray[np.float64]) -> Curve:
    """Reduce ``(seed, epoch)``, where every seed has at least one epoch."""
    from scipy.special import stdtrit

    there = np.isfinite(seeds)
    counts = there.sum(axis=0)
    mean = _mean(seeds, axis=0)
    everyone = (counts == len(seeds)) & (counts > 0)
    whole = len(everyone) if everyone.all() else int(np.argmin(everyone))
    low, high = np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    if len(seeds) >= 2:
        half = stdtrit(len(seeds) - 1, 0.975) * seeds[:, :whole].std(axis=0, ddof=1) / math.sqrt(len(seeds))
        low[:whole], high[:whole] = mean[:whole] - half, mean[:whole] + half
    return Curve(_plain(mean), _plain(low), _plain(high), tuple(int(count) for count in counts), whole)


def _mean(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    finite = np.isfinite(values)
    counts = finite.sum(axis=axis)
    sums = np.where(finite, values, 0.0).sum(axis=axis)
    means: NDArray[np.float64] = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return means


def _plain(values: NDArray[np.float64]) -> Numbers:
    return tuple(float(value) if math.isfinite(value) else None for value in values)
