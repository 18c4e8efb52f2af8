"""Claims about rows under seal, and about parts of data sets."""

import copy
import pickle

import numpy as np
import pytest

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.preparing.preparation import Prepare, Step
from trainlab.data.preparing.steps_in_force import steps_in_force
from trainlab.data.sealed import row_digests
from trainlab.data.unsealing import opened
from trainlab.errors import DataError, UsageError


def table(rows=12):
    """Give rows with groups and times."""
    x = np.arange(rows * 2.0).reshape(rows, 2)
    return Dataset(x, [0, 1] * (rows // 2), groups=np.arange(rows) // 3, time=np.arange(rows)[::-1])


def test_sealed_rows_are_in_no_array():
    """
    Of the rows under seal neither inputs nor targets nor groups nor times are left in what is handed out.
    """
    whole = table()
    left = whole.seal([3, 7])

    assert left.rows == 10
    assert not set(whole.x[[3, 7], 0]) & set(left.x[:, 0])
    assert [len(mark) for mark in (left.y, left.groups, left.time)] == [10, 10, 10]
    assert not any(isinstance(value, (np.ndarray, Dataset)) for value in vars(type(left.sealed)).values())
    assert "24" not in repr(left.sealed)


def test_opening_gives_the_rows_back():
    """
    What comes out of a seal is what went in, with its row numbers.
    """
    whole = table()
    data = whole.seal([7, 3])
    again, rows = opened(data)[:2]

    np.testing.assert_array_equal(again.x[rows], whole.x[[3, 7]])
    np.testing.assert_array_equal(again.y[rows], whole.y[[3, 7]])
    np.testing.assert_array_equal(again.x[: data.rows], data.x)
    assert data.sealed.numbers.tolist() == [3, 7]
    with pytest.raises(UsageError, match="no sealed test set"):
        opened(whole)


def test_a_seal_survives_copies_and_pickles():
    """
    A data set that is copied or pickled has the same rows under the same seal.
    """
    left = table().seal([1])

    for again in (copy.deepcopy(left), pickle.loads(pickle.dumps(left))):  # noqa: S301  # our own
        assert again == left
        assert again.sealed == left.sealed


def test_what_is_sealed_is_part_of_the_fingerprint():
    """
    The same open rows beside other sealed ones are another data set.
    """
    x, y = np.arange(8.0), [0, 1] * 4
    one = Dataset(x, y, test=([8.0, 9.0], [0, 1]))
    other = Dataset(x, y, test=([8.0, 9.5], [0, 1]))

    assert one != other
    assert one == Dataset(x, y, test=([8.0, 9.0], [0, 1]))


def test_test_rows_are_judged_as_the_others():
    """
    Test rows of another shape, with unknown labels or with NaN are refused, and the message says test.
    """
    x, y = np.zeros((4, 2)), ["a", "b"] * 2

    with pytest.raises(DataError, match="test x has rows of another shape"):
        Dataset(x, y, test=(np.zeros((2, 3)), ["a", "b"]))
    with pytest.raises(DataError, match="y has labels that are not among the classes"):
        Dataset(x, y, test=(np.zeros((2, 2)), ["a", "c"]))


def test_few_test_rows_are_enough():
    """
    A test set of one row, or of one class, is judged by the others' classes and passes.
    """
    one = Dataset(np.zeros((4, 2)), ["a", "b"] * 2, test=(np.ones((1, 2)), ["b"]))
    amounts = Dataset(np.zeros((4, 2)), [0.5, 1.0, 2.5, 3.0], test=(np.ones((2, 2)), [7.5, 7.5]))

    assert opened(one)[0].y.tolist() == [0, 1, 0, 1, 1]
    assert opened(amounts)[0].y[4:].tolist() == [[7.5], [7.5]]


def test_sealing_twice_or_all_is_refused():
    """
    Rows that are sealed can't be sealed again under another name, and something is left to learn from.
    """
    with pytest.raises(UsageError, match="1 rows are sealed already"):
        table().seal([1]).seal([2])
    with pytest.raises(UsageError, match="all rows would be sealed"):
        table().seal(range(12))


def test_the_texts_of_sealed_rows_are_sealed():
    """
    A text stands with its row: none of a sealed row is left among the others, however it was sealed.
    """
    said = Column("said", "text", ("alpha", "beta", "gamma", "secret"))
    whole = Dataset([[0.0], [3.0], [2.0], [1.0]], [0, 1, 0, 1], columns=[said], missing=True)
    apart = Dataset(
        [[0.0], [2.0], [1.0], [np.nan]], [0, 1, 0, 1], columns=[said], missing=True, test=([[3.0]], [1])
    )

    for data in (whole.seal([1]), apart):
        assert not set(data.sealed.digests()) & set(row_digests(data))
        assert "secret" not in data.columns[0].levels
        again, rows = opened(data)[:2]
        codes = again.x[~np.isnan(again.x[:, 0]), 0].astype(int)
        assert again.columns[0].levels[int(again.x[rows[0], 0])] == "secret"
        assert sorted(again.columns[0].levels[code] for code in codes) == sorted(said.levels)


def test_a_text_on_both_sides_is_found_however_it_is_numbered():
    """
    A sealed text that an open row has too gives both the same hash, and no other pair.
    """
    said = Column("said", "text", ("alpha", "beta", "gamma"))
    data = Dataset([[0.0], [1.0], [2.0], [1.0]], [0, 1, 0, 1], columns=[said]).seal([3])

    assert data.sealed.digests()[0] in row_digests(data)
    assert [digest == data.sealed.digests()[0] for digest in row_digests(data)] == [False, True, False]


def test_holes_of_sealed_rows_are_refused_before_anything_is_trained():
    """
    A missing value that only a sealed row has is told at once, without the row.
    """
    data = Dataset(
        np.zeros((4, 2)), [0, 1] * 2, columns=["a", "b"], missing=True, test=([[0.0, np.nan]], [1])
    )

    with pytest.raises(DataError, match=r"column 'b': sealed test rows have missing values"):
        steps_in_force(data, Prepare())
    assert steps_in_force(data, Prepare(numbers=(Step("impute", "mean"),)))


def test_digests_tell_equal_rows_and_nothing_else():
    """
    Equal inputs have equal hashes in any type; rounding makes near ones equal.
    """
    sealed = Dataset([[0.0], [1.0]], [0, 1], test=([[1], [2]], [0, 1])).sealed
    near = Dataset([[0.0], [1.0]], [0, 1], test=([[1.0001], [2.0]], [0, 1])).sealed

    assert sealed.digests()[1] == near.digests()[1]
    assert sealed.digests()[0] != near.digests()[0]
    assert sealed.digests(2) == near.digests(2)


def test_a_row_has_one_hash_whichever_rows_stand_beside_it():
    """
    Among thousands of rows and among four a row has the same hash, where texts are numbered anew too.
    """
    said = Column("said", "text", ("alpha", "beta", "gamma"))
    x = np.column_stack([np.arange(4_100) % 3, np.random.default_rng(0).normal(size=4_100)])
    data = Dataset(x, np.arange(4_100) % 2, columns=[said, "size"])
    few = [1, 4_094, 4_096, 4_097]
    part = data.subset(few)

    assert part.columns[0].levels == ("beta", "gamma")
    for decimals in (None, 2):
        whole = row_digests(data, decimals)
        assert row_digests(part, decimals) == tuple(whole[row] for row in few)


def test_the_profile_leaves_missing_values_out():
    """
    Ranges and means of sealed columns are those of what is there.
    """
    data = Dataset([[0.0, 1.0], [1.0, 1.0]], [0, 1], missing=True, test=([[np.nan, 4.0], [3.0, 6.0]], [0, 1]))
    (found,) = data.sealed.profile()

    assert (found.low.tolist(), found.high.tolist(), found.mean.tolist()) == ([3, 4], [3, 6], [3, 5])


def test_columns_are_as_many_as_the_array_has():
    """
    Columns are named once each; a category holds positions among its levels.
    """
    with pytest.raises(UsageError, match="2 columns are named"):
        Dataset(np.zeros((4, 3)), [0, 1] * 2, columns=["a", "b"])
    with pytest.raises(UsageError, match="two columns of one name"):
        Dataset(np.zeros((4, 2)), [0, 1] * 2, columns=["a", "a"])
    with pytest.raises(UsageError, match="levels do not fit"):
        Column("a", "category")


def test_a_part_may_lack_what_a_whole_must_have():
    """
    Two rows of one class are no data set, and can be part of one.
    """
    part = table().subset([0, 2])

    assert part.class_counts == (2, 0)
    assert part.groups.tolist() == [0, 0]
    assert not part.x.flags.writeable
