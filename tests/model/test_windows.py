"""Convolution and pooling as slices and products."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from trainlab.model.functional import precision
from trainlab.model.late_transposes import transposed_late
from trainlab.model.rewriting import rewritten
from trainlab.model.windows import FEWEST_ROWS, RULES, sliced

XLA = {"conv_general_dilated", "reduce_window_max", "reduce_window_sum"}
IMAGES, SERIES = (9, 8, 3), (11, 3)


@pytest.fixture(autouse=True, scope="module")
def _wide():
    with precision("float64"):
        yield


def called(layer, shape):
    """Give a built layer as a function of its weights and rows, and values for both."""
    layer.build((None, *shape))
    others = [variable.value for variable in layer.non_trainable_variables]
    random = np.random.default_rng(0)
    rows = jnp.asarray(random.normal(size=(FEWEST_ROWS, *shape)))
    weights = [jnp.asarray(random.normal(size=v.shape)) for v in layer.trainable_variables]
    return lambda weights, rows: layer.stateless_call(weights, others, rows)[0], (weights, rows)


def operations(function, *arguments):
    """Give the names of all operations of a function, those of inner calls too."""

    def names(jaxpr):
        for equation in jaxpr.eqns:
            yield equation.primitive.name
            for inner in jax.tree.leaves(
                list(equation.params.values()), is_leaf=lambda one: hasattr(one, "jaxpr")
            ):
                if hasattr(inner, "jaxpr"):
                    yield from names(inner.jaxpr)

    return set(names(jax.make_jaxpr(function)(*arguments).jaxpr))


def agrees(layer, shape):
    """Compare a layer with itself rewritten, for few rows and for many: values and derivatives."""
    function, (weights, rows) = called(layer, shape)
    for given in (rows[1:], rows):
        arguments = weights, given
        other = transposed_late(rewritten(function, RULES))
        assert not operations(other, *arguments) & XLA
        known, found = jax.jit(lambda: (told(function, arguments), told(other, arguments)))()  # noqa: B023
        for one, same in zip(jax.tree.leaves(known), jax.tree.leaves(found), strict=True):
            np.testing.assert_allclose(same, one, rtol=0, atol=1e-11)


def told(of, arguments):
    """Give what a function gives, its derivatives backwards, and what they change to along a line."""
    slopes = jax.grad(lambda *given: jnp.sin(of(*given)).sum(), (0, 1))
    return of(*arguments), jax.jvp(slopes, arguments, jax.tree.map(jnp.cos, arguments))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    "size, strides, dilation_rate", [(1, 1, 1), (3, 1, 1), (3, 2, 1), (2, 3, 1), (3, 1, 2)]
)
def test_convolutions_give_what_keras_gives(padding, size, strides, dilation_rate):
    """
    Convolutions of all channels and of each by itself give Keras's numbers and derivatives.
    """
    settings = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    agrees(keras.layers.Conv2D(5, size, **settings), IMAGES)
    agrees(keras.layers.Conv1D(5, size, **settings), SERIES)
    agrees(keras.layers.DepthwiseConv2D(size, depth_multiplier=2, **settings), IMAGES)
    agrees(keras.layers.DepthwiseConv1D(size, **settings), SERIES)


def test_windows_that_are_not_square_and_not_symmetric_agree():
    """
    A window may be wider than high and pad on one side alone, and stand in a separable convolution.
    """
    agrees(keras.layers.Conv2D(4, (2, 5), padding="same"), IMAGES)
    agrees(keras.layers.Conv1D(4, 3, padding="causal"), SERIES)
    agrees(keras.layers.SeparableConv2D(4, 3, strides=2), IMAGES)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("size, strides", [(2, None), (3, 2), (2, 3)])
def test_pooling_gives_what_keras_gives(padding, size, strides):
    """
    Maxima and means of windows give Keras's numbers and derivatives, whether windows overlap or leave gaps.
    """
    settings = {"strides": strides, "padding": padding}
    agrees(keras.layers.MaxPooling2D(size, **settings), IMAGES)
    agrees(keras.layers.AveragePooling2D(size, **settings), IMAGES)
    agrees(keras.layers.MaxPooling1D(size, **settings), SERIES)
    agrees(keras.layers.AveragePooling1D(size, **settings), SERIES)


def test_the_first_of_equal_numbers_gets_the_gradient():
    """
    Of several highest numbers of a window XLA's gets the gradient, and what is not a number stays none.
    """
    for layer in (keras.layers.MaxPooling2D(3, strides=2, padding="same"), keras.layers.MaxPooling2D(2)):
        other = rewritten(layer, RULES)
        for count in (FEWEST_ROWS - 1, FEWEST_ROWS):
            rows = jnp.asarray(np.random.default_rng(0).integers(0, 2, (count, 8, 8, 2)).astype(float))

            def slope(of):
                return jax.grad(lambda rows: (of(rows) * jnp.arange(2.0)).sum())(rows)  # noqa: B023

            np.testing.assert_array_equal(slope(other), slope(layer))
            spoiled = rows.at[0, 3, 3].set(jnp.nan)
            np.testing.assert_array_equal(other(spoiled), layer(spoiled))


@pytest.mark.parametrize(
    "layer, shape",
    [
        (lambda: keras.layers.Conv2DTranspose(4, 3, strides=2), IMAGES),
        (lambda: keras.layers.Conv2D(6, 3, groups=3), (9, 8, 6)),
        (lambda: keras.layers.Conv3D(2, 2), (5, 5, 5, 2)),
        (lambda: keras.layers.Conv2D(2, 9), (12, 12, 1)),
    ],
    ids=["transposed", "groups", "3D", "large"],
)
def test_what_has_no_rule_is_left_to_xla(layer, shape):
    """
    Transposed and grouped convolutions, three dimensions and large windows stay as they are.
    """
    function, arguments = called(layer(), shape)
    other = rewritten(function, RULES)

    assert operations(other, *arguments) & XLA
    np.testing.assert_array_equal(other(*arguments), function(*arguments))


def test_a_network_without_windows_is_computed_as_it_was_written():
    """
    Rows with an axis for time or space alone change nothing: the operations stay those of the layers.
    """
    for layer in (keras.layers.LSTM(3), keras.layers.MultiHeadAttention(2, 4)):
        rows = jnp.ones((FEWEST_ROWS, *SERIES))
        called_with = (rows, rows) if isinstance(layer, keras.layers.MultiHeadAttention) else (rows,)
        layer.build(*[one.shape for one in called_with])

        def function(*given, layer=layer):
            return layer.stateless_call(
                [variable.value for variable in layer.trainable_variables],
                [variable.value for variable in layer.non_trainable_variables],
                *given,
            )[0]

        assert operations(sliced(function), *called_with) == operations(function, *called_with)
        np.testing.assert_array_equal(sliced(function)(*called_with), function(*called_with))
