"""First values drawn as Keras's initializers draw them."""

import jax.numpy as jnp
import keras
import numpy as np
import pytest

from trainlab.model.first_values import drawn, drawn_soon

SEED = 2**31 + 7
KINDS = (
    keras.initializers.GlorotUniform,
    keras.initializers.HeNormal,
    keras.initializers.TruncatedNormal,
    keras.initializers.RandomNormal,
    keras.initializers.Orthogonal,
)


def key(first, second=0):
    """Give two words."""
    return jnp.asarray(np.array([first, second], np.uint32))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_values_are_those_of_the_initializer(kind):
    """
    Whatever draws, the values are those of the initializer called as it stands, to the last bits.
    """
    initializer = kind(seed=SEED)
    soon = np.asarray(drawn_soon(initializer)((7, 5), "float32"))

    np.testing.assert_allclose(soon, np.asarray(initializer((7, 5), dtype="float32")), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(soon, np.asarray(drawn(initializer, (7, 5), "float32", key(SEED))))


def test_settings_and_keys_are_told_apart():
    """
    Another setting, shape or key draws other values, and the same key the same again.
    """
    narrow, wide = (keras.initializers.RandomNormal(stddev=width, seed=1) for width in (0.1, 10.0))
    first, again, other = (np.asarray(drawn(narrow, (40,), "float32", key(*k))) for k in ((3,), (3,), (3, 1)))
    wider = np.asarray(drawn(wide, (40,), "float32", key(3)))

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_allclose(wider, 100 * first, rtol=1e-5)
    assert drawn(narrow, (4, 10), "float32", key(3)).shape == (4, 10)


@pytest.mark.parametrize("initializer", [keras.initializers.Zeros(), np.ones, lambda shape, dtype: shape])
def test_what_keras_does_not_draw_is_called_as_it_stands(initializer):
    """
    Constants and functions of the user's are given back untouched.
    """
    assert drawn_soon(initializer) is initializer


def test_an_initializer_of_the_users_own_is_asked_itself():
    """
    A class of the user's may have settings that its configuration does not say.
    """

    class Mine(keras.initializers.RandomNormal):
        def __call__(self, shape, dtype=None):
            return super().__call__(shape, dtype) + 100

    assert float(drawn(Mine(seed=1), (3,), "float32", key(1)).min()) > 90
    assert isinstance(drawn_soon(Mine(seed=1)), Mine)
