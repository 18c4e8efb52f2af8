"""Checks of single values: each takes what was given and the place, and returns the value as it will be used.

A check knows types and bounds, never what the value is for. Places are written with dots
(``variants.dropout.dropout``); the reader of experiment files turns them into line and column.
"""

import difflib
import math
import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from trainlab.errors import UsageError

Check = Callable[[object, str], Any]


def suggestion(given: object, known: Iterable[str]) -> str:
    """Say what was probably meant, or what there is.

    >>> suggestion("drop_out", ["dropout", "l2"])
    'Did you mean `dropout`?'
    >>> suggestion("banana", ["dropout", "l2"])
    'Known are: dropout, l2.'
    """
    names = sorted(known)
    near = difflib.get_close_matches(str(given).lower(), names, n=1, cutoff=0.6)
    return f"Did you mean `{near[0]}`?" if near else f"Known are: {', '.join(names)}."


def number(
    *,
    low: float = -math.inf,
    high: float = math.inf,
    low_open: bool = False,
    high_open: bool = False,
) -> Check:
    """Make a check for a finite number between two bounds, each included unless said to be open.

    >>> number(low=0, high=1, high_open=True)(0.5, "dropout")
    0.5
    >>> number(low=0, high=1, high_open=True)(1.0, "dropout")
    Traceback (most recent call last):
    trainlab.errors.UsageError: dropout: not in the allowed range (got 1.0). Give a number in [0, 1).
    """
    left = "(" if low_open or math.isinf(low) else "["
    right = ")" if high_open or math.isinf(high) else "]"
    cure = f"Give a number in {left}{low:g}, {high:g}{right}."

    def check(value: object, where: str) -> float:
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise UsageError("not a number", where, value, cure)
        found = float(value)
        below = found < low or (low_open and found == low)
        above = found > high or (high_open and found == high)
        if not math.isfinite(found) or below or above:
            raise UsageError("not in the allowed range", where, value, cure)
        return found

    return check


def count(*, low: int = 1, high: int = 10**9) -> Check:
    """Make a check for a whole number between two bounds, both included.

    >>> count()(20, "epochs")
    20
    >>> count()(-3, "epochs")
    Traceback (most recent call last):
    trainlab.errors.UsageError: epochs: not in the allowed range (got -3). Give a whole number of at least 1.
    """
    cure = f"Give a whole number of at least {low}."

    def check(value: object, where: str) -> int:
        whole = isinstance(value, numbers.Integral) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole:
            raise UsageError("not a whole number", where, value, cure)
        found = int(value)  # type: ignore[call-overload]
        if found < low:
            raise UsageError("not in the allowed range", where, value, cure)
        if found > high:
            raise UsageError("larger than any machine can do", where, value, f"Give at most {high}.")
        return found

    return check


def flag() -> Check:
    """Make a check for true or false.

    >>> flag()(True, "nesterov")
    True
    """

    def check(value: object, where: str) -> bool:
        if not isinstance(value, bool):
            raise UsageError("neither true nor false", where, value, "Write `true` or `false`.")
        return value

    return check


def one_of(known: Iterable[str], what: str) -> Check:
    """Make a check for one of some names.

    >>> one_of(["relu", "tanh"], "activation")("rleu", "model.activation")
    Traceback (most recent call last):
    trainlab.errors.UsageError: model.activation: unknown activation (got 'rleu'). Did you mean `relu`?
    """
    names = tuple(known)

    def check(value: object, where: str) -> str:
        if value not in names:
            raise UsageError(f"unknown {what}", where, value, suggestion(value, names))
        return str(value)

    return check


def text(longest: int = 10_000) -> Check:
    """Make a check for a piece of text.

    >>> text()("Does dropout help?", "question")
    'Does dropout help?'
    """

    def check(value: object, where: str) -> str:
        if not isinstance(value, str):
            raise UsageError("not a text", where, value, "Write it in quotation marks.")
        if len(value) > longest:
            raise UsageError(f"longer than {longest} characters", where, value, "Say it shorter.")
        return value

    return check


def several(item: Check, *, least: int = 0) -> Check:
    """Make a check for a list, each of whose items passes ``item``; a tuple comes back.

    >>> several(count())([64, 32], "hidden")
    (64, 32)
    """

    def check(value: object, where: str) -> tuple[Any, ...]:
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Sequence):
            raise UsageError("not a list", where, value, "Write a list, as `[64, 32]`.")
        if len(value) < least:
            raise UsageError(f"fewer than {least} entries", where, list(value), "Add entries to the list.")
        return tuple(item(entry, f"{where}.{index}") for index, entry in enumerate(value))

    return check


def mapping(value: object, where: str, known: Iterable[str], what: str) -> dict[str, Any]:
    """Check that a value is a mapping with known keys only, and return it as a dictionary.

    >>> mapping({"epoch": 3}, "recipe", ["epochs", "l2"], "recipe key")
    Traceback (most recent call last):
    trainlab.errors.UsageError: recipe.epoch: unknown recipe key (got 'epoch'). Did you mean `epochs`?
    """
    names = tuple(known)
    if not isinstance(value, Mapping):
        raise UsageError("not a mapping of keys to values", where, value, f"Known keys: {', '.join(names)}.")
    for key in value:
        if key not in names:
            place = f"{where}.{key}" if where else str(key)
            raise UsageError(f"unknown {what}", place, key, suggestion(key, names))
    return dict(value)
