"""TL124: a missing control."""


def test_techniques_added_together_lack_their_parts(found):
    """
    L2 and dropout together, never alone, are told with the parts that are missing.
    """
    [finding] = found("TL124", variants={"baseline": {}, "both": {"l2": 0.01, "dropout": 0.3}})

    assert finding.evidence == (
        "`both` changes `l2` and `dropout` together, and no variant changes `l2` and `dropout` alone"
    )
    assert finding.limit == "with `l2` and `dropout` changed together"
    assert finding.variants == ("both",)


def test_the_one_missing_part_is_named(found):
    """
    Where L2 stands alone already, dropout alone is asked for.
    """
    variants = {"baseline": {}, "l2": {"l2": 0.01}, "both": {"l2": 0.01, "dropout": 0.3}}
    [finding] = found("TL124", variants=variants)

    assert finding.cure == "Add a variant for each alone: `dropout`."


def test_each_alone_both_and_none_is_silent(found):
    """
    The design of the first example, each alone, both and none, is whole.
    """
    variants = {
        "baseline": {},
        "l2": {"l2": 0.01},
        "dropout": {"dropout": 0.3},
        "both": {"l2": 0.01, "dropout": 0.3},
    }

    assert found("TL124", variants=variants) == []


def test_noise_needs_as_many_zeros(found):
    """
    Noise columns bring weights: without as many columns of zeros they are told, with them they are not.
    """
    noise = {"baseline": {}, "noise": {"irrelevant_features": {"noise": 20}}}
    zeros = {"zeros": {"irrelevant_features": {"zeros": 20}}}
    other = {"zeros": {"irrelevant_features": {"zeros": 5}}}
    [finding] = found("TL124", variants=noise)

    assert "`noise` appends 20 columns of noise" in finding.evidence
    assert finding.cure == "Add the control `irrelevant_features: {zeros: 20}`."
    assert found("TL124", variants=noise | zeros) == []
    assert len(found("TL124", variants=noise | other)) == 1
