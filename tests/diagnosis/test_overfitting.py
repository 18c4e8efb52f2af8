"""TL201: overfitting."""

import numpy as np

RISING_THEN_FALLING = np.array([0.60, 0.80, 0.90, 0.88, 0.84, 0.80, 0.77, 0.75])
CALM = np.array([0.60, 0.80, 0.87, 0.89, 0.90, 0.90, 0.90, 0.90])


def test_learning_by_heart_is_told_with_its_gap(seen, jittered):
    """
    A gap of 24 points with a best epoch that beats the last by 15 is overfitting, in every run.
    """
    ill = {"metric": jittered(RISING_THEN_FALLING), "train_score": [0.99] * 5}
    well = {"metric": jittered(CALM), "train_score": [0.905] * 5}
    [finding] = seen("TL201", {"wide": ill, "small": well})

    assert finding.variants == ("wide",)
    assert "learned by heart: `wide` in 5 of 5 runs, gap 23.90 ± 2.70 percentage points" in finding.evidence


def test_a_gap_alone_is_healthy(seen, jittered):
    """
    Nine points between training and validation are normal where no earlier epoch was better.
    """
    well = {"metric": jittered(CALM), "train_score": [0.95] * 5}

    assert seen("TL201", {"a": well, "b": well}) == []


def test_a_large_gap_without_a_simpler_variant_asks_for_one(seen, jittered):
    """
    Where the gap exceeds the training error, the finding names the ready variant that would tell.
    """
    [finding] = seen(
        "TL201", {"a": {"metric": jittered(CALM), "train_score": [0.999] * 5}, "b": {"score": [0.5] * 5}}
    )

    assert "no less flexible variant was tried" in finding.evidence
    assert "`a + early_stopping`" in finding.cure


def test_a_less_flexible_variant_that_was_tried_answers_it(seen, jittered):
    """
    With dropout tried and no better, nothing is asked for any more.
    """
    wide = {"metric": jittered(CALM), "train_score": [0.999] * 5}
    dropout = {**wide, "changes": {"dropout": 0.3}}

    assert [found.variants for found in seen("TL201", {"a": wide, "b": dropout})] == [("b",)]
