"""Confusion and what each class makes of it, against scikit-learn."""

import numpy as np
import sklearn.metrics

from trainlab.measures.confusion import confusion, per_class

DRAWN = np.random.default_rng(4)
LABELS = DRAWN.choice(4, 200, p=[0.4, 0.3, 0.2, 0.1])
SHARES = DRAWN.dirichlet(np.ones(4), 200) + 0.5 * np.eye(4)[LABELS]


def test_counts_and_shares_are_those_of_scikit_learn():
    """
    True classes stand in rows, said ones in columns; precision, recall and F1 follow from the counts.
    """
    answers = SHARES.argmax(axis=1)

    counts = confusion(SHARES, LABELS, 4)
    told = per_class(counts)

    np.testing.assert_array_equal(counts, sklearn.metrics.confusion_matrix(LABELS, answers))
    precision, recall, f1, support = sklearn.metrics.precision_recall_fscore_support(LABELS, answers)
    np.testing.assert_allclose(told.precision, precision)
    np.testing.assert_allclose(told.recall, recall)
    np.testing.assert_allclose(told.f1, f1)
    np.testing.assert_array_equal(told.support, support)


def test_matrices_of_runs_may_be_added():
    """
    The sum over parts is the matrix of all rows together.
    """
    whole = confusion(SHARES, LABELS, 4)

    np.testing.assert_array_equal(
        whole, confusion(SHARES[:90], LABELS[:90], 4) + confusion(SHARES[90:], LABELS[90:], 4)
    )


def test_classes_without_rows_or_answers_have_no_share():
    """
    What is a share of nothing is no number, and a row of NaN is said to be nothing.
    """
    shares = np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [np.nan, 0.0, 0.0]])

    counts = confusion(shares, np.array([0, 1, 0]), 3)
    told = per_class(counts)

    assert counts.tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert np.isnan([told.precision[1], told.precision[2], told.recall[2], told.f1[2]]).all()
    assert (told.recall[1], told.f1[1]) == (0.0, 0.0)
