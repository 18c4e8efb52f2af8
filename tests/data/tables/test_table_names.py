"""Names of columns as they are tidied, and columns that have none."""

import polars as pl
import pytest

from trainlab.data.tables.table_names import tidy_names, without_unnamed
from trainlab.errors import DataError


def test_names_are_one_line_and_printable():
    """
    White space within a name becomes one space, which is said; signs that a terminal obeys are refused.
    """
    names, unnamed, notes = tidy_names([" height\n (cm) ", "y", "  "])

    assert names == ("height (cm)", "y", "column 3")
    assert unnamed == {"column 3"}
    assert notes == ("names of columns: white space in 1 of them was left out",)
    with pytest.raises(DataError, match="column 2: a name with control characters"):
        tidy_names(["a", "b\x1b[2J"])


@pytest.mark.parametrize(
    "values, why",
    [
        ([0, 1, 2], "counts the rows"),
        (["1", "2", "3"], "counts the rows"),
        ([None] * 3, "is empty"),
        ([""] * 3, "is empty"),
    ],
)
def test_a_column_without_name_and_meaning_is_left_out(values, why):
    """
    Row numbers from 0 or 1 and empty columns go, with a note, where nobody named them.
    """
    frame = pl.DataFrame({"column 1": values, "y": [5, 6, 7]})

    kept, notes = without_unnamed(frame, frozenset({"column 1"}))

    assert kept.columns == ["y"]
    assert notes == (f"column 1 has no name and {why}: left out",)
    assert without_unnamed(frame, frozenset())[0].columns == ["column 1", "y"]


@pytest.mark.parametrize("values", [[2, 3, 4], [0, 1, 3], [0, 1, None], ["a", "b", "c"], [True, False, True]])
def test_a_column_without_name_that_holds_something_is_refused(values):
    """
    What is no count of the rows may be an input, so a person says.
    """
    frame = pl.DataFrame({"column 1": values, "y": [5, 6, 7]})

    with pytest.raises(DataError, match="column 1: the column has no name and is not empty"):
        without_unnamed(frame, frozenset({"column 1"}))
