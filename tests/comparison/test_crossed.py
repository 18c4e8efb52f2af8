"""A mean difference over seeds x rows, against sums written out and against textbook t tests."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trainlab.comparison.crossed import Components, Crossed, Layout, MeanSquares, crossed

TABLE = np.array([[0.10, 0.30, 0.20, 0.00], [0.20, 0.50, 0.10, 0.10], [0.00, 0.40, 0.50, 0.30]])


def sums_written_out(table):
    """Mean squares of seeds, rows and the rest, one term after the other."""
    seeds, rows = table.shape
    mean = sum(table[s, r] for s in range(seeds) for r in range(rows)) / (seeds * rows)
    of_seed = [sum(table[s, r] for r in range(rows)) / rows for s in range(seeds)]
    of_row = [sum(table[s, r] for s in range(seeds)) / seeds for r in range(rows)]
    seed = sum(rows * (value - mean) ** 2 for value in of_seed) / (seeds - 1)
    row = sum(seeds * (value - mean) ** 2 for value in of_row) / (rows - 1)
    rest = sum(
        (table[s, r] - of_seed[s] - of_row[r] + mean) ** 2 for s in range(seeds) for r in range(rows)
    ) / ((seeds - 1) * (rows - 1))
    return seed, row, rest


def test_mean_squares_are_those_of_the_two_way_table():
    """
    They equal the sums of the analysis of variance, written out term by term.
    """
    measured = crossed(TABLE)

    assert measured.mean == pytest.approx(TABLE.mean())
    squares = measured.squares
    assert (squares.seed, squares.row, squares.rest) == pytest.approx(sums_written_out(TABLE))


def test_sums_of_squares_add_up():
    """
    Seeds, rows and the rest share the whole sum of squares between them, and nothing is left.
    """
    table = np.random.default_rng(1).normal(size=(7, 50))
    squares = crossed(table).squares

    shared = 6 * squares.seed + 49 * squares.row + 6 * 49 * squares.rest

    assert shared == pytest.approx(((table - table.mean()) ** 2).sum())


def test_components_are_found_again():
    """
    Averaged over many tables, the components are those that made the tables.
    """
    rng = np.random.default_rng(2)
    found = []
    for _ in range(400):
        table = 2 * rng.normal(size=(8, 1)) + 3 * rng.normal(size=(1, 40)) + rng.normal(size=(8, 40))
        components = crossed(table).components
        found.append((components.seed, components.row, components.rest))

    assert np.mean(found, axis=0) == pytest.approx([4, 9, 1], rel=0.1)


def test_the_standard_error_is_the_largest_of_three():
    """
    V = max(MS_seed, MS_row, MS_seed + MS_row - MS_rest) / (S n).
    """
    layout = Layout(seeds=4, rows=25)

    both = Crossed(0.0, layout, MeanSquares(3.0, 2.0, 1.0))
    rows = Crossed(0.0, layout, MeanSquares(0.5, 2.0, 1.0))
    seeds = Crossed(0.0, layout, MeanSquares(3.0, 0.5, 1.0))

    assert both.standard_error == pytest.approx(math.sqrt(4.0 / 100))
    assert rows.standard_error == pytest.approx(math.sqrt(2.0 / 100))
    assert seeds.standard_error == pytest.approx(math.sqrt(3.0 / 100))
    assert both.degrees_of_freedom == pytest.approx(16 / (9 / 3 + 4 / 24 + 1 / 72))
    assert (rows.degrees_of_freedom, seeds.degrees_of_freedom) == (24.0, 3.0)


def test_where_only_seeds_differ_it_is_the_t_test_over_seeds():
    """
    Rows that all say the same leave one difference for each seed.
    """
    by_seed = np.array([0.01, 0.03, 0.02, 0.05, -0.01])
    measured = crossed(np.repeat(by_seed[:, None], 200, axis=1))

    expected = stats.ttest_1samp(by_seed, 0)
    interval = expected.confidence_interval(0.99)

    assert measured.interval(0.99) == pytest.approx((interval.low, interval.high))
    assert measured.p == pytest.approx(expected.pvalue)


def test_where_only_rows_differ_it_is_the_t_test_over_rows():
    """
    Seeds that all say the same leave one difference for each row.
    """
    by_row = np.random.default_rng(3).normal(0.2, 1, size=60)
    measured = crossed(np.repeat(by_row[None, :], 6, axis=0))

    expected = stats.ttest_1samp(by_row, 0)
    interval = expected.confidence_interval(0.95)

    assert measured.interval() == pytest.approx((interval.low, interval.high))
    assert measured.p == pytest.approx(expected.pvalue)


def test_seeds_and_rows_that_both_differ_add_their_widths_in_square():
    """
    Where nothing is left beside seeds and rows, the half widths are two sides of a right angle.
    """
    by_seed = np.array([0.0, 1.0, 2.0, 4.0])[:, None]
    by_row = np.random.default_rng(4).normal(size=(1, 30))

    def half(table):
        low, high = crossed(table).interval()
        return (high - low) / 2

    alone = half(np.repeat(by_seed, 30, axis=1)), half(np.repeat(by_row, 4, axis=0))

    assert half(by_seed + by_row) == pytest.approx(math.hypot(*alone))


tables = st.tuples(st.integers(2, 6), st.integers(2, 40), st.integers(0, 10_000), st.floats(-1, 1))


@given(tables, st.sampled_from([0.0, 1.0]))
@settings(max_examples=60, deadline=None)
def test_p_and_the_interval_say_the_same(made, step):
    """
    The interval of confidence 1 - p ends at zero.
    """
    seeds, rows, start, shift = made
    table = np.random.default_rng(start).normal(shift, 1, size=(seeds, rows))
    measured = crossed(table, step=step)

    low, high = measured.interval(1 - measured.p)

    assert 0 < measured.p <= 1
    assert min(abs(low), abs(high)) == pytest.approx(0, abs=1e-6 * max(1.0, abs(measured.mean)))


def test_no_difference_anywhere_is_a_point_at_zero():
    """
    Two variants that never differ leave an interval without width, and a p of 1.
    """
    measured = crossed(np.zeros((5, 40)))

    assert measured.interval() == (0.0, 0.0)
    assert measured.p == 1.0
    assert measured.components == Components(0.0, 0.0, 0.0)


def test_the_same_difference_everywhere_is_a_point():
    """
    Without any spread the interval has no width, and p is 0, not NaN.
    """
    measured = crossed(np.full((5, 40), 0.25))

    assert measured.interval() == (0.25, 0.25)
    assert measured.p == 0.0
    assert measured.degrees_of_freedom == 4.0


@pytest.mark.parametrize("shape", [(1, 40), (5, 1), (1, 1)])
def test_one_seed_or_one_row_has_no_interval(shape):
    """
    What shows no spread is given none.
    """
    measured = crossed(np.full(shape, 0.25))

    assert measured.mean == 0.25
    assert (measured.interval(), measured.p, measured.standard_error) == (None, None, None)
    assert (measured.components, measured.degrees_of_freedom) == (None, None)


def test_a_hopeless_null_has_a_p_above_zero():
    """
    A difference a thousand standard errors away has a tiny p that is a number.
    """
    table = 1.0 + 1e-3 * np.random.default_rng(5).normal(size=(30, 10_000))

    assert 0 < crossed(table).p < 1e-30


@pytest.mark.parametrize("confidence, rule", [(0.95, 2.996), (0.99, 4.605)])
def test_rows_without_a_difference_follow_the_rule_of_three(confidence, rule):
    """
    Where right and wrong agree on n rows, up to three in n may differ, at 95 %.
    """
    low, high = crossed(np.zeros((5, 600)), step=1.0).interval(confidence)

    assert (low * 600, high * 600) == pytest.approx((-rule, rule), abs=1e-3)


def test_many_rows_are_measured_as_a_whole():
    """
    Thirty seeds on a hundred thousand rows have an interval as narrow as their spread allows.
    """
    table = np.random.default_rng(6).integers(-1, 2, size=(30, 100_000)).astype(np.float64)

    measured = crossed(table, step=1.0)

    low, high = measured.interval()
    assert low < measured.mean < high
    assert high - low == pytest.approx(2 * 2.3 * math.sqrt(2 / 3 / table.size), rel=0.5)
