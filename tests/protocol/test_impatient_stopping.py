"""TL135: a patience that noise uses up."""


def test_a_patience_of_one_is_noted(found):
    """
    Giving up at the first epoch without improvement is told, with the variants that do.
    """
    variants = {"baseline": {}, "hasty": {"early_stopping": {"patience": 1}}}
    [finding] = found("TL135", variants=variants)

    assert finding.severity == "note"
    assert "patience 1 in `hasty`" in finding.evidence


def test_patience_or_smoothing_is_silent(found):
    """
    Five epochs of patience, or one over a smoothed loss, outlast noise.
    """
    variants = {
        "baseline": {},
        "patient": {"early_stopping": True},
        "smoothed": {"early_stopping": {"patience": 1, "smooth": 3}},
    }

    assert found("TL135", variants=variants) == []
