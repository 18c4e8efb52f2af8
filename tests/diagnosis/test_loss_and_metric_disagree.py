"""TL143: loss and metric disagree."""

import numpy as np

STEADY = [np.full(8, 0.9)] * 2
FALLING = [np.linspace(0.6, 0.3, 8)] * 2


def test_a_loss_beyond_guessing_beside_right_answers_is_a_warning(seen):
    """
    Losses of 28 to 71 with nine rows in ten right, as of rows that nobody scaled, are told as such.
    """
    unscaled = {"metric": STEADY, "loss": [np.linspace(28, 71, 8)] * 2}
    [finding] = seen("TL143", {"a": unscaled})

    assert finding.severity == "warn"
    assert "worse than that of guessing (0.693)" in finding.evidence
    assert "`a` 28 to 71 at 90.0 % right" in finding.evidence


def test_a_loss_that_rises_while_the_metric_stays_is_a_note(seen):
    """
    Certainty misplaced: the loss doubles from its lowest and the share of right rows stays.
    """
    sure = {"metric": STEADY, "loss": [np.array([0.5, 0.3, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5])] * 2}
    [finding] = seen("TL143", {"a": sure})

    assert finding.severity == "note"
    assert "`a` 0.25 to 0.5" in finding.evidence


def test_loss_and_metric_in_agreement_are_silent(seen):
    """
    Both better, or both worse, tell one story.
    """
    worse = {"metric": [np.linspace(0.9, 0.6, 8)] * 2, "loss": [np.linspace(0.3, 0.65, 8)] * 2}

    assert seen("TL143", {"a": {"metric": STEADY, "loss": FALLING}, "b": worse}) == []


def test_another_loss_is_not_judged_by_guessing(seen):
    """
    A hinge or focal loss has another scale than log loss, so nothing is said of it.
    """
    unscaled = {"metric": STEADY, "loss": [np.linspace(28, 71, 8)] * 2}

    assert seen("TL143", {"a": unscaled}, recipe={"loss": "categorical_hinge"}) == []
    assert seen("TL143", {"a": unscaled}, metric="log_loss") == []
