"""TL134: an ensemble without its control."""

ALONE = {"ensemble": {"members": 5, "control": False}}


def test_a_control_switched_off_is_told(found):
    """
    Five networks of three epochs against one are five times the computation, and the limit says so.
    """
    [finding] = found("TL134", variants={"baseline": {}, "five": ALONE})

    assert "`five` trains 5 networks of 3 epochs, and no single network trains for 15" in finding.evidence
    assert (finding.limit, finding.variants) == ("with 5 times the computation", ("five",))


def test_the_control_that_comes_by_itself_is_silent(found):
    """
    An ensemble brings its control; one written by hand does as well.
    """
    assert found("TL134", variants={"baseline": {}, "five": {"ensemble": 5}}) == []
    assert found("TL134", variants={"baseline": {}, "five": ALONE, "long": {"epochs": 15}}) == []


def test_a_control_of_other_settings_is_none(found):
    """
    A long run with dropout says nothing of an ensemble without.
    """
    variants = {"baseline": {}, "five": ALONE, "long": {"epochs": 15, "dropout": 0.3}}

    assert len(found("TL134", variants=variants)) == 1
