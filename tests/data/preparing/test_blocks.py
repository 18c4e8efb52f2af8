"""Columns as a network reads them: levels, orders and words, with what is missing or unseen."""

import numpy as np
import pytest
from sklearn.preprocessing import OrdinalEncoder

from trainlab.data.columns import Column
from trainlab.data.preparing.blocks import level_block, number_block, order_block, word_block
from trainlab.data.preparing.fitting import InputColumn
from trainlab.data.preparing.preparation import Step

SIZE = Column("size", "category", ("high", "low", "mid"))
CODES = np.array([0, 1, np.nan, 1, 2, np.nan], np.float32)
ALL = [np.arange(6)]


def stored(block, rows=6):
    """What a block writes, in the type that it asks for."""
    out = np.empty((rows, len(block.columns)), np.uint8 if block.byte else np.float32)
    block.write(out)
    return out


def meant(block):
    """The levels or words of a block's columns."""
    return [column.meant for column in block.columns]


def test_missing_can_be_a_level_of_its_own():
    """
    It has a column like any other level, and none in a fold whose training rows all have a value.
    """
    block = level_block(CODES, SIZE, (Step("impute", "missing"),), [np.arange(6), np.array([0, 1, 3])])

    assert meant(block) == ["high", "low", "mid", None]
    assert block.byte
    np.testing.assert_array_equal(stored(block)[:, 3], np.isnan(CODES))
    assert [taken.columns.tolist() for taken in block.taken] == [[0, 1, 2, 3], [0, 1]]


def test_missing_can_be_the_most_frequent_level_of_the_fold():
    """
    Missing rows are stored as missing, and each fold fills them with its own most frequent level.
    """
    block = level_block(
        CODES, SIZE, (Step("impute", "most_frequent"),), [np.arange(6), np.array([0, 0, 4, 2])]
    )

    assert np.isnan(stored(block)[np.isnan(CODES)]).all()
    assert [taken.fill.tolist() for taken in block.taken] == [[0, 1, 0], [1, 0]]
    assert block.taken[1].columns.tolist() == [0, 2]


def test_missing_can_be_a_level_that_no_training_row_names():
    """
    A level that only fills has a column as soon as a training row is filled with it, and not before.
    """
    filled, whole = np.array([0, 2]), np.array([0, 4])
    block = level_block(CODES, SIZE, (Step("impute", "low"),), [filled, whole])

    assert [meant(block)[place] for place in block.taken[0].columns] == ["high", "low"]
    assert block.taken[0].fill.tolist() == [0, 1]
    assert [meant(block)[place] for place in block.taken[1].columns] == ["high", "mid"]


def test_a_category_that_is_missing_throughout_has_no_columns():
    """
    Where no training row has a level, there is none that could be the most frequent.
    """
    block = level_block(CODES, SIZE, (Step("impute", "most_frequent"),), [np.array([2, 5]), np.arange(6)])

    assert block.taken[0].columns.tolist() == []


@pytest.mark.parametrize("order", [("low", "mid", "high"), ("high", "low", "mid")])
def test_places_in_an_order_are_those_of_scikit_learn(order):
    """
    A level becomes its place in the order that is written, missing values stay missing until they are filled.
    """
    block = order_block(CODES, SIZE, (Step("impute", "mid"), Step("ordinal", order)), ALL)
    names = np.array([[None if np.isnan(code) else SIZE.levels[int(code)]] for code in CODES], object)
    theirs = OrdinalEncoder(categories=[list(order)], encoded_missing_value=np.nan)

    known = ~np.isnan(CODES)
    np.testing.assert_array_equal(stored(block)[known], theirs.fit_transform(names[known]))
    assert np.isnan(stored(block)[~known]).all()
    assert block.taken[0].fill.tolist() == [order.index("mid")]
    assert block.columns == (InputColumn("size", "order", order),)


def test_the_order_of_the_levels_is_taken_where_none_is_written():
    """
    Without an order, places are those among the levels of the column.
    """
    block = order_block(CODES[[0, 1, 3]], SIZE, (Step("ordinal"),), [np.arange(3)])

    assert stored(block, 3)[:, 0].tolist() == [0, 1, 1]


def test_counts_beyond_a_byte_are_kept():
    """
    A word that stands 300 times is counted to 300.
    """
    column = Column("t", "text", ("word " * 300, "other"))
    block = word_block(np.array([0.0, 1.0]), column, (Step("bag_of_words", 5),), [np.arange(2)])

    assert not block.byte
    assert stored(block, 2).max() == 300


def test_only_words_that_some_fold_takes_are_stored():
    """
    The words of all folds together are stored once, and each fold finds its own among them.
    """
    column = Column("t", "text", ("aa bb", "bb cc", "cc dd", ""))
    codes = np.array([0.0, 1.0, 2.0, np.nan])
    block = word_block(codes, column, (Step("bag_of_words", 1),), [np.array([0, 1]), np.array([1, 2, 3])])

    assert meant(block) == ["bb", "cc"]
    assert stored(block, 4).tolist() == [[1, 0], [1, 1], [0, 1], [0, 0]]
    assert [taken.columns.tolist() for taken in block.taken] == [[0], [1]]


def test_numbers_that_nothing_is_done_to_are_not_fitted():
    """
    `none` leaves columns with neutral numbers, the constant scale among them.
    """
    values = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    block = number_block(values, [InputColumn(0), InputColumn(1)], (Step("none"),), ALL[:1], 0.5)

    assert (block.fills, block.clips, block.scales) == (False, False, False)
    assert block.taken[0].factor.tolist() == [0.5, 0.5]
    np.testing.assert_array_equal(stored(block, 2), values)
