"""The data card: what it counts, what it leaves out, and that sealed rows stay sealed."""

import json

import numpy as np
import pytest

from trainlab.data.card import MOST_COLUMNS, card
from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.named.catalogue import load

DRAWN = np.random.default_rng(6)


def test_images_are_told_as_a_whole():
    """
    Of digits the shape, type, scale, range and the pixels that never change are told, and no columns.
    """
    data = load("digits")
    told = card(data)
    (image,) = told.inputs

    assert (image.shape, image.kept, image.scale) == ((8, 8, 1), "uint8", 1 / 16)
    assert (image.low, image.high) == (0, 16)
    assert image.mean == pytest.approx(data.x.mean())
    assert image.still == int((data.x.reshape(1797, -1).std(axis=0) == 0).sum()) == 3
    assert told.columns == ()
    assert [one.rows for one in told.classes] == list(data.class_counts)
    assert sum(one.share for one in told.classes) == pytest.approx(1)
    assert told.bytes == data.x.nbytes + data.y.nbytes


def test_tables_are_told_column_by_column():
    """
    Every column has its own figures, under its own name where it has one.
    """
    x = DRAWN.normal(size=(60, 2))
    named = Dataset(x, [0, 1] * 30, columns=["height", "width"])
    bare = Dataset(x, [0, 1] * 30)

    assert [column.name for column in card(named).columns] == ["height", "width"]
    assert [column.name for column in card(bare).columns] == ["column 0", "column 1"]
    assert card(named).columns[1].high == np.float32(x[:, 1].max())


def test_targets_of_a_regression_are_told():
    """
    Each target has its range, under its name.
    """
    y = DRAWN.normal(size=(20, 2)).astype(np.float32)
    told = card(Dataset(DRAWN.normal(size=(20, 1)), y, task="regression", targets=["price", "age"]))

    assert [(one.name, one.low) for one in told.targets] == [("price", y[:, 0].min()), ("age", y[:, 1].min())]
    assert told.classes == ()


def test_of_sealed_rows_only_their_number_is_told():
    """
    Values that only sealed rows have show up nowhere on the card.
    """
    x = np.array([[1.0], [2.0], [3.0], [99_999.0]])
    told = card(Dataset(x, [0, 1, 0, 1]).seal([3]))

    assert (told.rows, told.sealed_rows) == (3, 1)
    assert "99999" not in json.dumps(told.document())
    assert told.columns[0].high == 3


def test_groups_and_times_are_counted():
    """
    The card says how many groups and different times there are, and how large the largest group is.
    """
    data = Dataset(np.zeros((5, 1)), [0, 1, 0, 1, 0], groups=["a", "b", "a", "a", "c"], time=[1, 1, 2, 3, 3])
    told = card(data)

    assert (told.groups, told.largest_group, told.times) == (3, 3, 3)
    assert card(Dataset(np.zeros((2, 1)), [0, 1])).groups is None


def test_a_subset_counts_only_the_groups_it_has():
    """
    Groups without a row left are not counted.
    """
    data = Dataset(np.zeros((4, 1)), [0, 1, 0, 1], groups=["a", "b", "c", "c"])

    assert card(data.subset([2, 3])).groups == 1


def test_missing_values_are_shares_of_all():
    """
    Gaps are told for the input and for each column, and leave range and mean alone.
    """
    x = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan], [3.0, np.nan]])
    told = card(Dataset(x, [0, 1, 0, 1], missing=True))

    assert told.inputs[0].missing == 5 / 8
    assert [column.missing for column in told.columns] == [0.25, 1.0]
    assert told.columns[1].high is None
    assert told.inputs[0].still == 1


def test_several_inputs_are_told_by_name():
    """
    Each input has its own facts; its columns are not told one by one.
    """
    told = card(Dataset({"image": np.zeros((2, 8, 8)), "table": [[0.5], [1.5]]}, [0, 1]))

    assert [(one.name, one.shape) for one in told.inputs] == [("image", (8, 8)), ("table", (1,))]
    assert told.columns == ()


def test_wide_tables_are_told_in_part():
    """
    Columns beyond the first two hundred are counted and not told.
    """
    told = card(Dataset(np.zeros((2, MOST_COLUMNS + 7)), [0, 1]))

    assert (len(told.columns), told.more_columns) == (MOST_COLUMNS, 7)


def test_the_document_is_plain_and_carries_its_schema():
    """
    What `trainlab data --json` prints is JSON of the schema, with source and licence as given.
    """
    data = Dataset(
        [[0.0, np.nan], [1.0, 1.0], [np.nan, 0.0]],
        ["a", "b", "a"],
        columns=["age", Column("town", "category", ("Ulm", "Bonn"))],
        missing=True,
        licence="CC0",
        source={"csv": "people.csv", "target": "y"},
    )
    document = card(data).document()

    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["schema"] == "trainlab/data/1"
    assert document["fingerprint"] == data.fingerprint
    assert document["licence"] == "CC0"
    assert document["source"] == {"csv": "people.csv", "target": "y"}
    assert document["columns"][1]["levels"] == [{"name": "Ulm", "rows": 1}, {"name": "Bonn", "rows": 1}]
    assert document["notes"]
