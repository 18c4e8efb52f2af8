"""Calibration: whether a network that says 80 % is right in 80 of 100 such rows."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.measures.rows import Floats, said

BINS = 15


@dataclass(frozen=True, eq=False)
class Reliability:
    """Said against seen, bin by bin of how sure the answers are.

    Args:
        confidence: ``(bin,)`` mean probability of the class said; NaN where no row is in the bin.
        accuracy: ``(bin,)`` share of the rows that are right; NaN where no row is in the bin.
        counts: ``(bin,)`` rows.
        error: expected calibration error: the mean over rows of their bin's gap between the two.
        by_chance: what a perfectly calibrated network would show on so many rows: the error is no less than
            that by much, and only what goes beyond it tells.
    """

    confidence: Floats
    accuracy: Floats
    counts: NDArray[np.int64]
    error: float
    by_chance: float


def reliability(outputs: NDArray[Any], targets: NDArray[Any], bins: int = BINS) -> Reliability:
    """Hold how sure answers are against how often they are right.

    Bins are equally wide, each with its upper end. The error is the plug-in estimate and biased upwards:
    every gap counts, whichever way it goes, also those that the draw of the rows makes. ``by_chance`` says by
    about how much, taking each bin's sum of gaps as normal with the variance that its probabilities promise.
    For one number to compare networks by, take a proper score (``brier``, ``log_loss``).

    Args:
        outputs: ``(row, class)`` probabilities.
        targets: ``(row,)`` class numbers.
        bins: how many bins.

    Source:
        Guo and others, *On Calibration of Modern Neural Networks*, ICML 2017, equation 3. Its bias: Broecker,
        *Estimating Reliability and Resolution of Probability Forecasts*, Climate Dynamics 39 (2012).

    >>> shares = np.array([[0.9, 0.1], [0.1, 0.9], [0.9, 0.1], [0.1, 0.9]])
    >>> found = reliability(shares, np.array([0, 1, 0, 0]))
    >>> round(found.error, 3), found.counts.tolist()[-2:]
    (0.150, [4, 0])
    """
    sure, right, places = _binned(outputs, targets, bins)
    counts = np.bincount(places, minlength=bins)
    there = np.where(counts > 0, counts, np.nan)
    promised = np.bincount(places, sure * (1 - sure), minlength=bins)
    rows = max(len(sure), 1)
    return Reliability(
        confidence=np.bincount(places, sure, minlength=bins) / there,
        accuracy=np.bincount(places, right, minlength=bins) / there,
        counts=counts,
        error=calibration_error(outputs, targets, bins)[0],
        by_chance=float(np.sqrt(2 / math.pi * np.maximum(promised, 0.0)).sum()) / rows,
    )


def calibration_error(outputs: NDArray[Any], targets: NDArray[Any], bins: int = BINS) -> tuple[float, Floats]:
    """Give the expected calibration error, and what it is without each row.

    Args:
        outputs: ``(row, class)`` probabilities.
        targets: ``(row,)`` class numbers.
        bins: how many bins.

    Returns:
        The measure, and ``(row,)`` what it is without each row; NaN where an output is no number.

    >>> value, _ = calibration_error(np.array([[0.9, 0.1], [0.1, 0.9]]), np.array([0, 0]))
    >>> round(value, 2)
    0.40
    """
    rows = len(targets)
    if not np.isfinite(outputs).all():
        return np.nan, np.full(rows, np.nan)
    sure, right, places = _binned(outputs, targets, bins)
    gaps = right - sure
    sums = np.bincount(places, gaps, minlength=bins)
    total = np.abs(sums).sum()
    without = (total - np.abs(sums[places]) + np.abs(sums[places] - gaps)) / max(rows - 1, 1)
    return float(total / rows), without if rows > 1 else np.full(rows, np.nan)


def _binned(
    outputs: NDArray[Any], targets: NDArray[Any], bins: int
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Give ``(row,)`` how sure each answer is, whether it is right, and its bin."""
    given, labels = np.asarray(outputs, np.float64), np.asarray(targets, np.int64)
    there = np.isfinite(given).all(axis=1)
    given, labels = given[there], labels[there]
    # Rounded probabilities may come to a little more than 1.
    sure = np.clip(given.max(axis=1, initial=0.0), 0.0, 1.0)
    right = np.asarray(said(given) == labels, np.float64)
    places = np.clip(np.ceil(sure * bins).astype(np.int64) - 1, 0, bins - 1)
    return sure, right, places
