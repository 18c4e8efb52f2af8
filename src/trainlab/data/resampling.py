"""Training rows of equal classes: rows of small classes listed again, or rows of large ones left out.

Works on the training rows of one fold, and lists no others: a row that validates never comes in, and one that
is listed again never moves to the other side. Resample after a split, never before. Knows nothing of inputs.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.data.arguments import whole_number
from trainlab.data.arrays import sealed
from trainlab.data.dataset import Dataset
from trainlab.data.draws import Purpose, draws
from trainlab.data.splitting.folds import listed_rows
from trainlab.errors import UsageError

Resampling = Literal["over", "under"]


def resampled(
    dataset: Dataset, rows: ArrayLike, kind: Resampling, split_seed: int = 0, fold: int = 0
) -> NDArray[np.int32]:
    """Give row numbers in which every class stands equally often.

    Over-sampling lists each row as often as every other of its class, give or take one: whole repeats, and a
    part of one more that is drawn without replacement. So no row is lost by chance, as it is where rows are
    drawn with replacement. Under-sampling draws without replacement. A class without rows among those given
    stays without.

    Args:
        dataset: the rows; only its targets are looked at.
        rows: ``(training row,)`` different row numbers, in any order; the order does not matter.
        kind: ``"over"``: as many rows of each class as the largest has; ``"under"``: as the smallest has.
        split_seed: what the choice is drawn from, from 0 on.
        fold: number of the fold, from 0 on; each has draws of its own.

    Returns:
        ``(resampled row,)`` row numbers, ascending, read-only; ``"over"`` lists some of them several times.

    Raises:
        UsageError: for a regression, an unknown kind, and for numbers that are no row numbers.

    Source:
        N. Japkowicz, S. Stephen, *The class imbalance problem: A systematic study*, Intelligent Data Analysis
        6 (2002), random over- and under-sampling. We depart from it in the whole repeats.

    >>> data = Dataset(np.arange(6.0), ["a", "a", "a", "a", "a", "b"])
    >>> resampled(data, range(6), "over")
    array([0, 1, 2, 3, 4, 5, 5, 5, 5, 5], dtype=int32)
    >>> len(resampled(data, range(6), "under"))
    2
    """
    if kind not in get_args(Resampling):
        raise UsageError("unknown way to resample", "resample", kind, "Write 'over' or 'under'.")
    if not dataset.classes:
        cure = "Leave `resample` out: amounts have no classes that could be made equal."
        raise UsageError("a regression has no classes", "resample", kind, cure)
    whole_number(split_seed, "split_seed", 0)
    whole_number(fold, "fold", 0)
    pool = np.sort(listed_rows(rows, "rows", dataset.rows))
    labels = dataset.y[pool]
    members = [pool[labels == label] for label in np.unique(labels)]
    sizes = [len(rows_of_class) for rows_of_class in members]
    wanted = max(sizes) if kind == "over" else min(sizes)
    random = draws(split_seed, Purpose.RESAMPLE, fold)
    listed = []
    for rows_of_class in members:
        repeats, rest = divmod(wanted, len(rows_of_class))
        drawn = random.choice(rows_of_class, rest, replace=False)
        listed += [np.repeat(rows_of_class, repeats), drawn]
    chosen: NDArray[np.int32] = sealed(np.sort(np.concatenate(listed)), np.int32)
    return chosen
