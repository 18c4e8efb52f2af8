"""First values of a network's variables, drawn by Keras's initializers in programs that compile soon.

An initializer called as it stands compiles a program for each shape, half a second each, to run it a few
times. Compiled without optimizations it takes a tenth of that, and some ten times longer to run: that pays
where there is little to draw.
"""

import copy
import functools
import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from trainlab.compiling import Effort, compiled

# So many numbers are drawn sooner by a program compiled without optimizations.
MOST_NUMBERS = 200_000


class _GivenSeed(keras.random.SeedGenerator):
    """Hands an initializer the key it is to draw with."""

    def __init__(self, key: jax.Array) -> None:
        self._key = key

    def next(self, ordered: bool = True) -> jax.Array:  # noqa: ARG002, FBT001, FBT002  (Keras's signature)
        return self._key


def drawn(initializer: Any, shape: tuple[int, ...], dtype: str, words: Sequence[int]) -> jax.Array:
    """Draw as an initializer with a seed does, by a key of ours.

    Args:
        initializer: Keras's, or one like it whose ``seed`` is a seed or a generator.
        shape: of the variable.
        dtype: of the variable.
        words: the two words of the key.
    """
    key = jnp.asarray(np.array(words, np.uint32))
    if not _is_plain(initializer) or math.prod(shape) > MOST_NUMBERS:
        eager: jax.Array = _by_key(initializer, shape, dtype)(key)
        return eager
    said = {name: value for name, value in initializer.get_config().items() if name != "seed"}
    widest = str(jax.dtypes.canonicalize_dtype(np.float64))
    name = type(initializer).__name__
    program = _program(name, json.dumps(said, sort_keys=True), shape, dtype, widest)
    values: jax.Array = program(key)
    return values


def drawn_soon(initializer: Any) -> Any:
    """Give what draws as an initializer does, by a program that compiles soon where Keras knows it."""
    if not _is_plain(initializer) or not isinstance(initializer.seed, int):
        return initializer

    def draw(shape: tuple[int, ...], dtype: str) -> jax.Array:
        return drawn(initializer, tuple(shape), dtype, (initializer.seed & 0xFFFFFFFF, 0))

    return draw


def _is_plain(initializer: Any) -> bool:
    """Tell whether an initializer is one of Keras's own that draw: its settings say all of it."""
    own = type(initializer).__module__.startswith("keras.src.initializers.random")
    return own and getattr(initializer, "seed", None) is not None


def _by_key(initializer: Any, shape: tuple[int, ...], dtype: str) -> Callable[[jax.Array], Any]:
    def draw(key: jax.Array) -> Any:
        mine = copy.copy(initializer)
        mine.seed = _GivenSeed(key)
        return mine(shape, dtype=dtype)

    return draw


@functools.lru_cache(maxsize=1024)
def _program(name: str, said: str, shape: tuple[int, ...], dtype: str, widest: str) -> Any:
    del widest  # names what it was compiled under
    initializer = getattr(keras.initializers, name)(**json.loads(said), seed=0)
    draw = _by_key(initializer, shape, dtype)
    lowered = jax.jit(draw).lower(np.zeros(2, np.uint32))
    return compiled(lowered, Effort.LEAST)
