"""One column at a glance: its figures against NumPy's, and the columns that are hard to sum up."""

import json

import numpy as np
import pytest

from trainlab.data.column_facts import BINS, MOST_LEVELS, describe_column
from trainlab.data.columns import Column

DRAWN = np.random.default_rng(1)


def told(values, column=None):
    """The facts of a column of numbers, or of another one."""
    return describe_column(column or Column("c"), np.asarray(values), counted=True)


def test_a_column_of_numbers_is_told_as_numpy_tells_it():
    """
    Range, mean, gaps and histogram are NumPy's, with missing values left out.
    """
    values = DRAWN.normal(size=500).astype(np.float32)
    values[::10] = np.nan
    facts = told(values)
    present = values[~np.isnan(values)].astype(np.float64)

    assert (facts.low, facts.high) == (present.min(), present.max())
    assert facts.mean == pytest.approx(present.mean())
    assert facts.missing == pytest.approx(0.1)
    assert facts.distinct == len(np.unique(present))
    assert facts.bins == tuple(np.histogram(present, BINS)[0])
    assert not facts.near_constant


def test_few_whole_numbers_have_a_bar_each():
    """
    Grades from 1 to 5 are counted one by one, the grade that nobody got too.
    """
    assert told([1, 1, 2, 5, 5, 5, 4]).bins == (2, 1, 0, 1, 3)


@pytest.mark.parametrize(
    "values, constant",
    [
        ([0.1] * 50, True),
        ([0.0] * 199 + [1.0], True),
        ([0.0] * 49 + [1.0], False),
        ([0.0] * 99 + [np.nan] * 100, True),
    ],
)
def test_a_nearly_constant_column_is_told(values, constant):
    """
    A column is nearly constant from 99 % of its values on, missing ones left out.
    """
    assert told(values).near_constant is constant


def test_a_column_without_a_value_has_no_figures():
    """
    Where all is missing there is no range, no mean and no bar.
    """
    facts = told([np.nan, np.nan])

    assert (facts.low, facts.high, facts.mean, facts.bins, facts.missing) == (None, None, None, (), 1.0)


@pytest.mark.parametrize(
    "values",
    [[1e30, -1e30, 3.0], np.array([1, np.nextafter(np.float32(1), 2)], np.float32), [2.0**60, 2.0**60 + 512]],
)
def test_extreme_ranges_are_still_shared_out(values):
    """
    Ranges that are huge, or as narrow as the numbers allow, still have every row in a bar.
    """
    assert sum(told(values).bins) == len(values)


def test_categories_are_told_by_their_frequent_levels():
    """
    Levels stand from the most frequent on; unused ones are left out, the many rest is counted together.
    """
    names = tuple(f"level {place}" for place in range(20))
    places = np.repeat(np.arange(19), np.arange(19) + 1).astype(float)
    facts = told(np.append(places, np.nan), Column("c", "category", names))

    assert facts.levels[0] == ("level 18", 19)
    assert len(facts.levels) == MOST_LEVELS
    assert facts.more_levels == sum(range(1, 8))
    assert facts.distinct == 19
    assert facts.low is None


def test_texts_are_told_by_their_words():
    """
    Range and mean of a text column count words, row by row.
    """
    column = Column("c", "text", ("one", "one two three"))
    facts = told([0.0, 1.0, 1.0], column)

    assert (facts.low, facts.high, facts.distinct) == (1.0, 3.0, 2)
    assert facts.mean == pytest.approx(7 / 3)
    assert facts.bins == (1, 0, 2)


def test_facts_are_plain_values():
    """
    The document of a column goes through JSON unchanged.
    """
    document = told(DRAWN.normal(size=30)).document()

    assert json.loads(json.dumps(document, allow_nan=False)) == document
