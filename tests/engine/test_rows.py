"""Which rows a cohort looks at, and how many at once."""

from types import SimpleNamespace

import numpy as np
import pytest

import trainlab as tl
from trainlab.engine.plan import rows_at_once
from trainlab.engine.rows import RowChoice, cohort_rows


@pytest.mark.parametrize(
    "shapes, at_once", [([(784, 64), (64,)], 256), ([(3, 3, 1, 16), (16,), (9, 10)], 128)]
)
def test_networks_that_slide_over_images_are_asked_about_fewer_rows_at_once(shapes, at_once):
    """
    Maps of 256 images leave the caches of a CPU; rows of numbers do not.
    """
    starts = [SimpleNamespace(shape=shape) for shape in shapes]

    assert rows_at_once(SimpleNamespace(network=SimpleNamespace(weight_starts=starts))) == at_once


@pytest.mark.parametrize("at_once", [7, 128, 1024])
def test_however_many_rows_are_taken_at_once_all_are_looked_at(at_once):
    """
    Blocks of any size hold every row of a fold once, and padding is told apart.
    """
    experiment = tl.Experiment(tl.load("wine"), {"mlp": [3]}, {"epochs": 1})
    (fold,) = experiment.folds
    rows = cohort_rows(experiment.data, [fold], RowChoice(), 0, at_once)

    seen = rows.all_training
    assert sorted(seen.rows[0, seen.groups[0] == 0]) == sorted(fold.train)
    assert np.count_nonzero(rows.each_epoch.groups[0] < 3) == 2 * len(fold.validation)
    assert rows.predicted.shape[1] % rows.block == 0
    assert rows.block <= at_once
