"""What a data set keeps of the arrays it is given, what it says about them, and what it refuses."""

import copy
import dataclasses
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.data.dataset import Dataset
from trainlab.errors import DataError, UsageError


def table(rows=6, columns=3):
    """Numbers of which no two are alike."""
    return np.arange(rows * columns, dtype=np.float64).reshape(rows, columns) / 7


LABELS = [0, 1, 0, 1, 0, 1]


# ------------------------------------------------------------------------------------------------ types


@pytest.mark.parametrize(
    "given_type, low, high, kept",
    [
        (np.uint8, 0, 255, np.uint8),
        (bool, 0, 1, np.uint8),
        (np.int64, 0, 255, np.uint8),
        (np.int64, -1, 5, np.float32),
        (np.int64, 0, 256, np.float32),
        (np.float64, 0, 1, np.float32),
        (np.float16, 0, 1, np.float32),
        (">f4", 0, 1, np.float32),
    ],
)
def test_inputs_stand_in_the_smallest_type_that_holds_them(given_type, low, high, kept):
    """
    Whole numbers from 0 to 255 are bytes; every other number is a float32.
    """
    x = np.array([[low], [high]]).astype(given_type)

    data = Dataset(x, [0, 1])

    assert data.x.dtype == kept
    np.testing.assert_array_equal(data.x, x)


def test_a_data_set_cannot_be_changed():
    """
    Neither its arrays, nor its parts, nor the arrays that it was made from change it.
    """
    x = np.zeros((6, 2), np.float32)
    data = Dataset(x, LABELS)
    before = data.fingerprint

    x[0, 0] = 5

    assert data.x[0, 0] == 0
    assert Dataset(data.x, data.y).fingerprint == before
    with pytest.raises(ValueError, match="read-only"):
        data.x[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        data.y[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError, match="scale"):
        data.scale = 2.0


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda data: pickle.loads(pickle.dumps(data))])  # noqa: S301  # our own
def test_a_copy_is_equal_and_as_hard(again):
    """
    Copies and pickles are the same data set, and their arrays cannot be changed either.
    """
    data = Dataset(table(), LABELS)

    other = again(data)

    assert other == data
    assert hash(other) == hash(data)
    assert not other.x.flags.writeable
    assert not other.y.flags.writeable


@pytest.mark.parametrize("y", [LABELS, list("ababab"), np.eye(2)[LABELS], table(columns=2)])
def test_the_parts_of_a_data_set_make_it_again(y):
    """
    What a data set answers is accepted as it stands, without another note.
    """
    data = Dataset(table(), y)

    again = dataclasses.replace(data)

    assert again == data
    assert again.notes == data.notes


def test_equality_is_by_content():
    """
    The name does not count; one changed value, label, class name or scale does.
    """
    data = Dataset(table(), LABELS)
    moved = table()
    moved[5, 2] += 1

    assert Dataset(table(), LABELS, name="other") == data
    assert Dataset(moved, LABELS) != data
    assert Dataset(table(), LABELS[::-1]) != data
    assert Dataset(table(), LABELS, classes=["a", "b"]) != data
    assert Dataset(table(), LABELS, scale=0.5) != data
    assert data != "arrays"
    assert len({data, Dataset(table(), LABELS)}) == 1


def test_the_same_bytes_in_another_shape_are_other_data():
    """
    The fingerprint covers shapes and types, not bytes alone.
    """
    x = np.zeros((2, 12), np.float32)

    prints = {
        Dataset(x, [0, 1]).fingerprint,
        Dataset(x.reshape(2, 3, 4), [0, 1]).fingerprint,
        Dataset(np.zeros((2, 48), np.uint8), [0, 1]).fingerprint,
    }

    assert len(prints) == 3


# ------------------------------------------------------------------------------------------------ scale


def test_bytes_in_three_axes_are_pixels():
    """
    Images of bytes are scaled by 1/255, and the notes say so; tables of bytes are not.
    """
    images = np.arange(2 * 4 * 4, dtype=np.uint8).reshape(2, 4, 4)

    assert Dataset(images, [0, 1]).scale == 1 / 255
    assert any("scale: 1/255" in note for note in Dataset(images, [0, 1]).notes)
    assert Dataset(images.reshape(2, 16), [0, 1]).scale == 1
    assert Dataset(images > 3, [0, 1]).scale == 1
    assert Dataset(images, [0, 1], scale=1 / 16).scale == 1 / 16


def test_rows_are_cast_first_and_scaled_in_that_type():
    """
    The arithmetic is the type's own: float32 by float32, float64 by float64.
    """
    images = np.arange(200, dtype=np.uint8).reshape(2, 10, 10)
    data = Dataset(images, [0, 1])

    single = data.prepared([1, 0, 1])
    double = data.prepared(np.array([1]), np.float64)

    assert single.dtype == np.float32
    np.testing.assert_array_equal(single, images[[1, 0, 1]].astype(np.float32) * np.float32(1 / 255))
    assert double.dtype == np.float64
    np.testing.assert_array_equal(double, images[[1]].astype(np.float64) * (1 / 255))
    assert data.prepared([]).shape == (0, 10, 10)


@pytest.mark.parametrize(
    "rows, cure",
    [
        ([-1], "Row numbers go from 0 to 5"),
        ([6], "Row numbers go from 0 to 5"),
        ([0.5], "whole numbers"),
        ([True] * 6, "whole numbers"),
        (3, "whole numbers"),
    ],
)
def test_rows_that_are_not_there_are_refused(rows, cure):
    """
    A negative row number would quietly be another row.
    """
    with pytest.raises(UsageError, match=cure):
        Dataset(table(), LABELS).prepared(rows)


def test_other_types_to_learn_in_are_refused():
    """
    Rows are prepared in float32 and float64 only.
    """
    with pytest.raises(UsageError, match=r"Pass numpy\.float32 or numpy\.float64"):
        Dataset(table(), LABELS).prepared([0], np.float16)


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf"), True, "1/255", 1e-50])
def test_a_scale_is_a_positive_number(scale):
    """
    A scale that would show the network nothing, or nonsense, is refused with an example.
    """
    with pytest.raises(UsageError, match=r"scale: not a positive number.*scale=1 / 255"):
        Dataset(table(), LABELS, scale=scale)


def test_a_scale_may_not_overflow():
    """
    A scale that makes inputs infinite is refused.
    """
    with pytest.raises(DataError, match="leaves float32 when scaled"):
        Dataset(table() * 1e30, LABELS, scale=1e30)


def test_large_inputs_are_noted():
    """
    Numbers beyond float32's whole numbers, and inputs that enter far from one, get a sentence each.
    """
    large = Dataset([[2**24 + 2, 0], [0, 1]], [0, 1], raw=False).notes
    plain = Dataset([[0.5, 0], [0, 1]], [0, 1]).notes

    assert any("blurs differences below 2" in note for note in large)
    assert any("goes from 0 to" in note for note in large)
    assert not any("inputs" in note or "scale" in note for note in plain)


def test_a_wide_table_of_bytes_is_taken_for_pixels():
    """
    784 columns of whole numbers up to 255 are scaled by a constant; amounts and narrow tables stay raw.
    """
    pixels = np.random.default_rng(0).integers(0, 256, (6, 784)).astype(float)
    flattened, amounts = Dataset(pixels, [0, 1] * 3), Dataset(pixels + 0.5, [0, 1] * 3)
    narrow = Dataset(pixels[:, :10], [0, 1] * 3)

    assert flattened.scale == 1 / 255
    assert flattened.x.dtype == np.uint8
    assert [data.raw for data in (flattened, amounts, narrow)] == [False, True, True]
    assert any("784 columns of 8-bit pixels" in note for note in flattened.notes)


# ----------------------------------------------------------------------------------------------- inputs


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bad_number_is_named_with_row_and_column(bad):
    """
    The message names the first bad cell, its value, and how many rows are bad.
    """
    x = table()
    x[2, 1] = x[2, 2] = x[4, 0] = bad

    with pytest.raises(DataError, match=rf"x, row 2, column 1 .*in 2 of 6 rows \(got {bad}\).*isfinite"):
        Dataset(x, LABELS)


def test_a_bad_pixel_is_named_with_its_position():
    """
    In images the place of a value is its row and its position inside it.
    """
    x = np.zeros((6, 4, 4, 1))
    x[3, 1, 2, 0] = np.nan

    with pytest.raises(DataError, match=r"x, row 3, position \(1, 2, 0\)"):
        Dataset(x, LABELS)


@pytest.mark.parametrize(
    "cell, shown", [("1,5", "'1,5'"), ("", "''"), (None, "'None'"), (1j, "1j"), ([1], r"\[1\]")]
)
def test_text_among_numbers_is_named_with_row_and_column(cell, shown):
    """
    A comma for a point, an empty cell, a missing or a nested value: the first one is shown.
    """
    x = np.array([[1.0, 2.0], [3.0, 4.0]], dtype=object)
    x[1, 0] = cell

    with pytest.raises(DataError, match=rf"x, row 1, column 0 .*not numbers in 1 of 2 rows \(got {shown}\)"):
        Dataset(x, [0, 1])


@pytest.mark.parametrize("x", [[["1.5"], ["2"]], np.array([["1.5"], ["2"]]), np.array([[1], [2]], object)])
def test_numbers_written_as_text_are_refused_with_the_conversion(x):
    """
    Text is never turned into numbers silently; the message says how.
    """
    with pytest.raises(DataError, match=r"pass `x\.astype\(float\)`"):
        Dataset(x, [0, 1])


@pytest.mark.parametrize("x", [np.array([1j, 2j]), np.array(["2020-01-01", "2020-01-02"], "datetime64[D]")])
def test_dates_and_complex_numbers_are_no_inputs(x):
    """
    Only truth values, whole and floating-point numbers are inputs.
    """
    with pytest.raises(DataError, match="values, not numbers"):
        Dataset(x, [0, 1])


def test_ragged_rows_are_named():
    """
    The first row of another shape is named beside the shape that is wanted.
    """
    ragged = np.empty(2, object)
    ragged[:] = [[1, 2], [3]]

    for x in ([[1, 2], [3]], ragged):
        with pytest.raises(DataError, match=r"x, row 1 .*rows of different shapes \(got \(1,\)\).*\(2,\)"):
            Dataset(x, [0, 1])
    with pytest.raises(DataError, match=r"x, row 0 .*ragged in itself"):
        Dataset([[[1, 2], [3]], [[1, 2], [3]]], [0, 1])


@pytest.mark.parametrize(
    "x, y, match",
    [
        ([], [], r"x has no rows: its shape is \(0,\)"),
        (np.zeros((2, 0)), [0, 1], r"x has no columns: its shape is \(2, 0\)"),
        ([[1.0]], [0], "one row only"),
        ([[1.0], [2.0]], [0, 1, 0], "x has 2 rows and y has 3"),
        (np.zeros((2, 3)), [0, 1, 0], r"lie on its side: pass `x\.T`"),
        (5.0, [0], "x is one thing, not rows of values"),
        ((row for row in [[1], [2]]), [0, 1], "x is one thing, not rows of values"),
        ({"a": [1]}, [0, 1], "x is one thing, not rows of values"),
        ([[1.0], [1e39]], [0, 1], r"x, row 1, column 0 .*too large for float32 in 1 of 2 rows"),
    ],
)
def test_data_without_rows_to_learn_from_are_refused(x, y, match):
    """
    Empty, single, unequal and oversized data say what is wrong with them.
    """
    with pytest.raises(DataError, match=match):
        Dataset(x, y)


def test_masked_values_are_missing_values():
    """
    What a mask hides is not learned from.
    """
    x = np.ma.MaskedArray([[1.0, 2.0], [3.0, 4.0]], mask=[[0, 0], [0, 1]])

    with pytest.raises(DataError, match=r"x, row 1, column 1 .*masked values in 1 of 2 rows \(got 4\.0\)"):
        Dataset(x, [0, 1])


def test_a_sparse_matrix_is_refused_with_the_conversion():
    """
    Rows stand dense on the device, and making them so is the user's choice.
    """
    sparse = pytest.importorskip("scipy.sparse")

    with pytest.raises(DataError, match=r"x is a sparse matrix.*x\.toarray\(\)"):
        Dataset(sparse.csr_array(np.eye(2)), [0, 1])


def test_one_number_a_row_is_one_column():
    """
    A flat list of numbers is a table of one column, and said to be.
    """
    data = Dataset([0.1, 0.2, 0.3], [0, 1, 0])

    assert data.input_shape == (1,)
    assert "inputs: one number a row, taken as one column" in data.notes


# ---------------------------------------------------------------------------------------------- targets


@pytest.mark.parametrize(
    "y, numbers, classes, note",
    [
        ([0, 1, 2, 1], [0, 1, 2, 1], ("0", "1", "2"), "targets are integers"),
        ([True, False, True, True], [1, 0, 1, 1], ("False", "True"), "targets are true or false"),
        (["dog", "cat", "ant", "cat"], [2, 1, 0, 1], ("ant", "cat", "dog"), "numbered in sorted order"),
        (np.array(["b", "a", "b", "a"], object), [1, 0, 1, 0], ("a", "b"), "targets are names"),
        (np.eye(3)[[2, 0, 1, 0]], [2, 0, 1, 0], ("0", "1", "2"), "one-hot rows of 3 classes, taken as class"),
        (np.eye(2, dtype=bool)[[1, 0, 1, 0]], [1, 0, 1, 0], ("0", "1"), "one-hot rows of 2 classes"),
        ([[0], [1], [1], [0]], [0, 1, 1, 0], ("0", "1"), "targets are integers"),
        (np.array([0, 1, 1, 0], object), [0, 1, 1, 0], ("0", "1"), "targets are integers"),
    ],
)
def test_labels_become_class_numbers_and_it_is_said(y, numbers, classes, note):
    """
    Numbers, truth values, names and one-hot rows are classes, and a note says what was taken.
    """
    data = Dataset(table(rows=4), y)

    assert data.task == "classification"
    assert data.y.dtype == np.int32
    assert data.y.tolist() == numbers
    assert data.classes == classes
    assert data.outputs == len(classes)
    assert sum(data.class_counts) == 4
    assert any(note in said for said in data.notes)


@pytest.mark.parametrize(
    "y, targets",
    [
        ([0.5, 1.5, 2.5, 3.5], 1),
        ([[0.5], [1.5], [2.5], [3.5]], 1),
        (np.arange(8).reshape(4, 2) / 3, 2),
        (np.array([1, 2.5, 3, 4], object), 1),
    ],
)
def test_floats_are_amounts_and_it_is_said(y, targets):
    """
    Floating-point targets are a regression of one or several columns.
    """
    data = Dataset(table(rows=4), y)

    assert data.task == "regression"
    assert data.y.dtype == np.float32
    assert data.y.shape == (4, targets)
    assert (data.outputs, data.classes, data.class_counts) == (targets, (), ())
    assert any("task: regression" in note for note in data.notes)


def test_whole_floats_are_amounts_with_a_word_on_classes():
    """
    Floats that could be class numbers are taken as amounts; the note says how to have it otherwise.
    """
    data = Dataset(table(), [0.0, 1.0] * 3)

    assert data.task == "regression"
    assert any("write task='classification'" in note for note in data.notes)
    assert Dataset(table(), [0.0, 1.0] * 3, task="classification").y.tolist() == LABELS
    assert Dataset(table(), [0.0, 1.0] * 3, classes=["no", "yes"]).y.tolist() == LABELS


def test_many_integers_are_classes_with_a_word_on_amounts():
    """
    Integers are class numbers however many there are; the note says how to have them taken as amounts.
    """
    y = np.arange(42) // 2

    notes = Dataset(np.zeros((42, 1)), y).notes

    assert any("write task='regression' if they are amounts" in note for note in notes)


def test_a_task_that_is_given_needs_no_note():
    """
    Integers may be amounts: then nothing was guessed.
    """
    data = Dataset(table(), [25, 310, 7, 7, 9, -4], task="regression")

    assert data.y.ravel().tolist() == [25, 310, 7, 7, 9, -4]
    assert not any("task" in note for note in data.notes)


@pytest.mark.parametrize(
    "y, match",
    [
        ([1, 2, 3, 1], r"the labels 1, 2, 3 leave out class 0 \(got 1\)\. Pass `y - 1`.*task='regression'"),
        ([0, 1, 3, 1], r"the labels 0, 1, 3 leave out class 2 \(got 3\).*numpy\.unique"),
        ([5, 7, 5, 7], r"the labels 5, 7 leave out class 0.*numpy\.unique"),
        ([0, 2**40, 1, 2], r"leave out class 3 \(got 1099511627776\)"),
        ([-1, 1, 1, -1], r"y, row 0 .*negative class numbers in 2 of 4 rows \(got -1\).*numpy\.unique"),
        ([3, 3, 3, 3], r"all 4 rows are of one class \(got '3'\)"),
        (["a"] * 4, r"all 4 rows are of one class \(got 'a'\)"),
        ([True] * 4, r"all 4 rows are of one class \(got 'True'\)"),
        (["a", "", "b", " "], r"y, row 1 .*empty labels in 2 of 4 rows"),
        (["a", None, "b", "a"], r"y, row 1 .*missing or mixed values in 1 of 4 rows \(got 'None'\)"),
        (["a", np.nan, "b", "a"], r"y, row 1 .*missing or mixed values in 1 of 4 rows \(got nan\)"),
        (["a", 3, "b", "a"], r"y, row 1 .*missing or mixed values in 1 of 4 rows \(got 3\)"),
        ([0.0, np.nan, 1.0, 0.0], r"y, row 1 .*NaN or infinity in 1 of 4 rows"),
        ([0.0, 10**400, 1.0, 0.0], r"y, row 1 .*missing or mixed values"),
        (np.array([b"a", b"b", b"a", b"b"]), r"y holds bytes8 values.*names as text"),
        (np.zeros((4, 2, 2)), "y has more than two axes"),
        ([["a", "b"]] * 4, "y has 2 columns of names"),
        ([[0, 1], [1, 1], [0, 0], [1, 0]], r"y, row 1 .*do not sum to one in 2 of 4 rows \(got \[1, 1\]\)"),
        ([[0.0, 1], [1, 1], [0, 0], [1, 0]], r"do not sum to one in 2 of 4 rows.*task='regression'"),
        ([[0, 1, 0], [0, 0, 1], [0, 1, 0], [0, 1, 0]], r"y, column 0 .*a class has no rows"),
        ([[0, 1], [2, 0], [0, 1], [1, 0]], r"y, row 1, column 0 .*not one-hot.*\(got 2\)"),
        ([[0, 1], [1, 0, 0], [0, 1], [1, 0]], r"y, row 1 .*rows of different shapes"),
        ([2.5] * 4, r"all rows have the same target \(got \[2\.5\]\)"),
        ([1e39, 0.5, 0.5, 0.5], r"y, row 0 .*too large for float32 in 1 of 4 rows"),
    ],
)
def test_labels_that_fit_no_head_are_refused(y, match):
    """
    Such labels train to a loss that looks perfect: the message names the row or the gap, and the way out.
    """
    with pytest.raises(DataError, match=match):
        Dataset(table(rows=4), y)


def test_many_labels_with_a_gap_are_summed_up():
    """
    A column of whole amounts taken as labels gets one line and the way to a regression.
    """
    y = np.arange(100) * 3

    with pytest.raises(DataError, match=r"100 different labels from 0 to 297.*task='regression'"):
        Dataset(np.zeros((100, 1)), y)


def test_the_cures_that_are_named_mend_the_labels():
    """
    What a message tells to pass is accepted.
    """
    y = np.array([1, 2, 3, 1])
    signs = np.array([-1, 1, 1, -1])

    assert Dataset(table(rows=4), y - 1).class_counts == (2, 1, 1)
    assert Dataset(table(rows=4), np.unique(signs, return_inverse=True)[1]).class_counts == (2, 2)
    assert Dataset(table(rows=4), y, task="regression").task == "regression"


def test_names_order_the_classes():
    """
    Classes are numbered as they are named, labels are looked up by name, and a class without rows is noted.
    """
    data = Dataset(table(rows=4), ["b", "a", "b", "a"], classes=["b", "a", "c"])

    assert data.y.tolist() == [0, 1, 0, 1]
    assert data.class_counts == (2, 2, 0)
    assert "classes without rows: c" in data.notes


@pytest.mark.parametrize(
    "y, match",
    [
        ([0, 1, 2, 1], r"y, row 2 .*without a name in 1 of 4 rows \(got 2\).*from 0 to 1"),
        (["a", "b", "c", "a"], r"y, row 2 .*not among the classes in 1 of 4 rows \(got 'c'\).*'a', 'b'"),
        ([0.0, 0.5, 1.0, 0.0], r"y, row 1 .*not whole in 1 of 4 rows \(got 0\.5\)"),
        ([0, -1, 1, 0], r"y, row 1 .*negative"),
    ],
)
def test_labels_outside_the_named_classes_are_refused(y, match):
    """
    A label without a name is named with its row.
    """
    with pytest.raises(DataError, match=match):
        Dataset(table(rows=4), y, classes=["a", "b"])


@pytest.mark.parametrize(
    "options, match",
    [
        ({"task": "klassification"}, "unknown task.*'klassification'"),
        ({"task": "regression", "classes": ["a", "b"]}, "a regression has no classes"),
        ({"classes": "ab"}, "not a list of names"),
        ({"classes": ["a"]}, "fewer than two classes"),
        ({"classes": ["a", "a"]}, "named twice.*'a'"),
        ({"classes": ["a", " "]}, "not a name"),
        ({"classes": ["a", None]}, "classes: not a name"),
        ({"classes": 2}, "not a list of names"),
        ({"name": ""}, "name: not a name"),
        ({"name": 3}, "name: not a name"),
    ],
)
def test_impossible_arguments_are_refused(options, match):
    """
    A wrong argument is the caller's error, not the data's.
    """
    with pytest.raises(UsageError, match=match):
        Dataset(table(), LABELS, **options)


def test_one_hot_columns_and_names_must_agree():
    """
    Three names for two columns are refused.
    """
    with pytest.raises(UsageError, match=r"one-hot targets have 2 columns.*one class for each column"):
        Dataset(table(), np.eye(2)[LABELS], classes=["a", "b", "c"])


def test_names_are_no_amounts():
    """
    A regression on text is refused with both ways out.
    """
    with pytest.raises(DataError, match=r"y holds names.*task='classification'"):
        Dataset(table(), list("ababab"), task="regression")


def test_constant_and_large_amounts_are_noted():
    """
    One column that never changes among several, and amounts that float32 blurs, are said.
    """
    y = np.column_stack([np.arange(6) * 1e9, np.ones(6)])

    notes = Dataset(table(), y).notes

    assert "targets: column 1 is the same in all rows" in notes
    assert any("y reaches 5e+09" in note and "below 512" in note for note in notes)


labels = st.one_of(
    st.lists(st.integers(-3, 6), min_size=2, max_size=8),
    st.lists(st.integers(), min_size=2, max_size=4),
    st.lists(st.booleans(), min_size=2, max_size=8),
    st.lists(st.floats(), min_size=2, max_size=8),
    st.lists(st.sampled_from(["a", "b", "", None, 1, 2.5, True]), min_size=2, max_size=8),
    st.lists(st.lists(st.sampled_from([0, 1, 0.5]), min_size=1, max_size=3), min_size=2, max_size=6),
)


@given(labels, st.sampled_from([None, "classification", "regression"]))
@settings(max_examples=200, deadline=None)
def test_labels_are_fit_to_learn_or_refused(y, task):
    """
    Whatever the targets are, they come out as class numbers with rows or finite amounts, or as a DataError.
    """
    try:
        data = Dataset(np.zeros((len(y), 2)), y, task=task)
    except DataError:
        return

    if data.task == "classification":
        assert set(data.y.tolist()) == set(range(data.outputs))
        assert data.outputs >= 2
    else:
        assert np.isfinite(data.y).all()
    assert dataclasses.replace(data) == data
