"""A first glance at a table: each column by itself, and what somebody has to decide."""

import polars as pl
import pytest

from trainlab.data.card import MOST_COLUMNS
from trainlab.data.tables.csv_files import read_csv
from trainlab.data.tables.glance import glance_at
from trainlab.errors import DataError, UsageError


@pytest.fixture
def people(tmp_path):
    """Numbers with a gap, few texts, dates, many texts, and numbers among which one is none."""
    rows = [
        f"{'' if row == 3 else 20 + row},{'mf'[row % 2]},2026-01-{row + 1:02},name {row}" for row in range(25)
    ]
    lines = [f"{row},{'12 kg' if number == 7 else number}" for number, row in enumerate(rows)]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["age,sex,day,name,weight", *lines, ""]), encoding="utf-8")
    return path


def test_each_column_is_told_or_has_to_be_decided(people):
    """
    Numbers and categories with their facts; dates, names and mixed cells with the choices, none lost.
    """
    seen = glance_at(people, "csv")
    age, sex = seen.columns

    assert (seen.name, seen.rows) == ("people", 25)
    assert seen.names == ("age", "sex", "day", "name", "weight")
    assert (age.kind, age.low, age.high, round(age.missing, 9)) == ("number", 20, 44, 0.04)
    assert (sex.kind, sex.levels) == ("category", (("m", 13), ("f", 12)))
    assert [one.name for one in seen.undecided] == ["day", "name", "weight"]
    assert [one.problem for one in seen.undecided] == [
        "dates or times of day, which no network reads, in 25 of 25 rows (got '2026-01-01')",
        "25 different texts in 25 rows, too many to be categories by themselves (got 'name 0')",
        "not a number in 1 of 25 rows (got '12 kg')",
    ]
    assert "time='day'" in seen.undecided[0].cure


def test_what_is_to_be_decided_is_what_a_data_set_refuses(people):
    """
    Without these columns the table is a data set, and each of them alone is refused in the same words.
    """
    undecided = {one.name: one for one in glance_at(people, "csv").undecided}

    assert read_csv(people, target="sex", drop=list(undecided)).columns[0].name == "age"
    for name, one in undecided.items():
        with pytest.raises(DataError) as refused:
            read_csv(people, target="sex", columns=name)
        assert one.problem.startswith(refused.value.message)
        assert one.cure == refused.value.cure


def test_parquet_is_looked_at_too(tmp_path):
    """
    The same facts from a Parquet file.
    """
    path = tmp_path / "people.parquet"
    pl.DataFrame({"age": [31.5, None, 64.0], "town": ["Ulm", "Bonn", "Ulm"]}).write_parquet(path)
    age, town = glance_at(path, "parquet").columns

    assert (age.low, age.high, age.distinct) == (31.5, 64, 2)
    assert town.levels == (("Ulm", 2), ("Bonn", 1))


def test_a_wide_table_is_told_in_part_and_the_rest_is_counted(tmp_path):
    """
    So many columns one by one, and how many more there are.
    """
    path = tmp_path / "wide.csv"
    names = [f"c{number}" for number in range(MOST_COLUMNS + 5)]
    path.write_text(
        "\n".join([",".join(names), *[",".join(str(row) for _ in names) for row in range(3)], ""])
    )
    seen = glance_at(path, "csv")

    assert len(seen.columns) == MOST_COLUMNS
    assert seen.more_columns == 5
    assert len(seen.document()["names"]) == MOST_COLUMNS + 5


def test_a_file_that_is_no_table_is_refused_with_its_name(tmp_path):
    """
    A missing file is wrong usage, an empty one wrong data, and both are named.
    """
    empty = tmp_path / "empty.csv"
    empty.write_text("")

    with pytest.raises(UsageError, match="no such file"):
        glance_at(tmp_path / "gone.csv", "csv")
    with pytest.raises(DataError, match=r"empty\.csv: the file is empty"):
        glance_at(empty, "csv")
