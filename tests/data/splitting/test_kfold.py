"""Every row validates once: k-fold by rows and by whole groups, repeated, and one left out at a time."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import model_selection

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import halvable
from trainlab.data.splitting.splits import fold_count, split
from trainlab.data.splitting.validations import GroupKFold, KFold, LeaveOneOut, RepeatedKFold
from trainlab.errors import DataError, UsageError

quick = settings(max_examples=40, deadline=None)
class_sizes = st.lists(st.integers(2, 30), min_size=2, max_size=5)
seeds = st.integers(0, 2**40)


def classified(*counts, groups=None):
    """Rows of classes of these sizes, one class after the other."""
    labels = np.repeat(np.arange(len(counts)), counts)
    return Dataset(np.zeros((len(labels), 1), np.uint8), labels, groups=groups)


def amounts(rows, groups=None):
    """Rows of a regression."""
    return Dataset(np.zeros((rows, 1), np.uint8), np.arange(rows) / 3, groups=groups)


def each_validates_once(folds, rows):
    """Whether the validation rows of the folds are all rows, and each fold trains on all the others."""
    return np.concatenate([fold.validation for fold in folds]).tolist() != [] and all(
        [
            sorted(np.concatenate([fold.validation for fold in folds]).tolist()) == list(range(rows)),
            *(sorted([*fold.train, *fold.validation]) == list(range(rows)) for fold in folds),
        ]
    )


@given(class_sizes, st.integers(2, 40), seeds)
@quick
def test_kfold_validates_each_row_once_with_each_class_in_its_share(counts, folds, seed):
    """
    Each class has its share in each fold to a row, as in scikit-learn's; or the largest legal k is named.
    """
    data = classified(*counts)
    if folds > min(counts):
        with pytest.raises(UsageError, match="too many folds: the smallest class") as refusal:
            split(data, KFold(folds), seed)
        most = int(re.search(r"Give at most (\d+)", refusal.value.cure)[1])
        assert most == min(counts)
        folds = most
        with pytest.raises(UsageError, match=f"Give at most {most}"):
            split(data, KFold(most + 1), seed)

    made = split(data, KFold(folds), seed)

    assert each_validates_once(made, data.rows)
    inside = np.array([np.bincount(data.y[fold.validation], minlength=len(counts)) for fold in made])
    assert (np.ptp(inside, axis=0) <= 1).all()
    assert np.ptp(inside.sum(axis=1)) <= 1
    theirs = model_selection.StratifiedKFold(folds, shuffle=True, random_state=0).split(data.y, data.y)
    reference = np.array([np.bincount(data.y[rows], minlength=len(counts)) for _, rows in theirs])
    np.testing.assert_array_equal(np.sort(inside, axis=0), np.sort(reference, axis=0))
    assert all(halvable(fold) for fold in made)


@given(st.integers(4, 100), st.integers(2, 60), seeds)
@quick
def test_amounts_are_shuffled_into_folds_of_two_rows_or_more(rows, folds, seed):
    """
    Sizes are scikit-learn's; a fold of one row could not be halved, so k is at most half of the rows.
    """
    data = amounts(rows)
    if folds > rows // 2:
        with pytest.raises(UsageError, match=rf"each fold needs two to validate .*at most {rows // 2}\."):
            split(data, KFold(folds), seed)
        return

    made = split(data, KFold(folds), seed)

    assert each_validates_once(made, rows)
    theirs = [len(held) for _, held in model_selection.KFold(folds).split(np.zeros(rows))]
    assert sorted(len(fold.validation) for fold in made) == sorted(theirs)


@pytest.mark.parametrize("data", [classified(30, 20), amounts(50), amounts(50, groups=np.arange(50) // 2)])
def test_the_split_seed_alone_decides_the_folds(data):
    """
    One split seed gives the same folds again, others give others; the first repeat is the plain k-fold.
    """
    first = split(data, KFold(5), 7)

    assert split(data, KFold(5), 7) == first
    assert len({split(data, KFold(5), seed) for seed in range(10)}) == 10
    repeated = split(data, RepeatedKFold(5, 3), 7)
    assert len(repeated) == fold_count(data, RepeatedKFold(5, 3)) == 15
    assert repeated[:5] == first
    assert all(each_validates_once(repeated[start : start + 5], 50) for start in (0, 5, 10))
    assert len(set(repeated)) == 15


def test_a_repeat_that_repeats_another_is_refused():
    """
    Four rows have two ways to be halved by class; what is told to be legal is, and one more is not.
    """
    data = classified(2, 2)

    with pytest.raises(UsageError, match=r"repeat \d shares out the rows as repeat \d does") as refusal:
        split(data, RepeatedKFold(2, 9))
    most = int(re.search(r"at most (\d+) repeats", refusal.value.cure)[1])
    assert len(split(data, RepeatedKFold(2, most))) == 2 * most
    with pytest.raises(UsageError, match="repeat"):
        split(data, RepeatedKFold(2, most + 1))


def test_a_class_of_one_row_allows_no_folds():
    """
    Such data are refused with the class and its rows, and so are three amounts.
    """
    with pytest.raises(DataError, match=r"two folds cannot be had: the smallest class, '1', has 1 of 21"):
        split(classified(20, 1), KFold(2))
    with pytest.raises(DataError, match="there are 3 rows"):
        split(amounts(3), KFold(2))


# ----------------------------------------------------------------------------------------------- groups


@given(st.lists(st.integers(1, 12), min_size=2, max_size=30), st.integers(2, 12), seeds)
@quick
def test_groups_of_amounts_stay_whole_in_balanced_folds(sizes, folds, seed):
    """
    Folds differ by no more than the largest group; or a number is named that is legal, the next one not.
    """
    groups = np.repeat(np.arange(len(sizes)), sizes)
    if len(groups) < 4:
        return
    data = amounts(len(groups), groups=groups)
    try:
        made = split(data, GroupKFold(folds), seed)
    except DataError:
        # Two folds of whole groups need two rows each, which one large group beside one row cannot give.
        assert max(sizes) > len(groups) - 2
        return
    except UsageError as refusal:
        folds, asked = int(re.search(r"Give at most (\d+)", refusal.cure)[1]), folds
        assert 2 <= folds < asked
        made = split(data, GroupKFold(folds), seed)
        with pytest.raises(UsageError, match=f"Give at most {folds}"):
            split(data, GroupKFold(folds + 1), seed)

    assert each_validates_once(made, data.rows)
    for fold in made:
        assert not set(groups[fold.train]) & set(groups[fold.validation])
        assert set(groups[fold.validation[fold.halves]]).isdisjoint(
            groups[fold.validation[~fold.halves]]
        ) or (len(set(groups[fold.validation])) == 1)
    held = [len(fold.validation) for fold in made]
    assert max(held) - min(held) <= max(sizes)
    assert split(data, KFold(folds), seed) == made


def test_group_folds_are_as_balanced_as_those_of_scikit_learn():
    """
    Over 60 data sets the spread of rows is smaller than GroupKFold's in most, and larger in few.
    """
    random = np.random.default_rng(0)
    smaller = larger = 0
    for seed in range(60):
        sizes = random.integers(1, 30, random.integers(5, 40))
        groups = np.repeat(np.arange(len(sizes)), sizes)
        ours = [len(fold.validation) for fold in split(amounts(len(groups), groups), GroupKFold(4), seed)]
        theirs = [len(rows) for _, rows in model_selection.GroupKFold(4).split(groups, groups, groups)]
        smaller += np.ptp(ours) < np.ptp(theirs)
        larger += np.ptp(ours) > np.ptp(theirs)

    assert smaller > 15
    assert larger <= 3


def test_group_folds_hold_each_class_in_its_share():
    """
    Shares of classes lie no further from the whole's than in StratifiedGroupKFold, over 20 data sets.
    """
    random = np.random.default_rng(1)
    ours, theirs = [], []
    for seed in range(20):
        groups = np.repeat(np.arange(40), random.integers(1, 8, 40))
        lean = random.uniform(0.05, 0.6, 40)[groups]
        labels = (random.random(len(groups)) < lean).astype(int)
        data = Dataset(np.zeros((len(groups), 1)), labels, groups=groups)
        stratified = model_selection.StratifiedGroupKFold(4).split(groups, labels, groups)
        ours.append(np.ptp([labels[fold.validation].mean() for fold in split(data, GroupKFold(4), seed)]))
        theirs.append(np.ptp([labels[rows].mean() for _, rows in stratified]))

    assert np.mean(ours) <= np.mean(theirs)


def test_a_class_in_few_groups_limits_the_folds():
    """
    The message has the class, its rows, its groups and the largest legal number.
    """
    groups = np.arange(30) // 3
    data = classified(24, 6, groups=groups)

    with pytest.raises(
        UsageError,
        match=r"class '1', with 6 of 30 rows, is in 2 of 10 groups.*\(got 5\)\. Give at most 2\.",
    ):
        split(data, GroupKFold(5))
    assert len(split(data, GroupKFold(2))) == 2
    with pytest.raises(UsageError, match=r"there are 10 groups, and each fold needs one .*Give at most 10"):
        split(amounts(30, groups), GroupKFold(11))
    with pytest.raises(DataError, match=r"class '1'.* is in 1 of 3 groups"):
        split(classified(6, 3, groups=[0, 0, 0, 1, 1, 1, 2, 2, 2]), KFold(2))
    with pytest.raises(UsageError, match=r"the data have no groups.*`groups`.*`kfold`"):
        split(amounts(30), GroupKFold(3))


# -------------------------------------------------------------------------------------------- left out


def test_each_row_or_group_is_left_out_once():
    """
    As many folds as rows, or as groups where there are any; one row alone cannot be halved.
    """
    rows, groups = split(amounts(7), LeaveOneOut()), [0, 0, 2, 1, 1, 1, 2]
    whole = split(amounts(7, groups=groups), LeaveOneOut())

    assert [fold.validation.tolist() for fold in rows] == [[row] for row in range(7)]
    assert each_validates_once(rows, 7)
    assert not any(halvable(fold) or fold.halves.any() for fold in rows)
    theirs = model_selection.LeaveOneGroupOut().split(groups, groups, groups)
    assert [fold.validation.tolist() for fold in whole] == [held.tolist() for _, held in theirs]
    assert all(halvable(fold) for fold in whole)
    assert fold_count(amounts(7, groups=groups), LeaveOneOut()) == 3


def test_a_class_that_leaving_out_would_end_is_refused():
    """
    A class of one row, or in one group, would have nothing to train on.
    """
    with pytest.raises(DataError, match=r"leave_one_out: class '1' is in 1 of 4 rows"):
        split(classified(3, 1), LeaveOneOut())
    with pytest.raises(DataError, match=r"class '1' is in 1 of 3 groups"):
        split(classified(4, 2, groups=[0, 0, 1, 1, 2, 2]), LeaveOneOut())


def test_more_folds_than_memory_holds_are_refused_before_they_are_made():
    """
    60,000 rows left out one at a time would be 14 GB of row numbers.
    """
    with pytest.raises(UsageError, match=r"60000 folds are more than memory holds.*allow 8333 folds"):
        split(amounts(60_000), LeaveOneOut())
