"""TL206: a learning rate that is too high."""

import numpy as np

THROWN = np.array([40.0, 3.0, 1.5, 0.9, 0.8, 0.75, 0.72, 0.70])
LEARNING = 0.05 + 0.65 * np.exp(-np.arange(8) / 2)
STUCK = np.full(8, 0.69)


def test_a_loss_that_was_thrown_off_is_told(seen):
    """
    A loss of 40 after the first epoch and of guessing at the end was moved by too long steps.
    """
    [finding] = seen("TL206", {"high": {"train_loss": [THROWN] * 3}, "well": {"train_loss": [LEARNING] * 3}})

    assert finding.variants == ("high",)
    assert "`high` up to 40 and 0.7 at the end, where guessing costs 0.693" in finding.evidence


def test_weights_that_jumped_are_told_by_the_probes(seen, probe):
    """
    Weights six times as large after one epoch, and nothing learned, tell it where the loss is silent.
    """
    probe(weight_norms=np.array([1.0, 6.0, 6.0, 6.0])[:, None] * np.ones(4))
    [finding] = seen("TL206", {"high": {"train_loss": [STUCK] * 3}, "well": {"train_loss": [LEARNING] * 3}})

    assert finding.variants == ("high",)
    assert "weights 6 times as large after one epoch" in finding.evidence


def test_networks_that_learned_are_silent(seen):
    """
    A large loss at the beginning is forgiven to who came down from it.
    """
    assert seen("TL206", {"a": {"train_loss": [np.r_[5.0, LEARNING]] * 3}}) == []
