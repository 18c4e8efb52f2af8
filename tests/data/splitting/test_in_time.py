"""Training strictly before validation, with a gap, and equal times together."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import model_selection

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import TimeSeries
from trainlab.errors import DataError, UsageError

quick = settings(max_examples=60, deadline=None)


def amounts(rows, time=None):
    """Rows of a regression."""
    return Dataset(np.zeros((rows, 1), np.uint8), np.arange(rows) / 3, time=time)


@given(st.integers(6, 120), st.integers(2, 12), st.integers(0, 20))
@quick
def test_blocks_are_those_of_scikit_learn_or_the_largest_legal_number_is_named(rows, folds, gap):
    """
    Without ties, rows are TimeSeriesSplit's; a refusal names a number that is legal, the next one is not.
    """
    data = amounts(rows)
    try:
        made = split(data, TimeSeries(folds, gap))
    except UsageError as refusal:
        if refusal.where == "validation: gap" and "at most" in refusal.cure:
            legal = int(re.search(r"Give at most (\d+)", refusal.cure)[1])
            made, illegal = split(data, TimeSeries(folds, legal)), TimeSeries(folds, legal + 1)
            gap = legal
        elif refusal.where == "validation: gap":
            fewer = int(re.search(r"(\d+) folds can be had", refusal.cure)[1])
            assert split(data, TimeSeries(fewer))
            return
        else:
            folds = int(re.search(r"Give at most (\d+)", refusal.cure)[1])
            made, illegal = split(data, TimeSeries(folds, gap)), TimeSeries(folds + 1, gap)
        with pytest.raises(UsageError):
            split(data, illegal)

    if folds == 1:
        return
    theirs = list(model_selection.TimeSeriesSplit(folds, gap=gap).split(np.zeros(rows)))
    assert len(made) == folds
    for fold, (train, held) in zip(made, theirs, strict=True):
        np.testing.assert_array_equal(fold.train, train)
        np.testing.assert_array_equal(fold.validation, held)


@given(
    st.lists(st.integers(0, 15), min_size=12, max_size=60),
    st.integers(1, 4),
    st.integers(0, 5),
    st.integers(0),
)
@quick
def test_every_training_row_is_older_than_every_validation_row(times, folds, gap, seed):
    """
    Whatever the order of the rows and however many share a time, with the gap between; the seed has no say.
    """
    time = np.array(times)
    data = amounts(len(time), time)
    try:
        made = split(data, TimeSeries(folds, gap), seed % 2**40)
    except (UsageError, DataError):
        return

    for fold, again in zip(made, split(data, TimeSeries(folds, gap)), strict=True):
        assert time[fold.train].max() < time[fold.validation].min()
        between = (time > time[fold.train].max()) & (time < time[fold.validation].min())
        assert between.sum() >= gap
        np.testing.assert_array_equal(fold.validation, again.validation)
    held = np.concatenate([fold.validation for fold in made])
    assert len(set(held.tolist())) == len(held)


def test_rows_are_taken_in_the_order_of_time():
    """
    Rows that stand backwards are trained on from the end of the table.
    """
    made = split(amounts(9, time=np.arange(9)[::-1]), TimeSeries(2))

    assert [fold.train.tolist() for fold in made] == [[6, 7, 8], [3, 4, 5, 6, 7, 8]]
    assert [fold.validation.tolist() for fold in made] == [[3, 4, 5], [0, 1, 2]]


def test_a_class_that_comes_late_limits_the_folds():
    """
    The message has fold, role and class; one fold may be legal where five are not, and none may be.
    """
    labels = [0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1]
    data = Dataset(np.zeros((12, 1)), labels)

    with pytest.raises(
        UsageError,
        match=r"too many folds: none of the 4 rows that train in fold 0 is of class '1', which has 4 of 12 "
        r"\(got 2\)\. Give at most 1\.",
    ):
        split(data, TimeSeries(2))
    assert len(split(data, TimeSeries(1))) == 1
    with pytest.raises(DataError, match=r"not even one fold can be had.*without regard to time"):
        split(Dataset(np.zeros((12, 1)), np.repeat([0, 1], 6)), TimeSeries(3))


def test_a_gap_that_is_too_large_is_told_from_too_many_folds():
    """
    Where the folds alone are legal, the largest legal gap is named at the key of the gap.
    """
    with pytest.raises(UsageError, match=r"^validation: gap: the gap is too large: .*\(got 9\).*at most 4\."):
        split(amounts(20), TimeSeries(3, 9))
    assert len(split(amounts(20), TimeSeries(3, 4))) == 3
    with pytest.raises(UsageError, match=r"too many folds: 20 rows make no 31 blocks .*at most 9\."):
        split(amounts(20), TimeSeries(30))
