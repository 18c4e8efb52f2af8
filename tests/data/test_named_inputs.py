"""Data sets of several inputs: how they are told from rows, what they keep, and what they refuse."""

import copy
import dataclasses
import hashlib
import json
import pickle

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.subsets import training_subset
from trainlab.data.splitting.validations import Holdout
from trainlab.errors import DataError, UsageError

LABELS = [0, 1, 0, 1, 0, 1]


def images():
    """Six images of bytes."""
    return np.arange(6 * 4 * 4, dtype=np.uint8).reshape(6, 4, 4, 1)


def table(rows=6, columns=3):
    """Numbers of which no two are alike."""
    return np.arange(rows * columns, dtype=np.float64).reshape(rows, columns) / 7


def both(**options):
    """Images and a table of the same rows."""
    return Dataset({"image": images(), "table": table()}, LABELS, **options)


# ------------------------------------------------------------------------------------------ what is kept


def test_each_input_is_kept_in_its_own_type_and_scale():
    """
    Images stay bytes scaled by 1/255 beside a table of float32 that is not scaled.
    """
    data = both()

    assert data.inputs == ("image", "table")
    assert isinstance(data.x, tuple)
    assert [part.dtype for part in data.x] == [np.uint8, np.float32]
    assert data.parts is data.x
    assert data.scale == data.scales == (1 / 255, 1.0)
    assert data.input_shape == ((4, 4, 1), (3,))
    assert (data.rows, data.outputs) == (6, 2)
    assert any("x['image'] looks like images" in note for note in data.notes)


def test_a_single_input_answers_as_a_tuple_too():
    """
    Parts and scales are tuples of one; the array, the scale and the shape stand alone.
    """
    data = Dataset(images(), LABELS)

    assert data.inputs == ()
    assert data.parts[0] is data.x
    assert (data.scale, data.scales) == (1 / 255, (1 / 255,))
    assert data.input_shape == (4, 4, 1)


def test_rows_of_several_inputs_are_prepared_each_by_its_scale():
    """
    The same rows of every input come in one type, as two data sets of one input give them.
    """
    data = both()
    alone = Dataset(images(), LABELS), Dataset(table(), LABELS)

    for dtype in (np.float32, np.float64):
        prepared = data.prepared([4, 0], dtype)
        assert isinstance(prepared, tuple)
        for part, single in zip(prepared, alone, strict=True):
            assert part.dtype == dtype
            np.testing.assert_array_equal(part, single.prepared([4, 0], dtype))
    assert [part.shape for part in data.prepared([])] == [(0, 4, 4, 1), (0, 3)]
    with pytest.raises(UsageError, match="Row numbers go from 0 to 5"):
        data.prepared([6])


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda data: pickle.loads(pickle.dumps(data))])  # noqa: S301  # our own
def test_a_copy_is_equal_and_every_input_is_as_hard(again):
    """
    Copies and pickles are the same data set, and no array of theirs can be changed.
    """
    data = both()

    other = again(data)

    assert other == data
    assert hash(other) == hash(data)
    for array in (*data.parts, *other.parts, other.y):
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_arrays_that_were_passed_may_change_afterwards():
    """
    A data set holds copies of its own, of every input.
    """
    x = {"image": images(), "table": table()}
    data = Dataset(x, LABELS)

    x["image"][:] = 0
    x["table"][:] = 0
    x.clear()

    assert data == both()


@pytest.mark.parametrize(
    "data",
    [
        both(),
        both(scale={"image": 0.5}),
        Dataset([images(), table()], LABELS),
        Dataset([table(), table(columns=1)], table(columns=2)),
        Dataset([table(rows=2), table(rows=2) + 1], [0, 1], inputs=["a", "b"]),
    ],
)
def test_the_parts_of_a_data_set_make_it_again(data):
    """
    What a data set of several inputs answers is accepted as it stands, without another note.
    """
    again = dataclasses.replace(data)

    assert again == data
    assert again.notes == data.notes
    assert again.inputs == data.inputs
    assert all(one is same for one, same in zip(again.parts, data.parts, strict=True))


def test_equality_covers_every_input_its_name_and_its_scale():
    """
    One changed value of any input, another name, order or scale makes other data; another title does not.
    """
    data = both()
    moved = table()
    moved[5, 2] += 1
    others = [
        Dataset({"image": images(), "table": moved}, LABELS),
        Dataset({"image": images()[::-1], "table": table()}, LABELS),
        Dataset({"picture": images(), "table": table()}, LABELS),
        Dataset({"table": table(), "image": images()}, LABELS),
        both(scale={"table": 0.5}),
        Dataset(images(), LABELS),
        Dataset(np.concatenate([images().reshape(6, -1), table()], axis=1), LABELS),
    ]

    assert both(name="other") == data
    assert len({data, *others}) == len(others) + 1


def test_the_fingerprint_of_a_single_input_is_what_it_always_was():
    """
    It is the hash of the same text and bytes as before there were several inputs, so stored ones still fit.
    """
    data = Dataset(images(), LABELS)
    head = {
        "x": [[6, 4, 4, 1], "|u1"],
        "y": [[6], "<i4"],
        "task": "classification",
        "classes": ["0", "1"],
        "scale": (1 / 255).hex(),
    }

    digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
    digest.update(images().tobytes() + np.array(LABELS, "<i4").tobytes())

    assert data.fingerprint == digest.hexdigest()


def test_the_name_of_each_input_is_read_with_its_shape():
    """
    The data set prints what a network has to take.
    """
    assert repr(both()) == "Dataset('arrays': 6 rows of image (4, 4, 1) and table (3,), 2 classes)"


def test_splits_look_at_targets_only():
    """
    Rows of several inputs are split and chosen like those of one.
    """
    several, one = both(), Dataset(table(), LABELS)

    assert split(several, Holdout(0.4), 3) == split(one, Holdout(0.4), 3)
    np.testing.assert_array_equal(
        training_subset(several, range(6), 4, 3), training_subset(one, range(6), 4, 3)
    )


# ------------------------------------------------------------------------------------ rows or inputs


def test_a_list_of_arrays_is_inputs_where_it_has_not_one_for_each_target():
    """
    Two arrays of six rows for six targets are two inputs, numbered, and a note says so.
    """
    data = Dataset([images(), table()], LABELS)

    assert data.inputs == ("input_0", "input_1")
    assert "inputs: a list of 2 arrays, taken as so many inputs" in data.notes
    assert Dataset((images(), table()), LABELS) == data
    assert not any("taken as" in note for note in both().notes)


def test_a_list_of_as_many_arrays_as_targets_is_rows():
    """
    Rows that were gathered in a list stay rows, unless names say that they are inputs.
    """
    square = [table(rows=2)[0:2], table(rows=2)[0:2]]

    assert Dataset(list(images()), LABELS) == Dataset(images(), LABELS)
    assert Dataset(square, [0, 1]).input_shape == (2, 3)
    assert Dataset(square, [0, 1], inputs=["a", "b"]).input_shape == ((3,), (3,))
    assert Dataset([images()[:2], table(rows=2)], [0, 1]).inputs == ("input_0", "input_1")


def test_lists_in_lists_are_rows():
    """
    Numbers without an array around them are never guessed to be inputs, with or without a word on it.
    """
    assert Dataset([[0, 1], [1, 0]], [0, 1]).inputs == ()
    assert Dataset([[0, 1], [1, 0]], [0, 1], inputs=()).inputs == ()
    assert Dataset([[[0], [1]], [[1], [0]]], [0, 1], inputs=["a", "b"]).input_shape == ((1,), (1,))
    with pytest.raises(DataError, match=r"x has 2 rows and y has 6"):
        Dataset([table(), table()], LABELS, inputs=())


def test_names_order_the_inputs_of_a_mapping():
    """
    Where both name the inputs, the order is that of the list.
    """
    data = Dataset({"table": table(), "image": images()}, LABELS, inputs=["image", "table"])

    assert data == both()


# -------------------------------------------------------------------------------------------- refusals


def with_hole(value):
    """A table whose third row has a bad second column."""
    x = table().astype(object if isinstance(value, str) else float)
    x[2, 1] = value
    return x


@pytest.mark.parametrize(
    "bad, match",
    [
        (with_hole(np.nan), r"x\['t'\], row 2, column 1 .*NaN or infinity.*isfinite\(x\['t'\]\)"),
        (with_hole(1e39), r"x\['t'\], row 2, column 1 .*too large for float32"),
        (with_hole("1,5"), r"x\['t'\], row 2, column 1 .*not numbers in 1 of 6 rows \(got '1,5'\)"),
        (table().astype(str), r"x\['t'\] holds str\d+ values.*pass `x\['t'\]\.astype\(float\)`"),
        (table(rows=5), r"x\['t'\], y: x\['t'\] has 5 rows and y has 6"),
        (table(rows=3, columns=6), r"x\['t'\] seems to lie on its side: pass `x\['t'\]\.T`"),
        ([[1], [1, 2], [1], [1], [1], [1]], r"x\['t'\], row 1 .*rows of different shapes"),
        (np.zeros((6, 0)), r"x\['t'\] has no columns"),
        (3.0, r"x\['t'\]: x\['t'\] is one thing, not rows of values"),
        (np.ma.MaskedArray(table(), mask=table() == 0), r"x\['t'\], row 0, column 0 .*masked values"),
    ],
)
def test_every_refusal_names_the_input(bad, match):
    """
    The message leads to the array that is wrong, by its name, and the cure can be typed as it stands.
    """
    with pytest.raises(DataError, match=match):
        Dataset({"image": images(), "t": bad}, LABELS)


def test_an_input_of_a_list_is_named_by_its_place():
    """
    Where nobody gave names, the place in the list leads to the array.
    """
    with pytest.raises(DataError, match=r"x\[1\], row 2, column 1"):
        Dataset([images(), with_hole(np.nan)], LABELS)
    with pytest.raises(DataError, match=r"x\[1\] has 5 rows and y has 6"):
        Dataset([images(), table(rows=5)], LABELS)


def test_notes_name_the_input():
    """
    What is taken or decided for one of several inputs is said with its name.
    """
    notes = Dataset(
        {"age": np.arange(6) * 20.0, "size": [2.0**24 + 2, 0, 1, 2, 3, 4]}, LABELS, raw=False
    ).notes

    assert "inputs: x['age'] has one number a row, taken as one column" in notes
    assert any(note.startswith("scale: 1, so x['age'] goes from 0 to 100") for note in notes)
    assert any(note.startswith("inputs: x['size'] reaches 1.68e+07") for note in notes)


def test_one_array_in_a_mapping_is_no_several():
    """
    A mapping of one is refused with the way out.
    """
    with pytest.raises(DataError, match="Pass the array itself where there is one input"):
        Dataset({"image": images()}, LABELS)


@pytest.mark.parametrize(
    "x, inputs, match",
    [
        ([images(), table()], ["a"], "inputs: one name .*A single input has none"),
        ([images(), table()], ["a", "b", "c"], "inputs: not as many names as inputs: x has 2"),
        ([images(), table()], ["a", "a"], "inputs: an input is named twice.*'a'"),
        ([images(), table()], ["a", " "], "inputs: not a name"),
        ([images(), table()], ["a", 1], "inputs: not a name .*1"),
        ([images(), table()], "ab", "inputs: not a list of names"),
        ({"a": images(), 1: table()}, None, "inputs: not a name .*1"),
        ({"a": images(), "b": table()}, ["a", "c"], r"inputs: not the names of x .*x has a, b\."),
        (images(), ["a", "b"], "inputs: names of several inputs, and x is one array"),
    ],
)
def test_names_that_do_not_fit_are_refused(x, inputs, match):
    """
    Every input has a name of its own, and a single one has none.
    """
    with pytest.raises(UsageError, match=match):
        Dataset(x, LABELS, inputs=inputs)


@pytest.mark.parametrize(
    "scale, scales",
    [
        (None, (1 / 255, 1.0)),
        ({}, (1 / 255, 1.0)),
        ({"table": 2}, (1 / 255, 2.0)),
        ([0.5, 2], (0.5, 2.0)),
        ((0.5, None), (0.5, 1.0)),
    ],
)
def test_a_scale_is_given_by_name_or_in_order(scale, scales):
    """
    Inputs that are not mentioned keep the scale that their values ask for.
    """
    data = both(scale=scale)

    assert data.scale == scales
    assert {type(number) for number in data.scale} == {float}


@pytest.mark.parametrize(
    "scale, match",
    [
        (0.5, r"scale: not one for each of 2 inputs, but 1 .*`scale=\{'image': 1 / 255\}`"),
        ([0.5], r"scale: not one for each of 2 inputs, but 1 "),
        ({"img": 0.5}, r"scale: a scale for an unknown input .*'img'.*image, table"),
        ({"table": 0}, r"scale\['table'\]: not a positive number"),
        ([1, "2"], r"scale\[1\]: not a positive number"),
    ],
)
def test_a_scale_that_fits_no_input_is_refused(scale, match):
    """
    One number would scale the table with the images: each input is asked for its own.
    """
    with pytest.raises(UsageError, match=match):
        both(scale=scale)


def test_a_scale_of_one_input_may_not_overflow():
    """
    The input that leaves float32 when scaled is named.
    """
    with pytest.raises(DataError, match=r"scale\['table'\]: the largest input, 2\.43, leaves float32"):
        both(scale={"table": 3e38})
