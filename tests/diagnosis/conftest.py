"""Results as a run would have left them, from numbers that a test makes up."""

import numpy as np
import pytest

from trainlab.diagnosis import probed
from trainlab.protocol.lint import AFTER_CHECKS
from trainlab.results.probes import Probe
from trainlab.testing import made_up

ROWS = 1_000


@pytest.fixture
def results(tmp_path):
    """A function that stores made-up results on 1,000 rows; see ``trainlab.testing.made_up``."""
    made = iter(range(10_000))

    def make(variants, **others):
        folder = tmp_path / str(next(made))
        folder.mkdir()
        return made_up(variants, rows=ROWS, folder=folder, **others)

    return make


@pytest.fixture
def seen(results):
    """A function that gives the findings of one check about made-up results."""

    def examine(code, variants, **others):
        return list(AFTER_CHECKS[code].examine(results(variants, **others)))

    return examine


@pytest.fixture
def jittered():
    """A function that gives a curve to each seed, with some jitter."""

    def make(curve, seeds=5, by=0.002):
        return np.asarray(curve) + np.random.default_rng(0).normal(0, by, (seeds, len(curve)))

    return make


@pytest.fixture
def probe(monkeypatch):
    """A function that lets every run show the same inside, by parts of a `Probe` of two layers."""

    def show(**parts):
        weights, layers = ("first", "bias", "second", "last"), ("one", "two")
        usual = {
            "epochs": np.array([0, 1, 8, 8]),
            "losses": np.array([0.70, 0.50, 0.20, 0.20]),
            "validation_loss_at_start": 0.70,
            "weights": weights,
            "weight_norms": np.full((4, 4), 5.0),
            "gradient_norms": np.full((4, 4), 0.5),
            "layers": layers,
            "activations": ("relu", "relu"),
            "dead": np.full((4, 2), 0.1),
            "saturated": np.full((4, 2), 0.1),
            "kernels": ("first", "second", "last"),
            "weight_counts": np.zeros((4, 3, 2), int),
            "weight_edges": np.zeros((3, 3)),
            "activation_counts": np.zeros((4, 2, 2), int),
            "activation_edges": np.zeros((2, 3)),
        }
        made = Probe(**{**usual, **parts})

        def probes(results, variant):
            return [[made] * results.folds for _ in results.seeds]

        monkeypatch.setattr(probed, "probes_of", probes)

    return show
