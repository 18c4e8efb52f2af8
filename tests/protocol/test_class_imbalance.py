"""TL112: accuracy where one class is nearly everything."""

import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import breast_cancer, diabetes, digits
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.class_imbalance import CHECK


def found(data, **more):
    """What the check says of a data set."""
    return list(CHECK.examine(Question(Experiment(data, **more), ())))


def test_a_large_class_is_told_with_its_share():
    """
    95 of 100 healthy people give 95 % accuracy for nothing; probabilities are another matter.
    """
    data = Dataset(np.arange(100.0), ["ill"] * 5 + ["healthy"] * 95)

    (finding,) = found(data)

    assert (finding.code, finding.severity, finding.where) == ("TL112", "note", "metric")
    assert "95 % of the rows are 'healthy'" in finding.evidence
    assert "'ill' has 5 of 100 rows" in finding.evidence
    assert found(data, metric="log_loss") == []


def test_balanced_classes_and_amounts_are_passed():
    """
    Ten digits, 63 % benign tumours and a regression get no word.
    """
    for data in (digits(), breast_cancer(), diabetes()):
        assert found(data) == []


def test_the_cures_are_metrics_that_are_passed():
    """
    Each metric that is named as a way out is known, and an experiment that takes it gets no word.
    """
    data = Dataset(np.arange(100.0), ["ill"] * 5 + ["healthy"] * 95)

    (finding,) = found(data)

    for metric in ("balanced_accuracy", "f1_macro", "auc", "log_loss"):
        assert f"{metric}`" in finding.cure
        assert found(data, metric=metric) == []
