"""Every technique runs the gauntlet on a multilayer perceptron."""

import pytest

from trainlab.testing import TRIALS, Gauntlet, tiny_experiment

# Compiles some forty programs twice over; the bypass runs the same trials each time.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def gauntlet(tmp_path_factory):
    """All techniques, trained once."""
    return Gauntlet(tiny_experiment(seeds=1), TRIALS, tmp_path_factory.mktemp("mlp"))


@pytest.mark.parametrize("name", TRIALS)
def test_a_technique_passes_on_an_mlp(gauntlet, name):
    """
    It refuses the impossible, shows, is a number of the lane, is the baseline at zero, equals `fit`, exports.
    """
    gauntlet.passes(name)
