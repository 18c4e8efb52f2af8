"""Reading rows in blocks: the same rows in the same order, dense or sparse, from one input or several."""

import numpy as np
import pytest
from scipy import sparse

from trainlab.baselines.rows_read import blocks, look, matrix

IMAGES = np.arange(5 * 2 * 3 * 1, dtype=np.uint8).reshape(5, 2, 3, 1)
TABLE = np.arange(10, dtype=np.float64).reshape(5, 2)


def test_several_inputs_stand_side_by_side():
    """
    Inputs are flattened in their order, and the layout knows which columns are a table's.
    """

    def rows(fold, numbers):
        assert fold == 3
        return IMAGES[numbers], TABLE[numbers]

    layout = look((IMAGES, TABLE))

    read = matrix(rows, 3, np.array([4, 0, 0]), layout)

    assert layout.parts == ((0, 6, False), (6, 8, True))
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, np.c_[IMAGES.reshape(5, 6), TABLE][[4, 0, 0]])


def test_blocks_never_hold_more_than_they_may(monkeypatch):
    """
    Rows come in blocks of bounded size, which put together are all rows in order.
    """
    monkeypatch.setattr("trainlab.baselines.rows_read._BLOCK_VALUES", 4)

    read = list(blocks(lambda _, numbers: TABLE[numbers], 0, np.arange(5), look(TABLE)))

    assert [len(block) for block in read] == [2, 2, 1]
    np.testing.assert_array_equal(np.concatenate(read), TABLE)


@pytest.mark.parametrize("filled, thin", [(0.03, True), (0.5, False)])
def test_counts_of_many_words_are_kept_sparse(monkeypatch, filled, thin):
    """
    Wide rows that are mostly 0 become a sparse matrix with the same numbers, others stay dense.
    """
    monkeypatch.setattr("trainlab.baselines.rows_read._BLOCK_VALUES", 2_000)
    drawn = np.random.default_rng(0)
    counts = (drawn.random((20, 300)) < filled).astype(np.float32)
    layout = look(counts)

    read = matrix(lambda _, numbers: counts[numbers], 0, np.arange(20), layout)

    assert layout.sparse == sparse.issparse(read) == thin
    np.testing.assert_array_equal(read.toarray() if thin else read, counts)


def test_what_is_read_may_be_written_into():
    """
    Blocks are copies: changing one leaves the data as they are.
    """
    table = TABLE.astype(np.float32)
    (block,) = blocks(lambda _, numbers: table[numbers[0] :], 0, np.arange(5), look(table))

    block += 1

    assert table[0, 0] == 0
