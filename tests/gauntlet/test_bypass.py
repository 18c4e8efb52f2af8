"""Every technique that can be placed runs the gauntlet on a functional model with a bypass."""

import keras
import pytest

from trainlab.testing import TRIALS, Gauntlet, tiny_experiment

# A model of the user's own can't be asked for other sizes or wider rows; each refusal has its own test.
REFUSED = {"hidden", "depth", "noise columns", "zero columns"}
PLACED = {name: trial for name, trial in TRIALS.items() if name not in REFUSED}


def bypassed():
    """Two hidden layers, the first of which also goes around the second, and the input to the output."""
    rows = keras.Input((4,), name="rows")
    first = keras.layers.Dense(5, activation="relu", name="first")(rows)
    second = keras.layers.Dense(5, name="second")(first)
    joined = keras.layers.Add(name="joined")([first, keras.layers.ReLU(name="bend")(second)])
    wide = keras.layers.Concatenate(name="wide")([joined, rows])
    return keras.Model(rows, keras.layers.Dense(3, activation="softmax", name="output")(wide))


@pytest.fixture(scope="module")
def gauntlet(tmp_path_factory):
    """All techniques, trained once."""
    return Gauntlet(tiny_experiment(model=bypassed, seeds=1), PLACED, tmp_path_factory.mktemp("bypass"))


@pytest.mark.parametrize("name", PLACED)
def test_a_technique_passes_on_a_bypass(gauntlet, name):
    """
    It refuses the impossible, shows, is a number of the lane, is the baseline at zero, equals `fit`, exports.
    """
    gauntlet.passes(name)
