"""Class weights as they are asked for: what is read, written and refused."""

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.class_weights import ClassWeights, parse_class_weights


@pytest.mark.parametrize(
    "value, weights",
    [
        ("balanced", ()),
        ({"dog": 1, "cat": 2.5}, (("cat", 2.5), ("dog", 1.0))),
        ({"cat": 0, 1: 3}, ((1, 3.0), ("cat", 0.0))),
        ({np.int64(2): np.float32(0.5)}, ((2, 0.5),)),
        (ClassWeights((("a", 1.0),)), (("a", 1.0),)),
    ],
)
def test_weights_are_read_from_a_word_or_a_mapping(value, weights):
    """
    Classes are names or numbers, and come back sorted with their weights as plain numbers.
    """
    choice = parse_class_weights(value)

    assert choice == ClassWeights(weights)
    assert choice.balanced == (value == "balanced")
    assert hash(choice) == hash(ClassWeights(weights))
    assert all(type(weight) is float for _, weight in choice.weights)


@pytest.mark.parametrize("value", ["balanced", {"dog": 1.0, "cat": 2.5, 0: 0.0}])
def test_weights_read_back_from_their_document(value):
    """
    What a choice writes is what was given, and is read as the same choice.
    """
    choice = parse_class_weights(value)

    assert choice.document() == value
    assert parse_class_weights(choice.document()) == choice


@pytest.mark.parametrize(
    "value, match",
    [
        ("balance", r"^recipe\.class_weight: neither `balanced` nor a mapping .*`class_weight: balanced` or"),
        (None, "neither `balanced` nor a mapping"),
        ([1.0, 2.0], "neither `balanced` nor a mapping"),
        ({}, r"^recipe\.class_weight: no class is given a weight"),
        ({"cat": -1}, r"^recipe\.class_weight\.cat: not in the allowed range \(got -1\)"),
        ({"cat": "heavy"}, r"^recipe\.class_weight\.cat: not a number"),
        ({"cat": float("inf")}, "not in the allowed range"),
        ({True: 1.0}, r"^recipe\.class_weight\.True: not a class \(got True\).*in quotation marks"),
        ({1.5: 1.0}, "not a class"),
        ({-1: 1.0}, "not a class"),
        ({None: 1.0}, "not a class"),
    ],
)
def test_what_weighs_no_class_is_refused(value, match):
    """
    The message names the class or the weight that can't be.
    """
    with pytest.raises(UsageError, match=match):
        parse_class_weights(value, "recipe.class_weight")
