"""A function of arrays with some of its operations done in another way.

The function is traced, and what was traced is computed again, operation by operation. So it is all the same
which layer, or which code of a user's, an operation came from.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn, Literal

# Takes the operands and the parameters of an operation; gives its result, or None where the operation stays.
Rule = Callable[..., Any]
Doing = Callable[[JaxprEqn, Sequence[Any]], Sequence[Any]]
CALLS = ("jit", "pjit")


def rewritten(function: Callable[..., Any], rules: Mapping[str, Rule]) -> Callable[..., Any]:
    """Give the function that does some operations by rules, wherever they stand.

    What stands in a loop, or in a function with derivatives of its own, stays as it is.

    Args:
        function: of arrays; it is traced once for each call.
        rules: name of a JAX primitive -> what is done instead.

    >>> import jax.numpy as jnp
    >>> float(rewritten(lambda x: jnp.sin(x) + 1, {"sin": lambda x, **_: x})(2.0))
    3.0
    """

    def do(equation: JaxprEqn, operands: Sequence[Any]) -> Sequence[Any]:
        primitive, settings = equation.primitive, equation.params
        if primitive.name in rules:
            other = rules[primitive.name](*operands, **settings)
            if other is not None:
                return [other]
        if primitive.name in CALLS and concerns(settings["jaxpr"].jaxpr, rules):
            return replayed(settings["jaxpr"], operands, do)
        return bound(equation, operands)

    return redone(function, do)


def redone(
    function: Callable[..., Any], do: Doing, give: Callable[[Any], Any] = lambda value: value
) -> Callable[..., Any]:
    """Give the function that is traced, and computed again operation by operation.

    Args:
        function: of arrays; it is traced once for each call.
        do: takes an operation and its operands, and gives the results.
        give: makes arrays of the last results, where they are something else meanwhile.
    """

    def again(*arguments: Any) -> Any:
        traced, shapes = jax.make_jaxpr(function, return_shape=True)(*arguments)
        found = replayed(traced, jax.tree.leaves(arguments), do)
        return jax.tree.unflatten(jax.tree.structure(shapes), map(give, found))

    return again


def replayed(traced: ClosedJaxpr, arguments: Sequence[Any], do: Doing) -> list[Any]:
    """Compute a traced function again, operation by operation.

    Args:
        traced: the function.
        arguments: its arguments, flat.
        do: takes an operation and its operands, and gives the results.
    """
    jaxpr = traced.jaxpr
    values: dict[Any, Any] = {}
    values.update(zip(jaxpr.constvars, traced.consts, strict=True))
    values.update(zip(jaxpr.invars, arguments, strict=True))

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, Literal) else values[atom]

    for equation in jaxpr.eqns:
        values.update(zip(equation.outvars, do(equation, [*map(read, equation.invars)]), strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def bound(equation: JaxprEqn, operands: Sequence[Any]) -> Sequence[Any]:
    """Do a traced operation with other operands."""
    primitive = equation.primitive
    given: Any = primitive.get_bind_params(equation.params)  # type: ignore[no-untyped-call]
    # Some versions of JAX give inner functions apart from the parameters.
    functions, named = given if isinstance(given, tuple) else ((), given)
    found: Any = primitive.bind(*functions, *operands, **named)  # type: ignore[no-untyped-call]
    return found if primitive.multiple_results else [found]


def concerns(jaxpr: Jaxpr, rules: Mapping[str, Rule]) -> bool:
    """Whether a traced function does what there are rules for, wherever they reach."""
    return any(
        equation.primitive.name in rules
        or (equation.primitive.name in CALLS and concerns(equation.params["jaxpr"].jaxpr, rules))
        for equation in jaxpr.eqns
    )
