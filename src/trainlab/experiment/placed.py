"""Placed techniques: how strong a technique is, where in the network it stands, on which weights it acts.

Vocabulary only: places are words here and become layers in ``model``. A plain number is the strength at the
technique's usual place; anything more is a ``Placed``, so that equal recipes stay equal however written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trainlab.errors import UsageError
from trainlab.experiment.checks import Check, count, flag, listed, mapping, one_of, several, text
from trainlab.experiment.places import Place

HIDDEN, INPUT, LAST = "hidden", "input", "last"
KERNEL, BIAS = "kernel", "bias"
At = str | int | tuple[str, ...]

_WHERE = "Write `hidden`, `input`, `last`, `{first: 2}` or a list of layer names."


@dataclass(frozen=True)
class Placed:
    """A technique's strength and its place.

    Args:
        strength: one number for every place, or one for each place, layer by layer. For ``l1_l2`` each number
            is a pair.
        at: ``"hidden"``, ``"input"``, ``"last"`` (the last hidden layer), the first so many hidden layers, or
            layer names.
        on: the weights that a penalty acts on.

    >>> Placed(0.5, at=2).document()
    {'strength': 0.5, 'at': {'first': 2}}
    """

    strength: Any
    at: At = HIDDEN
    on: tuple[str, ...] = (KERNEL,)

    @property
    def is_off(self) -> bool:
        """Whether every strength is zero."""
        return not any(_flat(self.strength))

    def document(self, usual: At = HIDDEN) -> object:
        """Give the value as an experiment file writes it, as short as it can be said.

        Args:
            usual: where the technique stands when nothing is said.
        """
        strength = _listed(self.strength)
        said: dict[str, object] = {"strength": strength}
        if self.at != usual:
            said["at"] = written_place(self.at)
        if self.on != (KERNEL,):
            said["on"] = list(self.on)
        return said if len(said) > 1 else strength


@dataclass(frozen=True)
class Normalized:
    """A normalization and its place.

    Args:
        at: as for ``Placed``.
        before_activation: whether it stands between a layer and its activation, instead of after both.

    >>> Normalized(before_activation=True).document()
    {'before_activation': True}
    """

    at: At = HIDDEN
    before_activation: bool = False

    def document(self) -> object:
        """Give the value as an experiment file writes it: ``true`` where nothing is said."""
        said: dict[str, object] = {}
        if self.at != HIDDEN:
            said["at"] = written_place(self.at)
        if self.before_activation:
            said["before_activation"] = True
        return said or True


def placed(strength: Check, *, usual: At = HIDDEN, on_weights: bool = False) -> Check:
    """Make the check of a placed technique.

    Args:
        strength: check of one strength.
        usual: where the technique stands when nothing is said.
        on_weights: whether it acts on weights, so that ``on`` may name them.

    >>> from trainlab.experiment.checks import number
    >>> check = placed(number(low=0), on_weights=True)
    >>> check(0.1, "l2"), check({"strength": [0.1, 0.2], "at": "last"}, "l2")
    (0.1, Placed(strength=(0.1, 0.2), at='last', on=('kernel',)))
    >>> check({"strength": 0.1, "on": "bias"}, "l2").on
    ('bias',)
    """
    keys = ("strength", "at", "on") if on_weights else ("strength", "at")

    def check(value: object, where: str) -> float | Placed:
        if isinstance(value, Placed):
            value = value.document(usual)
        if not isinstance(value, Mapping):
            strengths = _strengths(strength, value, where)
            return Placed(strengths, usual) if isinstance(strengths, tuple) else strengths
        place = Place.of(where)
        if "strength" not in value:
            cure = f"Write `{{strength: ..., {keys[1]}: ...}}`."
            raise UsageError("a technique without a strength", place, value, cure)
        said = mapping(value, place, keys, "key of a technique")
        strengths = _strengths(strength, said["strength"], place / "strength")
        at = parse_place(said.get("at", written_place(usual)), place / "at")
        on = _weights(said.get("on", KERNEL), place / "on")
        plain = not isinstance(strengths, tuple) and at == usual and on == (KERNEL,)
        return strengths if plain else Placed(strengths, at, on)

    return check


def paired(strength: Check) -> Check:
    """Make the check of a technique whose strength is a pair: ``[l1, l2]``, or a list of pairs by layer.

    >>> from trainlab.experiment.checks import number
    >>> paired(number(low=0))([1e-4, 1e-3], "l1_l2")
    Placed(strength=(0.0001, 0.001), at='hidden', on=('kernel',))
    """

    def pair(value: object, where: str) -> tuple[float, float]:
        entries = listed(value)
        if entries is None or len(entries) != 2:
            raise UsageError("not a pair of strengths", where, value, "Write `[l1, l2]`, as `[1e-4, 1e-3]`.")
        place = Place.of(where)
        return (strength(entries[0], place / 0), strength(entries[1], place / 1))

    def strengths(value: object, where: str) -> tuple[Any, ...]:
        entries = listed(value)
        if entries is not None and entries and listed(entries[0]) is not None:
            found: tuple[Any, ...] = several(pair, least=1)(value, where)
            return found
        return pair(value, where)

    def check(value: object, where: str) -> Placed:
        if isinstance(value, Placed):
            value = value.document()
        if not isinstance(value, Mapping):
            return Placed(strengths(value, where))
        place = Place.of(where)
        if "strength" not in value:
            cure = "Write `{strength: [l1, l2], at: ...}`."
            raise UsageError("a technique without a strength", place, value, cure)
        said = mapping(value, place, ("strength", "at", "on"), "key of a technique")
        at = parse_place(said.get("at", HIDDEN), place / "at")
        on = _weights(said.get("on", KERNEL), place / "on")
        return Placed(strengths(said["strength"], place / "strength"), at, on)

    return check


def normalized(*, of_weights: bool = False) -> Check:
    """Make the check of a normalization: ``true``, ``false``, or its place.

    Args:
        of_weights: whether it acts on weights, which always come before the activation, and not on outputs.

    >>> normalized()(True, "batch_norm"), normalized()({"at": "input"}, "batch_norm")
    (True, Normalized(at='input', before_activation=False))
    """
    keys = ("at", "before_activation")

    def check(value: object, where: str) -> bool | Normalized:
        if isinstance(value, Normalized):
            value = value.document()
        if isinstance(value, Mapping):
            place = Place.of(where)
            said = mapping(value, place, keys, "key of a normalization")
            at = parse_place(said.get("at", HIDDEN), place / "at")
            before = flag()(said.get("before_activation", of_weights), place / "before_activation")
            if of_weights and not before:
                message = "weights are always normalized before the activation"
                raise UsageError(
                    message, place / "before_activation", said["before_activation"], "Leave it out."
                )
            if before and not of_weights and at == INPUT:
                message = "there is no activation at the input"
                raise UsageError(message, place / "before_activation", None, "Leave it out.")
            found = Normalized(at, before and not of_weights)
            return True if found == Normalized() else found
        try:
            on: bool = flag()(value, where)
        except UsageError as error:
            cure = "Write `true`, `false` or `{at: ...}`."
            raise UsageError(error.message, where, error.value, cure) from None
        return on

    return check


def parse_place(value: object, where: str) -> At:
    """Read where a technique stands.

    >>> parse_place({"first": 2}, "at"), parse_place(["dense_1"], "at")
    (2, ('dense_1',))
    """
    place = Place.of(where)
    if isinstance(value, str):
        if value in {HIDDEN, INPUT, LAST}:
            return value
        raise UsageError("no such place", place, value, f"{_WHERE} One layer is `[{value}]`.")
    if isinstance(value, Mapping):
        said = mapping(value, place, ("first",), "place")
        if "first" in said:
            first: int = count()(said["first"], place / "first")
            return first
        raise UsageError("no such place", place, value, _WHERE)
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if listed(value) is None:
        raise UsageError("no such place", place, value, _WHERE)
    names: tuple[str, ...] = several(text(200), least=1)(value, place)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError("the same layer twice", place, twice, "Name every layer once.")
    return names


def written_place(at: At) -> object:
    """Give a place as an experiment file writes it."""
    if isinstance(at, int):
        return {"first": at}
    return list(at) if isinstance(at, tuple) else at


def _strengths(strength: Check, value: object, where: str) -> Any:
    if listed(value) is None:
        return strength(value, where)
    return several(strength, least=1)(value, where)


def _weights(value: object, where: str) -> tuple[str, ...]:
    check = one_of((KERNEL, BIAS), "weight")
    names = (value,) if isinstance(value, str) else value
    found: tuple[str, ...] = several(check, least=1, most=2)(names, where)
    return tuple(sorted(set(found), reverse=True))


def _listed(value: Any) -> Any:
    return [_listed(entry) for entry in value] if isinstance(value, tuple) else value


def _flat(value: Any) -> Iterable[float]:
    if isinstance(value, tuple):
        for entry in value:
            yield from _flat(entry)
    else:
        yield value
