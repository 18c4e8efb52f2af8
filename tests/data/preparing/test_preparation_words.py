"""What is done to columns, as reports say it."""

import numpy as np

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.preparing.preparation import Prepare, Step
from trainlab.data.preparing.preparation_words import in_words


def test_columns_that_are_treated_alike_share_a_line():
    """
    Each line has names, kind and steps; what nobody wrote is said to be the default.
    """
    columns = ("age", Column("sex", "category", ("f", "m")), Column("review", "text", ("good", "bad")), "pay")
    data = Dataset([[20, 0, 0, 1.5], [30, 1, 1, 2.5]], [0, 1], columns=columns)

    assert in_words(data, Prepare(numbers=(Step("impute", "median"),))) == (
        "age, pay (number): fill missing with median, then standardize (by default)",
        "sex (category): one hot (by default)",
        "review (text): tf idf of 1000 words (by default)",
    )


def test_a_constant_scale_is_said_where_it_acts():
    """
    Images that nothing scales are multiplied with their constant; a step that scales takes its place.
    """
    images = Dataset(np.full((3, 4, 4, 1), 9, np.uint8), [0.1, 1.5, 0.2])

    assert in_words(images, Prepare(), scale_target=True) == (
        "x (numbers): times 0.00392157 (the constant scale of the data)",
        "target: standardize (by default)",
    )
    assert in_words(images, Prepare(numbers=(Step("standardize"),), target="none")) == (
        "x (numbers): standardize",
        "target: none",
    )
    assert in_words(images, Prepare(numbers=(Step("clip", (0, 9)),)))[0].startswith(
        "x (numbers): clip to [0, 9], then times 0.00392157"
    )


def test_each_of_several_inputs_has_a_line():
    """
    Inputs are called by their names.
    """
    data = Dataset({"image": np.full((2, 3, 3, 1), 9, np.uint8), "table": [[0.5], [3.5]]}, [0, 1])

    assert [line.split()[0] for line in in_words(data, Prepare())] == ["image", "table"]


def test_many_names_are_cut_short():
    """
    Eight columns are named, and the others counted.
    """
    data = Dataset(np.random.default_rng(0).normal(size=(4, 20)), [0, 1, 0, 1], columns=map(str, range(20)))

    (line,) = in_words(data, Prepare())
    assert line.startswith("0, 1, 2, 3, 4, 5, 6, 7 and 12 more (number)")
