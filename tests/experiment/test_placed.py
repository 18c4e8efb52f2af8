"""Placed techniques and normalizations: every way to write them, and what is refused."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainlab.errors import UsageError
from trainlab.experiment.checks import number
from trainlab.experiment.placed import (
    Normalized,
    Placed,
    normalized,
    paired,
    parse_place,
    placed,
    written_place,
)
from trainlab.experiment.places import Place

SHARE = placed(number(low=0, high=1, high_open=True))
NOISE = placed(number(low=0), usual="input")
PENALTY = placed(number(low=0), on_weights=True)
PAIR = paired(number(low=0))

places = (
    st.sampled_from(["hidden", "input", "last"])
    | st.builds(lambda first: {"first": first}, st.integers(1, 99))
    | st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1, max_size=3, unique=True)
)


@pytest.mark.parametrize(
    "value, at",
    [
        ("hidden", "hidden"),
        ("input", "input"),
        ("last", "last"),
        ({"first": 2}, 2),
        ({"first": 2.0}, 2),
        (["dense_1"], ("dense_1",)),
        (("a", "b"), ("a", "b")),
        (np.array(["a", "b"]), ("a", "b")),
        (["hidden"], ("hidden",)),
    ],
)
def test_every_agreed_place_is_read(value, at):
    """
    A word, the first so many layers and a list of names are places, and come back from what is written.
    """
    assert parse_place(value, "at") == at
    assert parse_place(written_place(at), "at") == at


@given(places)
def test_a_place_comes_back_from_what_is_written(value):
    """
    Whatever place can be written is written the same way again.
    """
    assert written_place(parse_place(value, "at")) == value


@pytest.mark.parametrize(
    "value, match",
    [
        ("dense_1", r"^at: no such place \(got 'dense_1'\).*One layer is `\[dense_1\]`\."),
        (None, r"^at: no such place\. Write `hidden`, `input`, `last`, `\{first: 2\}` or a list"),
        (0, "^at: no such place"),
        (True, "^at: no such place"),
        ({}, "^at: no such place"),
        ({"first": 0}, r"^at\.first: not in the allowed range .*at least 1"),
        ({"first": True}, r"^at\.first: not a whole number"),
        ({"firts": 2}, r"^at\.firts: unknown place .*`first`"),
        ({"last": 2}, r"^at\.last: unknown place .*Known are: first"),
        ([], "^at: too short a list"),
        ([3], r"^at\.0: not a text"),
        (["a", "b", "a"], r"^at: the same layer twice \(got 'a'\)\. Name every layer once\."),
    ],
)
def test_another_place_is_refused(value, match):
    """
    What is no place is refused with the places there are, and a lone name with how to write it.
    """
    with pytest.raises(UsageError, match=match):
        parse_place(value, "at")


@pytest.mark.parametrize(
    "value, found",
    [
        (0.3, 0.3),
        ({"strength": 0.3}, 0.3),
        ({"strength": 0.3, "at": "hidden"}, 0.3),
        ({"strength": 0.3, "at": "input"}, Placed(0.3, "input")),
        ({"strength": 0.3, "at": {"first": 2}}, Placed(0.3, 2)),
        ({"strength": [0.3, 0.5], "at": ["a", "b"]}, Placed((0.3, 0.5), ("a", "b"))),
        ([0.3, 0.5], Placed((0.3, 0.5))),
        (np.array([0.3, 0.5]), Placed((0.3, 0.5))),
        (Placed(0.3), 0.3),
        (Placed(0.3, "last"), Placed(0.3, "last")),
        (Placed([0.3, 0.5]), Placed((0.3, 0.5))),
    ],
)
def test_one_technique_is_one_value_however_it_is_written(value, found):
    """
    A technique at its usual place is a plain number, and every other form is one `Placed`.
    """
    assert SHARE(value, "dropout") == found
    assert SHARE(SHARE(value, "dropout"), "dropout") == found


def test_the_usual_place_of_noise_is_the_input():
    """
    Noise without a place stands at the input, and noise in hidden layers is another value.
    """
    assert NOISE({"strength": 0.1, "at": "input"}, "n") == NOISE(0.1, "n") == NOISE(Placed(0.1, "input"), "n")
    assert NOISE({"strength": 0.1, "at": "hidden"}, "n") == Placed(0.1, "hidden") != NOISE(0.1, "n")
    assert NOISE([0.1, 0.2], "n") == Placed((0.1, 0.2), "input")
    assert Placed(0.1, "hidden").document("input") == {"strength": 0.1, "at": "hidden"}
    assert Placed((0.1, 0.2), "input").document("input") == [0.1, 0.2]


@pytest.mark.parametrize(
    "on, found",
    [
        ("kernel", ("kernel",)),
        ("bias", ("bias",)),
        (["bias"], ("bias",)),
        (["kernel", "bias"], ("kernel", "bias")),
        (["bias", "kernel"], ("kernel", "bias")),
    ],
)
def test_a_penalty_names_its_weights(on, found):
    """
    Kernel, bias or both, in any order, are the weights that a penalty acts on.
    """
    value = PENALTY({"strength": 0.1, "on": on}, "l2")

    assert (value if found == ("kernel",) else value.on) == (0.1 if found == ("kernel",) else found)
    assert PENALTY({"strength": [0.1], "on": on}, "l2").on == found


@given(
    st.floats(0, 1e6) | st.lists(st.floats(0, 1e6), min_size=1, max_size=3),
    places,
    st.sampled_from([["kernel"], ["bias"], ["kernel", "bias"]]),
)
def test_a_penalty_comes_back_from_what_is_written(strength, at, on):
    """
    A penalty of any strength, place and weights reads back equal from its document, and hashes alike.
    """
    value = PENALTY({"strength": strength, "at": at, "on": on}, "l2")
    again = PENALTY(value.document() if isinstance(value, Placed) else value, "l2")

    assert again == value
    assert hash(again) == hash(value)
    assert copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value  # noqa: S301


@pytest.mark.parametrize(
    "value, match",
    [
        (1, r"^dropout: not in the allowed range .*\[0, 1\)"),
        ("0.3", r"^dropout: not a number .*without quotation marks"),
        ([], r"^dropout: too short a list"),
        ([0.1, 2], r"^dropout\.1: not in the allowed range"),
        ([0.1, [0.2]], r"^dropout\.1: not a number"),
        ({}, r"^dropout: a technique without a strength .*Write `\{strength: \.\.\., at: \.\.\.\}`"),
        ({"at": "last"}, r"^dropout: a technique without a strength"),
        (
            {"rate": 0.3},
            r"^dropout: a technique without a strength \(got .*\)\. Write `\{strength: ",
        ),
        ({"strength": 0.3, "att": 3}, r"^dropout\.att: unknown key of a technique .*`at`"),
        ({"strength": None}, r"^dropout\.strength: not a number"),
        ({"strength": 0.3, "at": None}, r"^dropout\.at: no such place"),
        ({"strength": 0.3, "on": "bias"}, r"^dropout\.on: unknown key of a technique"),
        (Placed(0.3, "last", ("bias",)), r"^dropout\.on: unknown key of a technique"),
        (Placed(2), r"^dropout: not in the allowed range"),
    ],
)
def test_an_impossible_technique_is_refused(value, match):
    """
    A wrong strength, key or place is named, in a `Placed` made by hand too.
    """
    with pytest.raises(UsageError, match=match):
        SHARE(value, "dropout")


@pytest.mark.parametrize(
    "on, match",
    [
        ("biass", r"^l2\.on\.0: unknown weight .*`bias`"),
        ([], r"^l2\.on: too short a list"),
        (["kernel", "bias", "kernel"], r"^l2\.on: a list of 3"),
        (3, r"^l2\.on: not a list"),
    ],
)
def test_other_weights_are_refused(on, match):
    """
    A penalty acts on kernels and biases only.
    """
    with pytest.raises(UsageError, match=match):
        PENALTY({"strength": 0.1, "on": on}, "l2")


@pytest.mark.parametrize(
    "value, found",
    [
        ([0.1, 0.2], Placed((0.1, 0.2))),
        ([[0.1, 0.2]], Placed(((0.1, 0.2),))),
        ([[0.1, 0.2], [0, 0.4]], Placed(((0.1, 0.2), (0.0, 0.4)))),
        ({"strength": [0.1, 0.2], "at": "last", "on": "bias"}, Placed((0.1, 0.2), "last", ("bias",))),
        (Placed((0.1, 0.2), 2), Placed((0.1, 0.2), 2)),
    ],
)
def test_a_pair_is_two_strengths(value, found):
    """
    A pair, a pair for each layer and a placed pair are read, and come back from what is written.
    """
    assert PAIR(value, "l1_l2") == found
    assert PAIR(found.document(), "l1_l2") == found


@pytest.mark.parametrize(
    "value, match",
    [
        (0.1, r"^l1_l2: not a pair of strengths .*Write `\[l1, l2\]`, as `\[1e-4, 1e-3\]`\."),
        ([], "^l1_l2: not a pair"),
        ([0.1, 0.2, 0.3], "^l1_l2: not a pair"),
        ([0.1, -0.2], r"^l1_l2\.1: not in the allowed range"),
        ([[0.1, 0.2], [0.1]], r"^l1_l2\.1: not a pair"),
        ([[0.1, 0.2], 0.3], r"^l1_l2\.1: not a pair"),
        ({"at": "last"}, r"^l1_l2: a technique without a strength .*strength: \[l1, l2\]"),
        ({"strength": 0.1}, r"^l1_l2\.strength: not a pair"),
    ],
)
def test_an_impossible_pair_is_refused(value, match):
    """
    One strength, three, and a pair of which one is wrong are refused.
    """
    with pytest.raises(UsageError, match=match):
        PAIR(value, "l1_l2")


@pytest.mark.parametrize(
    "value, off", [(Placed(0.0), True), (Placed((0.0, 0.1)), False), (Placed(((0.0, 0.0), (0.0, 0.0))), True)]
)
def test_a_technique_is_off_where_every_strength_is_zero(value, off):
    """
    One strength above zero, in any layer, is a technique in force.
    """
    assert value.is_off is off


@pytest.mark.parametrize(
    "value, found",
    [
        (True, True),
        (False, False),
        (np.bool_(True), True),
        ({}, True),
        ({"at": "hidden"}, True),
        ({"before_activation": False}, True),
        ({"at": "input"}, Normalized("input")),
        ({"before_activation": True}, Normalized(before_activation=True)),
        ({"at": {"first": 1}, "before_activation": True}, Normalized(1, before_activation=True)),
        (Normalized(), True),
        (Normalized(("a",)), Normalized(("a",))),
    ],
)
def test_one_normalization_is_one_value_however_it_is_written(value, found):
    """
    At its usual place a normalization is `true`, and every form comes back from what is written.
    """
    check = normalized()

    assert check(value, "batch_norm") == found
    assert type(check(value, "batch_norm")) is type(found)
    assert check(found.document() if isinstance(found, Normalized) else found, "batch_norm") == found


def test_weights_are_normalized_before_the_activation():
    """
    For weights, to stand before the activation says nothing new, and to stand behind it is impossible.
    """
    check = normalized(of_weights=True)

    assert (
        check({"at": "last", "before_activation": True}, "w")
        == Normalized("last")
        == check({"at": "last"}, "w")
    )
    assert check({"before_activation": True}, "w") is True
    with pytest.raises(
        UsageError, match=r"^w\.before_activation: weights are always .*\(got False\)\. Leave"
    ):
        check({"before_activation": False}, "w")


@pytest.mark.parametrize(
    "value, match",
    [
        ("yes", r"^b: neither true nor false .*Write `true`, `false` or `\{at: \.\.\.\}`\."),
        (1, "^b: neither true nor false"),
        (None, "^b: neither true nor false"),
        (["a"], "^b: neither true nor false"),
        ({"att": "last"}, r"^b\.att: unknown key of a normalization .*`at`"),
        ({"at": "lst"}, r"^b\.at: no such place"),
        ({"before_activation": "yes"}, r"^b\.before_activation: neither true nor false"),
        (
            {"at": "input", "before_activation": True},
            r"^b\.before_activation: there is no activation at the in",
        ),
    ],
)
def test_an_impossible_normalization_is_refused(value, match):
    """
    Other words, other keys and a place before an activation that is not there are refused.
    """
    with pytest.raises(UsageError, match=match):
        normalized()(value, Place("b"))
