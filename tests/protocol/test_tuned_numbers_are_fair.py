"""Checks of untuned numbers, where these numbers are tuned."""

import pytest

RATE = {"learning_rate": {"log": [0.001, 1.0]}}


@pytest.mark.parametrize(
    "code, variants",
    [
        ("TL121", {"sgd": {}, "adam": {"optimizer": "adam"}}),
        ("TL122", {"16": {}, "4": {"batch_size": 4}}),
        ("TL133", {"plain": {}, "normalized": {"batch_norm": True}}),
    ],
)
def test_a_tuned_rate_is_no_single_rate(found, code, variants):
    """
    What is told at one rate falls silent where it is tuned for all, and not where only a search tunes it.
    """
    assert len(found(code, variants=variants)) == 1
    assert found(code, variants=variants, tune=RATE) == []
    assert len(found(code, variants=variants, search={"space": RATE, "sampler": "random"})) == 1


def test_a_tuned_rate_is_no_single_try(found):
    """
    Three rates listed for one and a tuned rate for the others are told as untuned beside tuned.
    """
    variants = {"sgd": {}, "adam": {"optimizer": "adam"}, "sgd 0.3": {"learning_rate": 0.3}}

    assert found("TL126", variants=variants, tune=RATE) == []
    assert len(found("TL151", variants=variants, tune=RATE)) == 1


def test_a_strength_that_is_tuned_somewhere_is_not_tried_once(found):
    """
    Dropout at one rate beside a variant that tunes it has been tried at many.
    """
    once = {"baseline": {}, "dropout": {"dropout": 0.3}}
    tuned = once | {"tuned": {"tune": {"dropout": {"linear": [0.1, 0.5]}}}}

    assert len(found("TL125", variants=once)) == 1
    assert found("TL125", variants=tuned) == []


def test_tuned_epochs_are_not_equal_epochs(found):
    """
    Fewer training rows at equal epochs are told, unless the epochs are tuned.
    """
    variants = {"all": {}, "half": {"train_fraction": 0.5}}

    assert len(found("TL132", variants=variants)) == 1
    assert found("TL132", variants=variants, tune={"epochs": [2, 4, 8]}) == []


def test_variants_of_other_spaces_differ(found):
    """
    What a search finds is no second name of the baseline, and two variants with one space are.
    """
    search = {"space": RATE, "sampler": "random"}

    assert found("TL127", variants={"baseline": {}}, search=search) == []
    assert len(found("TL127", variants={"a": {}, "b": {}}, tune=RATE)) == 1
    assert found("TL127", variants={"a": {}, "b": {"tune": False}}, tune=RATE) == []
