"""TL123: variants that differ in several things."""


def test_two_things_at_once_are_told(found):
    """
    A variant of another optimizer and another activation is credited to neither, and the limit says so.
    """
    variants = {"baseline": {}, "new": {"optimizer": "adam", "learning_rate": 0.01, "activation": "tanh"}}
    [finding] = found("TL123", variants=variants)

    assert "`new` differs from `baseline` in 2 things: `optimizer` and `activation`" in finding.evidence
    assert "no variant shows what `optimizer` and `activation` do alone" in finding.evidence
    assert finding.limit == "with `optimizer` and `activation` changed at once"
    assert finding.variants == ("new",)


def test_single_changes_beside_it_make_it_a_design(found):
    """
    Where each change stands alone too, the combination is a factorial design, and silent.
    """
    optimizer, activation = {"optimizer": "adam"}, {"activation": "tanh"}
    variants = {"baseline": {}, "adam": optimizer, "tanh": activation, "both": optimizer | activation}

    assert found("TL123", variants=variants) == []


def test_a_grid_tells_its_things_apart(found):
    """
    In a grid each change has a partner that differs in it alone, also where the baseline is not on it.
    """
    grid = {"activation": ["tanh", "selu"], "batch_size": [4, 8]}

    assert found("TL123", grid=grid, variants={"baseline": {}}) == []


def test_one_step_after_another_is_silent(found):
    """
    Changes added one at a time, each step a variant, are told apart by the steps.
    """
    variants = {
        "baseline": {},
        "tanh": {"activation": "tanh"},
        "tanh, adam": {"activation": "tanh", "optimizer": "adam"},
    }

    assert found("TL123", variants=variants) == []


def test_a_rate_tuned_along_is_no_second_thing(found):
    """
    A learning rate that suits the other optimizer, or epochs that suit the batch, are part of one change.
    """
    variants = {
        "baseline": {},
        "adam": {"optimizer": "adam", "learning_rate": 0.001},
        "small batches": {"batch_size": 4, "epochs": 1},
    }

    assert found("TL123", variants=variants) == []


def test_the_control_of_an_ensemble_is_no_fault(found):
    """
    The control that is added behind an ensemble changes epochs on purpose.
    """
    variants = {"baseline": {}, "dropout": {"dropout": 0.3}, "five": {"dropout": 0.3, "ensemble": 5}}

    assert found("TL123", variants=variants) == []
