"""TL131: L2 with an adaptive optimizer."""

ADAM = {"optimizer": "adam", "epochs": 3}


def test_l2_with_adam_is_noted(found):
    """
    L2 in Adam's loss is told, also as a part of `l1_l2`.
    """
    [finding] = found("TL131", recipe=ADAM, variants={"baseline": {}, "l2": {"l2": 0.01}})
    [pair] = found("TL131", recipe=ADAM, variants={"baseline": {}, "pair": {"l1_l2": [0.01, 0.01]}})

    assert finding.severity == "note"
    assert "`l2` has `l2` with adam" in finding.evidence
    assert "`pair` has" in pair.evidence


def test_l2_with_sgd_is_silent(found):
    """
    With SGD L2 is weight decay, and L1 is meant by nobody as that.
    """
    assert found("TL131", variants={"baseline": {}, "l2": {"l2": 0.01}}) == []
    assert found("TL131", recipe=ADAM, variants={"baseline": {}, "l1": {"l1_l2": [0.01, 0.0]}}) == []


def test_both_as_named_variants_are_silent(found):
    """
    Who compares L2 with decoupled decay knows the difference.
    """
    variants = {"baseline": {}, "l2": {"l2": 0.01}, "decay": {"weight_decay": 0.01}}

    assert found("TL131", recipe=ADAM, variants=variants) == []
