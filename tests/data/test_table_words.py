"""What to write for a column, as files and Python say it."""

import pytest
from ruamel.yaml import YAML

from trainlab.data.table_words import CSV, Way, in_file, ways


@pytest.mark.parametrize(
    "value",
    [
        *("age", "a b", "no", "7", "1e3", "it's", 'a "b"', "a: b", "x #1", " a", "Straße", "-", "null", ""),
        ["a", "yes", "a, b"],
        {"zip": "category", "off": "text", "[a]": "number"},
    ],
)
def test_a_reader_of_yaml_gets_back_what_was_meant(value):
    """
    Whatever a column is called, what is proposed for a file reads as that name, and plain names stay plain.
    """
    assert YAML(typ="safe").load(f"drop: {in_file(value)}") == {"drop": value}
    assert in_file("age") == "age"


@pytest.mark.parametrize("name", ["age", "no", "it's", 'a "b"', "x\\y"])
def test_python_gets_back_what_was_meant(name):
    """
    The form for Python is Python: evaluated, it is the value.
    """
    said = ways(Way("drop", [name]), beside=CSV)
    _, code = said.split(" (in Python `drop=")

    assert eval(code.removesuffix("`)")) == [name]  # noqa: S307  # our own words


def test_files_come_first_and_purposes_once():
    """
    What a file says stands first with its purposes, and Python's form of all choices after it.
    """
    said = ways(Way("time", "day", "if it orders rows"), Way("drop", ["day"]), Way("text", "day"), beside=CSV)

    assert said == (
        "`time: day` if it orders rows, `drop: [day]`, or `text: day` beside `csv:` "
        "(in Python `time='day'`, `drop=['day']`, or `text='day'`)"
    )


def test_dots_stand_for_what_is_there_already():
    """
    Dots in a list are no text in Python.
    """
    assert ways(Way("missing", ["...", "?"])) == (
        "`missing: [..., \"?\"]` beside the file (in Python `missing=[..., '?']`)"
    )
