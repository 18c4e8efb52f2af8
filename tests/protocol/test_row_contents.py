"""Which rows hold the same inputs, and whether equal rows are copies or chance."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.protocol.row_contents import row_contents


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(2, 60), st.booleans())
@settings(max_examples=60, deadline=None)
def test_numbers_are_those_of_the_distinct_rows(seed, columns, rows, bytes_only):
    """
    Two rows have the same number where, and only where, numpy.unique calls them the same row.
    """
    random = np.random.default_rng(seed)
    x = random.integers(-1, 2, (rows, columns)) * (1 if bytes_only else 0.37)
    data = Dataset(x, np.arange(rows) % 2)

    contents = row_contents(data)

    _, expected, counts = np.unique(data.x, axis=0, return_inverse=True, return_counts=True)
    same = expected.ravel()[:, None] == expected.ravel()
    np.testing.assert_array_equal(contents.numbers[:, None] == contents.numbers, same)
    assert sorted(contents.counts) == sorted(counts)


def test_minus_zero_and_missing_values_are_the_same():
    """
    -0.0 is 0.0, and a missing value is a missing value.
    """
    x = [[0.0, np.nan], [-0.0, np.nan], [0.5, 1.0]]

    assert row_contents(Dataset(x, [0, 1, 0], missing=True)).numbers.tolist() == [0, 0, 1]


def test_several_inputs_are_one_row():
    """
    Rows that agree in one of two inputs are not the same.
    """
    image, table = np.zeros((3, 2, 2, 1), np.uint8), np.array([[1.0], [2.0], [1.0]])
    data = Dataset({"image": image, "table": table}, [0, 1, 0])

    assert row_contents(data).numbers.tolist() == [0, 1, 0]


def test_a_table_of_few_possible_rows_is_crowded_and_copies_are_not():
    """
    Eight independent yes-or-no columns repeat rows by chance; thirty measurements that repeat are copies.
    """
    random = np.random.default_rng(0)
    flags = Dataset(random.integers(0, 2, (600, 8)), np.arange(600) % 2)
    measured = random.normal(size=(300, 30))
    copied = Dataset(np.r_[measured, measured], np.arange(600) % 2)
    drawn = Dataset(np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], 50, axis=0), np.arange(200) % 2)

    assert row_contents(flags).crowded
    assert row_contents(drawn).crowded
    assert not row_contents(copied).crowded


def test_dependent_categories_are_crowded():
    """
    Six categories that follow one another repeat rows by chance, and are not taken for copies.
    """
    random = np.random.default_rng(0)
    region = random.integers(0, 8, 2_000)
    x = np.column_stack([(region + random.integers(0, 2, 2_000)) % 8 for _ in range(6)])
    columns = [Column(f"c{at}", "category", tuple("abcdefgh")) for at in range(6)]

    contents = row_contents(Dataset(x.astype(float), np.arange(2_000) % 2, columns=columns))

    assert contents.pairs > 100
    assert contents.crowded


def test_the_same_text_twice_is_a_copy():
    """
    A repeated number of one column may be chance, a repeated text is none.
    """
    positions = np.r_[np.arange(40), np.arange(10)].astype(float)
    text = Column("review", "text", tuple(f"it was film number {at}" for at in range(40)))

    assert not row_contents(Dataset(positions, np.arange(50) % 2, columns=[text])).crowded
    assert row_contents(Dataset(positions, np.arange(50) % 2, columns=["grade"])).crowded
