"""TL210: vanishing gradients."""

import numpy as np

LOSS = {"train_loss": [[0.6, 0.5, 0.4, 0.3, 0.2, 0.2]] * 3, "score": [0.8, 0.8, 0.8]}


def test_a_first_layer_without_gradient_is_told(seen, probe):
    """
    A gradient of 1e-6 in the first kernel beside 0.5 in the last is told with both.
    """
    probe(gradient_norms=np.array([1e-6, 0.1, 1e-3, 0.5]) * np.ones((4, 1)))
    [finding] = seen("TL210", {"a": LOSS})

    assert "`a` 1e-06 in `first` beside 0.5 in `last` before training in 3 of 3 runs" in finding.evidence


def test_small_gradients_at_the_end_are_silent(seen, probe):
    """
    A network that has learned has small gradients everywhere: only the beginning is asked.
    """
    late = np.full((4, 4), 0.5)
    late[2:, 0] = 1e-9
    probe(gradient_norms=late)

    assert seen("TL210", {"a": LOSS}) == []
