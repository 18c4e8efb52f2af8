"""Which columns checks look at, and what each is called."""

import numpy as np

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import digits
from trainlab.protocol.columns_seen import columns_seen, is_flattened


def test_every_column_of_every_table_is_seen_and_named():
    """
    Columns go by their names, else by their numbers and the input they are of; images have none.
    """
    table = np.array([[1.0, 0.0], [2.0, 1.0]])
    named = Dataset(table, [0, 1], columns=["age", Column("sex", "category", ("f", "m"))])
    several = Dataset({"image": np.zeros((2, 4, 4, 1)), "lab": table}, [0, 1])

    assert [(column.said, column.kind) for column in columns_seen(named)] == [
        ("`age`", "number"),
        ("`sex`", "category"),
    ]
    assert [column.said for column in columns_seen(several)] == ["column 0 of `lab`", "column 1 of `lab`"]
    assert list(columns_seen(digits())) == []


def test_pixels_in_a_row_are_no_table():
    """
    784 bytes, or 3,072 of a picture in colours, are an image; named columns and measurements are a table.
    """
    grey = Dataset(np.zeros((2, 784), np.uint8), [0, 1])
    colours = Dataset(np.zeros((2, 3_072), np.uint8), [0, 1])
    named = Dataset(np.zeros((2, 784), np.uint8), [0, 1], columns=[f"c{at}" for at in range(784)])
    measured = Dataset(np.full((2, 784), 0.5), [0, 1])

    assert [is_flattened(data, data.x) for data in (grey, colours, named, measured)] == [
        True,
        True,
        False,
        False,
    ]
