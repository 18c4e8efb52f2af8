"""Shares held out: with whole groups, several times, and the rows that stay sealed."""

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.splits import sealed_rows, split
from trainlab.data.splitting.validations import Holdout, MonteCarlo
from trainlab.errors import DataError, UsageError

quick = settings(max_examples=30, deadline=None)
shares = st.floats(0.001, 0.999)
seeds = st.integers(0, 2**40)
group_sizes = st.lists(st.integers(1, 9), min_size=4, max_size=25)


def grouped(sizes, classes):
    """Groups of these sizes, of which each has one class, in turn; no class for amounts."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    y = groups % classes if classes else np.arange(len(groups)) / 3
    return Dataset(np.zeros((len(groups), 1)), y, groups=groups)


@given(group_sizes, st.sampled_from([0, 2]), st.sampled_from([1, 3]), shares, seeds)
@quick
def test_holdouts_keep_groups_whole(sizes, classes, times, fraction, seed):
    """
    Groups are on one side, near the share; or the share that a refusal names is legal, one row further not.
    """
    data = grouped(sizes, classes)
    way = Holdout if times == 1 else lambda share: MonteCarlo(3, share)
    try:
        folds = split(data, way(fraction), seed)
    except DataError:
        assume(False)
    except UsageError as refusal:
        bound, share, rows = re.search(r"at (least|most) ([\d.e-]+) \((\d+) rows\)", refusal.cure).groups()
        folds = split(data, way(float(share)), seed)
        further = int(rows) + (-1 if bound == "least" else 1)
        if 0 < further < data.rows:
            with pytest.raises(UsageError, match=f"{further} of {data.rows} rows validate, too"):
                split(data, way((further - 0.5) / data.rows), seed)
        fraction = float(share)

    assert len(folds) == times
    for fold in folds:
        assert set(data.groups[fold.train]).isdisjoint(data.groups[fold.validation])
        assert sorted([*fold.train, *fold.validation]) == list(range(data.rows))
        assert abs(len(fold.validation) - fraction * data.rows) < max(sizes) + 1
        if classes:
            assert len(set(data.y[fold.train])) == len(set(data.y[fold.validation])) == classes


def test_groups_of_one_row_are_held_out_as_rows_are():
    """
    Where each row is a group of its own, the rows of a split seed are those without groups.
    """
    labels = np.repeat([0, 1], [30, 20])
    plain, alone = (Dataset(np.zeros((50, 1)), labels, groups=groups) for groups in (None, np.arange(50)))

    (one,), (other,) = split(plain, Holdout(0.3), 5), split(alone, Holdout(0.3), 5)

    np.testing.assert_array_equal(one.validation, other.validation)


def test_stored_holdouts_find_their_rows_again():
    """
    Rows that were drawn by the first version of this package are drawn still.
    """
    data = Dataset(np.zeros((20, 1)), [0, 1] * 10)

    assert split(data, Holdout(0.2), 3)[0].validation.tolist() == [2, 7, 16, 17]


def test_monte_carlo_draws_anew_each_time():
    """
    Splits differ, each has each class in its share, and asking for more leaves the first as they were.
    """
    data = Dataset(np.zeros((60, 1)), np.repeat([0, 1], [40, 20]))

    five, ten = split(data, MonteCarlo(5, 0.3)), split(data, MonteCarlo(10, 0.3))

    assert ten[:5] == five
    assert len(set(ten)) == 10
    assert all(np.bincount(data.y[fold.validation]).tolist() == [12, 6] for fold in ten)
    with pytest.raises(UsageError, match=r"^validation: fraction: 1 of 60 rows validate, too few"):
        split(data, MonteCarlo(5, 0.01))


def test_a_class_in_one_group_cannot_be_on_two_sides():
    """
    No share is legal then, and the message has the class and its groups.
    """
    data = Dataset(np.zeros((6, 1)), [0, 0, 0, 0, 1, 1], groups=[0, 0, 1, 1, 2, 2])

    with pytest.raises(DataError, match=r"class '1' is in 1 of 3 groups, and two sides need one each"):
        split(data, Holdout(0.3))


# ---------------------------------------------------------------------------------------------- sealed


def test_sealed_rows_are_drawn_apart_from_those_that_validate():
    """
    They hold each class in its share, the split seed decides, and they are not the holdout of that seed.
    """
    data = Dataset(np.zeros((100, 1)), np.repeat([0, 1], [70, 30]))

    rows = sealed_rows(data, 0.2, 4)

    assert np.bincount(data.y[rows]).tolist() == [14, 6]
    assert (np.diff(rows) > 0).all()
    assert not rows.flags.writeable
    np.testing.assert_array_equal(rows, sealed_rows(data, 0.2, 4))
    assert len({sealed_rows(data, 0.2, seed).tobytes() for seed in range(10)}) == 10
    held = split(data, Holdout(0.2), 4)[0].validation
    assert len(set(rows.tolist()) & set(held.tolist())) < 12
    grouping = Dataset(np.zeros((100, 1)), data.y, groups=np.arange(100) // 5)
    whole = sealed_rows(grouping, 0.2)
    assert set(grouping.groups[whole]).isdisjoint(np.delete(grouping.groups, whole))


def test_with_a_time_the_last_rows_are_sealed():
    """
    No open row is as late as a sealed one, wherever it stands in the table; equal times go one way.
    """
    time = np.random.default_rng(0).permutation(np.repeat(np.arange(10), 4))
    data = Dataset(np.zeros((40, 1)), np.arange(40) / 3, time=time)

    for fraction, size in ((0.2, 8), (0.21, 8), (0.27, 12), (0.01, 4)):
        rows = sealed_rows(data, fraction)
        assert len(rows) == size
        assert np.delete(time, rows).max() < time[rows].min()


def test_time_and_groups_are_kept_together_or_refused():
    """
    Sessions that follow each other are cut between two; a group that spans all time leaves no cut.
    """
    zeros, amounts, time = np.zeros((12, 1)), np.arange(12) / 3, np.arange(12)

    following = Dataset(zeros, amounts, time=time, groups=time // 4)
    assert sealed_rows(following, 0.2).tolist() == [8, 9, 10, 11]
    with pytest.raises(
        DataError, match="no share can be held out with equal times together and groups whole"
    ):
        sealed_rows(Dataset(zeros, amounts, time=time, groups=time % 2), 0.2)


@pytest.mark.parametrize("fraction", [0, 1, 20, "0.2", True, None])
def test_a_sealed_share_is_a_share(fraction):
    """
    Other values are refused with an example, and a share without a class with the nearest legal one.
    """
    data = Dataset(np.zeros((40, 1)), np.repeat([0, 1], [36, 4]))

    with pytest.raises(UsageError, match=r"test: holdout: not a share of the rows.*as 0\.2"):
        sealed_rows(data, fraction)
    with pytest.raises(UsageError, match=r"2 of 40 rows are sealed, too few .*at least 0\.15 \(6 rows\)"):
        sealed_rows(data, 0.05)
