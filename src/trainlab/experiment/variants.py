"""Variants: named changes of the recipe, written one by one or spanned by a grid."""

import itertools
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from trainlab.errors import UsageError
from trainlab.experiment.checks import listed, mapping, text
from trainlab.experiment.models import Cnn, KerasFile, Mlp, PythonFile
from trainlab.experiment.optimizers import OptimizerChoice
from trainlab.experiment.placed import Placed
from trainlab.experiment.places import Place
from trainlab.experiment.recipe import CHECKS, Recipe, checked, parse_settings, written
from trainlab.experiment.repetitions import refuse_repetitions
from trainlab.experiment.stopping import EarlyStopping

MOST_VARIANTS = 10_000

# Texts that need no quotation marks in a name.
_PLAIN = re.compile(r"""[^\s,()\[\]"=]+""")


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
        return {key: written(key, value) for key, value in self.changes.items()}


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
        if is_control(variant, variants):  # its epochs follow from the ensemble's, whatever these are now
            continue
        changes = dict(variant.changes)
        if "epochs" in changes:
            changes["epochs"] = epochs
        made = next(
            (full for full in (False, True) if variant.name == _told(variant.changes, full=full)), None
        )
        shorter = Variant(variant.name if made is None else _told(changes, full=made), changes)
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
            found.append(Variant(name, changes))
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
    return ", ".join(f"{key}={_value(key, value, full=full)}" for key, value in changes.items())


def _value(key: str, value: Any, *, full: bool) -> str:
    """Write a checked value as short as it can be told from every other; files in full with their folders."""
    if isinstance(value, bool) or value == EarlyStopping():
        return "off" if value is False else "on"
    if key == "hidden":
        return _sizes(value)
    if isinstance(value, Mlp | Cnn | PythonFile | KerasFile):
        return _network(value, full=full)
    if isinstance(value, Placed):
        return _placed(written(key, value))
    if isinstance(value, OptimizerChoice):
        return _called(value.name, dict(value.numbers))
    return _called("", _unusual(value)) if isinstance(value, EarlyStopping) else _shown(written(key, value))


def _placed(plain: Any) -> str:
    if not isinstance(plain, Mapping):
        return _shown(plain)
    at = plain.get("at")
    place = f"first {at['first']}" if isinstance(at, Mapping) else _shown(at)
    on = f" on {'+'.join(plain['on'])}" if "on" in plain else ""
    return f"{_shown(plain['strength'])}{f' at {place}' if at else ''}{on}"


def _network(described: Mlp | Cnn | PythonFile | KerasFile, *, full: bool) -> str:
    if isinstance(described, PythonFile | KerasFile):
        file = _shown(str(described.path) if full else described.path.name)
        if isinstance(described, PythonFile):
            return f"python({file}, {described.function})"
        return f"keras({file}{f', freeze={_shown(described.freeze)}' if described.freeze else ''})"
    if described == Mlp(()):
        return "linear"
    family, first = ("mlp", "hidden") if isinstance(described, Mlp) else ("cnn", "filters")
    more = "".join(
        f", {key}={_sizes(given) if isinstance(given, tuple) else _shown(given)}"
        for key, given in _unusual(described).items()
        if key != first
    )
    return f"{family}({_sizes(getattr(described, first))}{more})"


def _unusual(value: Any) -> dict[str, Any]:
    """Give what of a description is not as it is when nothing is said."""
    given = {field.name: getattr(value, field.name) for field in fields(value)}
    return {key: said for key, said in given.items() if said != getattr(type(value), key)}


def _sizes(sizes: Sequence[int]) -> str:
    return "-".join(map(str, sizes)) or "none"


def _called(name: str, given: Mapping[str, Any]) -> str:
    inside = ", ".join(
        _called(key, value) if isinstance(value, Mapping) else f"{_shown(str(key))}={_shown(value)}"
        for key, value in given.items()
    )
    return f"{name}({inside})" if inside else name


def _shown(value: Any) -> str:
    """Write a plain value, as an experiment file has it, on one line."""
    if isinstance(value, Mapping):
        # One key alone names what it is, as `cosine` or `noise`.
        (name, inside), *more = value.items()
        alone = _called(name, inside) if isinstance(inside, Mapping) else f"{name}({_shown(inside)})"
        return _called("", value) if more else alone
    if isinstance(value, (list, tuple)):
        numbers = len(value) > 1 and all(isinstance(entry, (int, float)) for entry in value)
        entries = [_shown(entry) for entry in value]
        return "-".join(entries) if numbers else f"[{', '.join(entries)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return str(value) if _PLAIN.fullmatch(str(value)) else json.dumps(value)


def _name(name: object, where: str) -> str:
    said: str = text()(str(name), where)
    if not said.strip():
        raise UsageError("a variant without a name", where, name, "Give every variant a name.")
    if len(said.splitlines()) > 1:
        raise UsageError("a variant's name of several lines", where, name, "Write it on one line.")
    return said
