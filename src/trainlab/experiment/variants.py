"""Variants: named changes of the recipe, written one by one or spanned by a grid."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from trainlab.errors import UsageError
from trainlab.experiment.checks import mapping, suggestion
from trainlab.experiment.recipe import CHECKS, Recipe, parse_settings

MOST_VARIANTS = 10_000


@dataclass(frozen=True)
class Variant:
    """A named change of the recipe; the empty change is the baseline.

    >>> Variant("dropout", {"dropout": 0.3}).recipe(Recipe()).dropout
    0.3
    """

    name: str
    changes: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "changes", MappingProxyType(dict(self.changes)))

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.changes))))

    def recipe(self, base: Recipe) -> Recipe:
        """Give the recipe of this variant."""
        return base.changed(self.changes)

    def document(self) -> dict[str, object]:
        """Give the changes as an experiment file writes them."""
        plain = Recipe().changed(self.changes).document()
        return {key: plain[key] for key in self.changes}


def parse_variants(value: object, where: str = "variants") -> tuple[Variant, ...]:
    """Read variants written one by one: name -> changes.

    >>> [variant.name for variant in parse_variants({"baseline": {}, "l2": {"l2": 1e-3}})]
    ['baseline', 'l2']
    """
    if not isinstance(value, Mapping):
        raise UsageError(
            "not a mapping of names to changes", where, value, "Write `variants: {baseline: {}, l2: {l2: 1e-3}}`."
        )
    return tuple(
        Variant(_name(name, where), parse_settings(changes, f"{where}.{name}")) for name, changes in value.items()
    )


def grid(value: object, where: str = "grid") -> tuple[Variant, ...]:
    """Span every combination of the listed values; the first combination is the reference.

    >>> [variant.name for variant in grid({"l2": [0, 0.001], "dropout": [0, 0.3]})]
    ['l2=0, dropout=0', 'l2=0, dropout=0.3', 'l2=0.001, dropout=0', 'l2=0.001, dropout=0.3']
    """
    choices = _choices(value, where)
    total = 1
    for values in choices.values():
        total *= len(values)
    if total > MOST_VARIANTS:
        raise UsageError(f"{total} combinations, more than {MOST_VARIANTS}", where, None, "List fewer values.")
    return tuple(
        _spanned(dict(zip(choices, combination, strict=True)), where)
        for combination in itertools.product(*choices.values())
    )


def one_at_a_time(value: object, where: str = "one_at_a_time") -> tuple[Variant, ...]:
    """Make a baseline and variants that each differ from it in one listed value.

    >>> [variant.name for variant in one_at_a_time({"l2": [0.001], "dropout": [0.1, 0.3]})]
    ['baseline', 'l2=0.001', 'dropout=0.1', 'dropout=0.3']
    """
    choices = _choices(value, where)
    changes = [{key: given} for key, values in choices.items() for given in values]
    return (Variant("baseline", {}), *(_spanned(change, where) for change in changes))


def reference(variants: Sequence[Variant]) -> Variant:
    """Give the variant that the others are compared with: the first empty one, else the first.

    >>> reference([Variant("l2", {"l2": 0.1}), Variant("plain", {})]).name
    'plain'
    """
    return next((variant for variant in variants if not variant.changes), variants[0])


def _choices(value: object, where: str) -> dict[str, list[object]]:
    choices = mapping(value, where, CHECKS, "setting")
    for key, values in choices.items():
        if not isinstance(values, Sequence) or isinstance(values, str) or not values:
            raise UsageError("not a list of values", f"{where}.{key}", values, f"Write `{key}: [a, b]`.")
    if not choices:
        raise UsageError("nothing to vary", where, None, suggestion("", CHECKS))
    return choices


def _spanned(changes: dict[str, object], where: str) -> Variant:
    name = ", ".join(f"{key}={_shown(given)}" for key, given in changes.items())
    return Variant(_name(name, where), parse_settings(changes, where))


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{key}({_shown(inner)})" if inner else str(key) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return "-".join(_shown(entry) for entry in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _name(name: object, where: str) -> str:
    text = str(name)
    if not text.strip():
        raise UsageError("a variant without a name", where, name, "Give every variant a name.")
    if len(text) > 10_000:
        raise UsageError("a variant's name longer than 10000 characters", where, text, "Say it shorter.")
    return text
