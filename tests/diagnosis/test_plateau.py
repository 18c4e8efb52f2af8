"""TL207: a plateau of the training loss."""

import numpy as np


def test_a_plateau_before_a_fall_is_told(seen):
    """
    Five epochs at 0.69 of eight, and then the loss fell on.
    """
    late = [0.70, 0.69, 0.69, 0.69, 0.69, 0.69, 0.40, 0.20]
    [finding] = seen("TL207", {"a": {"train_loss": [late] * 3}})

    assert "`a` for 5 epochs at 0.69 in 3 of 3 runs" in finding.evidence


def test_a_network_that_learned_nothing_is_told(seen):
    """
    A loss that stays where guessing is learned nothing at all.
    """
    [finding] = seen("TL207", {"a": {"train_loss": [np.full(10, 0.693)] * 3}})

    assert "at 0.693" in finding.evidence


def test_a_network_that_has_converged_is_silent(seen):
    """
    Standing still where hardly anything is left is the end, and no plateau.
    """
    assert seen("TL207", {"a": {"train_loss": [0.1 + 0.6 * np.exp(-np.arange(12.0))] * 3}}) == []
