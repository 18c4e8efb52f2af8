"""TL110: data that are few, or contested."""

import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import wine
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Holdout, RepeatedKFold
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.small_contested_data import CHECK


def found(data, validation=Holdout(0.2)):  # noqa: B008  # a frozen value
    """What the check says of a data set under a validation."""
    return list(CHECK.examine(Question(Experiment(data), split(data, validation))))


def test_one_split_of_few_rows_is_told():
    """
    Wine in one split is a note with its rows; in repeated folds, or with rows enough, it is none.
    """
    (finding,) = found(wine())

    assert (finding.code, finding.severity) == ("TL110", "note")
    assert finding.evidence == "178 rows, and one split of them: 36 rows validate, and which ones is luck"
    assert "repeated_kfold: [5, 3]" in finding.cure
    assert found(wine(), RepeatedKFold(5, 3)) == []
    assert found(Dataset(np.arange(3_000.0), np.arange(3_000) % 2)) == []


def test_boston_is_told_by_name_by_columns_and_by_shape():
    """
    The Boston housing set is known under any name, by its column names or its 506 rows of 13 columns.
    """
    random = np.random.default_rng(0)
    names = ["CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT"]
    amounts = random.normal(size=3_000)
    by_name = Dataset(random.normal(size=(3_000, 2)), amounts, name="boston_housing")
    by_column = Dataset(random.normal(size=(3_000, 13)), amounts, columns=names)
    by_shape = Dataset(random.normal(size=(506, 13)), amounts[:506])

    for data in (by_name, by_column, by_shape):
        first = found(data, RepeatedKFold(2, 2))[0]
        assert first.where == "data"
        assert "share of Black inhabitants" in first.evidence
        assert "california_housing" in first.cure
