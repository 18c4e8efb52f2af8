"""TL130: no trivial baseline."""


def test_baselines_switched_off_are_noted(found):
    """
    Without baselines nobody sees whether a network was needed.
    """
    [finding] = found("TL130", baselines=False)

    assert finding.severity == "note"
    assert finding.where == "baselines"


def test_baselines_left_in_are_silent(found):
    """
    Baselines beside the networks are all that is asked for.
    """
    assert found("TL130", baselines=True) == []
