"""What helped: ablations of what was found, from made-up results with known differences."""

import numpy as np
import pytest

from trainlab.comparison.compare import compare
from trainlab.testing import made_up
from trainlab.tuning.helped import helped

FOUND = [0.90, 0.91, 0.905, 0.902, 0.908]


def by(*falls, metric="accuracy", **others):
    """Results of what was found and of variants whose scores differ by so much, with some jitter."""
    names = ("dropout", "l2", "any")
    jitter = np.random.default_rng(0).normal(0, 0.001, (len(falls), 5))
    scores = {f"found: without {name}": fall for name, fall in zip(names, falls, strict=False)}
    variants = {
        "baseline": {"score": [0.7] * 5},
        "found": {"score": FOUND},
        **{
            name: {"score": (np.array(FOUND) - fall + noise).tolist()}
            for (name, fall), noise in zip(scores.items(), jitter, strict=True)
        },
    }
    return made_up(variants, metric=metric, rows=2_000, **others)


def test_a_technique_that_is_missed_helps():
    """
    With it minus without it: positive where leaving it out costs, and only what was left out is told of.
    """
    told = helped(by(0.10, -0.08))
    dropout, l2 = told.ablations

    assert (dropout.technique, dropout.variant, dropout.verdict) == (
        "dropout",
        "found: without dropout",
        "better",
    )
    assert dropout.difference == pytest.approx(0.10, abs=2e-3)
    assert dropout.low < 0.10 < dropout.high
    assert "dropout helps by 10." in dropout.sentence
    assert (l2.verdict, l2.difference < 0) == ("worse", True)
    assert told.sentence == "Left out of what was found, one at a time: dropout helps; l2 costs."


def test_it_is_the_comparison_with_what_was_found_turned_round():
    """
    One technique alone has the difference, and the interval at its own level, of `compare(against="found")`.
    """
    results = by(0.05)
    [one] = helped(results).ablations
    row = next(row for row in compare(results, against="found").rows if row.variant == one.variant)

    assert one.difference == pytest.approx(-row.difference)
    assert one.p == pytest.approx(row.p / 2)  # that one holds for two rows, with the baseline's
    assert one.high - one.low < row.high - row.low


def test_techniques_that_stand_in_for_each_other_are_seen_together():
    """
    Neither is missed alone, both together are, and the sentence says so.
    """
    told = helped(by(0.0, 0.0, 0.2))

    assert [one.technique for one in told.ablations] == ["dropout", "l2", "any"]
    assert told.ablations[2].verdict == "better"
    assert "All techniques together help by 20." in told.sentence
    assert told.sentence.endswith(
        "No one of them is missed when it alone is gone: they stand in for each other."
    )


def test_limits_of_findings_stand_in_the_sentence():
    """
    What a finding takes away from verdicts on an ablation is said with it.
    """
    finding = {"limit": "at one strength", "variants": ["found: without dropout"]}

    assert helped(by(0.1, facts={"findings": [finding]})).sentence.endswith("dropout helps, at one strength.")


def test_where_nothing_was_left_out_nothing_is_told():
    """
    Neither of results without ablations, nor of a name that is not there.
    """
    assert helped(made_up({"found": {"score": FOUND}, "other": {"score": FOUND}})) is None
    assert helped(by(0.1), "sought") is None
