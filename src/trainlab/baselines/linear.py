"""The linear model: a logistic regression or a ridge regression with a fixed, mild penalty.

Rows are moved and stretched first, by what the training rows say, so that one penalty suits all data: columns
of a table to a common spread, pixels by one number for all, and everything to rows of length 1 on average.
"""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.baselines.amount import ITERATIONS
from trainlab.baselines.dummy import Predict, spread_over
from trainlab.baselines.rows_read import Layout

LOGISTIC_STRENGTH = 10.0
"""Inverse penalty. Of 1, 10 and 100 the best or second in log loss and accuracy on digits, wine, breast
cancer, iris and Fashion-MNIST."""

RIDGE_PENALTY = 0.1
"""For ten standardized columns that is scikit-learn's own default of 1."""

_FEW_COLUMNS = 1_000
_STILL = 1e-6
"""A column whose spread is less than this share of its mean differs by rounding alone."""


def fit_linear(given: Any, targets: NDArray[Any], classes: int, layout: Layout) -> tuple[Predict, str]:
    """Fit the linear model.

    Args:
        given: ``(training row, column)`` matrix; a dense one is written into.
        targets: ``(training row,)`` class numbers of two classes or more, or ``(training row, target)``
            amounts.
        classes: how many classes there are, also where the rows have not met all; 0 for a regression.
        layout: of the matrix.

    Returns:
        What predicts, and a sentence where the fit was stopped before its end; else empty.
    """
    scaled = _scaling(given, layout)
    model, note = (_logistic if classes else _ridge)(scaled(given), targets)

    def predict(rows: Any) -> NDArray[Any]:
        if not classes:
            answer: NDArray[Any] = model.predict(scaled(rows)).reshape(rows.shape[0], -1)
            return answer
        return spread_over(model.predict_proba(scaled(rows)), model.classes_, classes)

    return predict, note


def _logistic(given: Any, targets: NDArray[Any]) -> tuple[Any, str]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=LOGISTIC_STRENGTH, max_iter=ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # said below
        model.fit(given, targets)
    stopped = int(np.max(model.n_iter_)) >= ITERATIONS
    return model, f"stopped after {ITERATIONS} iterations, before it had settled" if stopped else ""


def _ridge(given: Any, targets: NDArray[Any]) -> tuple[Any, str]:
    from sklearn.linear_model import Ridge

    # The exact solver takes a table of columns by columns; rows of length 1 let the other settle quickly.
    narrow = min(given.shape) <= _FEW_COLUMNS and isinstance(given, np.ndarray)
    model = Ridge(alpha=RIDGE_PENALTY, solver="cholesky" if narrow else "sparse_cg", max_iter=500)
    return model.fit(given, np.asarray(targets, np.float32)), ""


def _scaling(given: Any, layout: Layout) -> Any:
    """Fit how rows are moved and stretched, and give what does it; dense rows are written into."""
    if layout.sparse:
        # Zeros stay zeros, so nothing is moved.
        length = np.sqrt(float((given.data.astype(np.float64) ** 2).sum()) / given.shape[0])
        share = np.float32(1 / length if length else 1.0)
        return lambda rows: rows * share
    shift = given.mean(axis=0, dtype=np.float64)
    spread = np.sqrt(np.maximum(given.var(axis=0, dtype=np.float64), 0))
    spread[spread <= _STILL * np.abs(shift)] = 0
    factor = np.zeros_like(spread)
    for start, stop, table in layout.parts:
        part = spread[start:stop]
        common = part if table else np.full_like(part, np.sqrt((part**2).mean()))
        np.divide(1, common, out=factor[start:stop], where=(common > 0) & (part > 0))
    length = np.sqrt(((factor * spread) ** 2).sum()) or 1.0
    shift, factor = shift.astype(np.float32), (factor / length).astype(np.float32)

    def scaled(rows: Any) -> Any:
        rows -= shift
        rows *= factor
        return rows

    return scaled
