"""TL128: one seed only."""


def test_one_seed_limits_every_verdict(found):
    """
    A single seed is told, and limits all verdicts.
    """
    [finding] = found("TL128", seeds=[7])

    assert finding.evidence.startswith("1 seed (7)")
    assert (finding.cure, finding.limit, finding.variants) == ("Write `seeds: 5`.", "with one seed", ())


def test_several_seeds_are_silent(found):
    """
    Two seeds show chance.
    """
    assert found("TL128", seeds=2) == []
