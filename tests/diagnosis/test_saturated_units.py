"""TL209: saturated units."""

import numpy as np

LOSS = {"train_loss": [[0.6, 0.5, 0.4, 0.3, 0.2, 0.2]] * 3, "score": [0.8, 0.8, 0.8]}


def test_a_layer_of_saturated_units_is_told(seen, probe):
    """
    Seven units in ten of the second layer, one in ten before training, in every run.
    """
    probe(saturated=np.array([[0.1, 0.1], [0.1, 0.3], [0.1, 0.7], [0.1, 0.7]]))
    [finding] = seen("TL209", {"a": LOSS})

    assert (
        "flat ends of their activation: `a` 70 % of `two` (10 % before training) in 3 of 3 runs"
        in finding.evidence
    )


def test_a_few_are_silent(seen, probe):
    """
    A tenth of the units is usual, and layers whose activation knows no such units are left out.
    """
    probe(saturated=np.array([[np.nan, 0.1]] * 4))

    assert seen("TL209", {"a": LOSS}) == []


def test_nothing_is_told_where_nothing_was_probed(seen):
    """
    Without probes the check has nothing to say.
    """
    assert seen("TL209", {"a": LOSS}) == []
