"""TL212: an initial loss away from chance."""

import math

LOSS = {"train_loss": [[0.6, 0.5, 0.4]] * 3, "score": [0.8, 0.8, 0.8]}


def test_a_loss_far_above_chance_is_told(seen, probe):
    """
    Twelve nats before the first step on two classes come from unscaled inputs, not from chance.
    """
    probe(validation_loss_at_start=12.0)
    [finding] = seen("TL212", {"a": LOSS})

    assert "far above that of chance: `a` 12 in 3 runs, where chance gives 0.693" in finding.evidence


def test_a_loss_far_below_chance_is_told(seen, probe):
    """
    Who knows the answers before training was trained before, or sees them.
    """
    probe(validation_loss_at_start=0.1)
    [finding] = seen("TL212", {"a": LOSS})

    assert "far below" in finding.evidence


def test_the_logarithm_of_the_classes_is_silent(seen, probe):
    """
    About log 2 for two classes is as it should be.
    """
    probe(validation_loss_at_start=1.5 * math.log(2))

    assert seen("TL212", {"a": LOSS}) == []
