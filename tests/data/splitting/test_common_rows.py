"""Training sets that leave the same rows out: disjoint ones, and resamples of the others."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import halvable
from trainlab.data.splitting.splits import fold_count, split
from trainlab.data.splitting.validations import Bootstrap, Disjoint, Holdout
from trainlab.errors import DataError, UsageError

quick = settings(max_examples=20, deadline=None)


def classified(counts, groups=None):
    """So many rows of each class."""
    return Dataset(np.zeros((sum(counts), 1)), np.repeat(np.arange(len(counts)), counts), groups=groups)


@given(st.lists(st.integers(8, 25), min_size=2, max_size=4), st.integers(2, 4), st.integers(0, 2**40))
@quick
def test_disjoint_sets_share_no_row_and_leave_the_same_ones_out(counts, sets, seed):
    """
    Every row trains once or validates each time, and sets differ by one row at most in each class.
    """
    data = classified(counts)

    folds = split(data, Disjoint(sets, common=0.3), seed)

    common = folds[0].validation
    trained = np.concatenate([fold.train for fold in folds])
    assert len(folds) == fold_count(data, Disjoint(sets)) == sets
    assert sorted([*trained, *common]) == list(range(data.rows))
    assert all((fold.validation == common).all() and halvable(fold) for fold in folds)
    by_class = np.array([np.bincount(data.y[fold.train], minlength=len(counts)) for fold in folds])
    assert (np.ptp(by_class, axis=0) <= 1).all()
    assert np.ptp(by_class.sum(axis=1)) <= 1
    assert len(common) == len(split(data, Holdout(0.3), seed)[0].validation)


@given(st.lists(st.integers(4, 25), min_size=2, max_size=4), st.integers(0, 2**40))
@quick
def test_resamples_leave_the_common_rows_out(counts, seed):
    """
    They are drawn with replacement from the other rows, as many of each class as there are.
    """
    data = classified(counts)

    folds = split(data, Bootstrap(3, common=0.3), seed)

    common = folds[0].validation
    left = np.array(counts) - np.bincount(data.y[common])
    for fold in folds:
        assert (fold.validation == common).all()
        assert not np.isin(fold.train, common).any()
        assert np.bincount(data.y[fold.train]).tolist() == left.tolist()
    assert len(set(folds)) > 1 or sum(left) < 6


def test_draws_come_from_the_split_seed_alone():
    """
    The same seed gives the same rows, another one others, and more resamples go on from fewer.
    """
    data = Dataset(np.zeros((60, 1)), np.arange(60) / 3)

    assert split(data, Disjoint(3), 1) == split(data, Disjoint(3), 1)
    assert split(data, Disjoint(3), 1) != split(data, Disjoint(3), 2)
    assert split(data, Bootstrap(5, 0.2), 1)[:3] == split(data, Bootstrap(3, 0.2), 1)
    assert (split(data, Disjoint(3))[0].validation == split(data, Bootstrap(3, 0.2))[0].validation).all()
    share = np.mean([len(np.unique(fold.train)) for fold in split(data, Bootstrap(200, 0.2))]) / 48
    assert share == pytest.approx(1 - (1 - 1 / 48) ** 48, abs=0.02)


def test_groups_stay_whole_everywhere():
    """
    A group trains in one disjoint set, or validates; resamples draw it whole.
    """
    groups = np.arange(120) // 4
    data = Dataset(np.zeros((120, 1)), (groups % 3 == 0).astype(int), groups=groups)

    disjoint = split(data, Disjoint(4, common=0.25))
    resampled = split(data, Bootstrap(6, common=0.25))

    for one, other in itertools.combinations(disjoint, 2):
        assert not set(groups[one.train]) & set(groups[other.train])
    for fold in (*disjoint, *resampled):
        assert not set(groups[fold.train]) & set(groups[fold.validation])
        assert set(data.y[fold.train]) == set(data.y[fold.validation]) == {0, 1}
    for fold in resampled:
        assert (np.ptp(np.bincount(fold.train, minlength=120).reshape(30, 4), axis=1) == 0).all()


def test_too_many_sets_are_told_the_most_there_can_be():
    """
    By rows of the smallest class, by amounts, and by groups; so much is then taken.
    """
    few = classified([40, 10])
    with pytest.raises(
        UsageError,
        match=r"^validation: disjoint: too many disjoint training sets: the smallest class, '1', has 8 of 40 "
        r"rows beside the common ones, and each set needs one \(got 9\)\. Give at most 8\.",
    ):
        split(few, Disjoint(9, common=0.2))
    assert len(split(few, Disjoint(8, common=0.2))) == 8
    amounts = Dataset(np.zeros((20, 1)), np.arange(20) / 3)
    with pytest.raises(UsageError, match=r"16 rows are left beside the common ones.*needs two.*at most 8"):
        split(amounts, Disjoint(9))
    groups = np.repeat(np.arange(10), 3)
    with pytest.raises(UsageError, match=r"8 groups are left beside the common rows.*Give at most 8"):
        split(Dataset(np.zeros((30, 1)), np.arange(30) / 3, groups=groups), Disjoint(9))
    rare = Dataset(np.zeros((30, 1)), (groups < 4).astype(int), groups=groups)
    with pytest.raises(UsageError, match=r"class '1' is in \d of the \d groups beside the common rows"):
        split(rare, Disjoint(5))


def test_where_no_number_of_sets_would_do_the_data_are_refused():
    """
    Two sets are the fewest; the cure names more rows or a smaller common share.
    """
    with pytest.raises(DataError, match=r"two disjoint training sets cannot be had: the smallest class, '1'"):
        split(classified([40, 2]), Disjoint(2, common=0.5))
    groups = np.repeat(np.arange(10), 3)
    rare = Dataset(np.zeros((30, 1)), (groups < 2).astype(int), groups=groups)
    with pytest.raises(DataError, match=r"two disjoint training sets cannot be had.*class '1' is in 1 of"):
        split(rare, Disjoint(2, common=0.3))


def test_a_common_share_that_leaves_nothing_is_refused_as_a_holdout_is():
    """
    The nearest legal share is said.
    """
    with pytest.raises(
        UsageError, match=r"validation: common: 1 of 20 rows validate, too few.*at least 0\.1 "
    ):
        split(classified([10, 10]), Disjoint(2, common=0.05))
    with pytest.raises(UsageError, match=r"validation: common: .*too many.*Give a fraction of at most"):
        split(classified([10, 10]), Bootstrap(2, common=0.99))


def test_groups_are_drawn_until_every_class_trains(monkeypatch):
    """
    Resamples that miss a class are drawn again, and where all do the error says so.
    """
    data = Dataset(np.zeros((8, 1)), [0, 0, 0, 1, 0, 0, 0, 1], groups=[0, 0, 1, 1, 2, 2, 3, 3])

    folds = split(data, Bootstrap(4, common=0.5))

    assert all(set(data.y[fold.train]) == {0, 1} for fold in folds)
    monkeypatch.setattr("trainlab.data.splitting.common_rows.MOST_TRIES", 0)
    with pytest.raises(DataError, match=r"0 draws of whole groups left a class without training rows"):
        split(data, Bootstrap(4, common=0.5))
