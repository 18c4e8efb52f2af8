"""TL114: columns that hold nothing, or nothing but a number for each row."""

import numpy as np
import pytest

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import breast_cancer, diabetes, digits, iris, wine
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.idle_columns import CHECK


def found(data):
    """What the check says of a data set."""
    more = {"prepare": {"numbers": [{"impute": "median"}]}} if data.missing else {}
    return list(CHECK.examine(Question(Experiment(data, **more), ())))


def table(column, name, **more):
    """Thirty rows of a healthy column and another one."""
    healthy = np.random.default_rng(0).normal(size=30)
    return Dataset(np.column_stack([healthy, column]), np.arange(30) % 2, columns=["age", name], **more)


def test_a_constant_column_is_named():
    """
    A column that is 7 in every row is named with its value.
    """
    (finding,) = found(table(np.full(30, 7.0), "unit"))

    assert (finding.code, finding.severity, finding.where) == ("TL114", "note", "`unit` (always 7)")
    assert "the same in every row" in finding.evidence


def test_an_empty_column_is_named():
    """
    A column that is missing in every row is named; one that is missing here and there is passed.
    """
    empty = np.full(30, np.nan)
    partly = np.where(np.arange(30) % 3, 1.0, np.nan)

    (finding,) = found(table(empty, "fax", missing=True))

    assert "missing in every row" in finding.evidence
    assert found(table(partly, "fax", missing=True)) == []


@pytest.mark.parametrize(
    "column, name",
    [
        (np.arange(30), "n"),
        (1_000 + np.random.default_rng(0).permutation(30), "x"),
        (np.arange(30) * 7, "row_id"),
    ],
)
def test_a_column_that_counts_rows_is_named(column, name):
    """
    Row numbers, in any order and from any start, and an id with gaps, are named.
    """
    (finding,) = found(table(column, name))

    assert finding.where == f"`{name}`"
    assert "another value in every row" in finding.evidence
    assert "by heart" in finding.cure


def test_a_level_of_its_own_for_every_row_is_named():
    """
    Names of people, each once, tell as much as row numbers do.
    """
    levels = tuple(f"person {at}" for at in range(30))

    (finding,) = found(table(np.arange(30.0), Column("who", "category", levels)))

    assert finding.where == "`who`"


@pytest.mark.parametrize("data", [digits(), wine(), iris(), breast_cancer(), diabetes()])
def test_healthy_data_are_passed_in_silence(data):
    """
    Measurements, and images with their empty borders, get no word.
    """
    assert found(data) == []
    flat = Dataset(data.x.reshape(data.rows, -1), data.y, task=data.task)
    assert found(flat) == []
