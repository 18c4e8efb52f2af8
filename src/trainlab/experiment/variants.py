"""Variants: named changes of the recipe, written one by one or spanned by a grid."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from trainlab.errors import UsageError
from trainlab.experiment.checks import listed, mapping, text
from trainlab.experiment.optimizers import OptimizerChoice
from trainlab.experiment.places import Place
from trainlab.experiment.recipe import CHECKS, LATER, Recipe, parse_settings

MOST_VARIANTS = 10_000


@dataclass(frozen=True)
class Variant:
    """A named change of the recipe; the empty change is the baseline.

    Args:
        name: as it stands in tables and pictures.
        changes: setting -> value, checked.

    Raises:
        UsageError: for a name that cannot be printed, an unknown setting or an impossible value.

    >>> Variant("dropout", {"dropout": 0.3}).recipe(Recipe()).dropout
    0.3
    """

    name: str
    changes: Mapping[str, Any]

    def __post_init__(self) -> None:
        place = Place("variants", str(self.name))
        object.__setattr__(self, "name", _name(self.name, place))
        object.__setattr__(self, "changes", MappingProxyType(parse_settings(self.changes, place)))

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.changes))))

    def __reduce__(self) -> tuple[type["Variant"], tuple[str, dict[str, Any]]]:
        # A read-only view can be neither copied nor pickled.
        return Variant, (self.name, dict(self.changes))

    def recipe(self, base: Recipe) -> Recipe:
        """Give the recipe of this variant."""
        return base.changed(self.changes, Place("variants", self.name))

    def document(self) -> dict[str, object]:
        """Give the changes as an experiment file writes them."""
        plain = Recipe().changed(self.changes).settings()
        return {key: plain[key] for key in self.changes}


def parse_variants(value: object, where: str = "variants") -> tuple[Variant, ...]:
    """Read variants written one by one: name -> changes.

    >>> [variant.name for variant in parse_variants({"baseline": {}, "l2": {"l2": 1e-3}})]
    ['baseline', 'l2']
    """
    if not isinstance(value, Mapping):
        cure = "Write `variants: {baseline: {}, l2: {l2: 1e-3}}`."
        raise UsageError("not a mapping of names to changes", where, value, cure)
    place = Place.of(where)
    if len(value) > MOST_VARIANTS:
        raise UsageError(f"{len(value)} variants", place, None, f"Compare at most {MOST_VARIANTS}.")
    return tuple(
        Variant(_name(name, place.key(name)), parse_settings(changes, place / name))
        for name, changes in value.items()
    )


def grid(value: object, where: str = "grid") -> tuple[Variant, ...]:
    """Span every combination of the listed values; the first combination is the reference.

    >>> [variant.name for variant in grid({"l2": [0, 0.001], "dropout": [0, 0.3]})]
    ['l2=0, dropout=0', 'l2=0, dropout=0.3', 'l2=0.001, dropout=0', 'l2=0.001, dropout=0.3']
    """
    choices = _choices(value, where)
    total = math.prod(len(values) for values in choices.values())
    if total > MOST_VARIANTS:
        cure = f"List fewer values: at most {MOST_VARIANTS} variants are compared."
        raise UsageError(f"{total} combinations", where, None, cure)
    return tuple(
        _spanned(dict(zip(choices, combination, strict=True)))
        for combination in itertools.product(*choices.values())
    )


def one_at_a_time(value: object, where: str = "one_at_a_time") -> tuple[Variant, ...]:
    """Make a baseline and variants that each differ from it in one listed value.

    >>> [variant.name for variant in one_at_a_time({"l2": [0.001], "dropout": [0.1, 0.3]})]
    ['baseline', 'l2=0.001', 'dropout=0.1', 'dropout=0.3']
    """
    choices = _choices(value, where)
    changes = [{key: given} for key, values in choices.items() for given in values]
    return (Variant("baseline", {}), *(_spanned(change) for change in changes))


def reference(variants: Sequence[Variant]) -> Variant:
    """Give the variant that the others are compared with: the first empty one, else the first.

    >>> reference([Variant("l2", {"l2": 0.1}), Variant("plain", {})]).name
    'plain'
    """
    return next((variant for variant in variants if not variant.changes), variants[0])


def with_epochs(variants: Sequence[Variant], epochs: int) -> tuple[Variant, ...]:
    """Give every variant that says how many epochs this number instead; a name made of its changes follows.

    >>> [variant.name for variant in with_epochs(grid({"epochs": [5, 9], "l2": [0, 0.1]}), 1)]
    ['epochs=1, l2=0', 'epochs=1, l2=0.1']
    """
    changed: dict[str, Variant] = {}
    for variant in variants:
        changes = dict(variant.changes)
        if "epochs" in changes:
            changes["epochs"] = epochs
        made = variant.name == _told(variant.changes)
        shorter = Variant(_told(changes) if made else variant.name, changes)
        changed.setdefault(shorter.name, shorter)
    return tuple(changed.values())


def _choices(value: object, where: str) -> dict[str, list[Any]]:
    """Check a mapping of settings to the values that each takes in turn."""
    place = Place.of(where)
    choices = {}
    for key, values in mapping(value, place, CHECKS, "setting", later=LATER).items():
        entries = listed(values)
        if not entries:
            raise UsageError("not a list of values", place / key, values, f"Write `{key}: [a, b]`.")
        if len(entries) > MOST_VARIANTS:
            cure = f"Compare at most {MOST_VARIANTS}."
            raise UsageError(f"{len(entries)} values", place / key, None, cure)
        checked: dict[Any, None] = {}
        for index, entry in enumerate(entries):
            found = CHECKS[key](entry, place / key / index)
            if found in checked:
                raise UsageError("the same value twice", place / key / index, entry, "List every value once.")
            checked[found] = None
        choices[key] = list(checked)
    if not choices:
        raise UsageError(
            "nothing to vary", place, value, "Write a setting and its values, as `l2: [0, 1e-3]`."
        )
    return choices


def _spanned(changes: dict[str, Any]) -> Variant:
    return Variant(_told(changes), changes)


def _told(changes: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={_shown(value)}" for key, value in changes.items())


def _shown(value: object) -> str:
    """Write a checked value as short as it can be told from every other."""
    if isinstance(value, OptimizerChoice):
        numbers = ", ".join(f"{key}={_shown(given)}" for key, given in value.numbers)
        return f"{value.name}({numbers})" if numbers else value.name
    if isinstance(value, tuple):
        return "-".join(_shown(entry) for entry in value) or "none"
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _name(name: object, where: str) -> str:
    said: str = text()(str(name), where)
    if not said.strip():
        raise UsageError("a variant without a name", where, name, "Give every variant a name.")
    if len(said.splitlines()) > 1:
        raise UsageError("a variant's name of several lines", where, name, "Write it on one line.")
    return said
