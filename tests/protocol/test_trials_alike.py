"""TL158: trials that cannot be told apart."""

from trainlab.protocol.lint import AFTER_CHECKS
from trainlab.testing import made_up_trials


def seen(studies, **others):
    """Give the findings about made-up studies."""
    return list(AFTER_CHECKS["TL158"].examine(made_up_trials(studies, **others)))


def test_a_crowd_at_the_top_is_counted():
    """
    Of 100 rows the error is 3 points, so that four of six trials are as good as the best.
    """
    [finding] = seen({"sgd": {"scores": [0.90, 0.89, 0.88, 0.88, 0.70, 0.60]}}, rows=100)

    assert finding.evidence.startswith("`sgd`: 4 of 6 trials are within one standard error of the best one's")
    assert (finding.severity, finding.limit, finding.variants) == ("note", "", ("sgd",))


def test_a_clear_winner_is_silent():
    """
    On 10,000 rows the same scores are told apart, and two trials alone are no crowd.
    """
    assert seen({"sgd": {"scores": [0.90, 0.89, 0.88, 0.88, 0.70, 0.60]}}, rows=10_000) == []
    assert seen({"sgd": {"scores": [0.90, 0.90]}}, rows=100) == []
