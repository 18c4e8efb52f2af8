"""What a step goes to: measured beside training, and without a trace in it."""

import numpy as np
import pytest

import trainlab as tl
from trainlab.engine.dissecting import StepParts, dissect


@pytest.fixture(name="lanes", scope="module")
def fixture_lanes(start_lanes):
    """Two lanes with dropout, and two of a network that draws nothing."""

    def made(**changes):
        experiment = tl.Experiment(
            tl.load("wine"), {"mlp": [4]}, {"epochs": 1, "batch_size": 16, **changes}, seeds=2
        )
        return start_lanes(experiment)

    return made(dropout=0.3), made()


def test_who_draws_nothing_spends_nothing_on_random_numbers(lanes):
    """Random numbers take time where a layer draws, and none where no layer does; rows always do."""
    drawing, plain = (dissect(chunk) for chunk in lanes)

    assert drawing.random > 0
    assert plain.random == 0
    assert min(drawing.gather, plain.gather, drawing.step, plain.step) > 0


def test_looking_leaves_the_lanes_as_they_are(lanes):
    """Every bit of the state is what it was."""
    chunk = lanes[0]
    before = [np.array(leaf) for leaf in chunk.state.weights]
    dissect(chunk)

    assert all((np.array(leaf) == old).all() for leaf, old in zip(chunk.state.weights, before, strict=True))


def test_shares_never_make_more_than_a_step():
    """Where noise makes the parts longer than the whole, they share it out."""
    assert StepParts(step=4.0, gather=1.0, random=2.0).shares() == {"gather": 0.25, "random": 0.5}
    assert sum(StepParts(step=1.0, gather=3.0, random=1.0).shares().values()) == 1.0
    assert StepParts(step=0.0, gather=0.0, random=0.0).shares() == {"gather": 0.0, "random": 0.0}
