"""TL142: rising training loss, diverged runs."""

import numpy as np

# The training losses of the RMSprop run that fault 40 is about, epochs 1 to 10, as its sheet prints the ends.
RISING = np.array([0.60, 0.566, 0.58, 0.60, 0.63, 0.65, 0.68, 0.70, 0.72, 0.741])
FALLING = np.array([2.3, 1.1, 0.6, 0.4, 0.3, 0.25, 0.22, 0.2, 0.19, 0.2])


def test_a_training_loss_that_rises_is_told(seen):
    """
    A loss that falls for two epochs and rises for eight is told with both ends.
    """
    [finding] = seen("TL142", {"sgd": {"train_loss": [FALLING] * 3}, "rmsprop": {"train_loss": [RISING] * 3}})

    assert "`rmsprop` from 0.566 to 0.73 in 3 of 3 runs" in finding.evidence
    assert (finding.limit, finding.variants) == ("with a training loss that rose", ("rmsprop",))


def test_falling_losses_are_silent(seen):
    """
    A loss that falls and jitters at the end is training as it should be.
    """
    assert seen("TL142", {"sgd": {"train_loss": [FALLING] * 3}}) == []


def test_one_rising_run_among_many_is_silent(seen):
    """
    Less than half of the runs is no property of the variant.
    """
    assert seen("TL142", {"sgd": {"train_loss": [FALLING, FALLING, RISING]}}) == []


def test_a_penalty_that_falls_pays_for_a_loss_that_rises(seen):
    """
    Training lowers loss and penalty together: where their sum falls, nothing is wrong.
    """
    paid = {"train_loss": [RISING] * 2, "penalty": [FALLING] * 2}

    assert seen("TL142", {"l2": paid}) == []


def test_diverged_runs_are_counted(seen):
    """
    The share of runs that diverged is told by variant; the verdict counts them already.
    """
    [finding] = seen("TL142", {"a": {"outcomes": [1, 1, 1]}, "b": {"outcomes": [3, 1, 3]}})

    assert finding.evidence == "runs that diverged: 2 of 3 in `b`"
    assert (finding.limit, finding.variants) == ("", ("b",))
