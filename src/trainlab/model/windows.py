"""Convolution and pooling as slices, products of matrices and sums, for training on a CPU.

Inside of a loop XLA takes the derivatives of a convolution number by number, which takes six times as long
as products of matrices (docs/why.md). Each rule computes what one of JAX's operations computes, within
rounding, with the same derivatives; None where the operation is better left to XLA.

Where a batch has rows enough, they become the last axis: what is cut out of images, compared and added up are
long runs then, one number of each row beside the other.
"""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend.core import jaxpr_as_fun

from trainlab.model.late_transposes import transposed_late
from trainlab.model.rewriting import Rule, concerns, rewritten
from trainlab.model.window import Window, highest, total

# A window is taken apart into so many slices, or left as it is.
MOST_SLICES = 64
MOST_AXES = 2
# With fewer rows than a vector register has numbers, channels are the better runs (measured: docs/diary.md).
FEWEST_ROWS = 16
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
    last = rows.shape[batch] >= FEWEST_ROWS
    order = (channel, *space, batch) if last else (batch, *space, channel)
    window = Window(
        (1, *sizes, 1), (1, *window_strides, 1), ((0, 0), *padding, (0, 0)), (1, *rhs_dilation, 1)
    )
    slices = list(window.slices(_turned(rows, order), filler=0))
    weights = kernel.transpose(*kernel_space, in_channel, out_channel)
    if feature_group_count > 1:
        out = _scaled(slices, weights, last=last)
        out = out if preferred_element_type is None else out.astype(preferred_element_type)
    else:
        settings = {"precision": precision, "preferred_element_type": preferred_element_type}
        out = _multiplied(slices, weights, settings, last=last)
    place = dict(zip((batch, channel, *space), dimension_numbers.out_spec, strict=True))
    return _back(out, [place[axis] for axis in order])


def _multiplied(
    slices: Sequence[jax.Array], weights: jax.Array, settings: Mapping[str, Any], *, last: bool
) -> jax.Array:
    """Multiply all channels with all weights, ``(*places, channel, channel of the result)``."""
    matrix = weights.reshape(-1, weights.shape[-1])
    if not last:
        made: jax.Array = jnp.matmul(jnp.concatenate(slices, axis=-1), matrix, **settings)
        return made
    patches = jnp.concatenate(slices).reshape(len(matrix), -1)
    made = lax.dot_general(matrix, patches, (((0,), (0,)), ((), ())), **settings)
    return made.reshape(-1, *slices[0].shape[1:])


def _scaled(slices: Sequence[jax.Array], weights: jax.Array, *, last: bool) -> jax.Array:
    """Multiply each channel with its weights, ``(*places, 1, channel of the result)``."""
    one = slices[0]
    if last:
        own = weights.reshape(len(slices), len(one), -1, *[1] * (one.ndim - 1))
        parts, shape = [part[:, None] for part in slices], (-1, *one.shape[1:])
    else:
        own = weights.reshape(len(slices), one.shape[-1], -1)
        parts, shape = [part[..., None] for part in slices], (*one.shape[:-1], -1)
    added: jax.Array = functools.reduce(jnp.add, map(jnp.multiply, parts, own))
    return added.reshape(shape)


def _pooled(
    rows: jax.Array,
    *,
    pool: Callable[[jax.Array, Window], jax.Array],
    window_dimensions: Sequence[int],
    window_strides: Sequence[int],
    padding: Pairs,
    base_dilation: Sequence[int],
    window_dilation: Sequence[int],
) -> jax.Array | None:
    """Give one number for each window.

    Args:
        rows: what is pooled; the first axis is taken for the batch.
        pool: what becomes of a window.
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
    order = list(range(rows.ndim))
    if len(rows) >= FEWEST_ROWS:
        # Channels, then what windows slide along, then the batch.
        order.sort(key=lambda axis: 1 if window_dimensions[axis] > 1 else 2 * (axis == 0))
    told: Any = (window_dimensions, window_strides, padding, window_dilation)
    window = Window(*(tuple(one[axis] for axis in order) for one in told))
    return _back(pool(_turned(rows, order), window), order)


RULES: Mapping[str, Rule] = {
    "conv_general_dilated": convolution,
    "reduce_window_max": functools.partial(_pooled, pool=highest),
    "reduce_window_sum": functools.partial(_pooled, pool=total),
}


def sliced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function that is to be differentiated with its windows as slices and products, on a CPU.

    Args:
        function: of arrays. One without windows stays as it is, and none is looked for where no array has an
            axis for space.
    """
    if jax.default_backend() != "cpu":
        return function

    def chosen(*arguments: Any) -> Any:
        given = jax.tree.leaves(arguments)
        if all(jnp.ndim(one) <= _FLAT for one in given):
            return function(*arguments)
        traced, shapes = jax.make_jaxpr(function, return_shape=True)(*arguments)
        told = jaxpr_as_fun(traced)
        if concerns(traced.jaxpr, RULES):
            told = transposed_late(rewritten(told, RULES))
        return jax.tree.unflatten(jax.tree.structure(shapes), told(*given))

    return chosen


def _turned(rows: jax.Array, order: Sequence[int]) -> jax.Array:
    """Transpose what is to be cut into slices here, and not put it off until there are many."""
    turned: jax.Array = lax.optimization_barrier(rows.transpose(order))  # type: ignore[no-untyped-call]
    return turned


def _back(rows: jax.Array, order: Sequence[int]) -> jax.Array:
    """Undo a transposition."""
    return rows.transpose(np.argsort(order))
