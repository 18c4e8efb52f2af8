"""TL136: a technique in a network of another size."""

from trainlab.experiment.models import mlp


def test_l2_in_a_deeper_network_is_told_with_its_weights(found):
    """
    L2 on three layers against none on one is told, with kernels and biases before the output layer counted.
    """
    variants = {"baseline": {}, "l2": {"l2": 0.01, "hidden": [6, 5, 4]}}
    [finding] = found("TL136", model=mlp([8]), variants=variants)
    deep = (4 * 6 + 6) + (6 * 5 + 5) + (5 * 4 + 4)

    assert "`l2` changes `l2` and `hidden`" in finding.evidence
    assert f"({deep} hidden weights in `l2`, {4 * 8 + 8} hidden weights in `baseline`)" in finding.evidence
    assert (finding.limit, finding.variants) == ("with networks of different sizes", ("l2",))


def test_a_factor_is_told_without_a_count(found):
    """
    Where the size follows from a factor, no number is made up.
    """
    [finding] = found("TL136", variants={"baseline": {}, "l2": {"l2": 0.01, "width": 2.0}})

    assert "weights in" not in finding.evidence


def test_one_network_or_a_whole_design_is_silent(found):
    """
    The same network in both, and each change alone beside the combination, tell size and technique apart.
    """
    wide, l2 = {"width": 2.0}, {"l2": 0.01}

    assert found("TL136", variants={"baseline": {}, "l2": l2}) == []
    assert found("TL136", variants={"baseline": {}, "l2": l2, "wide": wide, "both": wide | l2}) == []


def test_every_change_of_several_things_is_found_once(found):
    """
    A variant is told by one of the three checks of combinations, never by two.
    """
    variants = {
        "baseline": {},
        "size": {"l2": 0.01, "width": 2.0},
        "added": {"dropout": 0.3, "l1": 0.01},
        "other": {"activation": "tanh", "label_smoothing": 0.1},
    }
    codes = ("TL123", "TL124", "TL136")
    told = {code: [finding.variants for finding in found(code, variants=variants)] for code in codes}

    assert told == {"TL123": [("other",)], "TL124": [("added",)], "TL136": [("size",)]}
