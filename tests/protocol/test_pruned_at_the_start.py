"""TL155: trials judged by how they start."""

import pytest

RATE = {"learning_rate": {"log": [0.001, 1.0]}}


@pytest.mark.parametrize("first, told", [(1, True), (2, False)])
def test_a_first_look_within_a_tenth_of_the_epochs_is_told(found, first, told):
    """
    Of 20 epochs one is a start, and two are not; the finding says when to look instead.
    """
    search = {"space": RATE, "sampler": "random", "pruning": {"halving": {"first": first}}}
    findings = found("TL155", recipe={"optimizer": "sgd", "epochs": 20}, variants={"a": {}}, search=search)

    assert bool(findings) is told
    for finding in findings:
        assert finding.evidence.startswith("trials are given up from epoch 1 of 20 on")
        assert finding.cure == "Look later, as `pruning: {halving: {first: 5}}`."


def test_without_pruning_nothing_is_told(found):
    """
    Trials that are trained to their end are not judged by their start.
    """
    assert found("TL155", variants={"a": {}}, search={"space": RATE, "sampler": "random"}) == []
