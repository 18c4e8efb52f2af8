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


def _pooled(
    rows: jax.Array,
    *,
    combine: Callable[[jax.Array, jax.Array], jax.Array],
    filler: float,
    window_dimensions: Sequence[int],
    window_strides: Sequence[int],
    padding: Pairs,
    base_dilation: Sequence[int],
    window_dilation: Sequence[int],
) -> jax.Array | None:
    """Combine the numbers of each window, one place after the other.

    Args:
        rows: what is pooled.
        combine: of what stands at some places, and what stands at the next one.
        filler: what stands around the rows.
        window_dimensions: as in ``jax.lax.reduce_window``, like what follows.
        window_strides: between windows.
        padding: before and after each axis.
        base_dilation: of the rows.
        window_dilation: of the window.
    """
    if (
        not jnp.issubdtype(rows.dtype, jnp.floating)
        or math.prod(window_dimensions) > MOST_SLICES
        or any(step != 1 for step in base_dilation)
    ):
        return None
    return functools.reduce(
        combine, _slices(rows, window_dimensions, window_strides, padding, window_dilation, filler=filler)
    )


def _higher(best: jax.Array, other: jax.Array) -> jax.Array:
    """Give the higher number; where both are, the first, which gets the gradient."""
    return jnp.where((other > best) | jnp.isnan(other), other, best)


RULES: Mapping[str, Rule] = {
    "conv_general_dilated": convolution,
    "reduce_window_max": functools.partial(_pooled, combine=_higher, filler=-math.inf),
    "reduce_window_sum": functools.partial(_pooled, combine=jnp.add, filler=0),
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
    slices = _slices(rows, (1, *sizes, 1), strides, padding, dilation, filler=0)
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


def _slices(
    rows: jax.Array,
    window: Sequence[int],
    strides: Sequence[int],
    padding: Pairs,
    dilation: Sequence[int],
    *,
    filler: float,
) -> Iterator[jax.Array]:
    """Give for each place of a window what stands there in all windows."""
    if any(low or high for low, high in padding):
        around = [(low, high, 0) for low, high in padding]
        rows = lax.pad(rows, jnp.asarray(filler, rows.dtype), around)
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
