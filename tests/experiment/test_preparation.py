"""The word on preparation: what is read, how it is written, and what is refused, with its place."""

import numpy as np
import pytest

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.preparing.preparation import Prepare, Step
from trainlab.errors import UsageError
from trainlab.experiment.places import Place
from trainlab.experiment.preparation import check_prepare, parse_prepare, prepare_document

DATA = Dataset(
    np.array([[20, 0, 1], [30, 1, 0], [40, 1, 1]], np.float32),
    [0, 1, 0],
    columns=["age", Column("sex", "category", ("f", "m")), "clip"],
)


@pytest.mark.parametrize(
    "written",
    [
        "standardize",
        "none",
        {"rescale": 255.0},
        [{"impute": "median"}, "standardize"],
        [{"impute": 0.5}, {"clip": {"quantiles": [0.01, 0.99]}}, "min_max"],
        [{"clip": [-1.0, 1.0]}, "none"],
        {},
        {"target": "standardize"},
        {"numbers": "min_max", "categories": [{"impute": "missing"}, "one_hot"], "texts": {"tf_idf": 500}},
        {"texts": {"bag_of_words": 20}, "target": "none", "age": "none"},
        {"size": {"ordinal": ["low", "mid", "high"]}, "columns": {"clip": "min_max", "numbers": "none"}},
    ],
)
def test_what_is_read_is_written_again(written):
    """
    A document is read into a value that writes the same document; a value is read as it stands.
    """
    prepare = parse_prepare(written)

    assert prepare_document(prepare) == written
    assert parse_prepare(prepare) is prepare
    assert parse_prepare(prepare_document(prepare)) == prepare


def test_columns_may_stand_below_or_beside():
    """
    A column by its own name, and under `columns`, is the same; a bare step that counts words takes 1000.
    """
    assert parse_prepare({"age": "none"}) == parse_prepare({"columns": {"age": ["none"]}})
    assert parse_prepare({"texts": "tf_idf"}).texts == (Step("tf_idf", 1000),)
    assert parse_prepare([Step("min_max")]) == Prepare(numbers=(Step("min_max"),))


@pytest.mark.parametrize(
    "value, match",
    [
        ("standardise", r"^prepare: unknown step of preparation .*Did you mean `standardize`"),
        (["min_max", "tfidf"], r"^prepare\.1: unknown step of preparation .*Did you mean `tf_idf`"),
        ({"age": {"imput": "mean"}}, r"^prepare\.age\.imput: unknown step .*Did you mean `impute`"),
        ({"rescale": 0}, r"^prepare\.rescale: not a number to divide by \(got 0\)"),
        ({"age": [{"clip": [3, 1]}]}, r"^prepare\.age\.0\.clip: the lower bound is not below the upper"),
        ({"clip": {"quantile": [0, 1]}}, r"^prepare\.clip\.quantile: unknown setting of clip .*`quantiles`"),
        ({"clip": {}}, r"^prepare\.clip: `clip` without a value"),
        ({"impute": None}, r"^prepare\.impute: `impute` without a value"),
        ("impute", r"^prepare: not a way to fill missing values"),
        ("one_hot", r"^prepare: `one_hot` does not fit a column of kind number"),
        ({"categories": "standardize"}, r"^prepare\.categories: `standardize` needs numbers"),
        (["standardize", {"impute": "mean"}], r"^prepare: `impute` stands after `standardize`"),
        ({"numbers": ["min_max", "none"]}, r"^prepare\.numbers: `none` undoes `min_max`"),
        ({"impute": "mean", "standardize": None}, r"^prepare\.impute: a step among columns .*as a list"),
        ({"target": "log"}, r"^prepare\.target: unknown way to scale a target"),
        ({"age": "none", "columns": {"age": "none"}}, r"^prepare\.columns\.age: a column is named twice"),
        ({"columns": ["age"]}, r"^prepare\.columns: not a mapping of columns to steps"),
        ({"age": []}, r"^prepare\.age: an empty list of steps\. Write `none`"),
        ({"age": 3}, r"^prepare\.age: not a step of preparation \(got 3\)\. Write a step"),
        ({1: "none"}, r"^prepare\.1: not the name of a column \(got 1\)"),
        (None, r"^prepare: not a step of preparation"),
        ([], "^prepare: an empty list of steps"),
    ],
)
def test_other_descriptions_are_refused(value, match):
    """
    The message has the place, the value and what is meant.
    """
    with pytest.raises(UsageError, match=match):
        parse_prepare(value)


@pytest.mark.parametrize(
    "value, keys, match",
    [
        ({"agee": "none"}, ("prepare", "agee"), "no such column .*Did you mean `age`"),
        ({"sex": "min_max"}, ("prepare", "sex"), "`min_max` needs numbers"),
        ({"columns": {"clip": "one_hot"}}, ("prepare", "columns", "clip"), "`one_hot` does not fit"),
        ({"texts": "tf_idf"}, ("prepare", "texts"), "there are no texts in the data"),
        ({"categories": {"impute": "d"}}, ("prepare", "categories"), "no level of the column"),
        ({"target": "min_max"}, ("prepare", "target"), "only the target of a regression is scaled"),
    ],
)
def test_what_the_data_cannot_take_is_refused_at_its_place(value, keys, match):
    """
    The place is the one that a file writes, so that its line can be found.
    """
    with pytest.raises(UsageError, match=match) as refused:
        check_prepare(parse_prepare(value), DATA, Place("prepare"))

    assert refused.value.where.keys == keys


def test_what_fits_the_data_passes():
    """
    Steps that fit their columns are accepted, also for a column that is called like a step.
    """
    check_prepare(parse_prepare({"columns": {"clip": "min_max"}, "sex": "ordinal"}), DATA)
