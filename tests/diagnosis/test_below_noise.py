"""TL144: effects below the noise floor."""

# The three scores of one and the same model that fault 29 is about.
SAME_MODEL = [0.8547, 0.8569, 0.8610]


def test_an_effect_below_the_noise_is_shown_beside_it(seen):
    """
    A tenth of a point between means, where seeds differ by a third of one, is told with both numbers.
    """
    close = [score + 0.001 for score in SAME_MODEL]
    [finding] = seen("TL144", {"baseline": {"score": SAME_MODEL}, "close": {"score": close}})

    assert "`close` +0.10 percentage points (standard deviation over seeds 0.32)" in finding.evidence
    assert (finding.severity, finding.limit) == ("note", "")


def test_a_larger_effect_is_silent(seen):
    """
    Three points where seeds differ by a third of one stand out in every single run.
    """
    far = [score + 0.03 for score in SAME_MODEL]

    assert seen("TL144", {"baseline": {"score": SAME_MODEL}, "far": {"score": far}}) == []


def test_one_seed_shows_no_noise(seen):
    """
    Without a second seed there is no noise to compare with: that is TL128's to tell.
    """
    assert seen("TL144", {"baseline": {"score": [0.85]}, "other": {"score": [0.8501]}}) == []
