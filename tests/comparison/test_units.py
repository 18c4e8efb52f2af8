"""Claims about groups of rows as the unit."""

import numpy as np
import pytest

from trainlab.comparison.crossed import crossed
from trainlab.comparison.units import by_group


def test_the_mean_stays_the_mean_over_rows():
    """
    Groups of unequal size weigh as many rows as they have, for every seed.
    """
    random = np.random.default_rng(0)
    table, groups = random.normal(size=(3, 50)), random.integers(0, 7, 50)

    grouped, _ = by_group(table, groups)

    np.testing.assert_allclose(grouped.mean(axis=1), table.mean(axis=1))


def test_groups_of_one_row_change_nothing():
    """
    Where every row is a group of its own, the interval is the one over rows.
    """
    table = np.random.default_rng(1).normal(size=(4, 30))
    grouped, step = by_group(table, np.arange(30)[::-1])

    assert step == 1
    assert crossed(grouped).interval() == pytest.approx(crossed(table).interval())


def test_intervals_cover_where_rows_of_a_group_answer_alike():
    """
    Of ten like rows in twenty groups each, the interval over groups covers the truth, that over rows not.
    """
    random = np.random.default_rng(2)
    groups = np.repeat(np.arange(20), 10)
    covered = np.zeros(2)
    for _ in range(300):
        table = random.normal(size=20)[groups] + random.normal(0, 0.3, (5, 200))
        for place, units in enumerate((groups, None)):
            low, high = crossed(by_group(table, units)[0]).interval()
            covered[place] += low <= 0 <= high

    assert covered[0] / 300 > 0.92
    assert covered[1] / 300 < 0.6
