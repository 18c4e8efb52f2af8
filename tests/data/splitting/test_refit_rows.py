"""The rows of a final model: all of them train, some are watched, an overlap that is allowed nowhere else."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.refit_rows import WATCHED, refit_fold
from trainlab.errors import UsageError


def rows(count):
    """A data set of so many rows."""
    return Dataset(np.arange(float(count)), np.arange(count) % 2)


def test_every_row_trains_once():
    """
    The fold trains on all rows, and watches all of a small data set in two halves.
    """
    fold = refit_fold(rows(11))

    assert fold.train.tolist() == list(range(11)) == fold.validation.tolist()
    assert fold.halves.sum() == 5
    assert (fold.train.dtype, fold.validation.dtype, fold.halves.dtype) == (np.int32, np.int32, np.bool_)


def test_many_rows_are_watched_by_some():
    """
    Of many rows a thousand are watched: different ones, in order, the same for the same split seed.
    """
    data = rows(3 * WATCHED)
    fold, again, other = (refit_fold(data, seed) for seed in (0, 0, 1))

    assert len(fold.validation) == WATCHED == len(set(fold.validation.tolist()))
    assert (np.diff(fold.validation) > 0).all()
    np.testing.assert_array_equal(fold.validation, again.validation)
    assert not np.array_equal(fold.validation, other.validation)
    assert len(fold.train) == 3 * WATCHED


def test_nobody_else_makes_such_a_fold():
    """
    The overlap is made here alone: the initialiser of a fold refuses it, and the arrays cannot be changed.
    """
    fold = refit_fold(rows(6))

    with pytest.raises(UsageError):
        Fold(fold.train, fold.validation, fold.halves)
    for array in (fold.train, fold.validation, fold.halves):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
