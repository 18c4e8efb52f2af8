"""The state of lanes: what changes from step to step, stacked over lanes."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp


class LaneState(NamedTuple):
    """All that a step changes; each leaf is ``(lane, ...)`` outside of ``vmap``.

    Args:
        weights: trainable variables.
        layers: the other variables: moving averages, states of random layers.
        optimizer: slots, step count and learning rate.
    """

    weights: list[jax.Array]
    layers: list[jax.Array]
    optimizer: list[jax.Array]


def finite(leaves: list[jax.Array]) -> jax.Array:
    """Tell of one lane whether every number is finite."""
    return jnp.stack([jnp.isfinite(leaf).all() for leaf in leaves]).all()


def chosen(mask: jax.Array, these: Any, those: Any) -> Any:
    """Take ``these`` for the lanes of the mask and ``those`` for the others."""

    def choose(this: jax.Array, that: jax.Array) -> jax.Array:
        return jnp.where(mask.reshape(mask.shape + (1,) * (this.ndim - mask.ndim)), this, that)

    return jax.tree.map(choose, these, those)
