"""How much is fitted: small data whole, large data in part, hopeless cases not at all."""

import pytest

from trainlab.baselines.amount import Sizes, boosting, linear_amount, trees_amount


@pytest.mark.parametrize("amount", [linear_amount, trees_amount])
@pytest.mark.parametrize(
    "sizes",
    [Sizes(1437, 64, 10, True, 5), Sizes(142, 13, 3, True, 5), Sizes(16_512, 8, 1, False, 5)],
)
def test_data_of_usual_size_are_taken_whole(amount, sizes):
    """
    Digits, wine and California housing over five folds are fitted on all their rows.
    """
    assert amount(sizes).rows == sizes.rows
    assert not amount(sizes).too_much


@pytest.mark.parametrize("amount", [linear_amount, trees_amount])
def test_large_data_are_taken_in_part(amount):
    """
    Of Fashion-MNIST enough rows are taken to mean something, and few enough to take seconds.
    """
    taken = amount(Sizes(54_000, 784, 10, True, 1))

    assert 5_000 < taken.rows < 30_000
    assert taken.seconds < 7


@pytest.mark.parametrize("amount", [linear_amount, trees_amount])
def test_more_folds_never_mean_more_rows(amount):
    """
    The more folds there are, the fewer rows each takes, though never fewer than a thousand.
    """
    taken = [amount(Sizes(54_000, 784, 10, True, folds)).rows for folds in (1, 2, 5, 10, 900)]

    assert taken == sorted(taken, reverse=True)
    assert taken[-1] == 1_000


def test_thousands_of_folds_are_too_much():
    """
    Leaving each of 1,797 digits out is left to the networks, and is fine for a ridge regression.
    """
    assert trees_amount(Sizes(1_796, 64, 10, True, 1_797)).too_much
    assert not linear_amount(Sizes(441, 10, 1, False, 442)).too_much


def test_very_wide_rows_fit_into_memory():
    """
    A million columns are read for so many rows only that they stay below 300 MB.
    """
    wide = linear_amount(Sizes(5_000, 1_000_000, 1, False, 1))

    assert 1 <= wide.rows <= 75


@pytest.mark.parametrize("classes", [2, 3, 5, 10, 100, 1_000])
def test_all_classes_share_the_leaves(classes):
    """
    More classes never mean larger trees, or more of them for each class.
    """
    few, many = boosting(Sizes(1, 1, classes, True, 1)), boosting(Sizes(1, 1, classes + 1, True, 1))

    assert many.iterations <= few.iterations
    assert 8 <= many.leaves <= 31
    assert 0.1 <= few.rate <= 0.3
