"""Inner splits: training rows split again, and none that validates."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.inner import inner_rows
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Bootstrap, GroupKFold, Holdout, KFold, MonteCarlo, TimeSeries

ROWS = 120


def _made(**marks):
    return Dataset(np.arange(float(ROWS)), np.arange(ROWS) % 3, **marks)


@pytest.mark.parametrize("inner", [Holdout(0.2), KFold(3)], ids=str)
@pytest.mark.parametrize("outer", [Holdout(0.25), KFold(4), MonteCarlo(3), Bootstrap(3)], ids=str)
def test_no_row_that_validates_is_seen_by_tuning(outer, inner):
    """
    Inner rows train or validate, each once and never both, and all of them train in the outer fold.
    """
    data = _made()
    for fold in split(data, outer):
        for train, validation in inner_rows(data, fold, outer, inner, 0):
            both = np.concatenate([train, validation])
            assert len(np.unique(both)) == len(both)
            assert set(both) <= set(fold.train)
            assert not set(both) & set(fold.validation)
            assert set(data.y[validation]) == {0, 1, 2}


def test_groups_stay_whole_inside():
    """
    No group stands on both sides of an inner split.
    """
    data = _made(groups=np.arange(ROWS) // 4)
    for fold in split(data, GroupKFold(3)):
        [(train, validation)] = inner_rows(data, fold, GroupKFold(3), Holdout(0.2), 0)
        assert not set(data.groups[train]) & set(data.groups[validation])


def test_a_time_series_is_cut_in_time():
    """
    The last fifth of the training rows validates, after the outer gap, however it was asked to split.
    """
    data, outer = _made(time=np.arange(ROWS)), TimeSeries(3, gap=2)
    for fold in split(data, outer):
        [(train, validation)] = inner_rows(data, fold, outer, KFold(3), 0)
        assert train.max() + 2 < validation.min()
        assert validation.max() == fold.train.max()
        assert len(validation) == pytest.approx(len(fold.train) / 5, abs=2)
