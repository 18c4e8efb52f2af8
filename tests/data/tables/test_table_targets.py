"""What is read as the target, as groups and as time, and what is refused for having none."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from trainlab.data.tables.table import Table
from trainlab.data.tables.table_targets import read_table_groups, read_table_targets, read_table_time
from trainlab.errors import DataError, UsageError


def read(values, task=None, classes=None, dtype=None):
    """Read one column called ``y``."""
    return read_table_targets(
        Table(pl.DataFrame({"y": pl.Series(values, dtype=dtype)})), ("y",), task, classes
    )


@pytest.mark.parametrize(
    "values, task, classes",
    [
        (["b", "a", "b"], None, ("a", "b")),
        ([3, 1, 3], None, ("1", "3")),
        ([10, 9, -1], None, ("-1", "9", "10")),
        (["2", "10", "2"], None, ("2", "10")),
        (["1.0", "2", "1"], None, ("1", "2")),
        ([1.0, 2.0, 1.0], None, ("1", "2")),
        ([True, False, True], None, ("false", "true")),
        ([0.5, 1.5, 0.5], "classification", ("0.5", "1.5")),
        (list(range(40)), "classification", tuple(str(n) for n in range(40))),
    ],
)
def test_classes_are_called_as_their_values(values, task, classes):
    """
    Class names are the values of the column, numbers in their order, and every row finds its own.
    """
    read_ = read(values, task)

    assert read_.task == "classification"
    assert read_.classes == classes
    assert [float(read_.classes[n]) if classes[0][-1].isdigit() else None for n in read_.y] == [
        float(value) if classes[0][-1].isdigit() else None for value in values
    ]


@pytest.mark.parametrize(
    "values, task",
    [([1.5, 2.0, 3.0], None), (["1.5", "-2e3"], None), (list(range(101)), None), ([1, 2, 3], "regression")],
)
def test_amounts_are_told_by_decimals_by_number_or_by_word(values, task):
    """
    Decimals, more than a hundred different whole numbers, and the task itself make a regression.
    """
    found = read(values, task)

    assert (found.task, found.classes, found.targets) == ("regression", (), ("y",))
    np.testing.assert_array_equal(found.y[:, 0], [float(value) for value in values])
    assert bool(found.notes) == (task is None)


def test_named_classes_set_the_order_and_may_be_empty():
    """
    Named classes keep their order and those without rows, which is said; another value is refused.
    """
    found = read(["no", "yes", "no"], classes=["yes", "no", "maybe"])

    assert found.y.tolist() == [1, 0, 1]
    assert found.notes == ("classes without rows: maybe",)
    with pytest.raises(DataError, match=r"row 1 \(counted from 0\): not among the classes in 1 of 2 rows"):
        read(["no", "yes"], classes=["no", "maybe"])
    declared = read(["M", "S", "M"], dtype=pl.Enum(["S", "M", "L"]))
    assert declared.classes == ("S", "M", "L")


def test_one_hot_columns_are_classes_called_as_they_are():
    """
    Columns of 0 and 1 with a single 1 a row are classes; without it they are refused, or amounts by word.
    """
    frame = pl.DataFrame({"cat": [1, 0, 0], "dog": [0, 1, 1]})

    found = read_table_targets(Table(frame), ("cat", "dog"), None, None)

    assert (found.y.tolist(), found.classes) == ([0, 1, 1], ("cat", "dog"))
    wrong = Table(frame.with_columns(dog=pl.Series([1, 1, 1])))
    with pytest.raises(DataError, match=r"row 0 .*do not sum to one in 1 of 3 rows \(got \[1, 1\]\)"):
        read_table_targets(wrong, ("cat", "dog"), None, None)
    assert read_table_targets(wrong, ("cat", "dog"), "regression", None).y.tolist() == [
        [1, 1],
        [0, 1],
        [0, 1],
    ]
    halves = Table(frame.with_columns(dog=pl.Series([0.5, 1, 1])))
    assert read_table_targets(halves, ("cat", "dog"), None, None).targets == ("cat", "dog")
    with pytest.raises(DataError, match=r"column 'dog', row 0 .*neither 0 nor 1 in 1 of 3 rows \(got 0\.5\)"):
        read_table_targets(halves, ("cat", "dog"), "classification", None)
    with pytest.raises(UsageError, match="not the columns of the one-hot target"):
        read_table_targets(Table(frame), ("cat", "dog"), None, ["a", "b"])


@pytest.mark.parametrize(
    "values, task, expected",
    [
        (["a", None], None, r"column 'y', row 1 \(counted from 0\): missing in 1 of 2 rows"),
        ([1.0, np.nan], None, r"row 1 .*missing in 1 of 2 rows"),
        (["a", " "], None, r"row 1 .*missing in 1 of 2 rows"),
        ([1.5, np.inf], None, r"row 1 .*infinite, or too large for float32, in 1 of 2 rows \(got inf\)"),
        ([1.5, 1e39], "regression", r"row 1 .*infinite, or too large for float32"),
        (
            ["$3", "$4.5"],
            None,
            r"not a number in 2 of 2 rows \(got '\$3'\)\. .*currency.*task='classification'",
        ),
        (["a", "b"], "regression", r"not a number in 2 of 2 rows \(got 'a'\)"),
        ([n / 7 for n in range(1, 30)], "classification", r"29 different numbers with decimals are amounts"),
        (["a\x1b[2J", "b"], None, r"a class with control characters in 1 of 2 rows"),
        ([dt.date(2026, 1, 1), dt.date(2026, 1, 2)], "regression", r"dates are no amounts"),
        ([[1], [2]], None, r"it holds List\(Int64\) values"),
    ],
)
def test_targets_that_teach_nothing_are_refused(values, task, expected):
    """
    Missing, infinite and unreadable targets are refused with their place, value and count.
    """
    with pytest.raises(DataError, match=expected):
        read(values, task)


def times(values):
    """Read a column called ``t`` as times."""
    return read_table_time(Table(pl.DataFrame({"t": values})), "t")


@pytest.mark.parametrize(
    "values",
    [
        ["2025-12-31", "2026-01-02", "2026-01-02", "2026-11-21"],
        ["2025-12-31T23:59:59", "2026-01-02", "2026-01-02T00:00", "2026-11-21 07:00"],
        ["2026-01-01T00:30+02:00", "2026-01-01T00:00+01:00", "2025-12-31T23:00Z", "2026-01-01T00:00-05:00"],
        [dt.date(2025, 12, 31), dt.date(2026, 1, 2), dt.date(2026, 1, 2), dt.date(2026, 11, 21)],
        [-1, 3, 3, 10],
        ["-1", "3", "3", "10"],
        ["9.5", "1e1", "10", "11"],
        [
            1_700_000_000_000_000_000,
            1_700_000_000_000_000_001,
            1_700_000_000_000_000_001,
            1_700_000_000_000_000_002,
        ],
        ["1700000000000000000", "1700000000000000001", "1700000000000000001", "1700000000000000002"],
    ],
)
def test_times_sort_as_they_passed(values):
    """
    Dates, ISO texts with and without zones, and numbers to the nanosecond rank in the order of time.
    """
    assert np.unique(times(values), return_inverse=True)[1].tolist() == [0, 1, 1, 2]


@pytest.mark.parametrize(
    "values, expected",
    [
        (["02.01.2026", "2026-01-03"], r"row 0 .*no ISO date or time in 1 of 2 rows \(got '02.01.2026'\)"),
        (["2026-01-02", "2026-13-03"], r"row 1 .*no ISO date or time in 1 of 2 rows"),
        (["2026-01-02", "2026-01-03T01:00Z"], r"row 1 .*a time zone, unlike others, in 1 of 2 rows"),
        (["2026-01-02", None], r"row 1 .*missing in 1 of 2 rows"),
        ([1.0, np.inf], r"row 1 .*infinite"),
    ],
)
def test_times_in_doubt_are_refused(values, expected):
    """
    A day that could be two, a zone that only some rows have, and no time at all are refused.
    """
    with pytest.raises(DataError, match=expected):
        times(values)


def test_groups_are_labels_and_none_is_missing():
    """
    Groups are told apart by what is written; a row without one is refused.
    """
    frame = pl.DataFrame({"g": ["07", "7", "07"], "n": [1.0, 2.0, np.nan]})

    assert read_table_groups(Table(frame), None) is None
    assert len(set(read_table_groups(Table(frame), "g").tolist())) == 2
    with pytest.raises(DataError, match=r"column 'n', row 2 .*missing in 1 of 3 rows.*Say which rows belong"):
        read_table_groups(Table(frame), "n")
