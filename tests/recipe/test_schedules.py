"""Learning rates at each step, against Keras's own schedules, closed forms and themselves one at a time."""

import functools
import math

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.experiment.schedules import KINDS, parse_schedule
from trainlab.model.functional import precision
from trainlab.recipe.schedules import OneCycle, WarmUp, keras_schedule, rate

made = keras.optimizers.schedules
STEPS = 60

WRITTEN = [
    *KINDS,
    *({kind: {}, "warmup": 2} for kind in KINDS),
    {"step": {"every": 1, "factor": 0.1}, "warmup": 0.5},
    {"step": {"every": 10**9}},
    {"exponential": {"factor": 0.3}, "warmup": 0.25},
    {"inverse_time": {"rate": 3}},
    {"cosine": {"restarts": 1}},
    {"cosine": {"restarts": 3}, "warmup": 2},
    {"cosine": {"restarts": 6}},
    {"cosine": {"restarts": 8}},
    {"one_cycle": {"peak": 0.7}},
    {"one_cycle": {"peak": 0.01}, "warmup": 9},
    {"warmup": 100},
    {"one_cycle": {"warmup": 100}},
]


@functools.cache
def program(kind, dtype):
    """All steps of one training, compiled once for each kind and type: every number is an input."""

    def one(base, numbers, steps_per_epoch, epochs):
        steps = jnp.arange(STEPS, dtype=jnp.int32)
        return jax.vmap(
            lambda step: rate(kind, step, base, numbers, steps_per_epoch=steps_per_epoch, epochs=epochs)
        )(steps)

    return jax.jit(one)


def rates(written, base=0.1, *, steps_per_epoch=10, epochs=6, dtype=np.float32):
    """The rates of a training, `(step,)`."""
    schedule = parse_schedule(written)
    numbers = {name: np.asarray(value, dtype) for name, value in schedule.numbers}
    found = program(schedule.kind, dtype)(
        np.asarray(base, dtype), numbers, np.int32(steps_per_epoch), np.int32(epochs)
    )
    return np.asarray(found)[: steps_per_epoch * epochs]


@pytest.mark.parametrize("steps_per_epoch, epochs", [(10, 6), (7, 7), (1, 5), (2, 1), (1, 1)])
def test_rates_equal_keras_at_every_step_in_float64(steps_per_epoch, epochs):
    """
    Every schedule has the rates of its Keras counterpart to 1e-12, at every step, in float64.
    """
    with precision("float64"):
        for written in WRITTEN:
            ours = rates(written, steps_per_epoch=steps_per_epoch, epochs=epochs, dtype=np.float64)
            schedule = keras_schedule(
                parse_schedule(written), 0.1, steps_per_epoch=steps_per_epoch, epochs=epochs
            )
            theirs = schedule(jnp.arange(STEPS))[: len(ours)]

            assert ours.dtype == theirs.dtype == np.float64
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-13, err_msg=str(written))


def test_rates_equal_keras_at_every_step_in_float32():
    """
    In float32, as training runs, every kind has Keras's rates to rounding, and float32 for a type.
    """
    for written in ({kind: {}, "warmup": 1.5} for kind in KINDS):
        theirs = keras_schedule(parse_schedule(written), 0.1, steps_per_epoch=10, epochs=6)
        theirs = jax.jit(theirs)(jnp.arange(STEPS))

        ours = rates(written)

        assert ours.dtype == theirs.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, atol=1e-6, err_msg=str(written))


# Horizons that so many periods share unevenly; dividing by the rounded period restarts some a step late, in
# float32 those of 16 and 30 steps, in float64 those of 18 and 45.
@pytest.mark.parametrize("horizon, periods", [(16, 14), (30, 25), (18, 14), (45, 35), (60, 7), (5, 9)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_restarts_fall_on_the_step_that_fractions_tell(dtype, horizon, periods):
    """
    Where a period is no whole number of steps, neither we nor Keras's schedule restart a step late.
    """
    schedule = parse_schedule({"cosine": {"restarts": periods - 1}})
    exact = [0.05 * (1 + math.cos(math.pi * (step * periods % horizon) / horizon)) for step in range(horizon)]

    with precision(dtype):
        ours = rates(schedule, steps_per_epoch=horizon, epochs=1, dtype=np.dtype(dtype).type)
        theirs = keras_schedule(schedule, 0.1, steps_per_epoch=horizon, epochs=1)(jnp.arange(STEPS))

    tolerance = 1e-6 if dtype == "float32" else 1e-13
    np.testing.assert_allclose(ours, exact, atol=tolerance)
    np.testing.assert_allclose(theirs[:horizon], exact, atol=tolerance)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_warm_up_of_half_a_step_too_much_is_rounded_alike_in_both_types(dtype):
    """
    0.35 epochs of 90 steps are 31.5 steps, which are 32 in float32, in float64 and for Keras.
    """
    schedule = parse_schedule({"warmup": 0.35})

    with precision(dtype):
        first = rates(schedule, steps_per_epoch=90, epochs=1, dtype=np.dtype(dtype).type)[0]

    assert first == pytest.approx(0.1 / 32)
    assert keras_schedule(schedule, 0.1, steps_per_epoch=90, epochs=1).warmup_steps == 32


def test_schedules_rest_on_keras_own_objects():
    """
    Where Keras has the schedule, without a warm-up it is Keras's own class, and within the warm-up too.
    """
    own = {
        "step": made.ExponentialDecay,
        "exponential": made.ExponentialDecay,
        "inverse_time": made.InverseTimeDecay,
        "cosine": made.CosineDecay,
    }

    for kind, expected in own.items():
        plain = keras_schedule(parse_schedule(kind), 0.1, steps_per_epoch=5, epochs=4)
        warm = keras_schedule(parse_schedule({kind: {}, "warmup": 1}), 0.1, steps_per_epoch=5, epochs=4)

        assert type(plain) is expected
        assert type(warm) is WarmUp
        assert type(warm.after) is expected


def test_a_staircase_equals_keras_piecewise_constants():
    """
    A step schedule after a warm-up has the rates that `PiecewiseConstantDecay` has from its boundaries.
    """
    boundaries = [10 + 20 * stair - 1 for stair in (1, 2)]
    expected = made.PiecewiseConstantDecay(boundaries, [0.1, 0.03, 0.009])

    found = rates({"step": {"every": 2, "factor": 0.3}, "warmup": 1})

    np.testing.assert_allclose(found[10:], [float(expected(step)) for step in range(10, 60)], rtol=1e-6)


def test_closed_forms_hold():
    """
    Hand-computed rates of each schedule at chosen steps.
    """
    third = math.cos(math.pi / 3)

    np.testing.assert_allclose(rates({"warmup": 0.4})[:6], [0.025, 0.05, 0.075, 0.1, 0.1, 0.1], rtol=1e-6)
    np.testing.assert_allclose(
        rates({"exponential": {"factor": 0.25}})[[0, 5, 20]], [0.1, 0.05, 0.00625], rtol=1e-6
    )
    np.testing.assert_allclose(
        rates({"inverse_time": {"rate": 1}})[[0, 10, 30]], [0.1, 0.05, 0.025], rtol=1e-6
    )
    np.testing.assert_allclose(rates("cosine")[[0, 20, 30]], [0.1, 0.05 * (1 + third), 0.05], rtol=1e-6)
    np.testing.assert_allclose(
        rates({"cosine": {"restarts": 1}, "warmup": 2})[[19, 20, 30, 40, 50]],
        [0.1, 0.1, 0.05, 0.1, 0.05],
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        rates({"one_cycle": {"peak": 0.5}, "warmup": 1.1})[[0, 5, 10, 59]], [0.02, 0.26, 0.5, 2e-6], rtol=1e-5
    )
    np.testing.assert_allclose(rates("one_cycle")[[0, 17, 59]], [0.004, 0.1, 4e-7], rtol=1e-5)


def test_the_end_of_a_cosine_keeps_its_digits():
    """
    The last rates of a long training are right to 1e-5 in float32, where 1 + cos would be rounded to zero.
    """
    total = 1_000_000
    numbers = {"restarts": jnp.array(0.0), "warmup": jnp.array(0.0)}

    cosine = jax.jit(functools.partial(rate, "cosine", steps_per_epoch=1000, epochs=1000))
    last = cosine(jnp.array(total - 1), jnp.array(0.1), numbers)

    np.testing.assert_allclose(float(last), 0.1 * (math.pi / (2 * total)) ** 2, rtol=1e-5)


def test_after_the_end_no_schedule_begins_again():
    """
    A step beyond the training has the last rate of a cosine, with restarts or without, and of one_cycle.
    """
    zero = jnp.array(0.0)
    numbers = {"restarts": jnp.array(2.0), "warmup": zero, "peak": zero}

    def beyond(kind):
        compiled = jax.jit(functools.partial(rate, kind, steps_per_epoch=5, epochs=6))
        return float(compiled(jnp.array(99), jnp.array(0.1), numbers))

    assert beyond("cosine") == 0
    assert beyond("one_cycle") == pytest.approx(4e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_lanes_together_have_the_rates_they_have_alone(kind):
    """
    Lanes with their own rate, numbers, warm-up, steps and epochs have the same rates in one program.
    """
    own = {
        "constant": [{}, {}, {}],
        "step": [{"every": 1, "factor": 0.9}, {"every": 2, "factor": 0.1}, {"every": 99}],
        "exponential": [{"factor": 0.9}, {"factor": 0.5}, {"factor": 1}],
        "inverse_time": [{"rate": 0}, {"rate": 0.5}, {"rate": 9}],
        "cosine": [{"restarts": 0}, {"restarts": 2}, {"restarts": 4}],
        "one_cycle": [{}, {"peak": 0.5}, {"peak": 0.01}],
        "plateau": [{}, {"factor": 0.1}, {"patience": 9}],
    }[kind]
    lanes = [{kind: numbers, "warmup": warmup} for numbers, warmup in zip(own, (0, 1.3, 4), strict=True)]
    bases, each, epochs = [0.1, 0.02, 3.0], [10, 6, 4], [6, 5, 15]
    schedules = [dict(parse_schedule(lane).numbers) for lane in lanes]
    stacked = {name: jnp.array([numbers[name] for numbers in schedules]) for name in schedules[0]}

    together = jax.jit(jax.vmap(program(kind, np.float32)))(
        jnp.array(bases), stacked, jnp.array(each, jnp.int32), jnp.array(epochs, jnp.int32)
    )

    for lane in range(3):
        alone = rates(lanes[lane], bases[lane], steps_per_epoch=each[lane], epochs=epochs[lane])
        np.testing.assert_allclose(together[lane, : len(alone)], alone, rtol=1e-6)


@st.composite
def trainings(draw):
    """A schedule with its numbers, a learning rate, and at most `STEPS` steps."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    share, whole = st.floats(0.05, 0.95), st.integers(1, 12)
    numbers = {
        "step": {"every": whole, "factor": share},
        "exponential": {"factor": share},
        "inverse_time": {"rate": st.floats(0, 5)},
        "cosine": {"restarts": st.integers(0, 12)},
        "one_cycle": {"peak": st.floats(1e-3, 1)},
    }.get(kind, {})
    given_ones = {name: draw(values) for name, values in numbers.items() if draw(st.booleans())}
    steps_per_epoch = draw(st.integers(1, 12))
    epochs = draw(st.integers(1, STEPS // steps_per_epoch))
    written = {kind: given_ones, "warmup": draw(st.sampled_from([0.0, 0.15, 0.5, 1.0, 3.0, 80.0]))}
    return parse_schedule(written), draw(st.floats(1e-3, 1)), steps_per_epoch, epochs


@settings(max_examples=150, deadline=None)
@given(trainings())
def test_a_rate_is_above_zero_and_never_above_what_was_asked_for(training):
    """
    During the training a rate is positive and at most the larger of learning rate and peak.
    """
    schedule, base, steps_per_epoch, epochs = training

    found = rates(schedule, base, steps_per_epoch=steps_per_epoch, epochs=epochs)

    assert (found > 0).all()
    assert found.max() <= max(base, dict(schedule.numbers).get("peak", 0)) * (1 + 1e-6)


@settings(max_examples=100, deadline=None)
@given(trainings())
def test_a_warm_up_rises_evenly_and_hands_over_without_a_jump(training):
    """
    The steps of a warm-up are equal, its last step has the full rate, and so has the next one.
    """
    schedule, base, steps_per_epoch, epochs = training
    steps = math.floor(dict(schedule.numbers)["warmup"] * steps_per_epoch + 0.501)

    found = rates(schedule, base, steps_per_epoch=steps_per_epoch, epochs=epochs)

    if schedule.kind == "one_cycle" or steps == 0:
        return
    rise = found[:steps]
    np.testing.assert_allclose(rise, base * np.arange(1, len(rise) + 1) / steps, rtol=1e-5)
    np.testing.assert_allclose(found[steps : steps + 1], base, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_keras_schedule_is_saved_and_loaded(kind):
    """
    What Keras saves of a schedule with a warm-up, and without, is loaded with the same rates.
    """
    for written in (kind, {kind: None, "warmup": 1}):
        before = keras_schedule(parse_schedule(written), 0.1, steps_per_epoch=5, epochs=4)

        after = made.deserialize(made.serialize(before))

        assert type(after) is type(before)
        np.testing.assert_array_equal(after(jnp.arange(20)), before(jnp.arange(20)))


@pytest.mark.parametrize("kind", ["cosine", "one_cycle"])
def test_an_optimizer_takes_the_steps_that_the_rates_tell(kind):
    """
    Keras's SGD with the Keras schedule and a slope of 1 moves by the rate of each step, from step 0 on.
    """
    optimizer = keras.optimizers.SGD(
        keras_schedule(parse_schedule({kind: {}, "warmup": 1}), 0.5, steps_per_epoch=3, epochs=2)
    )
    weight = keras.Variable(0.0)
    moves = []
    for _ in range(6):
        before = float(weight.numpy())
        optimizer.apply([jnp.array(1.0)], [weight])
        moves.append(before - float(weight.numpy()))

    expected = rates({kind: {}, "warmup": 1}, 0.5, steps_per_epoch=3, epochs=2)

    np.testing.assert_allclose(moves, expected, atol=1e-6)


def test_a_one_cycle_without_a_rise_falls_from_its_peak():
    """
    A rise of one step begins at the peak, and one longer than the training never falls.
    """
    assert float(OneCycle(0.5, 0, 6)(0)) == pytest.approx(0.5)
    assert rates({"one_cycle": {"warmup": 0.1}})[0] == pytest.approx(0.1)
    assert (np.diff(rates({"one_cycle": {"warmup": 7}})) > 0).all()
