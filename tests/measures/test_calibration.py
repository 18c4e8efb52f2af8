"""Calibration: bin by bin, against a plain loop and against networks whose calibration is known."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from trainlab.measures.calibration import calibration_error, reliability

DRAWN = np.random.default_rng(2)
SHARES = DRAWN.dirichlet(np.ones(3), 500)
LABELS = DRAWN.integers(0, 3, 500)


def drawn(random, rows, power=1.0):
    """Rows whose labels are drawn from the shares themselves; said is a power of these."""
    shares = random.dirichlet(np.ones(3), rows)
    labels = (random.random((rows, 1)) > shares.cumsum(axis=1)).sum(axis=1)
    said = shares**power
    return said / said.sum(axis=1, keepdims=True), np.minimum(labels, 2)


@pytest.mark.parametrize("bins", [1, 10, 15])
def test_the_error_is_the_gap_of_each_bin_by_its_rows(bins):
    """
    A loop over bins with an open lower end gives the same error, counts, shares and means.
    """
    sure, right = SHARES.max(axis=1), SHARES.argmax(axis=1) == LABELS

    found = reliability(SHARES, LABELS, bins)

    error = 0.0
    for place, low in enumerate(np.arange(bins) / bins):
        there = (sure > low) & (sure <= low + 1 / bins)
        assert found.counts[place] == there.sum()
        if there.any():
            assert found.confidence[place] == pytest.approx(sure[there].mean())
            assert found.accuracy[place] == pytest.approx(right[there].mean())
            error += there.mean() * abs(right[there].mean() - sure[there].mean())
    assert found.error == pytest.approx(error)
    assert calibration_error(SHARES, LABELS, bins)[0] == found.error


def test_the_bins_are_those_of_scikit_learn():
    """
    Of filled bins scikit-learn's curve has the same shares and means.
    """
    sure, right = SHARES.max(axis=1), SHARES.argmax(axis=1) == LABELS
    shares, means = calibration_curve(right, sure, n_bins=15)

    found = reliability(SHARES, LABELS)

    filled = found.counts > 0
    np.testing.assert_allclose(found.accuracy[filled], shares)
    np.testing.assert_allclose(found.confidence[filled], means)
    assert np.isnan(found.accuracy[~filled]).all()


def test_a_calibrated_network_shows_what_chance_gives():
    """
    Labels drawn from the probabilities themselves leave the error that was foretold, on few rows and many.
    """
    random = np.random.default_rng(5)

    for rows in (60, 1_000):
        found = [reliability(*drawn(random, rows)) for _ in range(200)]
        error, foretold = np.mean([(one.error, one.by_chance) for one in found], axis=0)
        assert error == pytest.approx(foretold, rel=0.12 if rows == 60 else 0.05)


def test_a_network_that_is_too_sure_shows_it():
    """
    Probabilities raised to a power are far from what chance gives, and every bin says more than it keeps.
    """
    found = reliability(*drawn(np.random.default_rng(6), 4_000, power=4.0))

    assert found.error > 5 * found.by_chance
    filled = found.counts > 50
    assert (found.confidence[filled] > found.accuracy[filled]).all()


def test_edges_of_bins_and_rows_without_numbers():
    """
    Probabilities of exactly 0, of a bin's end and of a little over 1 find a bin; rows of NaN find none.
    """
    shares = np.array([[1.0 + 1e-7, 0.0], [0.6, 0.4], [np.nan, 0.5], [0.0, 0.0]])

    found = reliability(shares, np.array([0, 1, 0, 0]), bins=5)

    assert found.counts.tolist() == [1, 0, 1, 0, 1]
    assert np.isnan(found.error)
