"""TL133: normalization at the old rate."""


def test_normalization_at_the_old_rate_is_noted(found):
    """
    Batch normalization at the baseline's rate alone is told, with a larger one to try.
    """
    [finding] = found("TL133", variants={"baseline": {}, "bn": {"batch_norm": True}})

    assert finding.severity == "note"
    assert "`bn` normalizes at the learning rate of `baseline`, 0.1, and at no other" in finding.evidence
    assert "learning_rate: 1}" in finding.cure


def test_another_rate_tried_is_silent(found):
    """
    A second variant at another rate, or one variant at its own rate, has tuned it.
    """
    tried = {
        "baseline": {},
        "bn": {"batch_norm": True},
        "bn, fast": {"batch_norm": True, "learning_rate": 0.5},
    }

    assert found("TL133", variants=tried) == []
    assert found("TL133", variants={"baseline": {}, "bn": tried["bn, fast"]}) == []


def test_normalization_that_all_share_is_silent(found):
    """
    Where the reference normalizes too, nothing was added.
    """
    recipe = {"optimizer": "sgd", "batch_norm": True}

    assert found("TL133", recipe=recipe) == []
