"""DropConnect and weight normalization: what computes, what learns and what is stored."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from keras.src.backend.common import global_state

from trainlab.experiment.placed import Normalized, Placed
from trainlab.model.form import Form
from trainlab.model.graph import graph_of
from trainlab.model.placing import placed
from trainlab.model.reweighted import GAIN, gains
from trainlab.model.sites import resolve, resolve_weight_norm
from trainlab.per_lane import turned

layers = keras.layers
ROWS = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)


def nothing(variable):
    """Keep no variable's value."""
    return False


def dropping(model):
    """Place DropConnect in a model."""
    return placed(
        model, frozenset(resolve(graph_of(model), "drop_connect", Placed(0.1))), Form(), keeps=nothing
    )


def normalizing(model):
    """Place weight normalization in a model, which else has the model's own values."""
    form = Form(weight_norm=resolve_weight_norm(graph_of(model), Normalized()))
    return placed(model, frozenset(), form, keeps=lambda _: True)[0]


def values(variables):
    """Give the values of variables."""
    return [variable.value for variable in variables]


def test_each_lane_drops_weights_at_its_rate():
    """
    Kernels that compute are the stored ones with some weights zero and the others scaled, one mask per batch.
    """
    model = keras.Sequential([keras.Input((3,)), layers.Dense(400, use_bias=False), layers.Dense(2)])
    made, knobs = dropping(model)
    layer = made.layers[1]
    kernel = layer.kernel.numpy()
    (number,) = {knob.number for knob in knobs}
    # A layer by itself is not told that it is trained; a model tells its layers.
    seen = keras.Model(made.inputs[0], layer.output)
    rows, state = np.eye(3, dtype=np.float32), values(seen.non_trainable_variables)

    @jax.jit
    @jax.vmap
    def lanes(rate):
        with turned(knobs, {number: rate}):
            return seen.stateless_call([kernel], state, rows, training=True)[0]

    found = np.asarray(lanes(jnp.array([0.0, 0.2, 0.7], jnp.float32)))

    np.testing.assert_array_equal(found[0], kernel)
    for lane, rate in enumerate((0.2, 0.7), start=1):
        dropped = found[lane] == 0
        assert dropped.mean() == pytest.approx(rate, abs=0.05)
        np.testing.assert_allclose(found[lane][~dropped], (kernel / (1 - rate))[~dropped], rtol=1e-5)


def test_a_layer_called_by_itself_leaves_no_call_open(build, rows_for):
    """
    What is called after it is not taken for a part of it, which would be in training too.
    """
    base = build("plain")
    made, _ = dropping(base)

    made.layers[1].call(np.asarray(rows_for(base)))

    assert global_state.get_global_attribute("current_call_ctx") is None


@pytest.mark.parametrize("model", ["plain", "words", pytest.param("attending", marks=pytest.mark.slow)])
def test_weights_drop_in_training_alone(build, rows_for, model):
    """
    Inference is as before; in training each call differs, also in recurrent and attention layers.
    """
    base = build(model)
    rows = rows_for(base)
    made, _ = dropping(base)
    for new, old in zip(made.trainable_variables, base.trainable_variables, strict=True):
        new.assign(old)

    first, second = (np.asarray(made(rows, training=True)) for _ in range(2))

    np.testing.assert_allclose(made(rows), base(rows), rtol=1e-5, atol=1e-6)
    assert np.abs(first - np.asarray(base(rows))).max() > 1e-4
    assert np.abs(first - second).max() > 1e-4
    for new, old in zip(made.trainable_variables, base.trainable_variables, strict=True):
        np.testing.assert_array_equal(new, old)


@pytest.mark.parametrize("model", ["plain", "words", "attending"])
def test_weight_normalization_starts_as_the_same_function(build, rows_for, model):
    """
    With lengths that start as the norms, outputs are those of the model without it.
    """
    base = build(model)
    rows = rows_for(base)

    made = normalizing(base)

    np.testing.assert_allclose(made(rows), base(rows), rtol=1e-4, atol=1e-5)
    assert any(variable.name == GAIN for variable in made.trainable_variables)


def test_the_length_of_a_direction_has_no_effect(build):
    """
    Scaling a stored kernel changes nothing; scaling a gain scales the layer's units.
    """
    made = normalizing(build("plain"))
    layer = made.layers[1]
    ((gain),) = gains(layer)
    before = np.asarray(layer(ROWS))

    layer.kernel.assign(layer.kernel * 5)
    np.testing.assert_allclose(layer(ROWS), before, rtol=1e-5)
    gain.length.assign(gain.length * 2)
    layer.bias.assign(np.zeros(4))
    np.testing.assert_allclose(np.arctanh(np.asarray(layer(ROWS))), 2 * np.arctanh(before), rtol=1e-3)


def test_slopes_are_those_of_the_paper(build):
    """
    The slopes by length and direction are equations 3 of Salimans & Kingma, from the slope by the weights.
    """
    made = normalizing(build("plain"))
    layer = made.layers[1]
    ((gain),) = gains(layer)
    v, g, b = layer.kernel.numpy(), gain.length.numpy() * 1.5, layer.bias.numpy()
    weighted = np.random.default_rng(1).normal(size=(6, 4)).astype(np.float32)

    def through_layer(direction, length):
        by_id = {id(layer.kernel): direction, id(layer.bias): b, id(gain.length): length}
        trainable = [by_id[id(variable)] for variable in layer.trainable_variables]
        return jnp.sum(weighted * layer.stateless_call(trainable, [], ROWS)[0])

    def by_hand(weights):
        return jnp.sum(weighted * jnp.tanh(ROWS @ weights + b))

    by_v, by_g = jax.grad(through_layer, argnums=(0, 1))(v, g)
    norm = np.linalg.norm(v, axis=0, keepdims=True)
    by_w = np.asarray(jax.grad(by_hand)(g * v / norm))
    wanted_g = (by_w * v).sum(axis=0, keepdims=True) / norm
    wanted_v = g / norm * by_w - g * wanted_g / norm**2 * v

    np.testing.assert_allclose(by_g, wanted_g, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(by_v, wanted_v, rtol=1e-3, atol=1e-5)


def test_a_unit_without_weights_stays_finite():
    """
    A kernel of zeros has no direction: its output and slopes are numbers, not undefined.
    """
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, kernel_initializer="zeros"), layers.Dense(2)]
    )
    made = normalizing(model)

    def loss(weights):
        return jnp.sum(made.stateless_call(weights, [], ROWS)[0] ** 2)

    slopes = jax.grad(loss)(values(made.trainable_variables))

    assert all(np.isfinite(slope).all() for slope in slopes)


def test_both_together_drop_what_is_normalized(build):
    """
    A layer with both drops the weights in force: at a rate near one, kept weights are scaled directions.
    """
    base = build("plain")
    graph = graph_of(base)
    form = Form(weight_norm=resolve_weight_norm(graph, Normalized()))
    made, knobs = placed(base, frozenset(resolve(graph, "drop_connect", Placed(0.1))), form, keeps=nothing)
    layer = made.layers[1]
    ((gain),) = gains(layer)
    gain.length.assign(gain.length * 2)
    layer.activation = keras.activations.linear

    with turned(knobs, {knob.number: jnp.float32(0.5) for knob in knobs}):
        found = np.asarray(layer(np.eye(3, dtype=np.float32), training=True))

    kept = found != 0
    np.testing.assert_allclose(found[kept], (4 * layer.kernel.numpy())[kept], rtol=1e-5)
    assert kept.any()
    assert not kept.all()
