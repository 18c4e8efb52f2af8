"""Placed techniques in words: how strong, where in the network, on which weights.

Reads what an experiment file writes: a number, a list layer by layer, or
``{strength: ..., at: ..., on: ...}``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from trainlab.reporting.wording.plain import is_off, percent, plain
from trainlab.reporting.wording.words import listing

_PLACES = {"input": "at the input", "last": "at the last hidden layer", "hidden": "at the hidden layers"}
_ON = {"kernel": "kernels", "bias": "biases"}


def strength(words: str, *, off: str = "", unsaid: str = "", kernels: bool = False) -> Callable[[Any], str]:
    """Make the words of a technique.

    Args:
        words: what it is called before its number.
        off: what is said where it is off; left out, "no" and its words.
        unsaid: where it stands when nothing is said; only told for those that stand at an unexpected place.
        kernels: whether it always acts on kernels, so that the weights are only told where biases are meant.

    >>> said = strength("L2 penalty", kernels=True)
    >>> said(0.001), said(0), said({"strength": [0.1, 0.2], "at": "last", "on": ["kernel", "bias"]})
    ('L2 penalty 0.001', 'no L2 penalty', 'L2 penalty 0.1 and 0.2, layer by layer, at the last hidden layer \
on kernels and biases')
    """

    def said(value: Any) -> str:
        if is_off(value):
            return off or f"no {words}"
        number, at, on = parts(value)
        told = [f"{words} {by_layer(number, plain)}", place(at) or unsaid, weights(on) if kernels else ""]
        return " ".join(part for part in told if part).removesuffix(",")

    return said


def both_penalties(value: Any) -> str:
    """Write L1 and L2 together: a pair of strengths, or a list of pairs layer by layer.

    >>> both_penalties([0.1, 0.2])
    'L1 penalty 0.1 and L2 penalty 0.2'
    >>> both_penalties({"strength": [[0.1, 0.2], [0.3, 0.4]], "at": {"first": 2}})
    'L1 penalty 0.1 and L2 penalty 0.2, then 0.3 and 0.4, layer by layer, at the first 2 hidden layers'
    """
    if is_off(value):
        return "no L1 and L2 penalty"
    number, at, on = parts(value)
    pairs = number if isinstance(number[0], list | tuple) else [number]
    first, *others = pairs
    said = f"L1 penalty {plain(first[0])} and L2 penalty {plain(first[1])}"
    said += "".join(f", then {plain(one)} and {plain(two)}" for one, two in others)
    said += ", layer by layer," if others else ""
    told = " ".join(part for part in (said, place(at), weights(on)) if part)
    return told.removesuffix(",")


def pruning(value: Any) -> str:
    """Write which share of the weights is removed after training.

    >>> pruning(0.5), pruning({"strength": 0.2, "at": "last"}), pruning(0.0)
    ('the smallest 50 % of the hidden weights pruned after training', 'the smallest 20 % of the weights at \
the last hidden layer pruned after training', 'no pruning')
    """
    if is_off(value):
        return "no pruning"
    share, at, _ = parts(value)
    where = place(at)
    those = f"the weights {where}" if where else "the hidden weights"
    return f"the smallest {by_layer(share, percent)} of {those} pruned after training"


def normalization(words: str) -> Callable[[Any], str]:
    """Make the words of a normalization.

    >>> said = normalization("batch normalization")
    >>> said(True), said(False), said({"before_activation": True})
    ('batch normalization', 'no batch normalization', 'batch normalization before the activation')
    """

    def said(value: Any) -> str:
        if is_off(value):
            return f"no {words}"
        given = value if isinstance(value, Mapping) else {}
        before = "before the activation" if given.get("before_activation") else ""
        return " ".join(part for part in (words, before, place(given.get("at"))) if part)

    return said


def parts(value: Any) -> tuple[Any, Any, Any]:
    """Take a written technique apart into its strength, its place and its weights; None where not said."""
    if isinstance(value, Mapping):
        return value.get("strength", 0.0), value.get("at"), value.get("on")
    return value, None, None


def place(at: object) -> str:
    """Say where a technique stands; nothing where nothing is said.

    >>> place("input"), place({"first": 1}), place(["dense_1", "dense_2"]), place(None)
    ('at the input', 'at the first hidden layer', 'at dense_1 and dense_2', '')
    """
    if isinstance(at, Mapping):
        first = at.get("first", 1)
        return "at the first hidden layer" if first == 1 else f"at the first {first} hidden layers"
    if isinstance(at, list | tuple):
        return f"at {listing([str(name) for name in at])}"
    return _PLACES.get(str(at), "")


def weights(on: object) -> str:
    """Say on which weights a penalty acts; nothing where nothing is said.

    >>> weights(["kernel", "bias"]), weights("bias"), weights(None)
    ('on kernels and biases', 'on biases', '')
    """
    names = [on] if isinstance(on, str) else on
    if not isinstance(names, list | tuple):
        return ""
    return f"on {listing([_ON.get(str(name), str(name)) for name in names])}"


def by_layer(given: Any, shown: Callable[[Any], str]) -> str:
    """Write one strength, or one for each place."""
    if isinstance(given, list | tuple):
        return f"{listing([shown(one) for one in given])}{', layer by layer,' if len(given) > 1 else ''}"
    return shown(given)
