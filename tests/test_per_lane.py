"""Numbers that differ between lanes: each proven pair gives every lane what a plain float gives alone."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from trainlab.per_lane import PROVEN, Knob, PerLane, turned

OPTIMIZERS = {
    "SGD": [{}, {"nesterov": True}],
    "Adam": [{}, {"amsgrad": True}],
    "AdamW": [{}],
    "Adamax": [{}],
    "Lion": [{}],
}
PENALTIES = [
    (keras.regularizers.L1, "l1"),
    (keras.regularizers.L2, "l2"),
    (keras.regularizers.L1L2, "l1"),
    (keras.regularizers.L1L2, "l2"),
]
# tests/model/test_lane_layers.py and test_reweighted.py
ELSEWHERE = {
    ("LaneGaussianDropout", "rate"),
    ("LaneAlphaDropout", "rate"),
    ("GaussianNoise", "stddev"),
    ("LaneMaxNorm", "max_value"),
    ("DropConnect", "rate"),
}
VALUES = {"momentum": (0.5, 0.9), "beta_1": (0.5, 0.9), "beta_2": (0.8, 0.99), "weight_decay": (0.01, 0.3)}
CASES = [
    (name, attribute, options)
    for name, attribute in sorted(PROVEN)
    if name in OPTIMIZERS
    for options in OPTIMIZERS[name]
]


def close(given, wanted):
    """Check that two arrays are equal within the rounding of float32."""
    np.testing.assert_allclose(given, wanted, rtol=3e-6, atol=1e-6)


def stepped(optimizer, variables, slopes):
    """Take a few steps without any state of Keras's own; the last variables."""
    state = [variable.value for variable in optimizer.variables]
    for slope in slopes:
        variables, state = optimizer.stateless_apply(state, [slope], variables)
    return variables[0]


def test_every_proven_pair_is_proven_here():
    """
    No pair may differ between lanes without a case in this file, or where its own class is tested.
    """
    tried = {(name, attribute) for name, attribute, _ in CASES}
    penalties = {(kind.__name__, attribute) for kind, attribute in PENALTIES}

    assert tried | penalties | {("Dropout", "rate")} | ELSEWHERE == PROVEN


@pytest.mark.parametrize("name, attribute, options", CASES)
def test_an_optimizer_takes_one_number_per_lane(name, attribute, options):
    """
    Lanes with different numbers step as plain optimizers with those numbers do.
    """
    kind = getattr(keras.optimizers, name)
    values = VALUES[attribute]
    weights = keras.Variable(np.array([0.3, -0.7, 2.0], np.float32))
    slopes = np.array([[0.1, -0.2, 1.0], [0.4, 0.0, -0.02], [-0.3, 0.2, 0.5]], np.float32)

    def made(value):
        optimizer = kind(learning_rate=0.05, **options, **{attribute: value})
        optimizer.build([weights])
        return optimizer

    optimizer = made(values[0])

    @jax.jit
    @jax.vmap
    def together(number):
        with turned([Knob(optimizer, attribute, "n")], {"n": number}):
            return stepped(optimizer, [weights.value], slopes)

    lanes = together(jnp.array(values, jnp.float32))
    alone = [stepped(made(value), [weights.value], slopes) for value in values]

    close(lanes, alone)
    assert np.abs(lanes[0] - lanes[1]).max() > 1e-4


def test_dropout_takes_one_rate_per_lane():
    """
    Each lane drops what a plain layer with its rate and the same seed state drops, a rate of zero nothing.
    """
    rates = (0.0, 0.2, 0.7)
    rows = np.ones((50, 4), np.float32)
    seed = np.array([3, 0], np.uint32)
    layer = keras.layers.Dropout(0.5, seed=0)

    @jax.jit
    @jax.vmap
    def together(rate):
        with turned([Knob(layer, "rate", "rate")], {"rate": rate}):
            return layer.stateless_call([], [seed], rows, training=True)[0]

    lanes = together(jnp.array(rates, jnp.float32))

    np.testing.assert_array_equal(lanes[0], rows)
    for lane, rate in zip(lanes[1:], rates[1:], strict=True):
        solo = keras.layers.Dropout(rate, seed=0)
        close(lane, solo.stateless_call([], [seed], rows, training=True)[0])
        assert abs(np.mean(np.asarray(lane) == 0) - rate) < 0.15


@pytest.mark.parametrize("kind, attribute", PENALTIES)
def test_a_penalty_takes_one_strength_per_lane(kind, attribute):
    """
    Each lane is penalized as by a plain regularizer with its strength, a strength of zero not at all.
    """
    strengths = (0.0, 0.01, 2.0)
    kernel = np.array([[1.0, -2.0], [0.5, 3.0]], np.float32)
    regularizer = kind(**{attribute: 0.5})

    @jax.jit
    @jax.vmap
    def together(strength):
        with turned([Knob(regularizer, attribute, "n")], {"n": strength}):
            return regularizer(kernel)

    lanes = together(jnp.array(strengths, jnp.float32))

    close(lanes, [kind(**{attribute: strength})(kernel) for strength in strengths])
    assert lanes[0] == 0


def test_both_strengths_of_a_penalty_are_the_lanes():
    """
    An L1 and an L2 on the same weights take a number each, and give the closed form.
    """
    kernel = np.array([[1.0, -2.0], [0.5, 3.0]], np.float32)
    regularizer = keras.regularizers.L1L2(0.5, 0.5)
    knobs = [Knob(regularizer, "l1", "one"), Knob(regularizer, "l2", "two")]

    @jax.jit
    @jax.vmap
    def together(one, two):
        with turned(knobs, {"one": one, "two": two}):
            return regularizer(kernel)

    lanes = together(jnp.array([0.1, 0.0, 0.3]), jnp.array([0.0, 0.2, 0.4]))

    close(lanes, [0.65, 0.2 * 14.25, 0.3 * 6.5 + 0.4 * 14.25])


def test_new_values_do_not_trace_again():
    """
    Numbers of lanes are inputs of the program: other values reuse it.
    """
    regularizer = keras.regularizers.L2(0.5)
    traces = []

    @jax.jit
    @jax.vmap
    def together(strength):
        traces.append(1)
        with turned([Knob(regularizer, "l2", "l2")], {"l2": strength}):
            return regularizer(jnp.ones(2))

    together(jnp.array([0.1, 0.2]))
    together(jnp.array([0.3, 0.0]))

    assert len(traces) == 1


def test_a_turned_attribute_comes_back():
    """
    While turned, the attribute carries the lane's number; afterwards it is the very float it was.
    """
    layer = keras.layers.Dropout(0.25)
    before = layer.rate

    with turned([Knob(layer, "rate", "rate")], {"rate": jnp.array(0.5)}):
        inside = layer.rate

    assert isinstance(inside, PerLane)
    assert inside == 0.25
    assert layer.rate is before


def test_a_turned_attribute_comes_back_when_tracing_fails():
    """
    An error inside of a traced program leaves no number of a lane behind.
    """
    layer = keras.layers.Dropout(0.25)

    def failing(rate):
        with turned([Knob(layer, "rate", "rate")], {"rate": rate}):
            raise ArithmeticError("inside")

    with pytest.raises(ArithmeticError, match="inside"):
        jax.jit(failing)(0.5)

    assert layer.rate == 0.25
    assert not isinstance(layer.rate, PerLane)


def test_a_missing_number_leaves_nothing_turned():
    """
    Where the second number is missing, the first attribute is as it was.
    """
    first, second = keras.layers.Dropout(0.25), keras.regularizers.L2(0.5)
    knobs = [Knob(first, "rate", "rate"), Knob(second, "l2", "l2")]

    with pytest.raises(KeyError, match="l2"), turned(knobs, {"rate": jnp.array(0.1)}):
        pass

    assert not isinstance(first.rate, PerLane)
    assert second.l2 == 0.5


@pytest.mark.parametrize(
    "owner, attribute",
    [
        (keras.optimizers.RMSprop, "rho"),
        (keras.optimizers.Nadam, "beta_1"),
        (keras.optimizers.Lion, "beta_2"),
        (lambda: keras.layers.AlphaDropout(0.5), "rate"),
        (lambda: keras.layers.GaussianDropout(0.5), "rate"),
        (lambda: keras.constraints.MaxNorm(1.0), "max_value"),
    ],
)
def test_what_is_not_proven_is_refused(owner, attribute):
    """
    An attribute that Keras is silently wrong for, or that nobody tried, gets no number per lane.
    """
    with pytest.raises(ValueError, match=r"not proven to take one value per lane"):
        Knob(owner(), attribute, "number")


@pytest.mark.parametrize(
    "expression",
    [
        lambda n: -n,
        lambda n: n + 2,
        lambda n: 2 + n,
        lambda n: n - 2,
        lambda n: 2 - n,
        lambda n: n * 3,
        lambda n: 3 * n,
        lambda n: n / 4,
        lambda n: 4 / n,
        lambda n: n**2,
        lambda n: 2**n,
        lambda n: n + n * n - n / n,
    ],
)
def test_arithmetic_sees_the_array(expression):
    """
    What is computed with a number comes out of its array, never out of the float it shows.
    """
    value = jnp.array(1.5)

    close(expression(PerLane(0.5, value)), expression(value))


@pytest.mark.parametrize("function", [jnp.sqrt, jnp.asarray, float])
def test_a_function_that_is_handed_the_number_sees_the_float(function):
    """
    Only operators reach the array; functions take the float in silence: hence the list of proven pairs.
    """
    close(function(PerLane(0.5, jnp.array(1.5))), function(0.5))


def test_comparisons_see_the_float():
    """
    Branches of Keras's own code are answered with the float, so tracing goes one way for all lanes.
    """
    number = PerLane(0.5, jnp.array(0.0))

    assert number > 0
    assert 0 <= number <= 1
    assert isinstance(number, float)
