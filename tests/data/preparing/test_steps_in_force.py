"""Which steps act: what is written, the defaults by type, and what cannot be."""

import numpy as np
import pytest

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.preparing.preparation import Prepare, Step
from trainlab.data.preparing.steps_in_force import steps_in_force
from trainlab.errors import DataError, UsageError

COLUMNS = ("age", Column("sex", "category", ("f", "m")), Column("review", "text", ("good", "bad")), "pay")
X = np.array([[20, 0, 0, 1.5], [30, 1, 1, 2.5], [40, 1, 0, 3.5]], np.float32)


def table(x=X, **said):
    """Two numbers, a category and a text."""
    return Dataset(x, [0, 1, 0], columns=COLUMNS, missing=True, **said)


def with_hole(column):
    """The table with a missing value in its last row."""
    x = X.copy()
    x[2, column] = np.nan
    return table(x)


def names(prepare, data=None):
    """The names of the steps in force, by column."""
    given = steps_in_force(data or table(), prepare).inputs[0]
    return {one.column.name: [step.name for step in one.steps] for one in given}


def test_the_type_of_a_column_decides_where_nothing_is_written():
    """
    Numbers in their own units are standardized, categories become 0/1 columns, texts weighted counts.
    """
    assert names(Prepare()) == {
        "age": ["standardize"],
        "sex": ["one_hot"],
        "review": ["tf_idf"],
        "pay": ["standardize"],
    }


def test_a_column_that_is_named_goes_before_its_kind():
    """
    Steps of a name replace those of the kind, whose other columns keep theirs.
    """
    said = Prepare(numbers=(Step("min_max"),), columns=(("age", (Step("none"),)),))

    assert names(said)["age"] == ["none"]
    assert names(said)["pay"] == ["min_max"]


def test_what_a_column_still_needs_is_added_and_told_apart():
    """
    Filling does not take scaling away: the default comes after it and is told to be one; `none` stops it.
    """
    filled = steps_in_force(table(), Prepare(numbers=(Step("impute", "median"),))).inputs[0][0]
    stopped = steps_in_force(table(), Prepare(numbers=(Step("impute", "median"), Step("none")))).inputs[0][0]

    assert [step.name for step in filled.steps] == ["impute", "standardize"]
    assert (filled.added, stopped.added) == (1, 0)
    assert names(Prepare(categories=(Step("impute", "missing"),)))["sex"] == ["impute", "one_hot"]
    assert names(Prepare(texts=(Step("impute", "empty"),)))["review"] == ["impute", "tf_idf"]


def test_numbers_whose_scale_was_given_and_images_are_left_as_they_are():
    """
    Only tables in their own units are standardized by default.
    """
    scaled = Dataset(X, [0, 1, 0], scale=1.0)
    images = Dataset(np.zeros((3, 4, 4, 1), np.uint8), [0, 1, 0])

    assert steps_in_force(scaled, Prepare()).inputs[0][0].steps == ()
    assert steps_in_force(images, Prepare()).inputs[0][0].steps == ()
    assert steps_in_force(Dataset(X, [0, 1, 0]), Prepare()).inputs[0][0].steps == (Step("standardize"),)


@pytest.mark.parametrize(
    "column, match",
    [
        (
            0,
            r"column 'age', row 2 \(counted from 0\): 1 of 3 rows have a missing value, and no step fills it",
        ),
        (0, r"Write `prepare: \{age: \{impute: median\}\}` \(or mean, most_frequent, a number\), drop these"),
        (1, r"column 'sex', row 2 .*`prepare: \{sex: \{impute: missing\}\}` \(a level of its own"),
        (2, r"column 'review', row 2 .*`prepare: \{review: \{impute: empty\}\}`"),
    ],
)
def test_missing_values_that_no_step_fills_are_refused(column, match):
    """
    The column, the first row, how many, and what to write are said; a step that fills them is enough.
    """
    with pytest.raises(DataError, match=match):
        steps_in_force(with_hole(column), Prepare())

    fills = ("median", "missing", "empty")[column]
    filled = Prepare(columns=((("age", "sex", "review")[column], (Step("impute", fills),)),))
    assert names(filled, with_hole(column))


def test_missing_values_of_unnamed_columns_are_found_by_number():
    """
    Arrays without names, images too, are refused by row and column.
    """
    x = X.copy()
    x[1:, 3] = np.nan
    data = Dataset(x, [0, 1, 0], missing=True)
    with pytest.raises(
        DataError, match=r"column 'x', row 1, column 3 \(counted from 0\): 2 of 3 rows.*numbers:"
    ):
        steps_in_force(data, Prepare())


@pytest.mark.parametrize(
    "prepare, match",
    [
        (
            Prepare(columns=(("agee", ()),)),
            r"prepare: agee: no such column \(got 'agee'\)\. Did you mean `age`",
        ),
        (Prepare(columns=(("zip", ()),)), "There are: age, sex, review, pay"),
        (Prepare(columns=(("sex", (Step("standardize"),)),)), "prepare: sex: `standardize` needs numbers"),
        (Prepare(columns=(("age", (Step("one_hot"),)),)), "prepare: age: `one_hot` does not fit"),
        (Prepare(target="standardize"), "only the target of a regression is scaled"),
        (
            Prepare(categories=(Step("impute", "x"),)),
            r"no level of the column \(got 'x'\).*most_frequent, f, m",
        ),
        (Prepare(categories=(Step("ordinal", ("m", "f", "d")),)), "the order has a level that is none: 'd'"),
        (Prepare(categories=(Step("ordinal", ("m", "d")),)), "the order leaves out 'f'"),
        (
            Prepare(columns=(("sex", (Step("impute", "missing"), Step("ordinal"))),)),
            "a missing value has no place in an order",
        ),
    ],
)
def test_what_the_data_cannot_take_is_refused(prepare, match):
    """
    The place, the value and what there is are said.
    """
    with pytest.raises(UsageError, match=match):
        steps_in_force(table(), prepare)


def test_steps_for_a_kind_that_is_not_there_are_refused():
    """
    Steps that would silently do nothing are refused, with the kinds that there are.
    """
    with pytest.raises(UsageError, match=r"there are no texts in the data.*the columns are numbers"):
        steps_in_force(Dataset(X, [0, 1, 0]), Prepare(texts=(Step("tf_idf"),)))
    with pytest.raises(UsageError, match=r"the data name no columns \(got 'age'\)"):
        steps_in_force(Dataset(X, [0, 1, 0]), Prepare(columns=(("age", ()),)))
