"""Spaces: what is read, what is refused where, and that no point of one is impossible by itself."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.errors import UsageError
from trainlab.experiment.parameter import Parameter, read_parameter
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.space import parse_space

RATE = {"log": [1e-4, 1e-1]}
SPACES = [
    {"learning_rate": RATE},
    {"batch_size": {"log": [16, 256]}, "epochs": [5, 10]},
    {"optimizer": ["adam", {"sgd": {"momentum": {"linear": [0, 0.99]}}}], "learning_rate": RATE},
    {"optimizer": {"sgd": {"momentum": {"linear": [0, 0.99]}, "nesterov": {"choice": [True, False]}}}},
    {"optimizer": ["sgd", {"sgd": {"momentum": {"linear": [0.5, 0.9]}}}]},
    {"hidden": {"layers": [1, 3], "units": {"log": [8, 128]}}, "dropout": [False, {"linear": [0.05, 0.6]}]},
    {"hidden": [[{"log": [8, 128]}], [{"log": [8, 128]}, {"log": [8, 64]}]]},
    {"hidden": [[32], [64, 32]], "activation": ["relu", "tanh"]},
    {"early_stopping": [False, {"patience": {"linear": [2, 20]}}]},
    {"dropout": {"strength": {"linear": [0, 0.5]}, "at": "input"}},
    {"augment": [False, {"rotation": {"linear": [0, 0.1]}, "cutout": {"linear": [1, 4]}}]},
    {"schedule": ["none", {"cosine": {}}, {"exponential": {"factor": {"linear": [0.8, 0.99]}}}]},
    {
        "model": [
            {"mlp": [64]},
            {"mlp": {"hidden": [{"log": [8, 64]}], "activation": {"choice": ["relu", "tanh"]}}},
        ]
    },
    {"batch_norm": [True, False], "label_smoothing": {"linear": [0, 0.2]}},
]


@pytest.mark.parametrize("given_space", SPACES, ids=str)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_point_is_a_recipe(given_space, data):
    """
    Wherever a point lies in the unit cube, a recipe takes its settings, and its values lead back to it.
    """
    space = parse_space(given_space, "tune")
    unit = data.draw(
        st.lists(
            st.floats(0, 1, exclude_max=True),
            min_size=len(space.parameters),
            max_size=len(space.parameters),
        )
    )

    point = space.point(unit)
    found = space.settings(point)

    Recipe().changed(found, "trial")
    assert list(found) == list(space.keys)
    for parameter in space.parameters:
        assert parameter.applies(point) == (parameter.name in point)
        value = point.get(parameter.name)
        if value is None:
            continue
        position = parameter.position(value)
        assert 0 <= position <= 1
        if not parameter.whole:
            assert parameter.at(position) == (value if parameter.choices else pytest.approx(value, abs=1e-9))


@pytest.mark.parametrize("given_space", SPACES, ids=str)
def test_a_space_reads_back_from_its_document(given_space):
    """
    What a space writes of itself and of its parameters reads back as the same.
    """
    space = parse_space(given_space, "tune")

    assert parse_space(space.document(), "tune") == space
    assert tuple(read_parameter(one.document()) for one in space.parameters) == space.parameters


def test_what_hangs_on_a_choice_applies_where_it_is_chosen():
    """
    Units are open for the layers that there are, and momentum for the optimizer that has it.
    """
    space = parse_space({"hidden": {"layers": [1, 3], "units": {"log": [8, 128]}}, **SPACES[2]}, "tune")

    shallow = space.point([0.0, 0.5, 0.5, 0.5, 0.0, 0.9, 0.5])
    deep = space.point([0.99, 0.5, 0.5, 0.5, 0.9, 0.9, 0.5])

    assert set(shallow) == {"hidden.layers", "hidden.units_1", "optimizer", "learning_rate"}
    assert len(space.settings(shallow)["hidden"]) == 1
    assert set(deep) - set(shallow) == {"hidden.units_2", "hidden.units_3", "optimizer.sgd.momentum"}
    assert space.settings(deep)["optimizer"] == {"sgd": {"momentum": pytest.approx(0.891)}}


def test_whole_numbers_are_told_by_what_the_setting_takes():
    """
    A number is whole where its setting refuses fractions, and only there.
    """
    space = parse_space(
        {
            "batch_size": {"log": [16, 64]},
            "dropout": {"linear": [0, 0.5]},
            "early_stopping": {"patience": {"linear": [1, 9]}, "min_delta": {"linear": [0, 1]}},
        },
        "tune",
    )

    assert {one.name: one.whole for one in space.parameters} == {
        "batch_size": True,
        "dropout": False,
        "early_stopping.patience": True,
        "early_stopping.min_delta": False,
    }


@pytest.mark.parametrize("kind", ["log", "linear"])
def test_whole_numbers_have_equal_parts(kind):
    """
    Every whole number of a range is reached, and on a linear scale as often as every other.
    """
    size = Parameter("n", kind, 1, 4, whole=True)

    found = [size.at(place / 1000) for place in range(1000)]

    assert sorted(set(found)) == [1, 2, 3, 4]
    if kind == "linear":
        assert [found.count(number) for number in (1, 2, 3, 4)] == [250] * 4


def test_a_grid_has_every_combination_that_applies():
    """
    Numbers that hang on a choice multiply its own options alone.
    """
    space = parse_space({"dropout": [False, {"linear": [0.1, 0.5]}], "activation": ["relu", "tanh"]}, "tune")

    points = space.grid(3)

    assert len(points) == 2 * (1 + 3)
    assert len({str(point) for point in points}) == len(points)


@pytest.mark.parametrize(
    "given_space, match",
    [
        ({}, r"^tune: not a space of settings \(got \{\}\)\. Write `\{learning_rate:"),
        ({"lr": RATE}, r"^tune\.lr: unknown setting \(got 'lr'\)\. Did you mean `learning_rate`\?"),
        ({"learning_rate": 0.1}, r"^tune\.learning_rate: nothing is left open \(got 0\.1\)"),
        ({"learning_rate": {"log": [0.1, 0.01]}}, r"^tune\.learning_rate\.log: the lower bound is not below"),
        (
            {"learning_rate": {"log": [-1, 0.1]}},
            r"^tune\.learning_rate\.log\.0: not above zero \(got -1\.0\)",
        ),
        ({"learning_rate": {"log": [0.1]}}, r"^tune\.learning_rate\.log: not two bounds"),
        ({"dropout": {"linear": [0, 1]}}, r"^tune\.dropout: not in the allowed range \(got 1\.0\)"),
        ({"batch_size": {"log": [16.5, 64]}}, r"^tune\.batch_size\.log\.0: not a whole number \(got 16\.5\)"),
        ({"dropout": [0.1]}, r"^tune\.dropout: not a list to choose from"),
        ({"dropout": [0.1, 0.1]}, r"^tune\.dropout\.1: the same option twice"),
        (
            {"optimizer": ["adam", "adamm"]},
            r"^tune\.optimizer\.1: unknown optimizer .* Did you mean `adam`\?",
        ),
        ({"hidden": {"layers": [1, 3]}}, r"^tune\.hidden: not a range of layers with their units"),
        ({"ensemble": [1, 3]}, r"^tune\.ensemble: `ensemble` is not tuned\. Members are tuned as single"),
        ({"seed": [1, 2]}, r"^tune\.seed: `seed` is repeated, not chosen"),
    ],
    ids=str,
)
def test_what_is_no_space_is_refused_at_its_place(given_space, match):
    """
    A refusal names the place inside the space, the value, and what to write.
    """
    with pytest.raises(UsageError, match=match):
        parse_space(given_space, "tune")


def test_own_settings_come_before_those_of_all():
    """
    Of two spaces joined, the first says what a setting that both leave open is.
    """
    own, common = (
        parse_space({"l2": {"log": [1e-6, 1e-3]}}),
        parse_space({"l2": [0, 1], "learning_rate": RATE}),
    )

    joined = type(own).joined(own, None, common)

    assert {one.name: one.kind for one in joined.parameters} == {"l2": "log", "learning_rate": "log"}
    assert joined.without({"l2"}).keys == ("learning_rate",)


def test_models_in_memory_are_written_by_their_names():
    """
    Functions to choose from stay functions in settings, and texts in what is stored.
    """

    def narrow():
        raise AssertionError("built")

    def wide():
        raise AssertionError("built")

    space = parse_space({"model": [narrow, wide]})
    (label, _) = space.parameters[0].choices

    assert space.settings({"model": label})["model"] is narrow
    assert "narrow" in json.dumps(space.document())
