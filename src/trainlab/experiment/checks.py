"""Checks of single values: each takes what was given and its place, and returns the value as it will be used.

A check knows types and bounds, never what the value is for. NumPy's numbers and one-dimensional arrays pass
where Python's do, and Python's come back.
"""

import difflib
import math
import numbers
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from trainlab.errors import UsageError
from trainlab.experiment.places import Place

Check = Callable[[object, str], Any]


def suggestion(given: object, known: Iterable[str]) -> str:
    """Say what was probably meant, or what there is.

    Args:
        given: what was written.
        known: the names there are.

    >>> suggestion("drop_out", ["dropout", "l2"])
    'Did you mean `dropout`?'
    >>> suggestion("lr", ["learning_rate", "l2"])
    'Did you mean `learning_rate`?'
    >>> suggestion("banana", ["dropout", "l2"])
    'Known are: dropout, l2.'
    """
    names = tuple(known)
    said = str(given)[:100].lower()
    head, colon, _ = said.partition(":")
    if colon and head in names:
        return f"Put a space after the colon of `{head}`."
    initials = {"".join(word[:1] for word in name.split("_")): name for name in names if "_" in name}
    near = difflib.get_close_matches(said, sorted(names), n=1, cutoff=0.6)
    meant = initials.get(said) or (near[0] if near else None)
    if meant is None:
        return f"Known are: {', '.join(names)}."
    return f"Did you mean `{meant}`?"


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
    cure = _range(low, high, low_open=low_open, high_open=high_open)

    def check(value: object, where: str) -> float:
        if not isinstance(value, numbers.Real) or isinstance(value, bool):
            raise UsageError("not a number", where, value, _as_number(value) or cure)
        found = _finite(value)
        below = found < low or (low_open and found == low)
        above = found > high or (high_open and found == high)
        if not math.isfinite(found) or below or above:
            raise UsageError("not in the allowed range", where, _printable(value), cure)
        return found + 0.0  # minus zero is zero: equal recipes must be written alike

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
        if not isinstance(value, numbers.Real) or isinstance(value, bool):
            raise UsageError("not a whole number", where, value, _as_number(value) or cure)
        whole = value if isinstance(value, numbers.Integral) else _finite(value)
        if isinstance(whole, float) and not whole.is_integer():
            raise UsageError("not a whole number", where, value, cure)
        found = int(whole)
        if found < low:
            raise UsageError("not in the allowed range", where, _printable(value), cure)
        if found > high:
            raise UsageError("too large", where, _printable(value), f"Give at most {high}.")
        return found

    return check


def flag() -> Check:
    """Make a check for true or false.

    >>> flag()(True, "nesterov")
    True
    """

    def check(value: object, where: str) -> bool:
        if not isinstance(value, (bool, np.bool_)):
            raise UsageError("neither true nor false", where, value, "Write `true` or `false`.")
        return bool(value)

    return check


def one_of(known: Iterable[str], what: str) -> Check:
    """Make a check for one of some names.

    >>> one_of(["relu", "tanh"], "activation")("rleu", "model.activation")
    Traceback (most recent call last):
    trainlab.errors.UsageError: model.activation: unknown activation (got 'rleu'). Did you mean `relu`?
    """
    names = tuple(known)

    def check(value: object, where: str) -> str:
        if not isinstance(value, str) or value not in names:
            raise UsageError(f"unknown {what}", where, value, suggestion(value, names))
        return str(value)

    return check


def text(longest: int = 10_000) -> Check:
    """Make a check for a piece of text that is safe to print.

    >>> text()("Does dropout help?", "question")
    'Does dropout help?'
    """

    def check(value: object, where: str) -> str:
        if not isinstance(value, str):
            raise UsageError("not a text", where, value, "Write it in quotation marks.")
        if len(value) > longest:
            raise UsageError(f"longer than {longest} characters", where, value, "Say it shorter.")
        # A terminal obeys control characters; a lone surrogate cannot be printed at all.
        if any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\t\n\r" for letter in value):
            raise UsageError("a text with control characters", where, value, "Leave them out.")
        return str(value)

    return check


def listed(value: object) -> Sequence[Any] | None:
    """Give the entries of a list, a tuple, a range or a one-dimensional array; nothing for other values.

    >>> listed((1, 2)), listed("12")
    ((1, 2), None)
    """
    if isinstance(value, np.ndarray) and value.ndim == 1:
        entries: Sequence[Any] = value.tolist()
        return entries
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview)):
        return value
    return None


def several(item: Check, *, least: int = 0, most: int = 1_000) -> Check:
    """Make a check for a list, each of whose items passes ``item``; a tuple comes back.

    >>> several(count())([64, 32], "hidden")
    (64, 32)
    """

    def check(value: object, where: str) -> tuple[Any, ...]:
        entries = listed(value)
        if entries is None:
            raise UsageError("not a list", where, value, "Write a list, as `[64, 32]`.")
        if len(entries) < least:
            raise UsageError("too short a list", where, value, f"Give at least {least}.")
        if len(entries) > most:
            raise UsageError(f"a list of {len(entries)}", where, None, f"Give at most {most}.")
        return tuple(item(entry, Place.of(where) / index) for index, entry in enumerate(entries))

    return check


def mapping(value: object, where: str, known: Iterable[str], what: str) -> dict[str, Any]:
    """Check that a value is a mapping with known keys only, and return it as a dictionary.

    >>> mapping({"epoch": 3}, "recipe", ["epochs", "l2"], "setting")
    Traceback (most recent call last):
    trainlab.errors.UsageError: recipe.epoch: unknown setting (got 'epoch'). Did you mean `epochs`?
    """
    names = tuple(known)
    known_are = f"Known are: {', '.join(names)}." if names else "Leave it empty."
    if not isinstance(value, Mapping):
        raise UsageError("not a mapping of keys to values", where, value, known_are)
    for key in value:
        if key in names:
            continue
        cure = suggestion(key, names) if names else known_are
        raise UsageError(f"unknown {what}", Place.of(where).key(key), key, cure)
    return dict(value)


def _range(low: float, high: float, *, low_open: bool, high_open: bool) -> str:
    if math.isinf(low) and math.isinf(high):
        return "Give a finite number."
    if math.isinf(high):
        return f"Give a number {'above' if low_open else 'of at least'} {low:g}."
    if math.isinf(low):
        return f"Give a number {'below' if high_open else 'of at most'} {high:g}."
    return f"Give a number in {'(' if low_open else '['}{low:g}, {high:g}{')' if high_open else ']'}."


def _finite(value: numbers.Real) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _printable(value: object) -> object:
    # Python refuses to write out whole numbers of more than 4300 digits.
    return math.inf if isinstance(value, int) and value.bit_length() > 1_000 else value


def _as_number(value: object) -> str:
    """Give the cure for a number that was written as a text; nothing for anything else."""
    try:
        meant = isinstance(value, str) and math.isfinite(float(value))
    except ValueError:
        return ""
    return "Write it as a plain number, without quotation marks or underscores." if meant else ""
