"""TL109: output, loss and targets that train but do not fit, and those that are refused."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import breast_cancer, diabetes, wine
from trainlab.errors import DataError, UsageError
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.head_misfit import CHECK


def found(data, recipe, **more):
    """What the check says of a data set and a recipe."""
    return list(CHECK.examine(Question(Experiment(data, recipe=recipe, **more), ())))


def test_sigmoid_and_binary_crossentropy_for_many_classes_are_named():
    """
    The default of a lab sheet's pipeline, for ten classes: both parts are told, with the line to write.
    """
    first, second = found(wine(), {"output": "sigmoid", "loss": "binary_crossentropy"})

    assert (first.code, first.severity) == ("TL109", "warn")
    assert "`output: sigmoid` for 3 classes" in first.evidence
    assert "`loss: binary_crossentropy` for 3 classes" in second.evidence
    assert "`output: softmax`" in first.cure


def test_targets_beyond_an_output_are_counted():
    """
    A sigmoid can't give a disease's progress of 25 to 346; scaled to 0 to 1 it can.
    """
    (finding,) = found(diabetes(), {"output": "sigmoid", "loss": "mse"})

    assert "`output: sigmoid` gives 0 to 1, and targets go from 25 to 346: 100 % of them" in finding.evidence
    assert found(diabetes(), {"output": "sigmoid", "loss": "mse"}, prepare={"target": "min_max"}) == []


def test_variants_of_one_fault_share_a_finding():
    """
    Two variants with the same output are named together.
    """
    variants = {"plain": {}, "one": {"output": "sigmoid"}, "two": {"output": "sigmoid", "l2": 0.1}}

    (finding,) = found(wine(), {}, variants=variants)

    assert finding.variants == ("one", "two")


@pytest.mark.parametrize(
    "data, recipe",
    [
        (wine(), {}),
        (wine(), {"output": "softmax", "loss": "categorical_crossentropy"}),
        (breast_cancer(), {"output": "sigmoid", "loss": "binary_crossentropy"}),
        (diabetes(), {"loss": "huber"}),
        (Dataset(np.arange(9.0), np.linspace(0.1, 0.9, 9)), {"output": "sigmoid", "loss": "mse"}),
    ],
)
def test_what_fits_is_passed_in_silence(data, recipe):
    """
    The usual heads, a sigmoid for two classes, and one for shares get no word.
    """
    assert found(data, recipe) == []


def test_what_cannot_be_trained_is_refused_before():
    """
    A loss of classes for amounts, and one that is not defined for the targets, are no findings but refusals.
    """
    with pytest.raises(UsageError, match="`loss: dice` does not fit a regression"):
        found(diabetes(), {"loss": "dice"})
    with pytest.raises(
        UsageError, match="`loss: mean_absolute_percentage_error` does not fit a classification"
    ):
        found(wine(), {"loss": "mape"})
    with pytest.raises(DataError, match="needs targets of at least 0"):
        found(Dataset(np.arange(9.0), np.linspace(-1, 1, 9)), {"loss": "poisson"})
