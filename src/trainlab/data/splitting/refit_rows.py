"""The rows of a final model: all that are not sealed train, and nothing is left to validate on."""

import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.data.draws import Purpose, draws
from trainlab.data.splitting.folds import Fold

WATCHED = 1_000
"""Training rows that are looked at after every epoch, to see that training goes on as it should."""


def refit_fold(dataset: Dataset, split_seed: int = 0) -> Fold:
    """Give the fold of a final model, whose "validation" rows are a few of those that train.

    What is measured on them says how well the model fits, and nothing of new rows.

    Args:
        dataset: the rows that are not sealed.
        split_seed: what the watched rows are drawn from.

    >>> fold = refit_fold(Dataset(np.arange(10.0), [0, 1] * 5))
    >>> len(fold.train), len(fold.validation)
    (10, 10)
    """
    random = draws(split_seed, Purpose.WATCHED)
    watched = np.sort(random.permutation(dataset.rows)[:WATCHED])
    # Not through the initialiser, which lets no row both train and validate: here that is what is meant.
    fold = object.__new__(Fold)
    parts = {
        "train": np.arange(dataset.rows, dtype=np.int32),
        "validation": watched.astype(np.int32),
        "halves": np.arange(len(watched)) % 2 == 1,
    }
    for name, rows in parts.items():
        rows.setflags(write=False)
        object.__setattr__(fold, name, rows)
    return fold
