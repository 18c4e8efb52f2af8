"""Time to target as it is shown."""

import dataclasses

import pytest

from trainlab.comparison.time_to_target import TimeToTarget
from trainlab.experiment.metrics import METRICS
from trainlab.reporting.faces.html import page
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.facts.targets import targets


def test_what_is_only_known_to_be_more_is_said_so():
    """
    A censored median says "more than" in epochs, steps and time; a variant without runs has dashes.
    """
    times = (
        TimeToTarget("plain", (2, 3, None), 3, 2, 3, 1_200, 4.0),
        TimeToTarget("slow", (None, None, 9), 3, 1, 20, 8_000, 26.0),
        TimeToTarget("begun", (None,), 0, 0, None, None, None),
    )

    shown = targets(times, 0.97, METRICS["accuracy"], {})

    assert shown.target == "97.00 %"
    assert [dataclasses.astuple(row) for row in shown.rows] == [
        ("plain", "2 of 3", "3", "1,200", "4.0 s"),
        ("slow", "1 of 3", "more than 20", "more than 8,000", "more than 26 s"),
        ("begun", "0 of 0", "–", "–", "–"),
    ]
    assert "only known to be more" in shown.note
    assert "ensemble" not in shown.note


@pytest.mark.parametrize("target", [0.9, None])
def test_a_report_shows_a_target_only_where_one_was_set(techniques, target):
    """
    Table and protocol tell of the target, and nothing of it stands in a report without one.
    """
    experiment = {**techniques.facts["experiment"], "target_score": target}
    results = dataclasses.replace(techniques, facts={**techniques.facts, "experiment": experiment})

    facts = outline(results)
    assert ("Target" in {entry.term for entry in facts.protocol}) == (target is not None)
    assert (facts.targets is None) == (target is None)
    if target is not None:
        assert "Time to the target of 90.00 %" in page(facts)
        assert [row.variant for row in facts.targets.rows] == ["baseline", "l2", "dropout", "both"]
