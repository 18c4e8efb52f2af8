"""TL159: many trials diverged."""

import numpy as np

from trainlab.protocol.lint import AFTER_CHECKS
from trainlab.testing import made_up_trials

TWO = {"learning_rate": {"log": [1e-4, 1.0]}, "dropout": {"linear": [0.1, 0.6]}}


def seen(studies, **others):
    """Give the findings about made-up studies."""
    return list(AFTER_CHECKS["TL159"].examine(made_up_trials(studies, **others)))


def test_the_value_beyond_which_all_diverged_is_told():
    """
    Every rate above 0.03 diverged: the number is found among two, with the largest rate that did not.
    """
    gave = {"scores": lambda point: 0.8 if point["learning_rate"] < 0.03 else np.nan, "trials": 16}
    [finding] = seen({"sgd": gave}, space=TWO)

    assert finding.severity == "note"
    assert finding.evidence.startswith(
        "`sgd`: 6 of 16 trials diverged, among them all 6 with a `learning_rate`"
    )
    assert finding.evidence.endswith("above 0.025")


def test_divergence_all_over_the_range_names_no_number():
    """
    Where those that diverged lie among the others, only their count is told.
    """
    points = [{"learning_rate": rate} for rate in np.geomspace(1e-4, 1e-1, 9)]
    scores = [0.8, np.nan, 0.8] * 3
    [finding] = seen({"sgd": {"scores": scores, "points": points}})

    assert finding.evidence == "`sgd`: 3 of 9 trials diverged"


def test_where_all_diverged_the_variant_is_as_written():
    """
    Nothing was chosen, so that the verdict is limited and every verdict with the reference.
    """
    [finding] = seen(
        {"sgd": {"scores": [0.8, 0.9]}, "adam": {"scores": [np.nan, np.nan]}},
        variants={
            "sgd": {"score": [0.8, 0.8]},
            "adam": {"score": [0.5, 0.5]},
        },
    )

    assert finding.severity == "warn"
    assert finding.evidence == "`adam`: all 2 trials diverged, so that it was trained as written"
    assert (finding.limit, finding.variants) == (
        "where every trial diverged and nothing was tuned",
        ("adam",),
    )


def test_a_few_that_diverged_are_silent():
    """
    One of sixteen is a trial like others.
    """
    assert seen({"sgd": {"scores": [np.nan, *[0.8] * 15]}}) == []
