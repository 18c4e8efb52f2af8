"""Random numbers as a CPU draws them fast: the same bits as JAX's, in one loop over the numbers.

JAX lowers Threefry on a CPU to a loop over rounds, each of which passes through all numbers in memory: with
dropout that took as long as the rest of a step (docs/diary.md). A whole step is rewritten, so it is all the
same which layer draws.
"""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from trainlab.model.rewriting import Rule, rewritten

# Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011): Threefry-2x32 with 20 rounds.
_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


def with_fast_random(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the function with its random numbers drawn as the device that is there draws them fast."""
    return rewritten(function, RULES) if jax.default_backend() == "cpu" else function


def _random_bits(keys: Any, *, bit_width: int, shape: tuple[int, ...]) -> Any:
    """Draw bits: number i is the cipher of i, as in JAX."""
    size = math.prod(shape)
    if not _is_threefry(keys) or bit_width not in {32, 64} or not 0 < size < 2**32:
        return None
    key, half = jax.random.key_data(keys), -(-size // 2)

    def drawn(first: Any) -> Any:
        count = first + lax.iota(jnp.uint32, half)
        high, low = _threefry(key, jnp.zeros_like(count), count)
        if bit_width == 32:
            return high ^ low
        return high.astype(jnp.uint64) << 32 | low.astype(jnp.uint64)

    # In two parts, since what a loop gives is written out: else all who take the numbers, forward and
    # backward, would draw them again.
    both = lax.map(drawn, jnp.array([0, half], jnp.uint32))
    return both.reshape(-1)[:size].reshape(shape)


def _fold_in(keys: Any, data: Any) -> Any:
    """Make the key that JAX makes of a key and a number."""
    if not _is_threefry(keys) or data.shape != () or data.dtype != jnp.uint32:
        return None
    return _key(*_threefry(jax.random.key_data(keys), jnp.zeros_like(data), data))


def _split(keys: Any, *, shape: tuple[int, ...]) -> Any:
    """Make the keys that JAX makes of one."""
    if not _is_threefry(keys):
        return None
    count = lax.iota(jnp.uint32, math.prod(shape)).reshape(shape)
    return _key(*_threefry(jax.random.key_data(keys), jnp.zeros_like(count), count))


def _key(high: Any, low: Any) -> Any:
    return jax.random.wrap_key_data(jnp.stack([high, low], axis=-1), impl="threefry2x32")


def _is_threefry(keys: Any) -> bool:
    """Tell whether there is one key, of the kind whose numbers each have a place of their own."""
    partitionable = bool(getattr(jax.config, "jax_threefry_partitionable", True))
    return partitionable and keys.shape == () and str(jax.random.key_impl(keys)) == "threefry2x32"


def _threefry(key: Any, first: Any, second: Any) -> tuple[Any, Any]:
    """Encrypt pairs of words with a key of two."""
    parts = (key[0], key[1], key[0] ^ key[1] ^ jnp.uint32(_PARITY))
    first, second = first + parts[0], second + parts[1]
    for group in range(5):
        for distance in _ROTATIONS[group % 2]:
            first = first + second
            second = first ^ (second << distance | second >> (32 - distance))
        first = first + parts[(group + 1) % 3]
        second = second + parts[(group + 2) % 3] + jnp.uint32(group + 1)
    return first, second


RULES: dict[str, Rule] = {
    "random_bits": _random_bits,
    "random_fold_in": _fold_in,
    "random_split": _split,
}
