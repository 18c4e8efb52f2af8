"""Counting updates: rows that train, batches of them, epochs."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.resampling import resampled
from trainlab.data.splitting.subsets import training_share, training_subset
from trainlab.data.splitting.validations import Bootstrap
from trainlab.experiment.recipe import Recipe
from trainlab.protocol.updates import batch_rows, training_rows, updates

UNEQUAL = Dataset(np.arange(180.0).reshape(90, 2), [0] * 60 + [1] * 30, name="arrays")


@pytest.mark.parametrize("resample", [None, "over", "under"])
@pytest.mark.parametrize("choice", [{}, {"train_rows": 31}, {"train_fraction": 0.4}])
def test_as_many_rows_are_counted_as_train(question, choice, resample):
    """
    The count is that of the rows that are drawn, to one row of each class where both choices meet.
    """
    asked = question(data=UNEQUAL)
    rows = asked.folds[0].train
    if "train_rows" in choice:
        rows = training_subset(UNEQUAL, rows, 31, 0)
    if "train_fraction" in choice:
        rows = training_share(UNEQUAL, rows, 0.4, 0)
    if resample:
        rows = resampled(UNEQUAL, rows, resample)
    counted = training_rows(asked, Recipe(**choice, resample=resample))

    assert abs(counted - len(rows)) <= (2 if choice and resample else 0)


def test_rows_that_a_bootstrap_lists_again_count_again(question):
    """
    A bootstrap draws as many rows as there are, so that an epoch goes through as many.
    """
    asked = question(validation=Bootstrap(3))

    assert training_rows(asked, Recipe()) == 90


def test_updates_are_batches_by_epochs(question):
    """
    72 rows are 5 batches of 16, the last of 8; two of them averaged are half as many updates; all are one.
    """
    asked = question()

    assert updates(asked, Recipe(batch_size=16, epochs=4)) == 20
    assert updates(asked, Recipe(batch_size=16, epochs=4, accumulate=2)) == 10
    assert updates(asked, Recipe(batch_size="all", epochs=4)) == 4
    assert [batch_rows(asked, Recipe(batch_size=size, accumulate=2)) for size in (16, "all", 500)] == [
        32,
        144,
        144,
    ]
