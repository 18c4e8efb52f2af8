"""How a column of a table is read as an input: by its type, by what its texts look like, or as it is told."""

import numpy as np
import polars as pl
import pytest

from trainlab.data.columns import Column
from trainlab.data.tables.table import Table
from trainlab.data.tables.table_inputs import read_table_inputs
from trainlab.data.tables.written import MISSING
from trainlab.errors import DataError

ROWS = 40


def read(values, kind=None, dtype=None, missing=MISSING):
    """Read one column called ``c``."""
    frame = pl.DataFrame({"c": pl.Series(values, dtype=dtype)})
    return read_table_inputs(Table(frame, missing=missing), ("c",), {"c": kind} if kind else {})


@pytest.mark.parametrize(
    "values, kind, expected",
    [
        ([1, 2, 300], None, Column("c")),
        (["1", "2.5", "-3e2"], None, Column("c")),
        ([True, False, True], None, Column("c")),
        (["true", "FALSE", None], None, Column("c")),
        (["u", "v", "u"], None, Column("c", "category", ("u", "v"))),
        (["10", "9", "10"], "category", Column("c", "category", ("9", "10"))),
        ([10, 9, 10], "category", Column("c", "category", ("9", "10"))),
        ([1.0, 2.0, np.nan], "category", Column("c", "category", ("1", "2"))),
        ([True, False, True], "category", Column("c", "category", ("false", "true"))),
        (["01", "02", "01"], None, Column("c", "category", ("01", "02"))),
        (["01", "02", "01"], "number", Column("c")),
        (["1st", "2", "3rd"], None, Column("c", "category", ("1st", "2", "3rd"))),
        (["so so", "good", "so so"], "text", Column("c", "text", ("good", "so so"))),
    ],
)
def test_a_column_is_read_by_its_values_or_as_told(values, kind, expected):
    """
    Numbers, truth values and few texts are told apart; a kind that is asked for is taken.
    """
    assert read(values, kind).columns == (expected,)


@pytest.mark.parametrize("values", [["b", None, "a", "b"], [" b", "NA", "a ", "b"], ["b", "", "a", "b"]])
def test_categories_stand_as_positions(values):
    """
    A category is the position of its level, NaN where the cell is empty, whatever spaces are around it.
    """
    found = read(values)

    np.testing.assert_array_equal(found.x[:, 0], [1, np.nan, 0, 1])
    assert found.columns[0].levels == ("a", "b")
    assert found.missing


def test_declared_levels_are_kept():
    """
    A column whose type names its levels keeps them in their order, with those that no row has.
    """
    found = read(["M", "S", "M"], dtype=pl.Enum(["S", "M", "L"]))

    assert found.columns[0].levels == ("S", "M", "L")
    assert found.x[:, 0].tolist() == [1, 0, 1]


def test_every_guess_is_said():
    """
    Notes name what was taken without having been asked for, and what is missing or constant.
    """
    frame = pl.DataFrame({"town": ["u", "v"], "flag": [True, False], "zip": ["01", None], "one": [7, 7]})

    notes = read_table_inputs(Table(frame), tuple(frame.columns), {}).notes

    assert notes == (
        (
            "categories, since their texts are few: 'town' (2); write `kinds: {town: text}` beside the file "
            "(in Python `kinds={'town': 'text'}`) to say otherwise"
        ),
        "numbers, true as 1 and false as 0: 'flag'",
        (
            "categories, since a zero stands first: 'zip' (1); write `kinds: {zip: number}` beside the file "
            "(in Python `kinds={'zip': 'number'}`) to say otherwise"
        ),
        "missing values, kept as such: 'zip' (1)",
        "columns with the same value in every row: 'zip', 'one'",
    )
    assert read_table_inputs(Table(frame), ("town",), {"town": "category"}).notes == ()


@pytest.mark.parametrize("different, rows, taken", [(20, 20, True), (21, 209, False), (21, 210, True)])
def test_few_texts_are_categories(different, rows, taken):
    """
    Up to twenty texts are categories, and more where each has ten rows on average; else a person chooses.
    """
    values = [f"place {n % different}" for n in range(rows)]

    if taken:
        assert len(read(values).columns[0].levels) == different
    else:
        with pytest.raises(DataError, match="21 different texts in 209 rows, too many"):
            read(values)
    assert len(read(values, "category").columns[0].levels) == different


def test_whole_numbers_of_a_byte_are_bytes():
    """
    Pixels take a byte each; a missing, a broken or a larger number makes floats of all.
    """
    assert read([0, 255]).x.dtype == np.uint8
    assert read(["0", "255"]).x.dtype == np.uint8
    assert all(read(values).x.dtype == np.float64 for values in ([0, 256], [0.0, 0.5], [0, None], [-1, 3]))


@pytest.mark.parametrize(
    "values, kind, expected",
    [
        (["1", "2", "x", "y"], None, r"row 2 \(counted from 0\): not a number in 2 of 4 rows \(got 'x'\)"),
        (["x", "1"], "number", r"not a number in 1 of 2 rows \(got 'x'\)"),
        (["x", "y"], "number", r"not written as numbers are in 2 of 2 rows"),
        ([1.0, float("inf")], None, r"row 1 \(counted from 0\): infinite in 1 of 2 rows \(got inf\)"),
        ([1.0, -1e39], None, r"too large for float32 in 1 of 2 rows \(got -1e\+39\)"),
        ([None, None], None, r"column 'c': no row has a value"),
        ([np.nan, np.nan], None, r"column 'c': no row has a value"),
        (["NA", ""], None, r"column 'c': no row has a value"),
        ([1, 2], "text", r"it holds numbers, not texts.*kinds=\{'c': 'category'\}"),
        ([[1], [2]], None, r"it holds List\(Int64\) values.*drop=\['c'\]"),
        ([{"a": 1}, {"a": 2}], None, r"it holds Struct"),
        (["31.12.2025", "1.1.2026"], None, r"dates or times of day.*time='c'"),
        (["12:30", "13:30:01"], None, r"dates or times of day"),
        (["1 234", "12 345"], None, r"\(got '1 234'\).*thousands"),
        (["3 €", "4.5 €"], None, r"\(got '3 €'\).*currency"),
    ],
)
def test_what_could_be_several_things_is_refused(values, kind, expected):
    """
    A column that no rule reads is refused with its first such cell, their count and the choices.
    """
    with pytest.raises(DataError, match=expected):
        read(values, kind)


def test_dates_of_a_frame_are_refused_as_inputs():
    """
    Dates and times are no inputs by themselves, but categories where they are told to be; spans are neither.
    """
    day = pl.Series(["2026-11-21", "2026-11-22"]).str.to_date()

    for values in (day, day.cast(pl.Datetime), pl.Series([10**9, 10**12]).cast(pl.Time)):
        table = Table(pl.DataFrame({"c": values}))
        with pytest.raises(DataError, match="dates or times of day, which no network reads, in 2 of 2 rows"):
            read_table_inputs(table, ("c",), {})
        assert len(read_table_inputs(table, ("c",), {"c": "category"}).columns[0].levels) == 2
    for kinds in ({}, {"c": "category"}):
        with pytest.raises(DataError, match=r"column 'c': it holds Duration"):
            read_table_inputs(Table(pl.DataFrame({"c": day - day})), ("c",), kinds)
