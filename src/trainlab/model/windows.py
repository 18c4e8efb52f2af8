"""Convolution and pooling as slices, products of matrices and sums, for training on a CPU.

Inside of a loop XLA takes the derivatives of a convolution number by number, which takes six times as long
as products of matrices (docs/why.md). Each rule computes what one of JAX's operations computes, within
rounding, with the same derivatives; None where the operation is better left to XLA.
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from trainlab.model.rewriting import Rule, rewritten

# A window is taken apart into so many slices, or left as it is.
MOST_SLICES = 64
MOST_AXES = 2
_FLAT = 2

Pairs = Sequence[tuple[int, int]]


def convolution(
    rows: jax.Array,
    kernel: jax.Array,
    *,
    window_strides: Sequence[int],
    padding: Pairs,
    lhs_dilation: Sequence[int],
    rhs_dilation: Sequence[int],
    dimension_numbers: Any,
    feature_group_count: int,
    batch_group_count: int,
    precision: Any = None,
    preferred_element_type: Any = None,
    **_: Any,
) -> jax.Array | None:
    """Convolve in one or two dimensions: all channels with all, or each channel by itself.

    The arguments are those of ``jax.lax.conv_general_dilated``. Left to XLA: transposed convolutions, groups
    of several channels, and large windows.
    """
    batch, channel, *space = dimension_numbers.lhs_spec
    out_channel, in_channel, *kernel_space = dimension_numbers.rhs_spec
    channels, sizes = rows.shape[channel], [kernel.shape[axis] for axis in kernel_space]
    if (
        batch_group_count != 1
        or feature_group_count not in {1, channels}
        or any(step != 1 for step in lhs_dilation)
        or not 1 <= len(space) <= MOST_AXES
        or math.prod(sizes) > MOST_SLICES
    ):
        return None
    seen = rows.transpose(batch, *space, channel)
    weights = kernel.transpose(*kernel_space, in_channel, out_channel)
    out = _convolved(
        seen,
        weights,
        strides=(1, *window_strides, 1),
        padding=((0, 0), *padding, (0, 0)),
        dilation=(1, *rhs_dilation, 1),
        each=feature_group_count > 1,
        product={"precision": precision, "preferred_element_type": preferred_element_type},
    )
    places = dimension_numbers.out_spec
    order = sorted(range(out.ndim), key=lambda axis: (places[0], *places[2:], places[1])[axis])
    return out.transpose(order)


def highest(
    rows: jax.Array,
    *,
    window_dimensions: Sequence[int],
    window_strides: Sequence[int],
    padding: Pairs,
    base_dilation: Sequence[int],
    window_dilation: Sequence[int],
) -> jax.Array | None:
    """Take the highest number of each window; where several are, the first of them gets the gradient."""
    if not jnp.issubdtype(rows.dtype, jnp.floating) or not _is_small(window_dimensions, base_dilation):
        return None
    padded = _padded(rows, padding, -jnp.inf)
    slices = _slices(padded, window_dimensions, window_strides, window_dilation)
    return functools.reduce(
        lambda best, other: jnp.where((other > best) | jnp.isnan(other), other, best), slices
    )


def total(
    rows: jax.Array,
    *,
    window_dimensions: Sequence[int],
    window_strides: Sequence[int],
    padding: Pairs,
    base_dilation: Sequence[int],
    window_dilation: Sequence[int],
) -> jax.Array | None:
    """Add up the numbers of each window."""
    if not _is_small(window_dimensions, base_dilation):
        return None
    slices = _slices(_padded(rows, padding, 0), window_dimensions, window_strides, window_dilation)
    return functools.reduce(jnp.add, slices)


RULES: Mapping[str, Rule] = {
    "conv_general_dilated": convolution,
    "reduce_window_max": highest,
    "reduce_window_sum": total,
}


def sliced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function that is to be differentiated with its windows as slices and products, on a CPU.

    Args:
        function: of arrays; where none of them has an axis for space, no window is looked for.
    """
    if jax.default_backend() != "cpu":
        return function
    other = rewritten(function, RULES)

    def chosen(*arguments: Any) -> Any:
        spatial = any(jnp.ndim(one) > _FLAT for one in jax.tree.leaves(arguments))
        return (other if spatial else function)(*arguments)

    return chosen


def _is_small(window: Sequence[int], base_dilation: Sequence[int]) -> bool:
    return math.prod(window) <= MOST_SLICES and all(step == 1 for step in base_dilation)


def _convolved(
    rows: jax.Array,
    weights: jax.Array,
    *,
    strides: Sequence[int],
    padding: Pairs,
    dilation: Sequence[int],
    each: bool,
    product: Mapping[str, Any],
) -> jax.Array:
    """Convolve ``(row, *space, channel)`` with ``(*space, channel, channel of the result)``."""
    *sizes, taken, given = weights.shape
    slices = _slices(_padded(rows, padding, 0), (1, *sizes, 1), strides, dilation)
    if not each:
        patches = jnp.concatenate(list(slices), axis=-1)
        made: jax.Array = jnp.matmul(patches, weights.reshape(-1, given), **product)
        return made
    channels = rows.shape[-1]
    own = weights.reshape(math.prod(sizes), taken * channels, given // channels)
    scaled = (part[..., None] * scale for part, scale in zip(slices, own, strict=True))
    added: jax.Array = functools.reduce(jnp.add, scaled)
    out = added.reshape(*added.shape[:-2], given)
    kind = product["preferred_element_type"]
    return out if kind is None else out.astype(kind)


def _padded(rows: jax.Array, padding: Pairs, filler: float) -> jax.Array:
    if not any(low or high for low, high in padding):
        return rows
    return lax.pad(rows, jnp.asarray(filler, rows.dtype), [(low, high, 0) for low, high in padding])


def _slices(
    rows: jax.Array, window: Sequence[int], strides: Sequence[int], dilation: Sequence[int]
) -> Iterator[jax.Array]:
    """Give for each place of a window what stands there in all windows."""
    counts = [
        (size - (wide - 1) * apart - 1) // stride + 1
        for size, wide, stride, apart in zip(rows.shape, window, strides, dilation, strict=True)
    ]
    for place in itertools.product(*map(range, window)):
        first = [offset * apart for offset, apart in zip(place, dilation, strict=True)]
        last = [
            begin + (count - 1) * stride + 1
            for begin, count, stride in zip(first, counts, strides, strict=True)
        ]
        yield lax.slice(rows, first, last, strides)
