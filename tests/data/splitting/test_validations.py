"""The ways to validate are values: equal where they say the same, and refused where they say nothing."""

import pickle

import numpy as np
import pytest
from sklearn import model_selection

from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import (
    Bootstrap,
    Disjoint,
    GroupKFold,
    KFold,
    MonteCarlo,
    RepeatedKFold,
    Splitter,
    TimeSeries,
)
from trainlab.errors import UsageError


@pytest.mark.parametrize(
    "make, where",
    [
        (KFold, "kfold"),
        (lambda number: RepeatedKFold(number, 3), "repeated_kfold"),
        (lambda number: RepeatedKFold(3, number), "repeated_kfold"),
        (MonteCarlo, "monte_carlo"),
        (GroupKFold, "group_kfold"),
        (TimeSeries, "time_series"),
        (Bootstrap, "bootstrap"),
        (Disjoint, "disjoint"),
    ],
)
def test_numbers_of_folds_are_whole_and_not_too_many(make, where):
    """
    Other numbers are refused where they stand; NumPy's are Python's.
    """
    for number in (0, -1, 2.0, "5", True, None):
        with pytest.raises(UsageError, match=f"^validation: {where}: not in the allowed range"):
            make(number)
    with pytest.raises(UsageError, match=f"^validation: {where}: "):
        make(100_001)
    assert make(np.int64(4)) == make(4)
    assert hash(make(4)) == hash(make(np.int32(4)))
    assert make(4) != make(5)


def test_what_stands_beside_is_judged_too():
    """
    One fold is no k-fold, a gap is not negative, a fraction is a share, and 100,000 folds are the most.
    """
    with pytest.raises(UsageError, match=r"kfold: not in the allowed range .*at least 2"):
        KFold(1)
    with pytest.raises(UsageError, match=r"validation: gap: .*at least 0"):
        TimeSeries(3, -1)
    with pytest.raises(UsageError, match="validation: fraction: not a share of the rows"):
        MonteCarlo(3, 3)
    with pytest.raises(UsageError, match=r"disjoint: not in the allowed range .*at least 2"):
        Disjoint(1)
    for way in (Disjoint, Bootstrap):
        with pytest.raises(UsageError, match="validation: common: not a share of the rows"):
            way(3, common=5)
    with pytest.raises(UsageError, match=r"150000 folds .*Ask for at most 10000 repeats"):
        RepeatedKFold(10, 15_000)


def test_a_splitter_is_known_by_what_it_says_of_itself():
    """
    scikit-learn's by their numbers, others by their class, pairs by their rows; equal pairs are equal.
    """
    pairs, same = (Splitter([(np.arange(3), (3, 4))]) for _ in range(2))

    assert pairs == same
    assert hash(pairs) == hash(same)
    assert pickle.loads(pickle.dumps(pairs)) == pairs  # noqa: S301  # our own
    assert pairs != Splitter([(np.arange(3), (4, 3))])
    assert pairs != Splitter([([0, 1], [2, 3, 4])])
    assert pairs != Splitter(model_selection.KFold(3))
    assert pairs != 3
    assert Splitter(model_selection.KFold(3)).name == "KFold(n_splits=3, random_state=None, shuffle=False)"
    generated = Splitter(pair for pair in [([0], [1]), ([1], [0])])
    assert generated.name.startswith("2 pairs of rows")


@pytest.mark.parametrize(
    "given, match",
    [
        ("kfold", "neither a splitter nor a list of pairs"),
        ({"train": [0]}, "neither a splitter"),
        (None, "neither a splitter"),
        ([], "no pair of rows"),
        ([[0, 1, 2]], "fold 0: not a pair of rows"),
        ([([0], [1]), "ab"], "fold 1: not a pair of rows"),
        ([([0], [0.5])], "fold 0: validation: not a list of row numbers"),
        ([([-1], [0])], "fold 0: train: negative row number"),
    ],
)
def test_what_is_no_splitter_is_refused(given, match):
    """
    The message says what would be one, or which fold is none.
    """
    with pytest.raises(UsageError, match=match):
        Splitter(given)


def test_an_unknown_validation_is_told_all_that_are_known():
    """
    A bare number is none.
    """
    with pytest.raises(UsageError, match=r"unknown validation .*Holdout\(0\.1\).*KFold.*Splitter"):
        split(DATA, 5)


DATA = None  # nothing is looked at before the way to validate is known
