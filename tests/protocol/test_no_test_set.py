"""TL129: no sealed test set."""


def test_no_sealed_rows_are_a_warning_without_limit(found):
    """
    Without sealed rows a comparison stands, so that its sentence is not limited; the winner's score does not.
    """
    [finding] = found("TL129")

    assert (finding.severity, finding.limit) == ("warn", "")
    assert "`test: {holdout: 0.2}`" in finding.cure


def test_sealed_rows_are_silent(found):
    """
    Rows under seal are all that is asked for.
    """
    assert found("TL129", test={"holdout": 0.2}) == []
