"""TL215: miscalibrated probabilities."""

import numpy as np

TARGETS = np.arange(1_000) % 2


def saying(sure, right):
    """Outputs of three networks that are this sure, and right in this share of the rows."""
    random = np.random.default_rng(0)
    said = np.where(random.uniform(size=(3, 1_000)) < right, TARGETS, 1 - TARGETS)
    return np.where(said[..., None] == np.arange(2), sure, 1 - sure)


def test_networks_that_are_too_sure_are_told(seen):
    """
    Ninety-nine percent sure and right in eight rows of ten is 19 points too sure.
    """
    [finding] = seen("TL215", {"a": {"score": [0.8] * 3, "outputs": saying(0.99, 0.8)}})

    assert "`a` too sure, by 19." in finding.evidence or "`a` too sure, by 18." in finding.evidence


def test_networks_that_keep_their_word_are_silent(seen):
    """
    Eighty percent sure and right in eight rows of ten is what probabilities promise.
    """
    assert seen("TL215", {"a": {"score": [0.8] * 3, "outputs": saying(0.8, 0.8)}}) == []
