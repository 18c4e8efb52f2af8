"""Variants: named changes of the recipe, written one by one or spanned by a grid."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from trainlab.errors import UsageError
from trainlab.experiment.checks import listed, mapping, text
from trainlab.experiment.places import Place
from trainlab.experiment.recipe import CHECKS, Recipe, checked, parse_settings, written
from trainlab.experiment.repetitions import refuse_repetitions
from trainlab.experiment.space import Space, parse_space
from trainlab.experiment.tuning import FOUND, Budget, parse_budget
from trainlab.experiment.value_names import value_name

MOST_VARIANTS = 10_000


@dataclass(frozen=True)
class Variant:
    """A named change of the recipe; the empty change is the baseline.

    Args:
        name: as it stands in tables and pictures.
        changes: setting -> value, checked.
        tune: settings of this variant that are tuned, beside or instead of those that are for all; False
            where nothing of it is tuned.
        budget: how much tuning it gets; left out, as much as all.
        tuned: for each fold, the settings that its trials found, and last those of a final model, which has
            no fold; none before they are known.

    Raises:
        UsageError: for a name that cannot be printed, an unknown setting or an impossible value, and for a
            setting that is both changed and tuned.

    >>> Variant("dropout", {"dropout": 0.3}).recipe(Recipe()).dropout
    0.3
    >>> tuned = Variant("sgd", {"optimizer": "sgd"}, tuned=({"learning_rate": 0.1}, {"learning_rate": 0.2}))
    >>> tuned.recipe(Recipe(), fold=1).learning_rate
    0.2
    """

    name: str
    changes: Mapping[str, Any]
    tune: Space | Literal[False] | None = None
    budget: Budget | None = None
    tuned: tuple[Mapping[str, Any], ...] = ()

    def __post_init__(self) -> None:
        place = Place("variants", str(self.name))
        object.__setattr__(self, "name", _name(self.name, place))
        object.__setattr__(self, "changes", MappingProxyType(parse_settings(self.changes, place)))
        read = tuple(MappingProxyType(parse_settings(found, place)) for found in self.tuned)
        object.__setattr__(self, "tuned", read)
        for key in self.tune.keys if self.tune else ():
            if key in self.changes:
                cure = "Keep one of the two."
                raise UsageError(f"`{key}` is both changed and tuned", place / "tune" / key, None, cure)

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.changes))))

    def __reduce__(self) -> tuple[type["Variant"], tuple[Any, ...]]:
        # A read-only view can be neither copied nor pickled.
        found = tuple(dict(settings) for settings in self.tuned)
        return Variant, (self.name, dict(self.changes), self.tune, self.budget, found)

    def recipe(self, base: Recipe, fold: int = 0) -> Recipe:
        """Give the recipe of this variant.

        Args:
            base: what all variants share.
            fold: on which fold, where it was tuned within each; -1 for a final model.
        """
        return base.changed(self.settings(fold), Place("variants", self.name))

    def settings(self, fold: int = 0) -> dict[str, Any]:
        """Give its changes, with what was tuned on a fold, or for a final model."""
        return {**self.changes, **(self.tuned[fold] if self.tuned else {})}

    def settled(self) -> "Variant":
        """Give the variant that changes plainly what tuning has found for a final model.

        >>> Variant("a", {"l2": 0.1}, tuned=({"dropout": 0.2}, {"dropout": 0.3})).settled().document()
        {'l2': 0.1, 'dropout': 0.3}
        """
        return Variant(self.name, self.settings(-1))

    def document(self) -> dict[str, object]:
        """Give the changes as an experiment file writes them."""
        told = {key: written(key, value) for key, value in self.changes.items()}
        if self.tune is not None:
            told["tune"] = self.tune.document() if self.tune else False
        return told if self.budget is None else {**told, "budget": self.budget.document()}


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
        _variant(_name(name, place.key(name)), changes, place / name) for name, changes in value.items()
    )


def _variant(name: str, told: Any, place: Place) -> Variant:
    """Read one variant: its changes, and how it is tuned."""
    if not isinstance(told, Mapping) or not {"tune", "budget"} & set(told):
        return Variant(name, parse_settings(told, place))
    changes = {key: value for key, value in told.items() if key not in {"tune", "budget"}}
    tune, budget = told.get("tune"), told.get("budget")
    return Variant(
        name,
        parse_settings(changes, place),
        tune=False if tune is False else None if tune is None else parse_space(tune, place / "tune"),
        budget=None if budget is None else parse_budget(budget, place / "budget"),
    )


def with_found(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """Put behind all others the variant that a search looks for.

    Raises:
        UsageError: where another one is called so.

    >>> [variant.name for variant in with_found((Variant("baseline", {}),))]
    ['baseline', 'found']
    """
    named = [variant for variant in variants if variant.name == FOUND]
    if any(variant.changes or variant.tune for variant in named):
        cure = "Rename it: the search calls so what it finds."
        raise UsageError("the name of what is searched for", Place("variants").key(FOUND), FOUND, cure)
    return variants if named else (*variants, Variant(FOUND, {}))


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
    return _spanned(
        [dict(zip(choices, chosen, strict=True)) for chosen in itertools.product(*choices.values())]
    )


def one_at_a_time(value: object, where: str = "one_at_a_time") -> tuple[Variant, ...]:
    """Make a baseline and variants that each differ from it in one listed value.

    >>> [variant.name for variant in one_at_a_time({"l2": [0.001], "dropout": [0.1, 0.3]})]
    ['baseline', 'l2=0.001', 'dropout=0.1', 'dropout=0.3']
    """
    choices = _choices(value, where)
    changes = [{key: given} for key, values in choices.items() for given in values]
    return (Variant("baseline", {}), *_spanned(changes))


def reference(variants: Sequence[Variant]) -> Variant:
    """Give the variant that the others are compared with: the first empty one, else the first.

    What a search looks for is empty only until it is found.

    >>> reference([Variant("l2", {"l2": 0.1}), Variant("plain", {})]).name
    'plain'
    """
    empty = (variant for variant in variants if not variant.changes and variant.name != FOUND)
    return next(empty, variants[0])


def with_epochs(variants: Sequence[Variant], epochs: int) -> tuple[Variant, ...]:
    """Give every variant that says how many epochs this number instead; a name made of its changes follows.

    >>> [variant.name for variant in with_epochs(grid({"epochs": [5, 9], "l2": [0, 0.1]}), 1)]
    ['epochs=1, l2=0', 'epochs=1, l2=0.1']
    """
    changed: dict[str, Variant] = {}
    for variant in variants:
        if is_control(variant, variants):  # its epochs follow from the ensemble's, whatever these are now
            continue
        changes = dict(variant.changes)
        if "epochs" in changes:
            changes["epochs"] = epochs
        made = next(
            (full for full in (False, True) if variant.name == _told(variant.changes, full=full)), None
        )
        name = variant.name if made is None else _told(changes, full=made)
        shorter = replace(variant, name=name, changes=changes)
        changed.setdefault(shorter.name, shorter)
    return tuple(changed.values())


def with_controls(variants: Sequence[Variant], base: Recipe) -> tuple[Variant, ...]:
    """Put behind each ensemble that asks for one its control: one network, trained for as many epochs.

    An ensemble of five computes five times as much as one network. What of its gain is owed to averaging, and
    what to computing more, is told by a single network that may compute as much.

    >>> variants = with_controls([Variant("three", {"ensemble": 3})], Recipe(epochs=10))
    >>> [(variant.name, variant.recipe(Recipe()).epochs) for variant in variants]
    [('three', 10), ('three: control', 30)]
    """
    kept = {variant.name: variant for variant in variants if not is_control(variant, variants)}
    found: list[Variant] = []
    for variant in kept.values():
        found.append(variant)
        recipe = variant.recipe(base)
        if recipe.members > 1 and recipe.ensemble.control:
            name = _control_of(variant.name)
            if name in kept:
                cure = "Rename it, or write `ensemble: {members: ..., control: false}` for the other."
                place = Place("variants").key(name)
                raise UsageError("the name of an ensemble's control", place, name, cure)
            changes = dict(variant.changes) | {"ensemble": 1, "epochs": recipe.members * recipe.epochs}
            found.append(replace(variant, name=name, changes=changes))
    return tuple(found)


def is_control(variant: Variant, variants: Sequence[Variant]) -> bool:
    """Tell whether a variant is the control of one of the others: called so, and else changed alike."""
    if variant.changes.get("ensemble", True):
        return False
    return any(
        variant.name == _control_of(other.name) and _but_for_size(variant) == _but_for_size(other)
        for other in variants
    )


def _but_for_size(variant: Variant) -> dict[str, Any]:
    return {key: value for key, value in variant.changes.items() if key not in {"ensemble", "epochs"}}


def _control_of(name: str) -> str:
    return f"{name}: control"


def _choices(given: object, where: str) -> dict[str, list[Any]]:
    """Check a mapping of settings to the values that each takes in turn."""
    place = Place.of(where)
    choices = {}
    refuse_repetitions(given if isinstance(given, Mapping) else (), place)
    for key, values in mapping(given, place, CHECKS, "setting").items():
        entries = listed(values)
        if not entries:
            raise UsageError("not a list of values", place / key, values, f"Write `{key}: [a, b]`.")
        if len(entries) > MOST_VARIANTS:
            cure = f"Compare at most {MOST_VARIANTS}."
            raise UsageError(f"{len(entries)} values", place / key, None, cure)
        found: dict[Any, None] = {}
        for index, entry in enumerate(entries):
            value = checked(key, entry, place / key / index)
            if value in found:
                raise UsageError("the same value twice", place / key / index, entry, "List every value once.")
            found[value] = None
        choices[key] = list(found)
    if not choices:
        raise UsageError(
            "nothing to vary", place, given, "Write a setting and its values, as `l2: [0, 1e-3]`."
        )
    return choices


def _spanned(spanned: Sequence[dict[str, Any]]) -> tuple[Variant, ...]:
    """Name changes by their values, in full where that is needed to tell them apart."""
    full = len({_told(changes) for changes in spanned}) < len(spanned)
    return tuple(Variant(_told(changes, full=full), changes) for changes in spanned)


def _told(changes: Mapping[str, Any], *, full: bool = False) -> str:
    return ", ".join(f"{key}={value_name(key, value, full=full)}" for key, value in changes.items())


def _name(name: object, where: str) -> str:
    said: str = text()(str(name), where)
    if not said.strip():
        raise UsageError("a variant without a name", where, name, "Give every variant a name.")
    if len(said.splitlines()) > 1:
        raise UsageError("a variant's name of several lines", where, name, "Write it on one line.")
    return said
