"""A window that slides over an array, taken apart into one slice for each of its places."""

import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax


@dataclass(frozen=True)
class Window:
    """A window that slides over an array; a number, or a pair, for each axis of it.

    Args:
        sizes: of the window.
        strides: between windows.
        padding: before and after the array.
        dilation: between places of the window.
    """

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]

    def slices(self, rows: jax.Array, *, filler: float) -> Iterator[jax.Array]:
        """Give for each place of the window what stands there in all windows."""
        if any(low or high for low, high in self.padding):
            around = [(low, high, 0) for low, high in self.padding]
            rows = lax.pad(rows, jnp.asarray(filler, rows.dtype), around)
        axes = list(zip(rows.shape, self.sizes, self.strides, self.dilation, strict=True))
        counts = [(size - (wide - 1) * apart - 1) // stride + 1 for size, wide, stride, apart in axes]
        for place in itertools.product(*map(range, self.sizes)):
            first = [offset * apart for offset, apart in zip(place, self.dilation, strict=True)]
            last = [
                begin + (count - 1) * stride + 1
                for begin, count, stride in zip(first, counts, self.strides, strict=True)
            ]
            yield lax.slice(rows, first, last, self.strides)

    def added(self, rows: jax.Array, at: jax.Array | None = None) -> jax.Array:
        """Add up what stands in each window, or give what stands at one place of it.

        Args:
            rows: where the window slides.
            at: for each window a place, counted as ``slices`` comes to them.
        """
        if not self._lies_beside:
            parts = self.slices(rows, filler=0)
            if at is not None:
                parts = (jnp.where(at == place, part, 0) for place, part in enumerate(parts))
            return functools.reduce(jnp.add, parts)
        # A gradient comes back in one loop, where slices would be padded to the whole and added up.
        counts = [size // wide for size, wide in zip(rows.shape, self.sizes, strict=True)]
        held = [count * wide for count, wide in zip(counts, self.sizes, strict=True)]
        apart = lax.slice(rows, [0] * rows.ndim, held).reshape(_twofold(counts, self.sizes))
        if at is not None:
            places = np.arange(math.prod(self.sizes)).reshape(_twofold([1] * rows.ndim, self.sizes))
            apart = jnp.where(at.reshape(_twofold(counts, [1] * rows.ndim)) == places, apart, 0)
        return apart.sum(range(1, apart.ndim, 2))

    @property
    def _lies_beside(self) -> bool:
        """Whether windows lie side by side, so that each number is in one of them at most."""
        plain = not any(low or high for low, high in self.padding) and set(self.dilation) == {1}
        return plain and self.strides == self.sizes


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def highest(rows: jax.Array, window: Window) -> jax.Array:
    """Give the highest number of each window; the first of several such gets the gradient, as XLA has it."""
    return functools.reduce(jnp.maximum, window.slices(rows, filler=-math.inf))


@highest.defjvp
def _highest_slope(window: Window, rows: Any, changes: Any) -> tuple[jax.Array, jax.Array]:
    (rows,), (changes,) = rows, changes
    best = highest(rows, window)
    at = jnp.zeros(best.shape, jnp.int32)
    for place, part in reversed([*enumerate(window.slices(rows, filler=-math.inf))]):
        at = jnp.where((part == best) | jnp.isnan(part), place, at)
    return best, window.added(changes, at)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def total(rows: jax.Array, window: Window) -> jax.Array:
    """Give the sum of the numbers of each window."""
    return functools.reduce(jnp.add, window.slices(rows, filler=0))


@total.defjvp
def _total_slope(window: Window, rows: Any, changes: Any) -> tuple[jax.Array, jax.Array]:
    return total(*rows, window), window.added(*changes)


def _twofold(outer: Sequence[int], inner: Sequence[int]) -> list[int]:
    """Give the shape where each axis has become two."""
    return [size for pair in zip(outer, inner, strict=True) for size in pair]
