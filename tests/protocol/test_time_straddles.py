"""TL111: training on rows that are later than those that validate."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import digits, wine
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Holdout, TimeSeries
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.time_straddles import CHECK


def found(data, validation=Holdout(0.2)):  # noqa: B008  # a frozen value
    """What the check says of a data set under a validation."""
    experiment = Experiment(data, validation=validation)
    return list(CHECK.examine(Question(experiment, split(data, validation))))


def days(**more):
    """A hundred rows."""
    return Dataset(np.random.default_rng(0).normal(size=(100, 2)), np.arange(100) % 2, **more)


def test_a_random_split_of_rows_with_their_time_limits_the_verdict():
    """
    The share of training rows that are later than the first validation row is told, and the line to write.
    """
    data = days(time=np.arange("2026-01-01", "2026-04-11", dtype="datetime64[D]"))

    (finding,) = found(data)

    fold = split(data, Holdout(0.2))[0]
    first = fold.validation.min()
    assert (finding.code, finding.severity) == ("TL111", "warn")
    assert f"{(fold.train > first).mean() * 100:.3g} % of the training rows" in finding.evidence
    assert f"row {first}" in finding.evidence
    assert "`validation: {time_series: 5}`" in finding.cure
    assert finding.limit == "for rows of the same time, not for later ones"


def test_training_before_validation_is_passed():
    """
    A time series of the same rows gets no word, whatever order they stand in.
    """
    order = np.random.default_rng(1).permutation(100)

    assert found(days(time=np.arange(100)), TimeSeries(4)) == []
    assert found(days(time=order), TimeSeries(4)) == []


@pytest.mark.parametrize("name", ["date", "timestamp", "sold_date", "Datum"])
def test_a_column_that_is_called_as_time_is_gets_a_note(name):
    """
    Nobody said that rows have a time; a column called so is named, and none in a time series.
    """
    (finding,) = found(days(columns=[name, "price"]))

    assert (finding.where, finding.severity) == (f"`{name}`", "note")
    assert f"`time: {name}`" in finding.cure
    assert found(days(columns=[name, "price"]), TimeSeries(4)) == []


def test_data_without_time_are_passed():
    """
    Digits, wine, and columns such as `age` and `lifetime` have no time.
    """
    assert found(digits()) == []
    assert found(wine()) == []
    assert found(days(columns=["age", "lifetime"])) == []
