"""TL156: the best trial lies at the edge of its range."""

import numpy as np
import pytest

from trainlab.protocol.lint import AFTER_CHECKS
from trainlab.testing import made_up_trials

SPACE = {"learning_rate": {"log": [1e-4, 1e-1]}}
INSIDE = {"scores": lambda point: 0.9 - 0.1 * (np.log10(point["learning_rate"]) + 2.5) ** 2, "trials": 16}
RISING = {"scores": lambda point: 0.9 + 0.05 * np.log10(point["learning_rate"]), "trials": 16}


@pytest.fixture
def seen():
    """A function that gives the findings about made-up studies."""
    return lambda studies, **others: list(AFTER_CHECKS["TL156"].examine(made_up_trials(studies, **others)))


def test_the_edge_is_told_with_a_wider_range(seen):
    """
    Number, value, side and range are in the evidence, and the range to try in the cure.
    """
    [finding] = seen({"sgd": INSIDE, "adam": RISING})

    assert finding.evidence.startswith("`adam`: the best `learning_rate`, 0.")
    assert "is at the upper edge of what was tried (0.0001 to 0.1)" in finding.evidence
    assert finding.cure == "Widen the range at its upper end, as `learning_rate: {log: [0.0001, 3.2]}`."
    assert (finding.limit, finding.variants) == (
        "with the best learning_rate at the edge of its range",
        ("adam",),
    )


def test_the_edge_of_the_reference_limits_every_verdict(seen):
    """
    Where the reference could be better still, no comparison with it is free of that.
    """
    [finding] = seen({"sgd": RISING, "adam": INSIDE})

    assert finding.variants == ()


def test_an_optimum_inside_is_silent(seen):
    """
    A response with its peak inside of the range is no edge.
    """
    assert seen({"sgd": INSIDE}) == []


def test_of_several_folds_half_must_agree(seen):
    """
    One fold of three is chance; two of three are told with their count.
    """
    assert seen({"sgd": [RISING, INSIDE, INSIDE]}) == []
    [finding] = seen({"sgd": [RISING, RISING, INSIDE]})

    assert finding.evidence.endswith("in 2 of 3 folds")


def test_the_limit_stands_in_the_verdict():
    """
    Stored with the results, the finding limits the sentence of the comparison.
    """
    from trainlab.comparison.compare import compare
    from trainlab.protocol.lint import look_back

    made = made_up_trials({"sgd": INSIDE, "adam": RISING})
    findings = [finding.document() for finding in look_back(made) if finding.code == "TL156"]
    again = made_up_trials({"sgd": INSIDE, "adam": RISING}, facts={"findings": findings})

    assert compare(again).rows[0].sentence.endswith("with the best learning_rate at the edge of its range")
