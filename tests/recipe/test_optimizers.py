"""Optimizers: a gauntlet that every one of them passes, and which numbers may differ between lanes."""

import keras
import numpy as np
import pytest

import trainlab as tl
from trainlab.experiment.optimizers import KINDS, parse_optimizer
from trainlab.per_lane import PROVEN
from trainlab.recipe.optimizers import (
    fixed_part,
    lane_numbers,
    make_optimizer,
    numbers_of,
    optimizer_knobs,
    optimizer_start,
)

QUICK = {"sgd", "adam", "rmsprop", "lion"}
# Every kind with Keras's own numbers, and some with what they keep on request.
TRIALS = [
    *((name, {}) for name in KINDS),
    ("sgd", {"momentum": 0.9, "nesterov": True}),
    ("rmsprop", {"momentum": 0.5, "centered": True}),
    ("adam", {"amsgrad": True, "beta_1": 0.5, "weight_decay": 0.1}),
    ("schedule_free_adamw", {"warmup_steps": 3}),
]


def built(choice, learning_rate=0.01):
    """An optimizer built for a kernel and a bias, and these two."""
    kernel = np.arange(6, dtype=np.float32).reshape(2, 3) + 1
    weights = [keras.Variable(kernel), keras.Variable(np.zeros(3))]
    optimizer = make_optimizer(choice, learning_rate)
    optimizer.build(weights)
    return optimizer, weights


@pytest.mark.parametrize(
    "name, numbers",
    [
        pytest.param(*trial, marks=() if trial[0] in QUICK and not trial[1] else pytest.mark.slow)
        for trial in TRIALS
    ],
)
def test_an_optimizer_in_lanes_equals_fit(name, numbers):
    """
    Two lanes with different learning rates end where `keras.Model.fit` ends, to the rounding of float64.
    """
    x = np.random.default_rng(0).normal(size=(20, 3))
    data = tl.Dataset(x, (x[:, 0] > 0).astype(int) + (x[:, 1] > 0))
    rate = KINDS[name].learning_rate

    certificate = tl.certify(
        tl.Experiment(
            data,
            tl.mlp([4]),
            tl.Recipe(optimizer={name: numbers}, epochs=1, batch_size=4),
            {"small": {"learning_rate": rate}, "large": {"learning_rate": 10 * rate}},
            seeds=1,
        ),
        lanes=2,
    )

    assert len(certificate.lanes) == 2
    assert certificate.largest_difference < 1e-12
    assert certificate.holds


@pytest.mark.parametrize("name", KINDS)
def test_every_optimizer_is_made_as_asked(name):
    """
    The kind has Keras's class and the learning rate that was given, not its own.
    """
    optimizer = make_optimizer(parse_optimizer(name), 0.0125)

    assert type(optimizer).__name__ == KINDS[name].keras_name
    assert float(optimizer.learning_rate) == pytest.approx(0.0125)


def test_numbers_that_may_differ_are_the_proven_ones():
    """
    Momentum is a lane's number and `nesterov` is not; a momentum of zero is another program.
    """
    running = parse_optimizer({"sgd": {"momentum": 0.9, "nesterov": True}})
    still = parse_optimizer({"sgd": {"momentum": 0.0, "nesterov": True}})

    assert lane_numbers(running) == {"momentum": 0.9}
    assert lane_numbers(still) == {}
    assert numbers_of(running) == {"optimizer.momentum": 0.9}
    assert fixed_part(running) != fixed_part(still)


def test_choices_share_a_program_where_only_proven_numbers_differ():
    """
    Two momenta share a program, two values of `rho` or of `epsilon` do not.
    """

    def part(value):
        return fixed_part(parse_optimizer(value))

    assert part({"sgd": {"momentum": 0.5}}) == part({"sgd": {"momentum": 0.9}})
    assert part({"rmsprop": {"rho": 0.5}}) != part({"rmsprop": {"rho": 0.9}})
    assert part({"adam": {"epsilon": 1e-3}}) != part({"adam": {"epsilon": 1e-7}})
    assert part({"adam": {"beta_1": 0.5}}) != part("adam")
    assert part("adam") != part("adamw")


NAMES = {known.keras_name: name for name, known in KINDS.items()}


@pytest.mark.parametrize("kind, attribute", sorted(pair for pair in PROVEN if pair[0] in NAMES))
def test_a_proven_number_is_one_that_can_be_asked_for(kind, attribute):
    """
    Each proven number of an optimizer is in its table and becomes a knob of the very object.
    """
    choice = parse_optimizer({NAMES[kind]: {attribute: 0.5}})
    optimizer = make_optimizer(choice, 0.01)

    (knob,) = optimizer_knobs(optimizer, choice)

    assert (knob.owner, knob.attribute, knob.number) == (optimizer, attribute, f"optimizer.{attribute}")


@pytest.mark.parametrize("name", KINDS)
def test_lanes_start_with_their_own_rate_and_keras_constants(name):
    """
    The first state is Keras's own, repeated for each lane, with the lane's learning rate in its place.
    """
    optimizer, weights = built(parse_optimizer(name), 0.5)
    lanes = [np.stack([weight.numpy()] * 2) for weight in weights]

    state = optimizer_start(optimizer, np.array([0.1, 0.7]), lanes)

    rates = 0
    for array, variable in zip(state, optimizer.variables, strict=True):
        assert array.dtype == variable.numpy().dtype
        if variable.path.endswith("learning_rate"):
            np.testing.assert_allclose(array, [0.1, 0.7])
            rates += 1
        else:
            np.testing.assert_array_equal(array, [variable.numpy()] * 2)
    assert rates == 1


def test_a_copy_of_the_weights_starts_from_the_lanes_own():
    """
    ScheduleFreeAdamW's first momentum is each lane's first weight, not that of the model once built.
    """
    optimizer, weights = built(parse_optimizer("schedule_free_adamw"))
    lanes = [np.stack([weights[0].numpy() + 5, weights[0].numpy() - 5]), np.zeros((2, 3), np.float32)]

    state = optimizer_start(optimizer, np.array([0.1, 0.1]), lanes)

    places = [
        place for place, variable in enumerate(optimizer.variables) if variable is optimizer._momentums[0]
    ]
    np.testing.assert_array_equal(state[places[0]], lanes[0])
