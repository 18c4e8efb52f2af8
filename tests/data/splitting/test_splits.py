"""Who trains and who validates: every class in its share, from the split seed alone."""

import pickle
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.subsets import share_rows, training_share, training_subset
from trainlab.data.splitting.validations import Holdout
from trainlab.errors import DataError, UsageError


def classified(*counts):
    """Rows of classes of these sizes, one class after the other."""
    labels = np.repeat(np.arange(len(counts)), counts)
    return Dataset(np.zeros((len(labels), 1), np.uint8), labels)


def amounts(rows):
    """Rows of a regression."""
    return Dataset(np.zeros((rows, 1), np.uint8), np.arange(rows) / 3)


class_sizes = st.lists(st.integers(2, 60), min_size=2, max_size=6)
seeds = st.integers(0, 2**40)
shares = st.floats(0.001, 0.999)
# Refusals are rare among the shares drawn, and looked for.
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


# ---------------------------------------------------------------------------------------------- holdout


@given(class_sizes, shares, seeds)
@quick
def test_a_split_gives_each_row_one_role_or_is_refused(counts, fraction, seed):
    """
    Roles are disjoint and cover all rows, and each class has its share in both, and in both halves.
    """
    data = classified(*counts)
    try:
        (fold,) = split(data, Holdout(fraction), seed)
    except UsageError:
        assume(False)

    assert sorted([*fold.train, *fold.validation]) == list(range(data.rows))
    assert (np.diff(fold.train) > 0).all()
    assert (np.diff(fold.validation) > 0).all()
    assert fold.train.dtype == fold.validation.dtype == np.int32
    inside = np.bincount(data.y[fold.validation], minlength=len(counts))
    assert (inside >= 1).all()
    assert (inside < counts).all()
    # Shares by (n - 1/2) / k stay within one row of the exact share, give or take the others' roundings.
    exact = np.array(counts) * len(fold.validation) / data.rows
    assert np.abs(inside - exact).max() < 1 + len(counts) / 2
    first, second = (
        np.bincount(data.y[fold.validation[half]], minlength=len(counts))
        for half in (~fold.halves, fold.halves)
    )
    assert np.abs(first - second).max() <= 1
    assert abs(int(fold.halves.sum()) * 2 - len(fold.halves)) <= 1
    assert 0 < fold.halves.sum() < len(fold.halves)


@given(class_sizes, shares, seeds)
@quick
def test_a_refused_share_names_the_nearest_legal_one(counts, fraction, seed):
    """
    The share that is named splits, for every seed; one row further is refused.
    """
    data = classified(*counts)
    try:
        split(data, Holdout(fraction), seed)
    except UsageError as error:
        bound, share, rows = re.search(r"at (least|most) ([\d.e-]+) \((\d+) rows\)", error.cure).groups()
    else:
        assume(False)

    (fold,) = split(data, Holdout(float(share)), seed + 1)
    assert len(fold.validation) == int(rows)
    further = int(rows) + (-1 if bound == "least" else 1)
    if 0 < further < data.rows:
        with pytest.raises(UsageError, match=f"{further} of {data.rows} rows validate, too"):
            split(data, Holdout((further - 0.5) / data.rows), seed)


@given(st.integers(3, 200), shares, seeds)
@quick
def test_a_regression_is_shuffled(rows, fraction, seed):
    """
    Without classes any share is legal that leaves two rows to validate and one to train on.
    """
    data = amounts(rows)
    wanted = int(np.ceil(fraction * rows - 1e-9))

    if 2 <= wanted < rows:
        (fold,) = split(data, Holdout(fraction), seed)
        assert len(fold.validation) == wanted
        assert sorted([*fold.train, *fold.validation]) == list(range(rows))
        assert abs(int(fold.halves.sum()) * 2 - wanted) <= 1
    else:
        with pytest.raises(UsageError, match="two rows to validate and one to train on"):
            split(data, Holdout(fraction), seed)


@pytest.mark.parametrize("data", [classified(30, 20), amounts(50)])
def test_the_split_seed_alone_decides(data):
    """
    The same split seed gives the same fold, others give others, whatever was drawn in between.
    """
    first = split(data, Holdout(0.2), 7)
    np.random.default_rng(7).random(5)

    assert split(data, Holdout(0.2), 7) == first
    assert hash(split(data, Holdout(0.2), 7)) == hash(first)
    assert len({split(data, Holdout(0.2), seed) for seed in range(20)}) == 20


def test_every_row_validates_as_often_as_its_neighbours():
    """
    Over many split seeds each row of a class validates in its share, rows of small classes too.
    """
    data = classified(40, 8)

    times = np.zeros(48)
    for seed in range(400):
        (fold,) = split(data, Holdout(0.25), seed)
        times[fold.validation] += 1

    # 400 draws at 0.25: a standard deviation of 0.022; 48 rows stay within four of them.
    assert np.abs(times / 400 - 0.25).max() < 4 * 0.022


def test_a_smaller_holdout_lies_inside_a_larger_one():
    """
    Rows that validate at a tenth validate at a fifth too.
    """
    data = classified(70, 30)

    (tenth,), (fifth,) = split(data, Holdout(0.1)), split(data, Holdout(0.2))

    assert set(tenth.validation.tolist()) < set(fifth.validation.tolist())


@pytest.mark.parametrize("fraction, rows", [(0.07, 7), (0.1, 10), (0.29, 29), (0.101, 11)])
def test_a_share_is_rounded_up_to_rows(fraction, rows):
    """
    7 % of 100 rows are 7 rows, though 0.07 * 100 is a little more than 7 in binary.
    """
    (fold,) = split(classified(50, 50), Holdout(fraction))

    assert len(fold.validation) == rows


def test_a_class_that_would_be_missing_is_named_with_its_rows():
    """
    The message has the counts of the smallest class and the nearest legal share, on both sides.
    """
    data = classified(96, 4)

    with pytest.raises(
        UsageError, match=r"5 of 100 rows validate, too few.*'1', has 4 rows \(got 0\.05\).*0\.13 \(13 rows\)"
    ):
        split(data, Holdout(0.05))
    with pytest.raises(
        UsageError, match=r"95 of 100 rows validate, too many.*'1', has 4 rows.*at most 0\.87 \(87 rows\)"
    ):
        split(data, Holdout(0.95))


def test_two_small_classes_of_one_size_go_in_together():
    """
    Of 4 + 4 + 42 rows, 7 that validate hold every class with every split seed, and 6 are refused.
    """
    data = classified(4, 4, 42)

    for seed in range(20):
        (fold,) = split(data, Holdout(0.14), seed)
        assert np.bincount(data.y[fold.validation]).tolist() == [1, 1, 5]
        with pytest.raises(UsageError, match=r"at least 0\.14 \(7 rows\)"):
            split(data, Holdout(0.12), seed)


def test_a_class_of_one_row_has_no_legal_share():
    """
    One row cannot train and validate: these data are refused, whatever the share.
    """
    with pytest.raises(DataError, match=r"class '1' has 1 of 41 rows.*Gather more rows of it"):
        split(classified(40, 1), Holdout(0.5))
    named = Dataset(np.zeros((4, 1)), [0, 1, 0, 1], classes=["a", "b", "none"])
    with pytest.raises(DataError, match=r"class 'none' has 0 of 4 rows"):
        split(named, Holdout(0.5))
    with pytest.raises(DataError, match="Gather at least 3 rows"):
        split(amounts(2), Holdout(0.5))


def test_the_smallest_possible_data_still_split():
    """
    Two rows of each class, or three amounts, are enough.
    """
    (fold,) = split(classified(2, 2), Holdout(0.5))
    (three,) = split(amounts(3), Holdout(0.5))

    assert len(fold.train) == len(fold.validation) == 2
    assert (len(three.train), len(three.validation)) == (1, 2)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, 10, float("nan"), float("inf"), True, "0.1", None])
def test_a_holdout_is_a_share(fraction):
    """
    Numbers of rows, percents and text are refused with an example.
    """
    with pytest.raises(UsageError, match=r"validation: holdout: not a share of the rows.*as 0\.1"):
        Holdout(fraction)


def test_holdouts_are_values():
    """
    Equal shares are equal holdouts, NumPy's numbers included.
    """
    assert Holdout(np.float64(0.5)) == Holdout(0.5)
    assert len({Holdout(0.5), Holdout(0.5), Holdout(0.2)}) == 2


@pytest.mark.parametrize("seed", [-1, 0.5, True, "0", None])
def test_a_split_seed_is_a_whole_number(seed):
    """
    Other seeds are refused, here and for training subsets.
    """
    data = classified(10, 10)

    with pytest.raises(UsageError, match=r"split_seed: .*whole number of at least 0"):
        split(data, Holdout(0.5), seed)
    with pytest.raises(UsageError, match=r"split_seed: .*whole number of at least 0"):
        training_subset(data, range(20), 5, seed)


def test_an_unknown_validation_is_refused():
    """
    A bare number is no validation; the message says what is.
    """
    with pytest.raises(UsageError, match=r"unknown validation.*Holdout\(0\.1\)"):
        split(classified(10, 10), 0.1)


# ------------------------------------------------------------------------------------------------ folds


def test_a_fold_cannot_be_changed():
    """
    Its rows are read-only, also after a pickle, and do not follow the arrays that they came from.
    """
    rows = np.array([0, 1])
    fold = Fold(rows, [2, 3], [True, False])
    rows[0] = 9

    assert fold.train.tolist() == [0, 1]
    again = pickle.loads(pickle.dumps(fold))  # noqa: S301  # our own
    assert again == fold
    assert fold != Fold([0, 1], [2, 3], [False, True])
    assert fold != "fold"
    for array in (again.train, again.validation, again.halves, fold.train):
        assert not array.flags.writeable


@pytest.mark.parametrize(
    "train, validation, halves, match",
    [
        ([0, 1, 2], [2, 1], [True, False], "2 rows both train and validate.*one role"),
        ([0], [1, 1], [True, False], "fold: validation: a row is listed twice"),
        ([], [1], [True], "fold: train: not a list of row numbers"),
        ([0], [], [], "fold: validation: not a list of row numbers"),
        ([-1], [1], [True], "negative row number"),
        ([0.5], [1], [True], "not a list of row numbers"),
        ([0], [1, 2], [True], "the halves do not fit"),
        ([0], [1], [1], "the halves do not fit"),
    ],
)
def test_an_impossible_fold_is_refused(train, validation, halves, match):
    """
    A row in two roles would make every score worthless.
    """
    with pytest.raises(UsageError, match=match):
        Fold(train, validation, halves)


# ---------------------------------------------------------------------------------------------- subsets


@given(class_sizes, st.integers(1, 200), st.integers(0, 50), seeds)
@quick
def test_training_subsets_are_nested_and_hold_every_class(counts, few, extra, seed):
    """
    A smaller choice lies inside a larger one, from the rows given, each class in its share; or it is refused.
    """
    data = classified(*counts)
    rows = np.arange(data.rows)[:: 1 if data.rows < 20 else -1]
    few, more = min(few, data.rows), min(few + extra, data.rows)
    try:
        small = training_subset(data, rows, few, seed)
    except UsageError as error:
        least = int(re.search(r"Give at least (\d+)", error.cure)[1])
        assert least > few
        assert set(data.y[training_subset(data, rows, least, seed)]) == set(range(len(counts)))
        return

    large = training_subset(data, np.sort(rows), more, seed)
    assert (len(small), len(large)) == (few, more)
    assert set(small.tolist()) <= set(large.tolist())
    assert set(data.y[small]) == set(range(len(counts)))
    assert (np.diff(small) > 0).all()
    assert small.dtype == np.int32
    assert not small.flags.writeable


def test_a_subset_keeps_to_the_rows_of_its_fold():
    """
    Only training rows are chosen, and all of them when all are asked for.
    """
    data = classified(60, 40)
    (fold,) = split(data, Holdout(0.2))

    chosen = training_subset(data, fold.train, 20)

    assert set(chosen.tolist()) < set(fold.train.tolist())
    assert np.bincount(data.y[chosen]).tolist() == [12, 8]
    np.testing.assert_array_equal(training_subset(data, fold.train, 80), fold.train)


def test_a_subset_of_amounts_needs_no_class():
    """
    A regression may train on any number of its rows.
    """
    assert len(training_subset(amounts(30), range(30), 1)) == 1


def test_a_row_that_trains_twice_counts_twice_in_a_subset():
    """
    Of a bootstrap's training rows as many are chosen as asked for, none more often than it is listed.
    """
    rows = [0, 0, 0, 1, 10, 10, 11, 12]

    chosen = training_subset(classified(10, 10), rows, 6)

    assert len(chosen) == 6
    assert (np.bincount(chosen, minlength=20) <= np.bincount(rows, minlength=20)).all()
    assert Fold(rows, [2, 13], [True, False]).train.tolist() == rows


@pytest.mark.parametrize(
    "rows, count, match",
    [
        (range(20), 21, "there are 20 training rows .*Give at most 20"),
        (
            range(20),
            1,
            r"too few to have a row of each class: the smallest has 10 of 20 \(got 1\)\. Give at least 2",
        ),
        (range(20), 0, "train_rows: .*at least 1"),
        (range(20), 2.5, "train_rows: .*whole number"),
        (range(21), 5, "no such row .*from 0 to 19"),
        ([], 2, "not a list of row numbers"),
    ],
)
def test_an_impossible_subset_is_refused(rows, count, match):
    """
    The message names the smallest or the largest legal number.
    """
    with pytest.raises(UsageError, match=match):
        training_subset(classified(10, 10), rows, count)


# ----------------------------------------------------------------------------------------------- shares


@given(st.integers(1, 5000), st.integers(1, 5000))
@quick
def test_a_share_of_rows_that_is_whole_is_exact(rows, more):
    """
    A share of k of n rows, written as the nearest binary number or as a decimal cut short, is k rows.
    """
    available = rows + more

    assert share_rows(available, rows / available) == rows
    assert share_rows(available, (rows - 0.5) / available) == rows
    assert share_rows(available, 1) == available


@given(class_sizes, st.floats(1e-9, 1), seeds)
@quick
def test_a_share_is_the_subset_of_as_many_rows_or_names_the_nearest_legal_one(counts, fraction, seed):
    """
    It chooses what the number of rows chooses; where a class would vanish, the share that is named does not.
    """
    data = classified(*counts)
    wanted = share_rows(data.rows, fraction)
    try:
        chosen = training_share(data, range(data.rows), fraction, seed)
    except UsageError as error:
        share, least = re.search(r"Give at least ([\d.e-]+) \((\d+) rows\)", error.cure).groups()
        chosen = training_share(data, range(data.rows), float(share), seed)
        assert wanted < int(least) == len(chosen)
        with pytest.raises(UsageError, match=f"Give at least {least}"):
            training_subset(data, range(data.rows), wanted, seed)
        wanted = int(least)

    np.testing.assert_array_equal(chosen, training_subset(data, range(data.rows), wanted, seed))
    assert set(data.y[chosen]) == set(range(len(counts)))


def test_shares_are_rounded_as_a_holdout_is():
    """
    As many rows train on a share of all rows as validate on a holdout of it.
    """
    data = classified(50, 50)

    for fraction in (0.07, 0.1, 0.29, 0.101):
        (fold,) = split(data, Holdout(fraction))
        assert share_rows(data.rows, fraction) == len(fold.validation)


def test_a_share_keeps_to_the_rows_of_its_fold():
    """
    Shares are of the training rows, each class in its share, and a smaller one lies inside a larger one.
    """
    data = classified(60, 40)
    (fold,) = split(data, Holdout(0.2))

    quarter, half, whole = (training_share(data, fold.train, fraction) for fraction in (0.25, 0.5, 1))

    assert np.bincount(data.y[quarter]).tolist() == [12, 8]
    assert set(quarter.tolist()) < set(half.tolist()) < set(fold.train.tolist())
    np.testing.assert_array_equal(whole, fold.train)
    assert len(training_share(amounts(30), range(30), 1e-9)) == 1


@pytest.mark.parametrize("fraction", [0, -0.1, 1.01, 50, float("nan"), float("inf"), True, "0.5", None])
def test_a_share_is_above_0_and_at_most_1(fraction):
    """
    Numbers of rows, percents and text are refused with an example.
    """
    with pytest.raises(UsageError, match=r"train_fraction: not a share of the training rows.*as 0\.5"):
        share_rows(100, fraction)
    with pytest.raises(UsageError, match="train_fraction: not a share"):
        training_share(classified(10, 10), range(20), fraction)


def test_a_share_that_loses_a_class_says_which_does_not():
    """
    The message has the size of the smallest class and the smallest legal share, in rows too.
    """
    with pytest.raises(
        UsageError, match=r"train_fraction: too few .*smallest has 4 of 100 \(got 0\.05\).*0\.13 \(13 rows\)"
    ):
        training_share(classified(96, 4), range(100), 0.05)
