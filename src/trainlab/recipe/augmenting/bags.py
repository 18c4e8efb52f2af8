"""Bags of words from which words are left out."""

import jax
import jax.numpy as jnp


def word_dropout(key: jax.Array, bag: jax.Array, strength: jax.Array) -> jax.Array:
    """Leave words out, each with the same probability and all its occurrences at once.

    Args:
        key: of this row.
        bag: ``(word,)`` counts, shares or 0 and 1.
        strength: probability that a word is left out.

    Source:
        Iyyer et al., *Deep Unordered Composition Rivals Syntactic Methods for Text Classification*, ACL 2015.
        Departs in that it drops kinds of words, since a bag no longer knows the single occurrences; as there,
        the words that stay are not scaled up.

    >>> word_dropout(jax.random.key(0), jnp.ones(10_000), 0.1).mean().round(2).item()
    0.9
    """
    return jnp.where(jax.random.uniform(key, bag.shape, bag.dtype) >= strength, bag, 0)
