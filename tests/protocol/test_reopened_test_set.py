"""TL146: a test set opened again."""

OPENING = {"time": "2026-11-21T06:00:00+00:00", "variant": "dropout", "reason": "final"}
SCORES = {"baseline": {"score": [0.9, 0.91]}}


def test_a_second_opening_is_told_for_ever(seen):
    """
    Two openings are counted, with the variants that they were for.
    """
    openings = [OPENING, OPENING | {"variant": "l2"}]
    [finding] = seen("TL146", SCORES, facts={"openings": openings})

    assert finding.evidence == "the test set was opened 2 times, for `dropout` and `l2`"
    assert finding.limit == "on a test set opened 2 times"


def test_one_opening_is_silent(seen):
    """
    Once is what a test set is for, and never is no fault.
    """
    assert seen("TL146", SCORES, facts={"openings": [OPENING]}) == []
    assert seen("TL146", SCORES) == []
