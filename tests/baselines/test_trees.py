"""Boosted trees: rules that no line finds, columns that are chosen, several targets."""

import numpy as np
from scipy import sparse

from trainlab.baselines.amount import Boosting
from trainlab.baselines.trees import fit_trees

DRAWN = np.random.default_rng(2)
SETTINGS = Boosting(40, 8, 0.25)


def boosted(x, y, classes, *, absolute=False):
    """Trees on all rows."""
    return fit_trees(x, y, classes, SETTINGS, absolute=absolute, random=np.random.default_rng(0))


def test_trees_find_a_rule_of_two_columns():
    """
    Exclusive or, at chance for every line, is learned.
    """
    x = DRAWN.uniform(-1, 1, (400, 2)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(np.int32)

    shares = boosted(x[:300], y[:300], 2)(x[300:])

    assert (shares.argmax(axis=1) == y[300:]).mean() > 0.9
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)


def test_each_target_has_its_own_trees():
    """
    Two targets that depend on different columns are both learned, by squared and by absolute error.
    """
    x = DRAWN.uniform(-1, 1, (300, 2)).astype(np.float32)
    y = np.stack([np.abs(x[:, 0]), 5 * np.sign(x[:, 1])], axis=1)

    for absolute in (False, True):
        error = np.abs(boosted(x, y, 0, absolute=absolute)(x) - y).mean(axis=0)

        assert (error < [0.1, 0.5]).all()


def test_absolute_error_learns_amounts_that_are_mostly_zero():
    """
    Where the median is the smallest target, trees still find the rows with more.
    """
    x = DRAWN.uniform(-1, 1, (300, 1)).astype(np.float32)
    y = np.where(x > 0.5, 5.0, 0.0)

    assert np.abs(boosted(x, y, 0, absolute=True)(x) - y).mean() < 0.1


def test_of_many_counts_the_telling_ones_are_taken():
    """
    Among a thousand words the two that tell the classes apart are read, however rare they are.
    """
    counts = DRAWN.poisson(0.3, (400, 1_000)).astype(np.float32)
    y = np.arange(400) % 2
    counts[:, [500, 501]] = np.eye(2)[y]
    thin = sparse.csr_array(counts)

    shares = boosted(thin[:300], y[:300], 2)(thin[300:])

    assert (shares.argmax(axis=1) == y[300:]).all()


def test_trees_split_also_where_rows_are_few():
    """
    Thirty rows, fewer than scikit-learn's own settings ever split, are told apart.
    """
    x = np.arange(30, dtype=np.float32)[:, None]
    y = (x[:, 0] >= 15).astype(np.int32)

    assert (boosted(x, y, 2)(x).argmax(axis=1) == y).all()


def test_a_class_that_was_not_met_gets_nothing():
    """
    Probabilities stand at the numbers of the classes; the missing one has 0.
    """
    x = DRAWN.normal(size=(60, 2)).astype(np.float32)
    y = np.array([0, 2, 3] * 20)

    shares = boosted(x, y, 5)(x)

    assert shares.shape == (60, 5)
    assert (shares[:, [1, 4]] == 0).all()
