"""Every technique that can be placed runs the gauntlet on a functional model with a bypass."""

import keras
import pytest

from trainlab.testing import TRIALS, Gauntlet, tiny_experiment

# A model of the user's own can't be asked for other sizes or wider rows; each refusal has its own test.
REFUSED = {"hidden", "depth", "noise columns", "zero columns"}
# The one that the others are most like; every other opens programs of its own, which take long to compile.
QUICK = ("l1",)
OTHERS = [name for name in TRIALS if name not in {*REFUSED, *QUICK}]


def bypassed():
    """Two hidden layers, the first of which also goes around the second, and the input to the output."""
    rows = keras.Input((4,), name="rows")
    first = keras.layers.Dense(5, activation="relu", name="first")(rows)
    second = keras.layers.Dense(5, name="second")(first)
    joined = keras.layers.Add(name="joined")([first, keras.layers.ReLU(name="bend")(second)])
    wide = keras.layers.Concatenate(name="wide")([joined, rows])
    return keras.Model(rows, keras.layers.Dense(3, activation="softmax", name="output")(wide))


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """Some techniques, trained once."""
    return passing(QUICK, tmp_path_factory.mktemp("quick"))


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """All others, trained once."""
    return passing(OTHERS, tmp_path_factory.mktemp("others"))


def passing(names, folder):
    """The gauntlet of some techniques."""
    return Gauntlet(tiny_experiment(model=bypassed, seeds=1), {name: TRIALS[name] for name in names}, folder)


@pytest.mark.parametrize("name", QUICK)
def test_a_technique_passes_on_a_bypass(quick, name):
    """
    It refuses the impossible, shows, is a number of the lane, is the baseline at zero, equals `fit`, exports.
    """
    quick.passes(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_every_other_technique_passes_on_a_bypass(others, name):
    """
    So does every other that a model of the user's own can take.
    """
    others.passes(name)
