"""TL203: the best epoch is long past."""

import numpy as np

U = np.array([0.60, 0.40, 0.30, 0.32, 0.34, 0.36, 0.38, 0.40])
RIGHT = np.full(8, 0.9)


def test_a_loss_that_was_lowest_early_is_told(seen, jittered):
    """
    Lowest after 3 of 8 epochs and a tenth higher at the end, on halves that did not choose the epoch.
    """
    [finding] = seen(
        "TL203", {"a": {"loss": jittered(U), "metric": jittered(RIGHT), "train_score": [0.9] * 5}}
    )

    assert "`a` lowest after 3 of 8 epochs and 0.101 higher at the end in 5 of 5 runs" in finding.evidence


def test_a_loss_that_still_falls_is_silent(seen, jittered):
    """
    A validation loss with its lowest at the end is not overtrained.
    """
    assert seen("TL203", {"a": {"loss": jittered(U[::-1]), "metric": jittered(RIGHT)}}) == []


def test_what_is_told_as_overfitting_is_not_told_twice(seen, jittered):
    """
    Where the score fell too, TL201 says it.
    """
    fallen = {"loss": jittered(U), "metric": jittered(1 - U), "train_score": [0.99] * 5}

    assert seen("TL203", {"a": fallen}) == []
    assert len(seen("TL201", {"a": fallen})) == 1
