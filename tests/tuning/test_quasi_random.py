"""Points of a space that need no earlier result."""

import numpy as np
import pytest
from scipy.stats import qmc

from trainlab.experiment.space import parse_space
from trainlab.tuning.quasi_random import grid_points, quasi_random, random_points

TWO = {"learning_rate": {"log": [1e-4, 1e-1]}, "dropout": {"linear": [0.1, 0.6]}}


def places(space, points):
    """Give ``(point, parameter)`` positions in the unit cube."""
    return np.array(
        [[parameter.position(point[parameter.name]) for parameter in space.parameters] for point in points]
    )


def test_points_are_spread_more_evenly_than_chance():
    """
    Of 16 points each sixteenth of each number's scale holds one, and their discrepancy is far below random's.
    """
    space = parse_space(TWO)
    even = places(space, quasi_random(space, 16, seed=3))
    chance = [qmc.discrepancy(places(space, random_points(space, 16, seed))) for seed in range(20)]

    for column in even.T:
        assert sorted((column * 16).astype(int)) == list(range(16))
    assert qmc.discrepancy(even) < 0.5 * min(chance)


@pytest.mark.parametrize("count", [0, 1, 3, 16, 17])
def test_the_first_points_of_many_are_those_of_few(count):
    """
    For any count, power of two or not, a larger study begins with the points of a smaller one.
    """
    space = parse_space(TWO)

    assert len(quasi_random(space, count, seed=1)) == count
    assert quasi_random(space, 40, seed=1)[:count] == quasi_random(space, count, seed=1)
    assert random_points(space, 40, seed=1)[:count] == random_points(space, count, seed=1)


def test_equal_spaces_have_common_points_and_seeds_other_ones():
    """
    Two variants with the same space and seed try the same points; another seed tries others.
    """
    one, other = parse_space(TWO), parse_space(TWO)

    assert quasi_random(one, 8, seed=0) == quasi_random(other, 8, seed=0)
    assert quasi_random(one, 8, seed=0) != quasi_random(one, 8, seed=1)


def test_numbers_of_an_option_are_spread_among_the_points_that_chose_it():
    """
    A strength applies where dropout is on, and covers both halves of its range evenly there.
    """
    space = parse_space({"dropout": [False, {"linear": [0.0, 1.0 - 1e-9]}]})
    on = [point for point in quasi_random(space, 64, seed=0) if point["dropout"] == "on"]

    assert len(on) == 32
    assert sum(point["dropout.strength"] < 0.5 for point in on) == 16


def test_the_finest_grid_that_fits_is_given():
    """
    Thirty points hold five values of each of two numbers, and no value twice.
    """
    found = grid_points(parse_space(TWO), 30)

    assert len(found) == 25
    assert len({point["dropout"] for point in found}) == 5


def test_a_grid_of_many_numbers_is_not_spanned_to_be_refused():
    """
    Twelve choices of ten have a million million combinations; the first few are given at once.
    """
    keys = ("l1", "l2", "dropout", "gaussian_dropout", "label_smoothing", "weight_decay")
    space = parse_space({key: [round(0.01 * step, 2) for step in range(1, 11)] for key in keys})

    assert len(grid_points(space, 5)) == 5
