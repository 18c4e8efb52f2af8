"""TL154: a space without the learning rate."""

RATE = {"learning_rate": {"log": [0.001, 1.0]}}
SIZES = {"batch_size": [8, 16, 32]}


def test_batch_sizes_at_one_rate_are_told(found):
    """
    Trials that differ in batch size at one rate find which size suits the rate.
    """
    [finding] = found("TL154", variants={"a": {}, "b": {"dropout": 0.1}}, tune=SIZES)

    assert finding.evidence == "`batch_size` of `a` and `b` is tuned at one learning rate, 0.1"
    assert (finding.limit, finding.variants) == ("with `batch_size` tuned at one learning rate", ())


def test_a_search_over_optimizers_without_the_rate_limits_what_it_found(found):
    """
    Only the verdict on what was found is limited.
    """
    space = {"optimizer": ["sgd", "adam"], "batch_norm": [False, True]}
    [finding] = found("TL154", variants={"a": {}}, search={"space": space, "sampler": "random"})

    assert finding.where == "search.space"
    assert (finding.limit, finding.variants) == (
        "with `optimizer` and `batch_norm` tuned at one learning rate",
        ("found",),
    )


def test_with_the_rate_or_without_what_moves_it_nothing_is_told(found):
    """
    A space with the rate in it, and one of a regularizer alone, are silent.
    """
    assert found("TL154", variants={"a": {}}, tune=SIZES | RATE) == []
    assert found("TL154", variants={"a": {}}, tune={"dropout": {"linear": [0.0, 0.5]}}) == []
