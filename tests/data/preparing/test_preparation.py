"""Steps of preparation as values: what they take, and which order of them can be meant."""

import copy
import pickle

import numpy as np
import pytest

from trainlab.data.preparing.preparation import FITTING, STEPS, Prepare, Step, check_steps
from trainlab.errors import UsageError


def test_steps_are_values():
    """
    Steps and preparations of equal parts are equal and hash alike, numbers of NumPy and lists included.
    """
    one = Prepare(numbers=[Step("clip", [np.float32(0), np.int64(1)])], columns=[("b", ()), ("a", ())])
    same = Prepare(numbers=(Step("clip", (0, 1)),), columns=(("a", ()), ("b", ())))

    assert {one, same, copy.deepcopy(one)} == {one}
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301  # our own
    assert Step("tf_idf") == Step("tf_idf", 1000)


@pytest.mark.parametrize(
    "name, value, match",
    [
        ("standardise", None, r"unknown step of preparation \(got 'standardise'\)\. Known are: standardize"),
        ("standardize", 3, r"`standardize` takes no value \(got 3\)\. Write `standardize`"),
        ("rescale", -1, r"not a number to divide by \(got -1\)\. Give a number above 0"),
        ("rescale", float("nan"), "not a number to divide by"),
        ("rescale", True, "not a number to divide by"),
        ("clip", 3, r"not a lower and an upper bound \(got 3\)\. Write `\{clip: \[0, 1\]\}`"),
        ("clip", (1, 0), "the lower bound is not below the upper"),
        ("clip", (0, 0), "the lower bound is not below the upper"),
        ("clip", (0, float("inf")), "the lower bound is not below the upper"),
        ("clip", ("a", 1), "the lower bound is not below the upper"),
        ("impute", None, r"not a way to fill missing values\. Choose from: mean, median"),
        ("impute", float("nan"), "not a way to fill missing values"),
        ("impute", "", "not a way to fill missing values"),
        ("ordinal", "low", r"not an order of levels \(got 'low'\)"),
        ("ordinal", ("low",), "not an order of levels"),
        ("ordinal", ("low", "low"), "a level stands twice"),
        ("tf_idf", 0, r"tf_idf: not in the allowed range \(got 0\)"),
        ("bag_of_words", 10**7, r"too many words \(got 10000000\)\. Give at most 100000"),
    ],
)
def test_what_a_step_does_not_take_is_refused(name, value, match):
    """
    The message has the step, the value, and what to write.
    """
    with pytest.raises(UsageError, match=match):
        Step(name, value)


def test_quantiles_are_shares_and_belong_to_clip():
    """
    Quantiles lie between 0 and 1, and no other step has them.
    """
    with pytest.raises(UsageError, match="quantiles that are not between 0 and 1"):
        Step("clip", (1, 99), quantiles=True)
    with pytest.raises(UsageError, match=r"`rescale` takes no quantiles\. Only `clip` does"):
        Step("rescale", 255, quantiles=True)


@pytest.mark.parametrize(
    "kind, written, match",
    [
        (
            "number",
            ["standardize", ("impute", "mean")],
            r"`impute` stands after `standardize`.*`impute` first",
        ),
        ("number", ["standardize", "min_max"], r"`min_max` undoes `standardize`\. Write one of them"),
        ("number", [("rescale", 255), "none"], "`none` undoes `rescale`"),
        ("number", ["standardize", "standardize"], "`standardize` stands twice"),
        ("number", ["one_hot"], r"`one_hot` does not fit a column of kind number.*declared a category"),
        ("number", ["tf_idf"], r"`tf_idf` does not fit a column of kind number\. Choose from: impute, clip"),
        ("number", [("impute", "missing")], r"cannot be filled so \(got 'missing'\).*mean, median"),
        ("category", [("impute", "mean")], r"cannot be filled so \(got 'mean'\).*missing, most_frequent"),
        ("category", [("impute", 3)], "cannot be filled so"),
        ("category", ["standardize"], r"`standardize` needs numbers.*Write `\[ordinal, standardize\]`"),
        ("category", ["standardize", "ordinal"], "`standardize` needs numbers"),
        ("category", ["one_hot", "standardize"], "`standardize` needs numbers"),
        ("category", ["one_hot", "ordinal"], "`ordinal` has nothing to read after `one_hot`"),
        ("category", ["none"], r"a network reads numbers, and a category is none.*leave the column out"),
        ("category", [("impute", "missing"), "ordinal"], r"a missing value has no place in an order"),
        ("text", ["standardize"], r"does not fit a column of kind text\. Choose from: impute, bag_of_words"),
        ("text", ["tf_idf", "bag_of_words"], "`bag_of_words` repeats `tf_idf`"),
        ("text", [("impute", "mean")], r"cannot be filled so \(got 'mean'\)\. Choose from: empty"),
    ],
)
def test_steps_that_cannot_be_meant_are_refused(kind, written, match):
    """
    A step that does not fit the kind of column, or its place among the others, is named with what fits.
    """
    steps = [Step(one) if isinstance(one, str) else Step(*one) for one in written]
    with pytest.raises(UsageError, match=match):
        check_steps(steps, kind, "prepare.age")


@pytest.mark.parametrize("step", ["bag_of_words", "tf_idf"])
@pytest.mark.parametrize(
    "where, said",
    [
        ("prepare.columns.says", r"`text: says` beside the file \(in Python `text='says'`\)"),
        ("prepare.says", r"`text: says` beside the file"),
        ("prepare.categories", "`text: COLUMN` beside the file"),
        ("prepare: columns: what was.said", r"`text: what was.said` beside the file"),
        ("prepare: categories", "`text: COLUMN` beside the file"),
    ],
)
def test_counting_words_of_a_category_says_how_to_declare_it(step, where, said):
    """
    A column of few texts was taken as a category by itself: the refusal names what makes it a text.
    """
    cure = rf"does not fit a column of kind category\. To count its words, declare it as text: {said}"
    with pytest.raises(UsageError, match=cure):
        check_steps([Step(step)], "category", where)


def test_every_step_fits_some_kind_of_column():
    """
    No step is offered that nothing can take, and no kind takes a step that is not offered.
    """
    assert {name for names in FITTING.values() for name in names} == set(STEPS)


def test_a_preparation_that_contradicts_itself_is_refused():
    """
    A column that is named twice, and a target scaled in an unknown way, are refused by name.
    """
    with pytest.raises(UsageError, match=r"a column is named twice \(got 'age'\)"):
        Prepare(columns=(("age", ()), ("age", ())))
    with pytest.raises(
        UsageError, match=r"unknown way to scale a target \(got 'log'\)\. Choose one of: none"
    ):
        Prepare(target="log")


@pytest.mark.parametrize(
    "step, said",
    [
        (Step("impute", "median"), "fill missing with median"),
        (Step("impute", 0), "fill missing with 0"),
        (Step("rescale", 255), "divide by 255"),
        (Step("clip", (0.01, 0.99), quantiles=True), "clip to quantiles [0.01, 0.99]"),
        (Step("ordinal", ("low", "high")), "order [low, high]"),
        (Step("tf_idf", 500), "tf idf of 500 words"),
        (Step("min_max"), "min max"),
    ],
)
def test_a_step_is_said_in_words(step, said):
    """
    Reports show a step with its value.
    """
    assert str(step) == said
