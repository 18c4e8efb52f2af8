"""Resampled training rows: classes of equal size, from the given rows alone, drawn for a seed and a fold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.data.dataset import Dataset
from trainlab.data.resampling import resampled
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Holdout
from trainlab.errors import UsageError

class_sizes = st.lists(st.integers(1, 40), min_size=2, max_size=5)
seeds = st.integers(0, 2**40)
folds = st.integers(0, 20)
quick = settings(max_examples=60, deadline=None)


def classified(*counts):
    """Rows of classes of these sizes, well mixed."""
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    return Dataset(np.zeros((len(labels), 1), np.uint8), labels)


@given(class_sizes, seeds, folds)
@quick
def test_over_makes_every_class_as_large_as_the_largest(counts, seed, fold):
    """
    Every row is kept, and rows of one class are listed equally often, give or take one.
    """
    data = classified(*counts)

    rows = resampled(data, range(data.rows), "over", seed, fold)

    assert np.bincount(data.y[rows]).tolist() == [max(counts)] * len(counts)
    times = np.bincount(rows, minlength=data.rows)
    assert (times >= 1).all()
    for label, count in enumerate(counts):
        whole, rest = divmod(max(counts), count)
        assert sorted(times[data.y == label].tolist()) == [whole] * (count - rest) + [whole + 1] * rest


@given(class_sizes, seeds, folds)
@quick
def test_under_makes_every_class_as_small_as_the_smallest(counts, seed, fold):
    """
    No row is listed twice, and the smallest class is kept whole.
    """
    data = classified(*counts)

    rows = resampled(data, range(data.rows), "under", seed, fold)

    assert np.bincount(data.y[rows]).tolist() == [min(counts)] * len(counts)
    assert len(set(rows.tolist())) == len(rows)
    smallest = int(np.argmin(counts))
    assert set(np.flatnonzero(data.y == smallest)) <= set(rows)


@given(class_sizes.filter(lambda counts: min(counts) >= 4), seeds, st.sampled_from(["over", "under"]))
@quick
def test_rows_that_validate_never_come_in(counts, seed, kind):
    """
    Resampled rows are training rows of the fold, all ascending, as int32 that nobody can change.
    """
    data = classified(*counts)
    (fold,) = split(data, Holdout(0.5), seed)

    rows = resampled(data, fold.train, kind, seed)

    assert set(rows.tolist()) <= set(fold.train.tolist())
    assert not set(rows.tolist()) & set(fold.validation.tolist())
    assert (np.diff(rows) >= 0).all()
    assert rows.dtype == np.int32
    assert not rows.flags.writeable


@pytest.mark.parametrize("kind", ["over", "under"])
def test_the_split_seed_and_the_fold_decide(kind):
    """
    Neither the order of the rows nor other draws matter; another seed or fold gives other rows.
    """
    data = classified(50, 23)
    rows = np.arange(data.rows)
    first = resampled(data, rows, kind, 5, 1)
    np.random.default_rng(5).random(3)

    np.testing.assert_array_equal(resampled(data, rows[::-1], kind, 5, 1), first)
    keys = [(seed, fold) for seed in range(4) for fold in range(4)]
    assert len({resampled(data, rows, kind, *key).tobytes() for key in keys}) == 16


@pytest.mark.parametrize("kind, share", [("over", 10 / 40), ("under", 40 / 50)])
def test_every_row_of_a_class_is_as_likely_as_its_neighbours(kind, share):
    """
    Over many split seeds each row that may be drawn is drawn in its share.
    """
    data = classified(50, 40)
    drawn_from = data.y == (1 if kind == "over" else 0)
    times = np.zeros(data.rows)
    for seed in range(600):
        rows = resampled(data, range(data.rows), kind, seed)
        times += np.bincount(rows, minlength=data.rows) - (kind == "over")

    # Standard deviation of a share of 600 draws; 50 rows stay within four of them.
    spread = np.sqrt(share * (1 - share) / 600)
    assert np.abs(times[drawn_from] / 600 - share).max() < 4 * spread


@pytest.mark.parametrize("kind", ["over", "under"])
def test_equal_classes_stay_as_they_are(kind):
    """
    Where nothing is to be made equal, every row is listed once.
    """
    data = classified(12, 12, 12)

    np.testing.assert_array_equal(resampled(data, range(36), kind), np.arange(36))


def test_a_class_without_rows_stays_without():
    """
    There is nothing to repeat, and the others are not emptied for it.
    """
    data = Dataset(np.zeros((6, 1)), [0, 0, 0, 1, 1, 0], classes=["a", "b", "none"])

    assert resampled(data, [0, 1, 2, 3], "over").tolist() == [0, 1, 2, 3, 3, 3]
    assert len(resampled(data, range(6), "under")) == 4


def test_a_regression_is_refused():
    """
    Amounts have no classes, and the message says to leave the key out.
    """
    data = Dataset(np.zeros((6, 1)), np.arange(6) / 3)

    with pytest.raises(UsageError, match=r"resample: a regression has no classes .*Leave `resample` out"):
        resampled(data, range(6), "over")


@pytest.mark.parametrize(
    "rows, kind, seed, fold, match",
    [
        (range(20), "both", 0, 0, r"resample: unknown way to resample \(got 'both'\)\. Write 'over' or"),
        (range(20), "over", -1, 0, "split_seed: .*at least 0"),
        (range(20), "over", 0, 0.5, "fold: .*whole number"),
        (range(21), "over", 0, 0, "rows: no such row .*from 0 to 19"),
        ([-1, 1], "over", 0, 0, "rows: negative row number"),
        ([], "under", 0, 0, "rows: not a list of row numbers"),
    ],
)
def test_impossible_arguments_are_refused(rows, kind, seed, fold, match):
    """
    The argument, its value and its range are named.
    """
    with pytest.raises(UsageError, match=match):
        resampled(classified(10, 10), rows, kind, seed, fold)
