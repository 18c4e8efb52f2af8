"""Sequences that begin earlier or later, and time steps that are hidden."""

import jax
import jax.numpy as jnp


def shift(key: jax.Array, sequence: jax.Array, strength: jax.Array) -> jax.Array:
    """Move a sequence in time by a whole number of steps; its first or last step is repeated in the gap.

    Args:
        key: of this row.
        sequence: ``(time, channel)``.
        strength: most steps either way; each number of steps is as likely.

    >>> rows = [shift(jax.random.key(seed), jnp.array([[1.0], [2.0], [3.0]]), 1.0) for seed in range(20)]
    >>> sorted({tuple(row.ravel().tolist()) for row in rows})
    [(1.0, 1.0, 2.0), (1.0, 2.0, 3.0), (2.0, 3.0, 3.0)]
    """
    steps = len(sequence)
    most = jnp.round(strength)
    chosen = jax.random.uniform(key, (), sequence.dtype) * (2 * most + 1)
    later = (jnp.minimum(jnp.floor(chosen), 2 * most) - most).astype(int)
    return sequence[jnp.clip(jnp.arange(steps) - later, 0, steps - 1)]


def mask(key: jax.Array, sequence: jax.Array, strength: jax.Array) -> jax.Array:
    """Set time steps to zero in all their channels, each with the same probability.

    Args:
        key: of this row.
        sequence: ``(time, channel)``.
        strength: probability that a step is hidden, so the expected share of hidden steps.

    Source:
        Keras's ``SpatialDropout1D`` along time instead of channels; departs in that what stays is not scaled
        up, as a step that is missing leaves the others as they are.

    >>> hidden = mask(jax.random.key(0), jnp.ones((10_000, 2)), 0.25)
    >>> hidden.mean().round(2).item(), bool((hidden[:, 0] == hidden[:, 1]).all())
    (0.75, True)
    """
    kept = jax.random.uniform(key, (len(sequence),), sequence.dtype) >= strength
    return jnp.where(kept.reshape(-1, *(1,) * (sequence.ndim - 1)), sequence, 0)
