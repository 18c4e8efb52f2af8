"""Inner splits: the training rows of a fold split again, for what is tuned within the fold.

The rows that validate a fold are in no inner split of it.
"""

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.in_time import forward
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import TimeSeries, Validation

Rows = tuple[NDArray[np.int64], NDArray[np.int64]]

# Of a time series the last fifth of the training rows validates, as much as of others by default.
BLOCKS = 4


def inner_rows(
    dataset: Dataset, fold: Fold, outer: Validation, inner: Validation, split_seed: int
) -> list[Rows]:
    """Split the training rows of a fold again.

    Rows that train several times, as in a bootstrap sample, count once here. A time series is cut in time,
    with the gap of the outer split, whatever the inner one says.

    Args:
        dataset: the rows that are not sealed.
        fold: whose training rows.
        outer: how the fold came about.
        inner: how its training rows are split.
        split_seed: what splits are drawn from.

    Returns:
        For each inner split, training and validation rows, as numbers of the data set's rows.

    Raises:
        UsageError: where the inner split can't be had.
        DataError: where no split can be had.

    >>> from trainlab.data.splitting.validations import Holdout
    >>> data = Dataset(np.arange(40.0), [0, 1] * 20)
    >>> whole = split(data, Holdout(0.25))[0]
    >>> [(train, validation)] = inner_rows(data, whole, Holdout(0.25), Holdout(0.2), 0)
    >>> len(train), len(validation), set(train) | set(validation) == set(whole.train)
    (24, 6, True)
    """
    rows = np.unique(fold.train).astype(np.int64)
    within = dataset.subset(rows)
    if isinstance(outer, TimeSeries):
        cut = forward(within, BLOCKS, outer.gap)[-1:]
    else:
        cut = [(found.train, found.validation) for found in split(within, inner, split_seed)]
    return [(rows[train], rows[validation]) for train, validation in cut]
