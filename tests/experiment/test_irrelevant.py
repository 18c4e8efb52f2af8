"""The word on irrelevant features: what is read, how it is written, and what is refused."""

import copy
import pickle

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.irrelevant import IrrelevantFeatures, parse_irrelevant
from trainlab.experiment.places import Place


@pytest.mark.parametrize("written", [{"noise": 784}, {"zeros": 784}])
def test_what_is_read_is_written_again(written):
    """
    A document is read into a value that writes the same document; a value is read as it stands.
    """
    columns = parse_irrelevant(written)

    assert columns.document() == written
    assert parse_irrelevant(columns) is columns
    assert parse_irrelevant(columns.document()) == columns


def test_columns_are_values():
    """
    Equal counts are equal and hash alike, NumPy's numbers included; copies and pickles are equal too.
    """
    one = IrrelevantFeatures(noise=np.int64(5))

    assert type(one.noise) is int
    assert {one, IrrelevantFeatures(noise=5), copy.deepcopy(one)} == {one}
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301  # our own
    assert one != IrrelevantFeatures(zeros=5)


@pytest.mark.parametrize(
    "value, match",
    [
        ({}, r"irrelevant_features: not exactly one kind of column .*`\{noise: 100\}`, or `\{zeros: 100\}`"),
        ({"noise": 1, "zeros": 1}, "irrelevant_features: not exactly one kind of column"),
        ({"noise": 0}, r"irrelevant_features\.noise: not in the allowed range \(got 0\).*at least 1"),
        ({"zeros": -3}, r"irrelevant_features\.zeros: not in the allowed range \(got -3\)"),
        ({"noise": 2.5}, r"irrelevant_features\.noise: not a whole number"),
        ({"noise": "5"}, "Write it as a plain number"),
        ({"noise": True}, "not a whole number"),
        ({"noise": None}, "not a whole number"),
        ({"zero": 5}, r"irrelevant_features\.zero: unknown kind of column .*Did you mean `zeros`"),
        ("noise", "not a kind of column with how many .*Write"),
        (100, "not a kind of column with how many"),
        ([("noise", 3)], "not a kind of column with how many"),
        (None, "not a kind of column with how many"),
    ],
)
def test_other_descriptions_are_refused(value, match):
    """
    The message has the key, the value and how to write it.
    """
    with pytest.raises(UsageError, match=match):
        parse_irrelevant(value)


@pytest.mark.parametrize(
    "counts, match",
    [
        ({}, "not exactly one kind of column"),
        ({"noise": 2, "zeros": 3}, "not exactly one kind of column"),
        ({"noise": -1}, r"irrelevant_features\.noise: not in the allowed range"),
        ({"zeros": 1.5}, r"irrelevant_features\.zeros: not a whole number"),
    ],
)
def test_a_value_that_says_nothing_or_both_is_refused(counts, match):
    """
    What Python makes is checked like what a file says.
    """
    with pytest.raises(UsageError, match=match):
        IrrelevantFeatures(**counts)


def test_the_place_is_kept():
    """
    The reader of files finds the line of a wrong number.
    """
    with pytest.raises(UsageError) as caught:
        parse_irrelevant({"noise": 0}, Place("variants", "v1.5", "irrelevant_features"))

    assert caught.value.where.keys == ("variants", "v1.5", "irrelevant_features", "noise")
