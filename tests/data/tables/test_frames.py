"""Frames of other libraries as data sets."""

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.tables.csv_files import read_csv
from trainlab.data.tables.frames import _column, read_frame
from trainlab.data.tables.parquet_files import read_parquet
from trainlab.errors import DataError, UsageError

FRAME = pl.DataFrame(
    {
        "age": [31.5, None, 64.0, 45.25],
        "town": ["Ulm", "Bonn", None, "Ulm"],
        "smokes": [True, False, False, True],
        "patient": [1, 1, 2, 3],
        "ill": ["no", "yes", "no", "no"],
    }
)


def test_frames_and_files_make_the_same_data_set(tmp_path):
    """
    A frame, a lazy frame, a frame with its target beside it, a CSV and a Parquet file are one data set.
    """
    FRAME.write_csv(tmp_path / "f.csv")
    FRAME.write_parquet(tmp_path / "f.parquet")

    expected = read_frame(FRAME, "ill", groups="patient")

    assert read_csv(tmp_path / "f.csv", "ill", groups="patient") == expected
    assert read_parquet(tmp_path / "f.parquet", "ill", groups="patient") == expected
    assert read_frame(FRAME.lazy(), "ill", groups="patient") == expected
    assert read_frame(nw.from_native(FRAME), "ill", groups="patient") == expected
    assert read_frame(FRAME.drop("ill"), FRAME["ill"], groups="patient") == expected
    assert expected.groups.tolist() == [0, 0, 1, 2]
    assert [column.name for column in expected.columns] == ["age", "town", "smokes"]


def test_a_frame_of_numbers_is_its_array():
    """
    Numbers of a frame are those that an array of them would give.
    """
    values = np.random.default_rng(0).normal(size=(20, 3))

    data = read_frame(pl.DataFrame(values), pl.Series(values @ [1, 2, 3]))

    array = Dataset(values, values @ [1, 2, 3], columns=["column_0", "column_1", "column_2"])
    np.testing.assert_array_equal(data.x, array.x)
    np.testing.assert_array_equal(data.y, array.y)
    assert data.task == "regression"


@pytest.mark.parametrize("name", ["pandas", "pyarrow"])
def test_other_libraries_make_the_same_data_set(name):
    """
    Where pandas or pyarrow are there, their frames are read as polars' own are.
    """
    library = pytest.importorskip(name)
    columns = FRAME.to_dict(as_series=False)
    frame = library.DataFrame(columns) if name == "pandas" else library.table(columns)

    assert read_frame(frame, "ill", groups="patient") == read_frame(FRAME, "ill", groups="patient")


@pytest.mark.parametrize("given", [np.zeros((3, 2)), {"a": [1, 2]}, [[1, 2]], None, "frame.csv"])
def test_what_is_no_frame_is_told(given):
    """
    Arrays, dictionaries and names of files are refused with where they go.
    """
    with pytest.raises(UsageError, match=r"frame: no frame that is known .*`Dataset\(x, y\)`"):
        read_frame(given, "y")


def test_a_target_beside_the_frame_has_its_rows():
    """
    A series of another length, and a frame as the target, are refused.
    """
    with pytest.raises(DataError, match="the frame has 4 rows, the target 3 rows of 1"):
        read_frame(FRAME, FRAME["age"].head(3))
    with pytest.raises(DataError, match="the frame has 4 rows, the target 4 rows of 5"):
        read_frame(FRAME, FRAME)


def test_a_target_may_be_called_as_a_column_is():
    """
    A series whose name stands in the frame too is the target, and the column stays an input.
    """
    data = read_frame(FRAME.select("age", "smokes"), pl.Series("age", ["a", "b", "a", "b"]))

    assert data.classes == ("a", "b")
    assert [column.name for column in data.columns] == ["age", "smokes"]


class Mixed:
    """A stand-in for a column of another library that may hold anything."""

    def __init__(self, values):
        self.values = values

    dtype = nw.Object()

    def to_list(self):
        """Give the values."""
        return self.values

    def is_null(self):
        """Tell which are missing."""
        return pl.Series([value is None for value in self.values])


@pytest.mark.parametrize(
    "values, expected",
    [
        ([1, 0.5, None], [1.0, 0.5, None]),
        ([2**70, 1], [2.0**70, 1.0]),
        (["a", float("nan")], ["a", None]),
        (
            [1, "x", None, 2],
            r"column 'c', row 1 \(counted from 0\): not int, as the values before, in 1 of 4 rows",
        ),
        (["x", b"y"], r"row 1 .*not str, as the values before, in 1 of 2 rows \(got b'y'\)"),
    ],
)
def test_columns_that_hold_anything_are_of_one_type(values, expected):
    """
    Numbers of several kinds are numbers; another type among others is refused with its row.
    """
    if isinstance(expected, list):
        assert _column(Mixed(values), "c").to_list() == expected
    else:
        with pytest.raises(DataError, match=expected):
            _column(Mixed(values), "c")
