"""TL153: few trials for the numbers that are tuned."""

TWO = {"learning_rate": {"log": [0.001, 1.0]}, "l2": {"log": [0.0001, 0.1]}}


def test_fewer_than_four_for_each_number_are_told(found):
    """
    Seven trials of two numbers are too few, and eight are not.
    """
    [finding] = found("TL153", variants={"a": {}, "b": {"dropout": 0.1}}, tune=TWO, budget=7)

    assert finding.evidence == "7 trials for 2 numbers of `a` and `b`: `learning_rate` and `l2`"
    assert (finding.cure, finding.limit) == ("Give at least 4 trials to each: `budget: 8`.", "")
    assert found("TL153", variants={"a": {}}, tune=TWO, budget=8) == []


def test_a_search_is_told_at_its_own_key(found):
    """
    The trials of a search stand in `search`.
    """
    [finding] = found("TL153", variants={"a": {}}, search={"space": TWO, "sampler": "random", "trials": 5})

    assert (finding.where, finding.cure) == ("search", "Give at least 4 trials to each: `trials: 8`.")
