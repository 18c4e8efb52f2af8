"""What is drawn as one: rows, or whole groups of rows where rows belong together.

Rows of one patient answer alike, so that ten rows of each of twenty patients are twenty observations, and not
two hundred. The group is then the unit of every interval over rows.
"""

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.crossed import Floats
from trainlab.comparison.power import Needed


def by_group(table: Floats, groups: NDArray[np.integer] | None) -> tuple[Floats, float]:
    """Add up the rows of each group, so that the mean over groups is the mean over rows.

    Args:
        table: ``(seed, row)`` numbers.
        groups: ``(row,)`` numbers of the groups; None where each row stands for itself.

    Returns:
        ``(seed, group)`` numbers with the same mean, and by how much one of them changes at most where a row
        changes by one.

    >>> table, step = by_group(np.array([[1.0, 1.0, 0.0, 0.0]]), np.array([7, 7, 7, 9]))
    >>> table.tolist(), step
    ([[1.0, 0.0]], 1.5)
    """
    if groups is None:
        return table, 1.0
    _, places, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    share = len(sizes) / len(groups)
    sums = np.zeros((len(table), len(sizes)))
    np.add.at(sums.T, places, table.T)
    return sums * share, float(sizes.max() * share)


def in_rows(needed: Needed, rows_of_group: float) -> Needed:
    """Say in rows what was counted in groups.

    >>> in_rows(Needed("rows", 20), 4.5).n
    90
    """
    rows = None if needed.rows is None else math.ceil(needed.rows * rows_of_group)
    n = math.ceil(needed.n * rows_of_group) if needed.what == "rows" and needed.n is not None else needed.n
    return dataclasses.replace(needed, n=n, rows=rows)
