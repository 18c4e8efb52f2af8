"""TL211: exploding gradients."""

import numpy as np

LOSS = {"train_loss": [[0.6, 0.5, 0.4, 0.3, 0.2, 0.2]] * 3, "score": [0.8, 0.8, 0.8]}


def test_a_gradient_larger_than_the_weights_is_told(seen, probe):
    """
    A gradient of 800 beside weights of 10 throws these off with the first step.
    """
    probe(gradient_norms=np.full((4, 4), 400.0))
    [finding] = seen("TL211", {"a": LOSS})

    assert "`a` 800 beside weights of 10 before training in 3 of 3 runs" in finding.evidence


def test_a_usual_gradient_is_silent(seen, probe):
    """
    A gradient of a tenth of the weights moves them as it should.
    """
    probe()

    assert seen("TL211", {"a": LOSS}) == []
