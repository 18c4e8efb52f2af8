"""TL205: a learning rate that is too low."""

import numpy as np

CREEPING = np.linspace(0.70, 0.60, 20)
LEARNING = 0.05 + 0.65 * np.exp(-np.arange(20) / 3)


def test_a_loss_that_creeps_is_told(seen):
    """
    A straight fall from 0.70 to 0.60, as fast at the end as at the beginning, would bear longer steps.
    """
    [finding] = seen("TL205", {"low": {"train_loss": [CREEPING] * 3}, "well": {"train_loss": [LEARNING] * 3}})

    assert finding.variants == ("low",)
    assert "`low` from 0.7 to 0.6, like this in 3 of 3 runs" in finding.evidence


def test_a_plateau_is_no_creeping(seen, jittered):
    """
    A loss that stands still and jitters has another illness.
    """
    assert seen("TL205", {"a": {"train_loss": jittered(np.full(20, 0.69), by=0.005)}}) == []


def test_a_larger_rate_that_got_further_is_the_witness(seen):
    """
    Where another rate alone trained further, that is told, also of a curve without a shape.
    """
    slow = {"train_loss": [[0.69, 0.5, 0.45, 0.42, 0.41, 0.40]] * 3, "score": [0.8, 0.81, 0.82]}
    fast = {"train_loss": [[0.69, 0.3, 0.2, 0.15, 0.12, 0.10]] * 3, "score": [0.9, 0.91, 0.92]}
    [finding] = seen("TL205", {"slow": slow, "fast": {**fast, "changes": {"learning_rate": 0.01}}})

    assert "`slow`, where `fast` trained further at 0.01" in finding.evidence
