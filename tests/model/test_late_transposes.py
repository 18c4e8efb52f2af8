"""Transpositions put off until an operation needs them."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from trainlab.model.functional import precision
from trainlab.model.late_transposes import transposed_late
from trainlab.model.rewriting import rewritten
from trainlab.model.windows import FEWEST_ROWS, RULES

L = keras.layers
ROWS = np.random.default_rng(0).normal(size=(2, 3, 4, 5))


@pytest.fixture(autouse=True, scope="module")
def _wide():
    with precision("float64"):
        yield


def transposes(function, *arguments):
    """Count the transpositions of a function of arrays, those in inner calls too."""
    return str(jax.make_jaxpr(function)(*arguments)).count("transpose[")


def agrees(function, array):
    """Compare a function and its derivative with what they are when transposed late."""
    array = jnp.asarray(array)

    def told(of):
        return of(array), jax.grad(lambda given: jnp.cos(of(given)).sum())(array)

    late = transposed_late(function)
    for one, same in zip(jax.tree.leaves(told(function)), jax.tree.leaves(told(late)), strict=True):
        np.testing.assert_allclose(same, one, rtol=0, atol=1e-12)
    return late


@pytest.mark.parametrize(
    "between",
    [
        lambda x: jnp.tanh(x) * 2 + jnp.arange(3.0)[None, :, None, None],
        lambda x: jnp.where(x > 0, x, jax.nn.gelu(x)),
        lambda x: jnp.concatenate([x, -x], axis=1),
        lambda x: jnp.pad(x, ((0, 0), (1, 2), (0, 3), (0, 0)), constant_values=7.0),
        lambda x: x - x.mean((0, 1, 3), keepdims=True),
        lambda x: x / jnp.sqrt(x.var((1, 2), keepdims=True) + 1),
        jax.nn.relu,
        jax.nn.leaky_relu,
        jax.nn.silu,
        jax.nn.relu6,
    ],
)
def test_what_lies_between_two_transpositions_needs_none_of_the_whole(between):
    """
    Sums, curves, choices, joints, edges and slopes of a function's own are done in the order there is.
    """
    order = (3, 1, 0, 2)
    late = agrees(lambda x: between(x.transpose(order)).transpose(np.argsort(order)), ROWS)
    traced = str(jax.make_jaxpr(late)(jnp.asarray(ROWS))).splitlines()
    assert not [line for line in traced if "transpose[" in line and ":f64[2,3,4,5]" in line]


def test_two_orders_meet_in_the_first():
    """
    Arrays that were transposed differently are brought into one order, and other shapes are transposed.
    """
    cube = ROWS[:, :, :3, 0].transpose(1, 2, 0)[:2, :2, :2]
    agrees(lambda x: x.transpose(1, 2, 0) + x.transpose(2, 0, 1) * x, cube)
    agrees(lambda x: x.transpose(2, 0, 1) @ x.transpose(0, 2, 1).reshape(2, 2, 2), cube)
    agrees(lambda x: jnp.sort(x.transpose(2, 0, 1), axis=0), cube)
    agrees(lambda x: x.transpose(2, 0, 1).max(1), cube)
    agrees(lambda x: jax.nn.elu(x.transpose(2, 0, 1)), cube)


def test_flattening_keeps_the_last_axis_last():
    """
    Axes that are joined are brought together, and what stood last goes on to stand last.
    """
    late = agrees(lambda x: jnp.tanh(x.transpose(3, 1, 2, 0).reshape(5, -1)).T, ROWS)
    agrees(lambda x: x.transpose(3, 1, 2, 0).reshape(15, 8), ROWS)
    agrees(lambda x: x.transpose(3, 1, 2, 0).reshape(5, 3, 2, 2, 2), ROWS)
    agrees(lambda x: x.transpose(3, 1, 2, 0).reshape(5, 1, 24), ROWS)
    agrees(lambda x: x.transpose(1, 0, 2, 3).reshape(3, 2, 20) @ jnp.arange(20.0), ROWS)

    (turned,) = [
        line for line in str(jax.make_jaxpr(late)(jnp.asarray(ROWS))).splitlines() if "transpose[" in line
    ]
    assert ":f64[3,4,2,5]" in turned


def test_a_network_turns_its_images_once():
    """
    Images are turned before the first convolution, where they are flattened, and into the product behind.
    """
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            *[L.Conv2D(4, 3, padding="same"), L.BatchNormalization(), L.ReLU(), L.MaxPooling2D()],
            *[L.Conv2D(4, 3, activation="relu"), L.AveragePooling2D(2), L.Flatten(), L.Dense(3)],
        ]
    )
    weights = [variable.value for variable in model.trainable_variables]
    others = [variable.value for variable in model.non_trainable_variables]
    images = jnp.asarray(np.random.default_rng(0).normal(size=(FEWEST_ROWS, 8, 8, 1)))

    def function(weights, images):
        return model.stateless_call(weights, others, images, training=True)

    sliced = rewritten(function, RULES)
    late = transposed_late(sliced)
    for one, same in zip(
        jax.tree.leaves(function(weights, images)), jax.tree.leaves(late(weights, images)), strict=True
    ):
        np.testing.assert_allclose(same, one, rtol=0, atol=1e-12)
    images_turned = [
        line
        for line in str(jax.make_jaxpr(late)(weights, images)).splitlines()
        if "transpose[" in line and f"{FEWEST_ROWS}" in line and not line.strip().startswith("_:")
    ]
    assert len(images_turned) == 3 < transposes(sliced, weights, images), images_turned
