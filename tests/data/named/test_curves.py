"""Curves with known noise: points follow the truth behind them, and the noise is as large as said."""

import math

import numpy as np
import pytest

from trainlab.data.named.catalogue import load
from trainlab.data.named.curves import curve_line, curve_runge, curve_sine, curve_step, known_curve
from trainlab.errors import UsageError

MAKERS = [curve_line, curve_sine, curve_step, curve_runge]
every_curve = pytest.mark.parametrize("make", MAKERS)

# Written out by hand, point by point, apart from the module's own formulas.
KNOWN = {
    "curve_line": {-1.0: -2.0, 0.25: 0.5, 1.0: 2.0},
    "curve_sine": {-0.75: 1.0, 0.0: 0.0, 0.25: 1.0, 0.75: -1.0, 1 / 12: 0.5},
    "curve_step": {-0.5: 0.0, -1e-9: 0.0, 1e-9: 1.0, 1.0: 1.0},
    "curve_runge": {-1.0: 1 / 26, 0.0: 1.0, 0.2: 0.5, 1.0: 1 / 26},
}


@every_curve
def test_a_seed_makes_the_same_points(make):
    """
    The same seed gives the same data set, another seed another one.
    """
    assert make(seed=3) == make(seed=3)
    assert make(seed=3) != make(seed=4)


@every_curve
def test_without_noise_the_points_lie_on_the_curve(make):
    """
    The truth is the function that it is said to be, and the points are its.
    """
    data = make(noise=0)
    known = known_curve(data.source)

    places = np.array(list(KNOWN[data.name]))
    np.testing.assert_allclose(known.truth(places), list(KNOWN[data.name].values()), atol=1e-12)
    np.testing.assert_allclose(data.y[:, 0], known.truth(data.x[:, 0].astype(float)), rtol=1e-5, atol=1e-5)
    assert known.noise == 0


@every_curve
def test_the_noise_is_as_large_as_said(make):
    """
    What is left when the truth is taken away is normal with the standard deviation of the note.
    """
    data = make(rows=20_000, noise=0.3)
    known = known_curve(data.source)
    left = data.y[:, 0] - known.truth(data.x[:, 0].astype(float))

    # Four standard errors of a mean, of a standard deviation and of a share.
    assert abs(left.mean()) < 4 * 0.3 / math.sqrt(20_000)
    assert abs(left.std() - 0.3) < 4 * 0.3 / math.sqrt(40_000)
    assert abs((np.abs(left) < 0.3).mean() - 0.6827) < 4 * math.sqrt(0.6827 * 0.3173 / 20_000)
    assert abs(np.corrcoef(left, data.x[:, 0])[0, 1]) < 4 / math.sqrt(20_000)
    assert data.notes[-1] == (
        "noise: standard deviation 0.3, so no model can expect a mean squared error below 0.09"
    )


@every_curve
def test_inputs_are_spread_evenly_and_stay_as_they_are(make):
    """
    One column from -1 to 1 that nobody standardizes, and one target.
    """
    data = make(rows=2000)

    assert data.input_shape == (1,)
    assert np.histogram(data.x, bins=4, range=(-1, 1))[0].min() > 400
    assert (data.task, data.targets, data.raw, data.scale) == ("regression", ("y",), False, 1.0)


@every_curve
def test_what_is_usual_goes_by_the_name(make):
    """
    With the defaults the source is the name, else it says all three; either tells the noise.
    """
    usual, other = make(), make(rows=50, noise=0.5)

    assert usual.source == usual.name
    assert known_curve(usual.source).noise == 0.2
    assert other.source == {usual.name: {"rows": 50, "noise": 0.5, "seed": 0}}
    assert load(usual.name, **other.source[usual.name]) == other


@pytest.mark.parametrize("source", [None, "iris", {"curve_sine": {}, "task": 1}, {"csv": "curve_sine"}, 3])
def test_other_data_have_no_known_truth(source):
    """
    Whatever is no curve is answered with nothing.
    """
    assert known_curve(source) is None


@every_curve
@pytest.mark.parametrize(
    "options, match",
    [
        ({"rows": 9}, "rows: .*whole number of at least 10"),
        ({"noise": 11}, r"noise: .*\[0, 10\]"),
        ({"noise": -0.1}, r"noise: .*\[0, 10\]"),
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
