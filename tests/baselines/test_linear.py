"""The linear model: its numbers against closed forms, and what its scaling must not do."""

import numpy as np
import pytest
from scipy import optimize, sparse

from trainlab.baselines.linear import LOGISTIC_STRENGTH, RIDGE_PENALTY, fit_linear
from trainlab.baselines.rows_read import Layout

DRAWN = np.random.default_rng(8)


def table(columns):
    """The layout of a table."""
    return Layout(((0, columns, True),), 1.0)


@pytest.mark.parametrize("columns", [6, 1_100])
def test_the_ridge_regression_solves_its_normal_equations(columns):
    """
    Through either solver, predictions are those of the closed form on columns of one spread.
    """
    x = (DRAWN.normal(size=(1_200, columns)) + 5).astype(np.float32)
    x[:, :3] *= [1, 10, 100]
    y = DRAWN.normal(size=(1_200, 2)) + x[:, 3:5]
    new = x[:9] + 1

    predict, note = fit_linear(x.copy(), y, 0, table(columns))

    scaled = (x - x.mean(axis=0)) / x.std(axis=0) / np.sqrt(columns)
    weights = np.linalg.solve(
        scaled.T @ scaled + RIDGE_PENALTY * np.eye(columns), scaled.T @ (y - y.mean(axis=0))
    )
    wanted = (new - x.mean(axis=0)) / x.std(axis=0) / np.sqrt(columns) @ weights + y.mean(axis=0)
    np.testing.assert_allclose(predict(new.copy()), wanted, rtol=5e-3, atol=5e-3)
    assert note == ""


def test_the_logistic_regression_stands_at_the_least_of_its_penalized_loss():
    """
    Probabilities are those at the least of log loss and penalty that SciPy finds.
    """
    x = DRAWN.normal(size=(120, 4)).astype(np.float32)
    y = (x[:, 0] + DRAWN.normal(size=120) > 0).astype(np.int32)

    predict, note = fit_linear(x.copy(), y, 2, table(4))

    def loss(fitted):
        weights, start = fitted[:4], fitted[4]
        logits = scaled @ weights + start
        nats = np.logaddexp(0, logits) - y * logits
        return LOGISTIC_STRENGTH * nats.sum() + (weights**2).sum() / 2

    scaled = (x - x.mean(axis=0)) / x.std(axis=0) / 2
    least = optimize.minimize(loss, np.zeros(5), tol=1e-10).x
    wanted = 1 / (1 + np.exp(-(scaled @ least[:4] + least[4])))
    np.testing.assert_allclose(predict(x.copy())[:, 1], wanted, atol=1e-3)
    assert note == ""


def test_a_change_of_units_changes_nothing():
    """
    Columns of a table in other units give the same probabilities.
    """
    x = DRAWN.normal(size=(90, 3)).astype(np.float32)
    y = DRAWN.integers(0, 3, 90)
    units = np.array([1e-4, 1, 1e5], np.float32)

    one, _ = fit_linear(x.copy(), y, 3, table(3))
    other, _ = fit_linear(x * units, y, 3, table(3))

    np.testing.assert_allclose(one(x.copy()), other(x * units), atol=2e-3)


def test_a_column_that_was_constant_is_not_read():
    """
    A column that did not vary in training has no say, however far it is off in validation.
    """
    x = np.c_[DRAWN.normal(size=50), np.full(50, 0.1)].astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int32)
    predict, _ = fit_linear(x.copy(), y, 2, table(2))

    far = x.copy()
    far[:, 1] = 1e6

    np.testing.assert_array_equal(predict(far), predict(x.copy()))


def test_pixels_share_one_unit():
    """
    Rows of an image are stretched by one number, so that a nearly empty pixel is not blown up.
    """
    x = DRAWN.normal(size=(200, 4)).astype(np.float32)
    x[:, 3] = 0
    x[0, 3] = 0.01
    y = (x[:, 0] > 0).astype(np.int32)
    moved = x[:5].copy()
    moved[:, 3] = 1

    pixels, _ = fit_linear(x.copy(), y, 2, Layout(((0, 4, False),), 1.0))
    columns, _ = fit_linear(x.copy(), y, 2, table(4))

    assert np.abs(pixels(moved.copy()) - pixels(x[:5].copy())).max() < 0.01
    assert np.abs(columns(moved.copy()) - columns(x[:5].copy())).max() > 0.01


def test_sparse_rows_stay_sparse_and_mean_the_same():
    """
    Counts kept sparse give nearly what the same counts give dense, and their zeros are never filled.
    """
    counts = (DRAWN.random((300, 40)) < 0.05).astype(np.float32)
    counts[:, 0] = DRAWN.integers(0, 2, 300)
    y = counts[:, 0].astype(np.int32)
    dense = Layout(((0, 40, False),), 1.0)

    thin, _ = fit_linear(sparse.csr_array(counts), y, 2, Layout(((0, 40, True),), 0.05))
    full, _ = fit_linear(counts.copy(), y, 2, dense)

    assert ((thin(sparse.csr_array(counts)) > 0.5) == (full(counts.copy()) > 0.5)).all()


def test_a_fit_that_is_stopped_says_so(monkeypatch):
    """
    Where the iterations run out, a sentence is given and no warning is raised.
    """
    monkeypatch.setattr("trainlab.baselines.linear.ITERATIONS", 2)
    x = DRAWN.normal(size=(60, 4)).astype(np.float32)

    _, note = fit_linear(x, DRAWN.integers(0, 3, 60), 3, table(4))

    assert note == "stopped after 2 iterations, before it had settled"
