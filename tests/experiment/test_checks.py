"""Checks of single values: what passes, what is refused, and in which words."""

import fractions
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainlab.errors import UsageError
from trainlab.experiment.checks import count, flag, listed, mapping, number, one_of, several, suggestion, text
from trainlab.experiment.places import Place, standing_at

RATE = number(low=0, high=1, high_open=True)

# More digits than Python writes out.
HUGE = pytest.param(10**5000, id="huge")


@pytest.mark.parametrize("value", [0, 0.5, np.float32(0.5), np.int64(0), fractions.Fraction(1, 2)])
def test_a_number_comes_back_as_a_float(value):
    """
    Python's and NumPy's numbers within the bounds come back as a Python float.
    """
    checked = RATE(value, "dropout")

    assert type(checked) is float
    assert checked == float(value)


@pytest.mark.parametrize(
    "value", ["fast", "", None, True, False, [0.5], {}, 1j, np.bool_(True), b"1", object()]
)
def test_what_is_no_number_is_refused(value):
    """
    Texts, truth values, lists and nothing at all are not numbers.
    """
    with pytest.raises(UsageError, match=r"^dropout: not a number.*Give a number in \[0, 1\)\.$"):
        RATE(value, "dropout")


@pytest.mark.parametrize("value", [1.0, 1, -1e-9, math.inf, -math.inf, math.nan, 10**400, -(10**400), HUGE])
def test_a_number_out_of_bounds_is_refused(value):
    """
    A number out of its bounds, however large, is refused in a message that can be printed.
    """
    with pytest.raises(UsageError, match=r"^dropout: not in the allowed range"):
        RATE(value, "dropout")


@pytest.mark.parametrize("value", ["0.5", "1e-3", "1_000", " 3 "])
def test_a_number_in_quotation_marks_is_told_apart(value):
    """
    A text that holds a number is answered with how to write it.
    """
    with pytest.raises(UsageError, match="Write it as a plain number, without quotation marks"):
        number()(value, "l2")


@pytest.mark.parametrize(
    "check, cure",
    [
        (number(), "Give a finite number."),
        (number(low=0), "Give a number of at least 0."),
        (number(low=0, low_open=True), "Give a number above 0."),
        (number(high=0), "Give a number of at most 0."),
        (number(high=0, high_open=True), "Give a number below 0."),
        (number(low=0, high=1, low_open=True), "Give a number in (0, 1]."),
    ],
)
def test_the_cure_of_a_number_names_its_bounds(check, cure):
    """
    Bounds are said in words where there is one of them, as an interval where there are two.
    """
    with pytest.raises(UsageError, match="not in the allowed range") as caught:
        check(math.nan, "x")

    assert caught.value.cure == cure


def test_minus_zero_is_zero():
    """
    Minus zero becomes zero, so that equal settings are written alike.
    """
    assert math.copysign(1, number()(-0.0, "l2")) == 1


@given(st.floats(0, 1, exclude_max=True))
def test_every_number_within_the_bounds_passes_unchanged(value):
    """
    A check changes no number that it lets through.
    """
    assert RATE(value, "dropout") == value


@pytest.mark.parametrize("value", [20, 20.0, np.int32(20), np.uint8(20), np.float64(20)])
def test_a_whole_number_comes_back_as_an_int(value):
    """
    Whole numbers of any kind come back as a Python int.
    """
    checked = count()(value, "epochs")

    assert type(checked) is int
    assert checked == 20


@pytest.mark.parametrize("value", [2.5, math.inf, math.nan, "20", "fast", True, None, [20], np.float32(0.5)])
def test_what_is_no_whole_number_is_refused(value):
    """
    Fractions, infinities, texts and truth values are not whole numbers.
    """
    with pytest.raises(UsageError, match=r"^epochs: not a whole number"):
        count()(value, "epochs")


@pytest.mark.parametrize(
    "value, match",
    [
        (0, r"not in the allowed range \(got 0\)\. Give a whole number of at least 1\."),
        pytest.param(-(10**5000), r"not in the allowed range", id="huge and negative"),
        (10**9 + 1, r"too large \(got 1000000001\)\. Give at most 1000000000\."),
        (1e300, r"too large"),
        pytest.param(10**5000, r"too large \(got inf\)", id="huge"),
    ],
)
def test_a_whole_number_out_of_bounds_is_refused(value, match):
    """
    The message says which bound is passed, also for numbers that Python does not print.
    """
    with pytest.raises(UsageError, match=match):
        count()(value, "epochs")


@pytest.mark.parametrize("value", [True, False, np.bool_(True)])
def test_a_truth_value_passes(value):
    """
    True and false pass, NumPy's too, and come back as Python's.
    """
    assert flag()(value, "nesterov") is bool(value)


@pytest.mark.parametrize("value", [0, 1, "true", "yes", None])
def test_what_is_neither_true_nor_false_is_refused(value):
    """
    Numbers and words do not count as truth values.
    """
    with pytest.raises(UsageError, match="neither true nor false"):
        flag()(value, "nesterov")


@pytest.mark.parametrize("value", ["relu ", "", None, 3, ["relu"], {"relu": 1}, np.array(["relu", "tanh"])])
def test_only_a_known_name_passes(value):
    """
    Anything but one of the names is unknown, lists and arrays of names included.
    """
    with pytest.raises(UsageError, match=r"^activation: unknown activation"):
        one_of(["relu", "tanh"], "activation")(value, "activation")


@pytest.mark.parametrize(
    "given_name, answer",
    [
        ("drop_out", "Did you mean `dropout`?"),
        ("DROPOUT", "Did you mean `dropout`?"),
        ("bs", "Did you mean `batch_size`?"),
        ("zzz", "Known are: dropout, batch_size."),
        (None, "Known are: dropout, batch_size."),
        (7, "Known are: dropout, batch_size."),
        ("x" * 1_000_000, "Known are: dropout, batch_size."),
    ],
)
def test_what_was_meant_is_suggested(given_name, answer):
    """
    The nearest name is suggested, by letters or by initials, and otherwise all names are listed.
    """
    assert suggestion(given_name, ["dropout", "batch_size"]) == answer


@pytest.mark.parametrize("value", ["one\nline\tmore", "äöü 漢字 🙂", ""])
def test_a_text_passes(value):
    """
    Text of any language passes as it is.
    """
    assert text()(value, "question") == value


@pytest.mark.parametrize("value", ["\x1b[31mred", "a\0b", "\x7f", "\ud800"])
def test_a_text_that_a_terminal_would_obey_is_refused(value):
    """
    Control characters and broken characters are refused before they reach a terminal or a page.
    """
    with pytest.raises(UsageError, match="a text with control characters"):
        text()(value, "question")


@pytest.mark.parametrize(
    "value, match", [(5, "not a text"), (None, "not a text"), ("x" * 11, "longer than 10")]
)
def test_what_is_no_short_text_is_refused(value, match):
    """
    Numbers are no text, and a text has a longest length.
    """
    with pytest.raises(UsageError, match=match):
        text(longest=10)(value, "question")


@pytest.mark.parametrize("value", [[64, 32], (64, 32), np.array([64, 32]), np.array([64.0, 32.0])])
def test_a_list_comes_back_as_a_tuple(value):
    """
    Lists, tuples and one-dimensional arrays come back as a tuple of Python numbers.
    """
    checked = several(count())(value, "hidden")

    assert checked == (64, 32)
    assert {type(size) for size in checked} == {int}


@pytest.mark.parametrize("value", ["64", b"64", 64, None, {64: 32}, {64, 32}, np.array(64), np.zeros((2, 2))])
def test_what_is_no_list_is_refused(value):
    """
    Texts, numbers, mappings and arrays of other shapes are no lists.
    """
    assert listed(value) is None
    with pytest.raises(UsageError, match=r"^hidden: not a list"):
        several(count())(value, "hidden")


@pytest.mark.parametrize(
    "value, match",
    [
        ([64, "x"], r"^hidden\.1: not a whole number \(got 'x'\)"),
        ([], r"^hidden: too short a list \(got \[\]\)\. Give at least 1\."),
        (range(10**9), r"^hidden: a list of 1000000000\. Give at most 1000\."),
    ],
)
def test_a_list_is_refused_at_the_entry_that_is_wrong(value, match):
    """
    A wrong entry is named by its position, and no list is walked that is too long.
    """
    with pytest.raises(UsageError, match=match):
        several(count(), least=1)(value, "hidden")


@pytest.mark.parametrize(
    "value, match",
    [
        ([], r"^recipe: not a mapping of keys to values \(got \[\]\)\. Known are: epochs, l2\."),
        ({"epoch": 1}, r"^recipe\.epoch: unknown setting \(got 'epoch'\)\. Did you mean `epochs`\?"),
        ({3: 1}, r"^recipe\.3: unknown setting \(got 3\)\. Known are: epochs, l2\."),
    ],
)
def test_a_mapping_with_other_keys_is_refused(value, match):
    """
    An unknown key is named with what was probably meant.
    """
    with pytest.raises(UsageError, match=match):
        mapping(value, "recipe", ["epochs", "l2"], "setting")


def test_a_mapping_that_takes_nothing_says_so():
    """
    Where no key is known at all, the cure is to leave the mapping empty.
    """
    with pytest.raises(UsageError, match=r"unknown key of linear \(got 'hidden'\)\. Leave it empty\."):
        mapping({"hidden": [3]}, "linear", (), "key of linear")


def test_a_place_keeps_its_keys_apart():
    """
    A name with dots stays one key, and the place still reads as a dotted text.
    """
    place = Place("variants", "v1.5") / "hidden" / 0

    assert place == "variants.v1.5.hidden.0"
    assert place.keys == ("variants", "v1.5", "hidden", 0)
    assert place.key("x").meant == "key"
    assert Place.of(place) is place
    assert Place.of("").keys == ()


def test_a_place_survives_pickling_in_an_error():
    """
    A refusal that travels between processes keeps its place and its keys.
    """
    error = UsageError("not a number", Place("variants", "v1.5").key("l2"), "fast")

    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes

    assert str(again) == str(error)
    assert (again.where.keys, again.where.meant) == (("variants", "v1.5", "l2"), "key")


def test_a_refusal_from_below_is_given_its_place():
    """
    The message, the value and the cure of a room that knows no places stay; the place is new.
    """
    with pytest.raises(UsageError, match=r"^data: unknown \(got 3\)\. Cure\.$"), standing_at(Place("data")):
        raise UsageError("unknown", "somewhere", 3, "Cure.")
