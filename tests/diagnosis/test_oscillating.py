"""TL204: an oscillating training loss."""

import numpy as np

JUMPING = 0.4 + 0.1 * (-1.0) ** np.arange(12)
SETTLED = 0.1 + 0.6 * np.exp(-np.arange(12) / 2)


def test_jumps_are_told_with_their_size(seen):
    """
    A loss that goes up and down by 0.2 from epoch to epoch is no noise of validation rows: it is training.
    """
    [finding] = seen("TL204", {"a": {"train_loss": [JUMPING] * 3}, "b": {"train_loss": [SETTLED] * 3}})

    assert finding.variants == ("a",)
    assert "in 3 of 3 runs" in finding.evidence


def test_small_jitter_is_silent(seen, jittered):
    """
    Steps of a hundredth around a settled loss are how stochastic descent ends.
    """
    assert seen("TL204", {"a": {"train_loss": jittered(SETTLED, by=0.005)}}) == []
