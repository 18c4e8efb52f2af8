"""Functions with some of their operations done in another way."""

import jax
import jax.numpy as jnp
import numpy as np

from trainlab.model.rewriting import rewritten


def doubled(value, **_):
    """Stand in for an operation."""
    return 2 * value


def test_operations_inside_of_compiled_parts_are_replaced():
    """
    What a function calls through ``jit`` is searched too, and results keep their structure.
    """

    @jax.jit
    def inner(x):
        return jnp.sin(x) + 1

    def function(given):
        return {"a": inner(given[0]), "b": (given[1], given[0])}

    found = rewritten(function, {"sin": doubled})((jnp.float32(3), jnp.float32(5)))

    assert jax.tree.map(float, found) == {"a": 7.0, "b": (5.0, 3.0)}


def test_a_rule_may_leave_an_operation():
    """
    Where a rule gives None the operation is done as before.
    """
    seen = []

    def watch(value, **settings):
        seen.append(value.shape)

    found = rewritten(jnp.sin, {"sin": watch})(jnp.ones(3))

    assert seen == [(3,)]
    np.testing.assert_array_equal(found, jnp.sin(jnp.ones(3)))


def test_derivatives_of_ones_own_are_kept():
    """
    A function with a derivative of its own keeps it, for rewriting must not change what is learned.
    """

    @jax.custom_jvp
    def own(x):
        return jnp.sin(x)

    own.defjvp(lambda values, slopes: (jnp.sin(values[0]), 7 * slopes[0]))

    assert float(jax.grad(rewritten(lambda x: own(x) + x, {"cos": doubled}))(1.0)) == 8.0


def test_numbers_of_an_outer_trace_can_be_used():
    """
    A function that closes over a traced number, as networks do over numbers of a lane, is rewritten there.
    """

    @jax.jit
    def outer(scale, x):
        return rewritten(lambda x: jnp.sin(x) * scale, {"sin": doubled})(x)

    assert float(outer(3.0, 5.0)) == 30.0
