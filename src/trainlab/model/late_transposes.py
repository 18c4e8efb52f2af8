"""Transpositions put off until an operation needs them, so that most of them meet their opposite and go.

Where convolutions want one order of axes and the layers between them are written in another, XLA decides for
each operation by itself, and may walk through images in long steps: six times as long as the network takes.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, JaxprEqn

from trainlab.model.rewriting import CALLS, bound, redone, replayed

# Operations that do the same to each number, wherever it stands.
_SUMS = {"add", "sub", "mul", "div", "rem", "neg", "abs", "sign", "square", "integer_pow", "pow"}
_CURVES = {"exp", "exp2", "expm1", "log", "log1p", "logistic", "tanh", "erf", "sqrt", "rsqrt", "sin", "cos"}
_LIMITS = {"max", "min", "clamp", "floor", "ceil", "round"}
_CHOICES = {"eq", "ne", "lt", "le", "gt", "ge", "and", "or", "xor", "not", "is_finite", "select_n"}
_COPIES = {"convert_element_type", "copy", "stop_gradient"}
_REDUCTIONS = {"reduce_sum", "reduce_max", "reduce_min", "reduce_prod"}

Order = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Late:
    """A value that stands for ``array.transpose(order)``."""

    array: jax.Array
    order: Order


def transposed_late(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the function that transposes its arrays as late as it can.

    Args:
        function: of arrays; it is traced once for each call.

    >>> import jax.numpy as jnp
    >>> late = transposed_late(lambda x: jnp.sin(x.T).T)
    >>> "transpose" in str(jax.make_jaxpr(late)(jnp.ones((2, 3))))
    False
    """
    return redone(function, _done, give=_now)


def _done(equation: JaxprEqn, operands: Sequence[Any]) -> Sequence[Any]:
    name, settings = equation.primitive.name, equation.params
    if name == "transpose":
        return [_transposed(operands[0], settings["permutation"])]
    order = next((one.order for one in operands if isinstance(one, _Late)), None)
    if order is None:
        return bound(equation, operands)
    if name in CALLS:
        return replayed(settings["jaxpr"], operands, _done)
    rule = _RULES.get(name, _rest)
    return rule(equation, operands, order)


def _each(equation: JaxprEqn, operands: Sequence[Any], order: Order, /, **other: Any) -> Sequence[Any]:
    return _as_late(_bound(equation, _in_order(operands, order), other), order)


def _joined(equation: JaxprEqn, operands: Sequence[Any], order: Order) -> Sequence[Any]:
    return _each(equation, operands, order, dimension=order[equation.params["dimension"]])


def _padded(equation: JaxprEqn, operands: Sequence[Any], order: Order) -> Sequence[Any]:
    around = equation.params["padding_config"]
    return _each(equation, operands, order, padding_config=tuple(around[axis] for axis in _undone(order)))


def _reduced(equation: JaxprEqn, operands: Sequence[Any], order: Order) -> Sequence[Any]:
    (late,) = operands
    gone = [order[axis] for axis in equation.params["axes"]]
    kept = sorted(set(order) - set(gone))
    found = _bound(equation, [late.array], {"axes": tuple(sorted(gone))})
    other = tuple(kept.index(axis) for axis in order if axis in kept)
    return found if other == tuple(sorted(other)) else _as_late(found, other)


def _reshaped(equation: JaxprEqn, operands: Sequence[Any], order: Order) -> Sequence[Any]:
    """Join axes that stand side by side, as flattening does; those of a group are brought together first."""
    (late,) = operands
    sizes = equation.params["new_sizes"]
    groups = _merging([late.array.shape[axis] for axis in order], sizes)
    if groups is None:
        return _rest(equation, operands, order)
    inner = [[order[axis] for axis in group] for group in groups]
    places = sorted(range(len(inner)), key=lambda group: min(inner[group]))
    turned = late.array.transpose([axis for group in places for axis in inner[group]])
    found = turned.reshape([sizes[group] for group in places])
    return [_transposed(found, [places.index(group) for group in range(len(inner))])]


def _merging(before: Sequence[int], after: Sequence[int]) -> list[list[int]] | None:
    """Tell which axes become which; None where an axis is cut, or made out of none."""
    left, groups = list(range(len(before))), []
    for size in after:
        group: list[int] = []
        while left and (not group or math.prod(before[axis] for axis in group) < size):
            group.append(left.pop(0))
        groups.append(group)
        if not group or math.prod(before[axis] for axis in group) != size:
            return None
    return groups if not left else None


def _rest(equation: JaxprEqn, operands: Sequence[Any], _: Order) -> Sequence[Any]:
    return bound(equation, [*map(_now, operands)])


def _with_own_slope(equation: JaxprEqn, operands: Sequence[Any], order: Order) -> Sequence[Any]:
    """Compute what brings a derivative of its own, and that derivative, in the order of axes given."""
    inner = equation.params["call_jaxpr"]
    shapes = [jax.typeof(_now(one)) for one in operands]
    if not all(jnp.issubdtype(shape.dtype, jnp.inexact) for shape in shapes):
        return _rest(equation, operands, order)

    def both(values: Sequence[Any], changes: Sequence[Any]) -> Any:
        return jax.jvp(lambda *given: bound(equation, given), values, changes)

    def run(traced: ClosedJaxpr, arrays: Sequence[Any]) -> list[Any]:
        return _in_order(replayed(traced, _as_late(arrays, order), _done), order)

    @jax.custom_jvp
    def again(*arrays: Any) -> Any:
        return run(inner, arrays)

    @again.defjvp
    def _slope(arrays: Any, changes: Any) -> Any:
        found = run(jax.make_jaxpr(both)(shapes, shapes), [*arrays, *changes])
        return found[: len(found) // 2], found[len(found) // 2 :]

    return _as_late(again(*_in_order(operands, order)), order)


def _bound(equation: JaxprEqn, operands: Sequence[Any], other: Mapping[str, Any]) -> Sequence[Any]:
    return bound(equation.replace(params={**equation.params, **other}), operands)


def _transposed(value: Any, permutation: Sequence[int]) -> Any:
    array, order = (value.array, value.order) if isinstance(value, _Late) else (value, range(jnp.ndim(value)))
    found = tuple(order[axis] for axis in permutation)
    return array if found == tuple(sorted(found)) else _Late(array, found)


def _now(value: Any) -> Any:
    return value.array.transpose(value.order) if isinstance(value, _Late) else value


def _undone(order: Order) -> Order:
    return tuple(sorted(range(len(order)), key=order.__getitem__))


def _axes(value: Any) -> int:
    return len(value.order) if isinstance(value, _Late) else jnp.ndim(value)


def _in_order(values: Sequence[Any], order: Order) -> list[Any]:
    """Give arrays that are to be transposed by an order; what has other axes, as it is."""
    back = _undone(order)
    return [_now(_transposed(one, back) if _axes(one) == len(order) else one) for one in values]


def _as_late(arrays: Sequence[Any], order: Order) -> list[Any]:
    """Give the values that such arrays stand for."""
    return [_Late(one, order) if jnp.ndim(one) == len(order) else one for one in arrays]


_RULES: Mapping[str, Callable[[JaxprEqn, Sequence[Any], Order], Sequence[Any]]] = {
    **dict.fromkeys(_SUMS | _CURVES | _LIMITS | _CHOICES | _COPIES, _each),
    **dict.fromkeys(_REDUCTIONS, _reduced),
    "concatenate": _joined,
    "pad": _padded,
    "reshape": _reshaped,
    "custom_jvp_call": _with_own_slope,
}
