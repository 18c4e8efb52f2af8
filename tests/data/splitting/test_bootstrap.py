"""Training rows drawn with replacement: as many as there are, class by class, and the others validate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Bootstrap
from trainlab.errors import DataError

quick = settings(max_examples=40, deadline=None)


@given(st.lists(st.integers(2, 25), min_size=2, max_size=5), st.integers(0, 2**40))
@quick
def test_each_class_trains_as_often_as_it_has_rows(counts, seed):
    """
    Training rows repeat, classes keep their numbers, and exactly the rows never drawn validate.
    """
    data = Dataset(np.zeros((sum(counts), 1)), np.repeat(np.arange(len(counts)), counts))

    for fold in split(data, Bootstrap(3), seed):
        assert np.bincount(data.y[fold.train]).tolist() == counts
        assert (np.bincount(data.y[fold.validation], minlength=len(counts)) > 0).all()
        assert set(fold.train.tolist()) | set(fold.validation.tolist()) == set(range(data.rows))
        assert (np.diff(fold.train) >= 0).all()


def test_about_37_percent_of_the_rows_validate():
    """
    The share is (1 - 1/n)^n, as theory has it, and each row is as likely as every other.
    """
    data = Dataset(np.zeros((200, 1)), np.arange(200) / 3)

    folds = split(data, Bootstrap(200), 1)

    times = np.zeros(200)
    for fold in folds:
        assert len(fold.train) == 200
        times[fold.validation] += 1
    # A standard deviation of one row's share is 0.034, of the mean less than 0.002.
    assert abs(times.mean() / 200 - (1 - 1 / 200) ** 200) < 0.008
    assert np.abs(times / 200 - 0.367).max() < 4.5 * 0.034
    assert len(set(folds)) == 200
    assert split(data, Bootstrap(3), 1) == folds[:3]
    assert split(data, Bootstrap(3), 2) != folds[:3]


def test_groups_are_drawn_whole():
    """
    All rows of a group train equally often, and each class has rows on both sides.
    """
    groups = np.arange(60) // 4
    data = Dataset(np.zeros((60, 1)), (groups % 3 == 0).astype(int), groups=groups)

    for fold in split(data, Bootstrap(10)):
        times = np.bincount(fold.train, minlength=60).reshape(15, 4)
        assert (np.ptp(times, axis=1) == 0).all()
        assert times.sum() == 60
        assert set(data.y[fold.train]) == set(data.y[fold.validation]) == {0, 1}
        np.testing.assert_array_equal(np.flatnonzero(times.ravel() == 0), fold.validation)


def test_what_cannot_be_on_both_sides_is_refused():
    """
    A class of one row or in one group, and two amounts; the message has the counts.
    """
    with pytest.raises(DataError, match=r"bootstrap: class '1' has 1 of 5 rows.*A bootstrap needs 2"):
        split(Dataset(np.zeros((5, 1)), [0, 0, 0, 0, 1]), Bootstrap(2))
    with pytest.raises(DataError, match=r"there are 2 of 2 rows|there are 2 rows"):
        split(Dataset(np.zeros((2, 1)), [0.5, 1.5]), Bootstrap(2))
    with pytest.raises(DataError, match=r"class '1' is in 1 of 3 groups"):
        split(Dataset(np.zeros((6, 1)), [0, 0, 0, 0, 1, 1], groups=[0, 0, 1, 1, 2, 2]), Bootstrap(2))
