"""YAML as plain values with their places: what is a number, what is text, and what no file may have."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainlab.errors import UsageError
from trainlab.experiment import marked_yaml
from trainlab.experiment.marked_yaml import read_marked


@pytest.mark.parametrize(
    "written, value",
    [
        ("1e-3", 0.001),
        ("1E+3", 1000.0),
        ("5.", 5.0),
        (".5", 0.5),
        ("-.5e1", -5.0),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("+7", 7),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("yes", "yes"),
        ("off", "off"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("0b11", "0b11"),
        ("2020-01-01", "2020-01-01"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("1e", "1e"),
        ("'1e-3'", "1e-3"),
        ('"true"', "true"),
        ("|\n  a\n  b\n", "a\nb\n"),
        ("[1, [2], {x: 3}]", [1, [2], {"x": 3}]),
    ],
)
def test_a_value_is_what_yaml_1_2_says(written, value):
    """
    Numbers, truth values and nothing are read by the core schema of YAML 1.2; the rest is text.
    """
    found = read_marked(f"key: {written}", "an.yaml")[0]["key"]

    assert found == value
    assert type(found) is type(value)


def test_not_a_number_is_read():
    """
    YAML's own word for not-a-number gives it, for a check to refuse.
    """
    assert math.isnan(read_marked("key: .nan", "an.yaml")[0]["key"])


@pytest.mark.parametrize("key", ["1", "1e-3", "true", "null", "no", "2020-01-01", "'1'", "? 1\n"])
def test_a_key_is_text_as_it_is_written(key):
    """
    Names of variants stay what was written, also where they look like numbers.
    """
    value, _ = read_marked(f"{key}: x", "an.yaml")

    assert list(value) == [key.strip("'? \n")]


def test_everything_has_its_line_and_column():
    """
    Values and keys are found where they begin, counted from 1, whatever stands around them.
    """
    _, marks = read_marked(
        "# a comment\r\na:\r\n  - {b: 1,\r\n     'c.d': [x, y]}\r\n? e\r\n: f\r\n", "an.yaml"
    )

    assert marks.find(("a",)) == (3, 3)
    assert marks.find(("a", 0, "b")) == (3, 9)
    assert marks.find(("a", 0, "c.d", 1)) == (4, 17)
    assert marks.find(("a", 0, "c.d"), "key") == (4, 6)
    assert marks.find(("e",), "key") == (5, 3)


def test_what_is_not_there_is_found_where_it_would_be():
    """
    For a place that the file does not have, the nearest place around it is given.
    """
    _, marks = read_marked("\n  a: {b: 1}", "an.yaml")

    assert marks.find(("a", "x", 3)) == (2, 6)
    assert marks.find(("x",)) == (2, 3)


@pytest.mark.parametrize(
    "text, where, match",
    [
        ("a: &x 1", "1:4", r"an anchor, which a file of settings may not have \(got '&x'\)"),
        ("a: *x", "1:4", r"an alias, which a file of settings may not have \(got '\*x'\)"),
        ("- &a [x]\n- &b [*a, *a]", "1:3", "an anchor"),
        ("&a a: 1", "1:1", "an anchor"),
        ("a: !!python/object/apply:os.system [ls]", "1:4", r"a tag, .* a file is data, never code"),
        ("a: !!str 5", "1:4", "a tag"),
        ("a: !own {}", "1:4", "a tag"),
        ("a: ! x", "1:4", "a tag"),
        ("!!map {a: 1}", "1:1", "a tag"),
        ("a: 1\na: 2", "2:1", r"a key that is there twice \(got 'a'\)\. It stands in line 1 already"),
        ("{a: 1, 'a': 2}", "1:8", "a key that is there twice"),
        ("a: {b: {c: 1, c: 1}}", "1:15", "a key that is there twice"),
        ("[a]: 1", "1:1", "a key that is no text"),
        ("? {a: 1}\n: 1", "1:3", "a key that is no text"),
        ("a: 1\n---\nb: 1", "2:1", "a second document in one file"),
        ("a: 1\n...\nb: 1", "3:1", "a second document in one file"),
        ("%YAML 1.1\n---\na: 1", "1:1", r"not YAML 1\.2 \(got '1\.1'\)"),
        ("%YAML 2.0\n---\na: 1", "1:1", "not YAML"),
        ("%YAML x\n---\na: 1", "1:7", "not YAML"),
        ("a: 1e400", "1:4", r"a number that no computer can hold \(got '1e400'\)"),
        ("a: " + "9" * 5000, "1:4", "a number that no computer can hold"),
        ("a: 0x" + "f" * 5000, "1:4", "a number that no computer can hold"),
        ("a: \0", "1:4", "a NUL byte"),
        ("a: 1\nb: \x1b[2J", "2:4", "a control character"),
        ("a:\n\tb: 1", "2:1", "not YAML: a tab .*Indent with spaces"),
        ("a: [1,\nb: 2", "1:4", "not YAML: a list that is not closed"),
        ("a: {b: 1\nc: 2", "1:4", "not YAML: a mapping that is not closed"),
        ("a: 'x", "1:4", "not YAML: a quotation mark that is not closed"),
        ("a: b: c", "1:5", "not YAML: a colon that no key belongs to"),
        ("a: @x", "1:4", "not YAML: a character that cannot begin a text"),
        ("a: ]", "1:4", "not YAML: a value is missing"),
        ('a: "\\q"', "1:6", "not YAML: an unknown escape"),
        ("a:\n  b: 1\n c: 2", "3:2", "not YAML: a line that does not fit in"),
        ("a:\n  b: 1\n  c\nd: 2", "4:1", "not YAML: a key without a colon"),
        ("[" * 60, "1:51", "nested deeper than 50 levels"),
        ("a: " + "{b: " * 60, "1:200", "nested deeper than 50 levels"),
        ("a: " + "!" * 1_000_000, "1:4", "a word longer than 20000 characters"),
    ],
)
def test_what_a_file_of_settings_may_not_have_is_refused(text, where, match):
    """
    References, tags, doubled keys, endless numbers, deep nesting and broken YAML are refused at their place.
    """
    with pytest.raises(UsageError, match=match) as caught:
        read_marked(text, "an.yaml")

    assert caught.value.where == f"an.yaml:{where}"


def test_a_file_of_too_many_values_is_refused(monkeypatch):
    """
    The number of values that are read is bounded.
    """
    monkeypatch.setattr(marked_yaml, "MOST_VALUES", 10)

    with pytest.raises(UsageError, match="more than 10 values") as caught:
        read_marked("[" + "1, " * 20 + "]", "an.yaml")

    assert caught.value.where == "an.yaml:1:29"


@given(st.text(st.sampled_from("ab:-#'\"[]{},&*!|>%@`?~ \n\t\\0.e\0é🙂"), max_size=40))
def test_any_text_is_read_or_refused(text):
    """
    Whatever a file says, it gives plain values or one refusal with a place.
    """
    where = "an.yaml:1:1"
    try:
        read_marked(text, "an.yaml")
    except UsageError as error:
        where = error.where

    assert re.fullmatch(r"an\.yaml:[1-9][0-9]*:[1-9][0-9]*", where)
