"""Fitting steps for numbers: what fills, bounds, shifts and scales columns, from the values that are given.

Given are the training rows of one fold, and nothing else: there is no way to name other rows here. Steps act
one after the other, and become one affine map with bounds in the unit of the data.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.preparing.preparation import Step, Steps

Floats = NDArray[np.float64]
AT_ONCE = 2**22
"""So many values are turned into 64-bit numbers at once."""
# Differences below this share of a column's size are rounding: float32, in which inputs stand, has 6e-8.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class FittedSteps:
    """Steps fitted to columns, one number each: ``clip(fill(x), low, high)``, minus shift, times factor.

    Args:
        kept: whether the column has a value to learn from; one without is left out of its fold.
        fill: what stands in for a missing value; NaN where nothing does.
        low: lowest value.
        high: highest value.
        shift: what is subtracted.
        factor: what is multiplied with, after that.
    """

    kept: NDArray[np.bool_]
    fill: Floats
    low: Floats
    high: Floats
    shift: Floats
    factor: Floats


def fit_steps(values: NDArray[Any], steps: Steps, scale: float = 1.0) -> FittedSteps:
    """Fit steps to the training values of columns.

    Standard deviations divide by the number of rows. A column that is the same in all rows is shifted to
    zero and not scaled.

    Args:
        values: ``(column, training row)``; NaN is missing.
        steps: in the order in which they act.
        scale: what numbers are multiplied with where no step scales them.

    >>> fitted = fit_steps(np.array([[1.0, 3.0, np.nan]]), (Step("impute", "mean"), Step("min_max")))
    >>> fitted.fill.tolist(), fitted.shift.tolist(), fitted.factor.tolist()
    ([2.0], [1.0], [0.5])
    """
    width = len(values)
    step = max(1, AT_ONCE // max(1, values.shape[1]))
    blocks = [_fit(values[at : at + step], steps, scale) for at in range(0, width, step)]
    return FittedSteps(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def shift_and_factor(values: NDArray[Any], kind: str) -> tuple[Floats, Floats]:
    """Fit ``standardize`` or ``min_max`` to columns.

    Args:
        values: ``(column, training row)`` without missing values.
        kind: which of the two.

    Returns:
        ``(column,)`` what is subtracted, and what is multiplied with after that.

    >>> shift_and_factor(np.array([[1.0, 3.0], [5.0, 5.0]]), "standardize")
    (array([2., 5.]), array([1., 1.]))
    """
    low, high = values.min(axis=1).astype(np.float64), values.max(axis=1).astype(np.float64)
    constant = high - low <= ROUNDING * np.maximum(np.abs(low), np.abs(high))
    shift, spread = low, high - low
    if kind == "standardize":
        mean = np.clip(values.mean(axis=1, dtype=np.float64), low, high)
        shift = np.where(constant, low, mean)
        spread = _spread(values, shift)
    # A spread so small that its inverse leaves float32 is none that a network could use.
    constant |= spread < 1 / float(np.finfo(np.float32).max)
    return shift, 1 / np.where(constant, 1.0, spread)


def _spread(values: NDArray[Any], mean: Floats) -> Floats:
    """Give standard deviations; in pieces, since a column of pixels has as many values as all images."""
    total = np.zeros(len(values))
    piece = max(1, AT_ONCE // len(values))
    for at in range(0, values.shape[1], piece):
        apart = values[:, at : at + piece] - mean[:, None]
        total += np.einsum("cr,cr->c", apart, apart)
    spread: Floats = np.sqrt(total / values.shape[1])
    return spread


def _fit(values: NDArray[Any], steps: Steps, scale: float) -> tuple[NDArray[Any], ...]:
    width = len(values)
    kept = np.ones(width, np.bool_)
    fill, low, high = np.full(width, np.nan), np.full(width, -np.inf), np.full(width, np.inf)
    shift, factor = np.zeros(width), np.ones(width)
    for step in steps:
        if step.name == "impute":
            kept, fill = _fill(values, step)
            values = _filled(values, fill)
        elif step.name == "clip":
            least, most = _bounds(values, step, shift, factor)
            low, high = np.clip(low, least, most), np.clip(high, least, most)
            values = np.clip(values, low[:, None], high[:, None])
        elif step.name == "rescale":
            assert isinstance(step.value, float)  # noqa: S101  # a `Step` has seen to it
            factor = factor / step.value
        elif step.name in {"standardize", "min_max"}:
            shift, factor = shift_and_factor(values, step.name)
    if not any(step.name in {"rescale", "standardize", "min_max"} for step in steps):
        factor *= scale
    return kept, fill, low, high, shift, factor


def _bounds(values: NDArray[Any], step: Step, shift: Floats, factor: Floats) -> tuple[Floats, Floats]:
    """Give bounds in the unit of the data: those that are written count after the steps before them."""
    assert isinstance(step.value, tuple)  # noqa: S101  # a `Step` has seen to it
    least, most = (float(bound) for bound in step.value)
    if step.quantiles:
        low, high = np.quantile(values.astype(np.float64), [least, most], axis=1)
        return low, high
    return least / factor + shift, most / factor + shift


def _filled(values: NDArray[Any], fill: Floats) -> NDArray[Any]:
    if values.dtype.kind != "f":
        return values
    bad = np.isnan(values)
    return np.where(bad, fill[:, None], values) if bad.any() else values


def _fill(values: NDArray[Any], step: Step) -> tuple[NDArray[np.bool_], Floats]:
    """Give which columns can be filled, and with what; 0 stands where a column has no value at all."""
    width = len(values)
    if isinstance(step.value, float):
        return np.ones(width, np.bool_), np.full(width, step.value)
    present = ~np.isnan(values) if values.dtype.kind == "f" else np.ones(values.shape, np.bool_)
    count = present.sum(axis=1)
    if step.value == "mean":
        fill = np.where(present, values, 0).sum(axis=1, dtype=np.float64) / np.maximum(count, 1)
    else:
        # Missing values come last.
        ordered = np.sort(values, axis=1)
        fill = _median(ordered, count) if step.value == "median" else _most_frequent(ordered, count)
    return count > 0, np.where(count > 0, fill, 0.0)


def _median(ordered: NDArray[Any], count: NDArray[Any]) -> Floats:
    rows = np.arange(len(ordered))
    below = ordered[rows, np.maximum(count - 1, 0) // 2].astype(np.float64)
    above = ordered[rows, np.minimum(count // 2, ordered.shape[1] - 1)].astype(np.float64)
    middle: Floats = (below + above) / 2
    return middle


def _most_frequent(ordered: NDArray[Any], count: NDArray[Any]) -> Floats:
    """Give the value that stands most often, the smallest of those, as scikit-learn's imputer does."""
    width, rows = ordered.shape
    begins = np.ones((width, rows), np.bool_)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    starts = np.flatnonzero(begins)
    lengths = np.diff(np.append(starts, width * rows))
    columns = starts // rows
    # NaN equals nothing: each is a run of its own, which is no value.
    lengths[starts % rows >= count[columns]] = 0
    first = np.searchsorted(columns, np.arange(width))
    best = np.maximum.reduceat(lengths, first)
    wins = np.flatnonzero(lengths == best[columns])
    _, chosen = np.unique(columns[wins], return_index=True)
    found: Floats = ordered.ravel()[starts[wins[chosen]]].astype(np.float64)
    return found
