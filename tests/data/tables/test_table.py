"""Which column of a table is what for."""

import pytest

from trainlab.data.tables.table import read_roles
from trainlab.errors import UsageError


def roles(names="abcdy", **given):
    """Give the columns of one letter each their parts."""
    parts = dict.fromkeys(("target", "text", "groups", "time", "columns", "drop", "kinds"))
    return read_roles(names, *{**parts, "target": "y", **given}.values())


@pytest.mark.parametrize(
    "given, inputs",
    [
        ({}, "abcd"),
        ({"groups": "a", "time": "b"}, "cd"),
        ({"drop": ["b", "d"]}, "ac"),
        ({"columns": ["c", "a"]}, "ac"),
        ({"columns": "a", "text": "d"}, "ad"),
        ({"columns": ["a", "d"], "text": ["d"]}, "ad"),
        ({"text": "b", "kinds": {"a": "category"}}, "abcd"),
        ({"target": ["a", "y"]}, "bcd"),
    ],
)
def test_inputs_are_what_has_no_other_part(given, inputs):
    """
    Inputs are all columns without a part, or those that are named, in the order of the table.
    """
    assert roles(**given).inputs == tuple(inputs)


@pytest.mark.parametrize(
    "given, expected",
    [
        ({"groups": "y"}, "groups: the column is `target` already"),
        ({"time": "a", "groups": "a"}, "time: the column is `groups` already"),
        ({"text": "a", "drop": "a"}, "text: the column is `drop` already"),
        ({"columns": ["a", "y"]}, "columns: the column is `target` already"),
        ({"columns": "a", "drop": "a"}, "columns: the column is `drop` already"),
        ({"columns": ["a", "a"]}, "columns: a column stands there twice"),
        ({"groups": ["a", "b"]}, "groups: not the name of a column"),
        ({"kinds": ["a"]}, "kinds: not a mapping of columns to kinds"),
        ({"kinds": {"e": "text"}}, "kinds: no such column"),
        ({"kinds": {"a": ["text"]}}, "kinds: a: unknown kind of column"),
        ({"drop": list("abcd")}, "columns: no column is left"),
        ({"target": None}, "target: no column to learn"),
    ],
)
def test_a_column_has_one_part(given, expected):
    """
    Two parts for one column, no input, and names that are none are refused with the keyword that says so.
    """
    with pytest.raises(UsageError, match=expected):
        roles(**given)


def test_a_name_is_found_whatever_its_case():
    """
    A name that differs in case or by a letter is what was probably meant; others get the list, cut short.
    """
    names = [f"Column {number}" for number in range(20)]

    with pytest.raises(UsageError, match=r"Did you mean 'Column 7'\?"):
        roles(names, target="column 7")
    with pytest.raises(UsageError, match=r"The columns are: 'Column 0', .*, 'Column 11' and 8 more\."):
        roles(names, target="price")
