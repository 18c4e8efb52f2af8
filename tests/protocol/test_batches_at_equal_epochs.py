"""TL122: batch sizes at equal epochs and a fixed rate."""

BATCHES = {"sixteen": {}, "four": {"batch_size": 4}, "all": {"batch_size": "all"}}


def test_batch_sizes_at_equal_epochs_are_told_with_their_updates(found):
    """
    72 rows in 3 epochs are 15 updates in batches of 16, 54 of 4 and 3 of all: the evidence counts them.
    """
    [finding] = found("TL122", variants=BATCHES)

    assert "updates: 54 of 4, 15 of 16 and 3 of 72" in finding.evidence
    assert finding.limit == "at equal epochs and a fixed learning rate"
    assert finding.variants == ("four", "all")


def test_accumulated_batches_are_larger_batches(found):
    """
    Four batches of 4 averaged for one update are batches of 16: no other size, so no finding.
    """
    as_large = {"sixteen": {}, "four by four": {"batch_size": 4, "accumulate": 4}}

    assert found("TL122", variants=as_large) == []
    assert len(found("TL122", variants={"sixteen": {}, "larger": {"accumulate": 4}})) == 1


def test_rates_tried_for_each_batch_size_are_silent(found):
    """
    A grid of batch sizes and rates tunes each size's own rate.
    """
    grid = {"batch_size": [4, 16], "learning_rate": [0.1, 0.01]}

    assert found("TL122", variants={}, grid=grid) == []


def test_equal_updates_are_silent(found):
    """
    A size that is given the epochs of as many updates is the other fair view.
    """
    variants = {"sixteen": {}, "thirty-two": {"batch_size": 32, "epochs": 6}}

    assert found("TL122", variants=variants) == []


def test_early_stopping_leaves_the_fixed_rate_only(found):
    """
    Where both stop by themselves epochs are no budget, and the limit names the rate alone.
    """
    recipe = {"optimizer": "sgd", "batch_size": 16, "epochs": 50, "early_stopping": True}
    [finding] = found("TL122", recipe=recipe, variants={"sixteen": {}, "four": {"batch_size": 4}})

    assert finding.limit == "at a fixed learning rate"
