"""TL105: rows in the order of their targets, in a split that did not shuffle them."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import diabetes, digits, wine
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Holdout, KFold, Splitter, TimeSeries
from trainlab.errors import UsageError
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.ordered_rows import CHECK


def found(data, validation):
    """What the check says of a data set under a validation."""
    return list(CHECK.examine(Question(Experiment(data), split(data, validation))))


def test_the_last_rows_of_sorted_classes_are_seen():
    """
    The last fifth of wine, which is sorted by growers, holds one grower alone.
    """
    rows = np.arange(178)

    (finding,) = found(wine(), Splitter([(rows[:142], rows[142:])]))

    assert (finding.code, finding.severity) == ("TL105", "warn")
    assert "rows stand in the order of their classes" in finding.evidence
    assert "`class_2` has 8.45 % of the training and 100 % of the validation rows" in finding.evidence
    assert "`validation: {kfold: 5}`" in finding.cure


def test_a_plain_k_fold_of_sorted_classes_is_refused():
    """
    scikit-learn's KFold without shuffling leaves a grower of wine untrained: that can't be asked for at all.
    """
    from sklearn.model_selection import KFold as Plain

    with pytest.raises(UsageError, match="none of the 118 training rows is of class 'class_0'"):
        found(wine(), Splitter(Plain(3)))


def test_the_last_rows_of_sorted_amounts_are_seen():
    """
    Validation rows that are the largest amounts are told by their tenths.
    """
    amounts = np.sort(diabetes().y[:, 0])
    data = Dataset(diabetes().x, amounts, task="regression")
    rows = np.arange(data.rows)

    (finding,) = found(data, Splitter([(rows[:350], rows[350:])]))

    assert "unlike amounts" in finding.evidence
    assert "the last tenth" in finding.evidence


def test_shuffled_and_stratified_splits_are_passed():
    """
    Our own splits of sorted classes, and time series of mixed ones, get no word.
    """
    assert found(wine(), Holdout(0.2)) == []
    assert found(wine(), KFold(5)) == []
    assert found(digits(), TimeSeries(5)) == []
    assert found(diabetes(), KFold(5)) == []


def test_chance_raises_no_alarm():
    """
    Of 300 random splits with as few as 12 validation rows of five classes none is flagged.
    """
    random = np.random.default_rng(0)
    data = Dataset(np.zeros((100, 1)), np.arange(100) % 5)
    orders = [random.permutation(100) for _ in range(300)]

    assert found(data, Splitter([(order[12:], order[:12]) for order in orders])) == []
