"""TL125: one strength only."""


def test_one_strength_limits_the_verdict(found):
    """
    Dropout at 0.3 and L2 at 0.001, each only there, are told in one finding.
    """
    variants = {"baseline": {}, "l2": {"l2": 0.001}, "dropout": {"dropout": 0.3}}
    [finding] = found("TL125", variants=variants)

    assert finding.evidence == "one strength each: `l2` at 0.001 and `dropout` at 0.3"
    assert finding.cure == "Try several strengths of each: `one_at_a_time: {l2: [0.0001, 0.001, 0.01]}`."
    assert (finding.limit, finding.variants) == ("at the one strength tried", ("l2", "dropout"))


def test_the_cure_names_strengths_there_can_be(found):
    """
    A dropout rate stays below 1 in what is suggested.
    """
    [finding] = found("TL125", variants={"baseline": {}, "dropout": {"dropout": 0.9}})

    assert "{dropout: [0.45, 0.9, 0.95]}" in finding.cure


def test_several_strengths_are_silent(found):
    """
    Two strengths of one technique, in the recipe or in variants, are a sweep.
    """
    swept = {"dropout": [0.1, 0.3]}
    recipe = {"optimizer": "sgd", "dropout": 0.2}

    assert found("TL125", variants={}, one_at_a_time=swept) == []
    assert found("TL125", recipe=recipe, variants={"baseline": {}, "more": {"dropout": 0.4}}) == []


def test_a_strength_that_all_share_is_not_compared(found):
    """
    A recipe's own dropout, the same in every variant, is fixed and no subject.
    """
    recipe = {"optimizer": "sgd", "dropout": 0.2}

    assert found("TL125", recipe=recipe, variants={"baseline": {}, "tanh": {"activation": "tanh"}}) == []


def test_another_place_is_no_other_strength(found):
    """
    The same rate at two places is still one strength.
    """
    variants = {"baseline": {}, "a": {"dropout": 0.3}, "b": {"dropout": {"strength": 0.3, "at": "last"}}}

    assert len(found("TL125", variants=variants)) == 1
