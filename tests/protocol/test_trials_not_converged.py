"""TL157: the best trials had not converged."""

import numpy as np
import pytest

from trainlab.protocol.lint import AFTER_CHECKS
from trainlab.testing import made_up_trials

RISING = np.linspace(0.5, 0.8, 12)
FALLING = np.geomspace(1.0, 0.1, 12)
FLAT = np.full(12, 0.3)


def seen(metric, losses, **told):
    """Give the findings about a study of four trials that are as good as one another."""
    gave = {"scores": [0.8] * 4, "metric": [metric] * 4, "train_loss": [losses] * 4, **told}
    return list(AFTER_CHECKS["TL157"].examine(made_up_trials({"sgd": gave})))


def test_best_trials_that_still_fall_are_told():
    """
    A loss that falls by a fifth an epoch, with scores that rise, asks for twice the epochs.
    """
    [finding] = seen(RISING, FALLING)

    assert finding.evidence.startswith("`sgd`: of the 4 best trials, 4 still lowered the training loss")
    assert finding.cure.startswith("Train longer, `epochs: 24`")
    assert (finding.severity, finding.limit) == ("note", "")


@pytest.mark.parametrize("metric, losses", [(RISING, FLAT), (RISING[::-1], FALLING)])
def test_flat_losses_and_learning_by_heart_are_silent(metric, losses):
    """
    Both must hold: the loss falls, and the score gets better meanwhile.
    """
    assert seen(metric, losses) == []


def test_trials_that_stopped_early_or_had_few_epochs_are_not_asked():
    """
    Early stopping is a judgement of its own, and of three epochs the last is no quarter.
    """
    assert seen(RISING, FALLING, outcomes=[[[2]]] * 4) == []
    assert seen(RISING[:3], FALLING[:3]) == []


def test_only_the_best_count():
    """
    A slow trial far behind the best is no reason to train longer.
    """
    curves = {"metric": [FLAT, RISING], "train_loss": [FLAT, FALLING]}
    made = made_up_trials({"sgd": {"scores": [0.9, 0.5], **curves}})

    assert list(AFTER_CHECKS["TL157"].examine(made)) == []
