"""Layers and bounds that take arrays: each lane gets what Keras's own gives with that number alone."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from trainlab.model.lane_layers import LaneAlphaDropout, LaneGaussianDropout, LaneMaxNorm
from trainlab.per_lane import Knob, turned

RATES = (0.0, 0.2, 0.7)
ROWS = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
SEED = np.array([3, 0], np.uint32)
LAYERS = [
    (LaneGaussianDropout, keras.layers.GaussianDropout, "rate"),
    (LaneAlphaDropout, keras.layers.AlphaDropout, "rate"),
    (keras.layers.GaussianNoise, keras.layers.GaussianNoise, "stddev"),
]


def together(kind, attribute, values):
    """Run one layer for all values at once; outputs and the next states of its seed generator."""
    layer = kind(0.5, seed=0)

    @jax.jit
    @jax.vmap
    def lanes(value):
        with turned([Knob(layer, attribute, "n")], {"n": value}):
            return layer.stateless_call([], [SEED], ROWS, training=True)

    outputs, (states,) = lanes(jnp.array(values, jnp.float32))
    return np.asarray(outputs), np.asarray(states)


@pytest.mark.parametrize("kind, own, attribute", LAYERS)
def test_each_lane_draws_what_the_plain_layer_draws(kind, own, attribute):
    """
    Outputs agree with Keras's own layer at each lane's number, and the next state of the seed is the same.
    """
    outputs, states = together(kind, attribute, RATES)

    for lane, rate in enumerate(RATES[1:], start=1):
        wanted, (state,) = own(rate, seed=0).stateless_call([], [SEED], ROWS, training=True)
        np.testing.assert_allclose(outputs[lane], wanted, rtol=2e-6, atol=2e-6)
        np.testing.assert_array_equal(states[lane], state)
    assert np.abs(outputs[1] - outputs[2]).max() > 0.1


@pytest.mark.parametrize("kind, own, attribute", LAYERS)
def test_strength_zero_changes_no_bit(kind, own, attribute):
    """
    A lane of strength zero has its input as output.
    """
    outputs, _ = together(kind, attribute, RATES)

    assert outputs[0].tobytes() == ROWS.tobytes()


@pytest.mark.parametrize("kind, own, attribute", LAYERS)
def test_nothing_is_drawn_outside_of_training(kind, own, attribute):
    """
    In inference the input passes, and the seed stays where it was.
    """
    layer = kind(0.5, seed=0)

    outputs, (state,) = layer.stateless_call([], [SEED], ROWS, training=False)

    np.testing.assert_array_equal(outputs, ROWS)
    np.testing.assert_array_equal(state, SEED)


def test_alpha_dropout_keeps_mean_and_variance():
    """
    Standard normal inputs keep mean zero and variance one, as the paper promises.
    """
    rows = np.random.default_rng(1).normal(size=(400, 500)).astype(np.float32)

    outputs = np.asarray(LaneAlphaDropout(0.3, seed=1)(rows, training=True))

    assert abs(outputs.mean()) < 0.01
    assert abs(outputs.var() - 1) < 0.02


def test_gaussian_dropout_has_the_variance_of_dropout():
    """
    The noise has mean one and variance rate / (1 - rate).
    """
    outputs = np.asarray(LaneGaussianDropout(0.2, seed=1)(np.ones((400, 500), np.float32), training=True))

    assert outputs.mean() == pytest.approx(1, abs=0.005)
    assert outputs.var() == pytest.approx(0.25, abs=0.005)


@pytest.mark.parametrize("axes", [(0,), (0, 1), ()])
def test_each_lane_is_bounded_as_by_a_plain_constraint(axes):
    """
    Bounds per lane equal Keras's own, and the norms obey them; a bound of zero is none, to the last bit.
    """
    kernel = np.random.default_rng(2).normal(size=(4, 3, 5)).astype(np.float32)
    bounds = (0.0, 0.5, 2.0)
    bound = LaneMaxNorm(0.5, axis=list(axes))

    @jax.jit
    @jax.vmap
    def lanes(value):
        with turned([Knob(bound, "max_value", "n")], {"n": value}):
            return bound(kernel)

    found = np.asarray(lanes(jnp.array(bounds, jnp.float32)))

    assert found[0].tobytes() == kernel.tobytes()
    for lane, value in enumerate(bounds[1:], start=1):
        plain = keras.constraints.MaxNorm(value, axis=list(axes))
        np.testing.assert_allclose(found[lane], plain(kernel), rtol=2e-6)
        assert np.sqrt((found[lane] ** 2).sum(axis=axes)).max() <= value * (1 + 1e-6)
