"""TL216: suspicious labels."""

import numpy as np

TARGETS = np.arange(1_000) % 2


def networks(wrong, count=4, sure=0.97):
    """Outputs of networks that are right on all rows but these, where they are as sure of the other class."""
    said = TARGETS.copy()
    said[list(wrong)] = 1 - said[list(wrong)]
    outputs = np.where(said[:, None] == np.arange(2), sure, 1 - sure)
    return np.tile(outputs, (count, 1, 1))


def test_rows_that_all_contradict_are_told_by_number(seen):
    """
    Two rows whose label every network contradicts are named, with what they say.
    """
    [finding] = seen("TL216", {"a": {"score": [0.99] * 4, "outputs": networks([12, 701])}})

    assert finding.evidence.startswith("2 validation rows contradicted by most networks")
    assert "row 12 is labelled `0`, 4 of 4 say `1` (97 % sure)" in finding.evidence
    assert "row 701 is labelled `1`" in finding.evidence


def test_rows_on_which_networks_disagree_are_silent(seen):
    """
    A row that half of the networks get wrong is hard, not mislabelled; so is one that none is sure of.
    """
    half = networks([12])
    half[2:] = networks([], 2)

    assert seen("TL216", {"a": {"score": [0.99] * 4, "outputs": half}}) == []
    assert seen("TL216", {"a": {"score": [0.99] * 4, "outputs": networks([12], sure=0.6)}}) == []
