"""The best epoch, cross-fitted."""

import numpy as np

from trainlab.diagnosis.best_epoch import best_epoch, cross_fitted_gain
from trainlab.diagnosis.completed import completed_runs


def test_noise_alone_gains_nothing():
    """
    Of epochs that differ by chance the best on one half is no better on the other: the mean gain is zero.
    """
    random = np.random.default_rng(0)
    curves = random.normal(0, 1, (2_000, 2, 30))
    gains = np.array([cross_fitted_gain(*halves, 0.5) for halves in curves])
    naive = np.array([halves.mean(axis=0).max() - halves.mean(axis=0)[-1] for halves in curves])

    assert abs(gains.mean()) < 3 * gains.std() / np.sqrt(len(gains))
    assert naive.mean() > 1.0


def test_runs_with_their_best_weights_are_not_asked(results):
    """
    Early stopping gave the best epoch back already.
    """
    stopped = {"metric": [[0.5, 0.9, 0.7, 0.6]] * 3, "chosen_epoch": 2}

    assert best_epoch(completed_runs(results({"a": stopped})), 0) is None
