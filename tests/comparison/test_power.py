"""What a verdict still needs, against the noncentral t and against simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from trainlab.comparison.crossed import Components, Crossed, Layout, MeanSquares, crossed, half_width
from trainlab.comparison.power import Needed, chance_of_equivalence, needed, power


def measured(spread, layout):
    """A comparison whose estimated components are exactly these."""
    squares = MeanSquares(
        seed=layout.rows * spread.seed + spread.rest,
        row=layout.seeds * spread.row + spread.rest,
        rest=spread.rest,
    )
    return Crossed(0.0, layout, squares)


@pytest.mark.parametrize("seeds", [2, 3, 5, 20])
@pytest.mark.parametrize("difference", [0.5, 1.0, 3.0])
def test_power_over_seeds_is_that_of_the_t_test(seeds, difference):
    """
    Where only seeds differ it is the upper tail of the noncentral t.
    """
    expected = stats.nct.sf(stats.t.isf(0.025, seeds - 1), seeds - 1, difference * math.sqrt(seeds))

    found = power(Components(1.0, 0.0, 0.0), Layout(seeds, 500), 0.05, difference)

    assert found == pytest.approx(expected, abs=0.002)


def test_power_over_rows_is_that_of_the_t_test():
    """
    Where only rows differ it is the same with the rows.
    """
    expected = stats.nct.sf(stats.t.isf(0.005, 49), 49, 0.5 * math.sqrt(50))

    found = power(Components(0.0, 1.0, 0.0), Layout(5, 50), 0.01, 0.5)

    assert found == pytest.approx(expected, abs=0.005)


WORLDS = {
    "seeds": (Components(1.0, 1.0, 1.0), Layout(5, 200), 1.5),
    "rows": (Components(0.01, 9.0, 4.0), Layout(5, 200), 0.6),
    "mixed": (Components(0.1, 4.0, 9.0), Layout(10, 100), 0.7),
    "rest": (Components(0.0, 0.0, 9.0), Layout(5, 100), 0.5),
}


@pytest.mark.parametrize("world", WORLDS)
def test_power_is_what_simulation_gives(world):
    """
    Within three points, with the interval of tables that were drawn and not of formulas.
    """
    spread, layout, difference = WORLDS[world]
    rng = np.random.default_rng(7)
    shape = layout.seeds, layout.rows
    found = []
    for _ in range(2_000):
        table = difference + math.sqrt(spread.seed) * rng.normal(size=(layout.seeds, 1))
        table = table + math.sqrt(spread.row) * rng.normal(size=(1, layout.rows))
        found.append(crossed(table + math.sqrt(spread.rest) * rng.normal(size=shape)).interval()[0] > 0)

    foreseen = power(spread, layout, 0.05, difference)

    assert 0.3 < foreseen < 0.95
    assert np.mean(found) == pytest.approx(foreseen, abs=0.03)


def test_the_chance_of_equivalence_is_what_simulation_gives():
    """
    The share of intervals within the smallest difference, where there is no difference.
    """
    spread, layout, smallest = Components(0.1, 4.0, 9.0), Layout(10, 100), 0.9
    rng = np.random.default_rng(8)
    around_one = [rng.chisquare(df, 50_000) / df for df in (9, 99, 9 * 99)]
    squares = MeanSquares(19.0 * around_one[0], 49.0 * around_one[1], 9.0 * around_one[2])
    means = rng.normal(0, math.sqrt(0.1 / 10 + 4 / 100 + 9 / 1000), 50_000)
    found = np.mean(np.abs(means) + half_width(squares, layout, 0.05) <= smallest)

    assert chance_of_equivalence(spread, layout, 0.05, smallest) == pytest.approx(found, abs=0.01)


def test_seeds_are_needed_where_seeds_differ():
    """
    The number named gives 80 % power at the smallest difference that matters, and one less does not.
    """
    spread, layout = Components(1.0, 1.0, 1.0), Layout(5, 1_000)

    answer = needed(measured(spread, layout), 0.5)

    assert answer.what == "seeds"
    assert power(spread, Layout(answer.n, 1_000), 0.05, 0.5) >= 0.8
    assert power(spread, Layout(answer.n - 1, 1_000), 0.05, 0.5) < 0.8


def test_rows_are_needed_where_rows_differ():
    """
    More seeds would not help there, so rows are named, and how many in all.
    """
    spread, layout = Components(0.0001, 1.0, 0.1), Layout(20, 500)

    answer = needed(measured(spread, layout), 0.05)

    assert answer.what == "rows"
    assert power(spread, Layout(20, answer.n), 0.05, 0.05) >= 0.8
    assert power(spread, Layout(20, answer.n - 1), 0.05, 0.05) < 0.8


def test_rows_are_named_where_seeds_dominate_but_cannot_do_it_alone():
    """
    What rests on the rows stays however many seeds are run.
    """
    spread, layout = Components(0.0, 0.10, 30.0), Layout(5, 100)

    assert needed(measured(spread, layout), 0.08).what == "rows"


def test_none_is_needed_where_neither_seeds_nor_rows_alone_would_do():
    """
    No number of one makes up for too few of the other; the two that would do together are told.
    """
    spread = Components(1.0, 200.0, 0.0)

    answer = needed(measured(spread, Layout(5, 1_000)), 0.1)

    assert (answer.what, answer.n) == ("none", None)
    assert answer.rows > 1_000
    assert power(spread, Layout(answer.seeds, answer.rows), 0.05, 0.1) >= 0.8
    assert power(spread, Layout(answer.seeds - 1, answer.rows), 0.05, 0.1) < 0.8


def test_what_is_needed_rests_on_the_difference_that_matters_alone():
    """
    The difference that was seen changes nothing.
    """
    squares = MeanSquares(5.0, 2.0, 1.0)

    assert needed(Crossed(0.0, Layout(5, 100), squares), 0.1) == needed(
        Crossed(9.0, Layout(5, 100), squares), 0.1
    )


def test_power_at_hand_asks_for_what_would_show_equivalence():
    """
    Where the difference that matters would have shown already, more is named, never less than there is.
    """
    spread = Components(1.0, 0.0, 0.0)
    for seeds in range(8, 60):
        answer = needed(measured(spread, Layout(seeds, 1_000)), 1.0)

        assert answer.n is None or answer.n > seeds
    assert needed(measured(spread, Layout(11, 1_000)), 1.0).what == "seeds"
    assert answer == Needed("none")


@pytest.mark.parametrize("shape, answer", [((1, 100), Needed("seeds", 2)), ((5, 1), Needed("rows", 2))])
def test_one_seed_needs_a_second_one(shape, answer):
    """
    Without spread no number can be foreseen but the two that show any.
    """
    assert needed(crossed(np.zeros(shape)), 0.01) == answer


def test_agreement_on_too_few_rows_needs_rows():
    """
    Variants that are right on the same 100 rows need some 600 of them to rule out half a point.
    """
    answer = needed(crossed(np.zeros((5, 100)), step=1.0), 0.005)

    assert answer == Needed("rows", 600)


def test_a_tighter_level_needs_more():
    """
    Comparing twenty variants at once asks for more seeds than comparing one.
    """
    one = measured(Components(1.0, 1.0, 1.0), Layout(5, 1_000))

    assert needed(one, 0.5, 0.05 / 20).n > needed(one, 0.5).n
