"""The made data sets: what they look like, and that a seed makes them the same."""

import numpy as np
import pytest

from trainlab.data.named.synthetic import circles, gaussians, spirals, xor
from trainlab.errors import UsageError

MAKERS = [spirals, circles, xor, gaussians]
every_maker = pytest.mark.parametrize("make", MAKERS)


@every_maker
def test_a_seed_makes_the_same_points(make):
    """
    The same seed gives the same data set, another seed another one.
    """
    assert make(seed=3) == make(seed=3)
    assert make(seed=3) != make(seed=4)


@every_maker
def test_points_lie_on_a_plane_in_two_classes(make):
    """
    Two inputs, two classes, about six units around the origin, in no order.
    """
    data = make(rows=501)

    assert data.x.shape == (501, 2)
    assert data.classes == ("orange", "blue")
    assert min(data.class_counts) > 150
    assert np.abs(data.x).max() < 6
    assert data.scale == 1
    assert 150 < (np.diff(data.y) != 0).sum() < 350
    assert any("seed 0" in note for note in data.notes)


@every_maker
def test_without_noise_both_classes_are_of_one_size(make):
    """
    An odd row goes to the first class.
    """
    assert make(rows=101, noise=0).class_counts == (51, 50)


def test_without_noise_the_pictures_are_what_they_are_called():
    """
    A disc in a ring, opposite squares, two clouds, and an arm turned by half a circle.
    """
    ring, squares, arms = circles(noise=0), xor(noise=0), spirals(noise=0)

    inside = np.hypot(*ring.x.T) < 2.5
    np.testing.assert_array_equal(inside, ring.y == 1)
    np.testing.assert_array_equal(squares.x.prod(axis=1) > 0, squares.y == 1)
    assert np.abs(squares.x).min() >= 0.3
    blue = {tuple(point) for point in arms.x[arms.y == 1].round(4) + 0.0}
    orange = {tuple(point) for point in (-arms.x[arms.y == 0]).round(4) + 0.0}
    assert len(blue & orange) > 490


def test_noise_makes_a_picture_harder():
    """
    With noise, labels of circles are wrong near the edge and clouds overlap.
    """
    loud, quiet = circles(noise=0.5), circles(noise=0)
    clouds = gaussians(noise=0.5)

    assert ((np.hypot(*loud.x.T) < 2.5) != (loud.y == 1)).mean() > 0.1
    assert ((np.hypot(*quiet.x.T) < 2.5) != (quiet.y == 1)).sum() == 0
    assert 0.02 < ((clouds.x.sum(axis=1) > 0) != (clouds.y == 1)).mean() < 0.2


@every_maker
@pytest.mark.parametrize(
    "options, match",
    [
        ({"rows": 9}, "rows: .*whole number of at least 10"),
        ({"rows": 20.5}, "rows: .*whole number"),
        ({"rows": True}, "rows: "),
        ({"noise": 0.6}, r"noise: .*\[0, 0\.5\]"),
        ({"noise": -0.1}, r"noise: .*\[0, 0\.5\]"),
        ({"noise": float("nan")}, "noise: "),
        ({"noise": "0.1"}, "noise: "),
        ({"seed": -1}, "seed: .*at least 0"),
    ],
)
def test_impossible_arguments_are_refused(make, options, match):
    """
    The argument, its value and its range are named.
    """
    with pytest.raises(UsageError, match=match):
        make(**options)
