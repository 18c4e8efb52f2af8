"""TL213: folds that disagree."""

import numpy as np


def test_a_fold_apart_is_told_with_its_score(seen):
    """
    One fold 15 points below four others, on 1,000 rows each, is no luck of rows.
    """
    scores = np.array([[0.90, 0.91, 0.75, 0.89, 0.90], [0.91, 0.90, 0.76, 0.90, 0.89]])
    [finding] = seen("TL213", {"a": {"score": scores}}, folds=5)

    assert "fold 3 75.50 %, the others 89.50 % to 90.50 % (mean over variants)" in finding.evidence
    assert finding.variants == ()


def test_folds_that_differ_by_their_rows_are_silent(seen):
    """
    A point up or down is what drawing 1,000 rows does.
    """
    scores = np.array([[0.90, 0.91, 0.89, 0.90, 0.905], [0.90, 0.905, 0.89, 0.90, 0.91]])

    assert seen("TL213", {"a": {"score": scores}}, folds=5) == []
