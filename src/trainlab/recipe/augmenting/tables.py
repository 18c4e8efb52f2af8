"""Rows of numbers that are measured anew: noise, which images and sequences can take as well."""

import jax


def noise(key: jax.Array, row: jax.Array, strength: jax.Array) -> jax.Array:
    """Add to each number its own draw from a normal distribution.

    Args:
        key: of this row.
        row: numbers of any shape.
        strength: standard deviation, in the units that the network sees: columns in different units need
            standardising first, or the noise drowns the small ones.

    Source:
        Bishop, *Training with Noise is Equivalent to Tikhonov Regularization*, Neural Computation 7 (1995).

    >>> import jax.numpy as jnp
    >>> noise(jax.random.key(0), jnp.zeros(10_000), 0.1).std().round(3).item()
    0.1
    """
    return row + strength * jax.random.normal(key, row.shape, row.dtype)
