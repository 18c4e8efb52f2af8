"""Spaces: settings of a recipe with numbers and choices left open, to be tuned or searched.

A key holds a range, ``{log: [a, b]}`` or ``{linear: [a, b]}``, a list to choose from, or a value with ranges
and choices inside of it; an option of a choice may have some of its own, which apply where it is chosen.
Every bound and every option is checked as a recipe checks it, so that no trial can be impossible by itself.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trainlab.errors import UsageError
from trainlab.experiment.checks import count, listed, mapping, number
from trainlab.experiment.models import describe_model
from trainlab.experiment.parameter import Kind, Parameter, Point, Value
from trainlab.experiment.places import Place
from trainlab.experiment.recipe import CHECKS, checked
from trainlab.experiment.repetitions import refuse_repetitions
from trainlab.experiment.value_names import value_name

MOST_CHOICES = 100
MOST_PARAMETERS = 100
_FIELDS = ("templates", "given")
# Keys that say how strong or how patient a technique is, and not of what kind.
_PARTS = ("strength", "choice", "patience")
SCALES: tuple[Kind, ...] = ("log", "linear")
NOT_TUNED = {
    "ensemble": "Members are tuned as single networks: write `ensemble` into the recipe.",
    "train_rows": "Compare amounts of rows as variants: more rows are better, at a price.",
    "train_fraction": "Compare amounts of rows as variants: more rows are better, at a price.",
}
EXAMPLE = "Write `{learning_rate: {log: [1e-4, 1e-1]}}`."


@dataclass(frozen=True)
class _Open:
    """A number or a choice that is left open; a choice has a template for each label."""

    parameter: Parameter
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class _Layers:
    """Sizes of hidden layers: how many there are, and the units of each."""

    layers: Parameter
    units: tuple[Parameter, ...]


@dataclass(frozen=True)
class Space:
    """What is left open of a recipe's settings.

    Args:
        templates: setting -> its value with ranges and choices inside.
        given: the same as an experiment file writes it.

    >>> space = parse_space(
    ...     {"learning_rate": {"log": [1e-4, 1e-2]}, "dropout": [False, {"linear": [0.1, 0.5]}]}
    ... )
    >>> [parameter.name for parameter in space.parameters]
    ['learning_rate', 'dropout', 'dropout.strength']
    >>> space.settings({"learning_rate": 0.001, "dropout": "on", "dropout.strength": 0.3})
    {'learning_rate': 0.001, 'dropout': 0.3}
    >>> space.point([0.5, 0.0, 0.9])
    {'learning_rate': 0.001, 'dropout': 'off'}
    """

    templates: tuple[tuple[str, Any], ...]
    given: tuple[tuple[str, Any], ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All numbers and choices, those that decide whether others apply before these."""
        return tuple(found for _, template in self.templates for found in _parameters(template))

    @property
    def keys(self) -> tuple[str, ...]:
        """The settings that it says something of."""
        return tuple(key for key, _ in self.templates)

    def settings(self, point: Point) -> dict[str, Any]:
        """Give the changes of a recipe that a point stands for.

        Args:
            point: a value for each parameter that applies.
        """
        return {key: _filled(template, point) for key, template in self.templates}

    def point(self, unit: Sequence[float]) -> dict[str, Value]:
        """Give the point at a position in the unit cube.

        Args:
            unit: a coordinate for each parameter, used or not.
        """
        found: dict[str, Value] = {}
        for parameter, position in zip(self.parameters, unit, strict=True):
            if parameter.applies(found):
                found[parameter.name] = parameter.at(position)
        return found

    def grid(self, per_number: int) -> list[dict[str, Value]]:
        """Give every combination of all choices and of so many values of each number.

        >>> len(parse_space({"l2": {"log": [1e-5, 1e-3]}, "activation": ["relu", "tanh"]}).grid(3))
        6
        """
        points: list[dict[str, Value]] = [{}]
        for parameter in self.parameters:
            values = parameter.spaced(per_number)
            grown: list[dict[str, Value]] = []
            for point in points:
                here = values if parameter.applies(point) else None
                grown += [point] if here is None else [{**point, parameter.name: value} for value in here]
            points = grown
        return points

    @classmethod
    def of(cls, parameters: Sequence[Parameter]) -> "Space":
        """Give a space of numbers and choices alone, as who draws points needs it; settings it has none."""
        return cls(tuple((one.name, _Open(one)) for one in parameters), ())

    @classmethod
    def joined(cls, *spaces: "Space | None") -> "Space":
        """Give all that spaces leave open; of a setting that several do, what the first says of it."""
        templates: dict[str, Any] = {}
        given: dict[str, Any] = {}
        for space in reversed([space for space in spaces if space is not None]):
            templates |= dict(space.templates)
            given |= dict(space.given)
        return cls(tuple(templates.items()), tuple(given.items()))

    def without(self, keys: Collection[str]) -> "Space":
        """Give the space without some settings."""
        kept = {name: tuple(pair for pair in getattr(self, name) if pair[0] not in keys) for name in _FIELDS}
        return Space(**kept)

    def document(self) -> dict[str, Any]:
        """Give the space as an experiment file writes it."""
        return dict(self.given)

    def __hash__(self) -> int:
        return hash(self.parameters)


def parse_space(value: object, where: str = "space") -> Space:
    """Read a space.

    Args:
        value: setting -> a range, a list to choose from, or a value with these inside.
        where: its place.

    Raises:
        UsageError: for unknown settings, bounds that a recipe refuses, and where nothing is left open.

    >>> parse_space({"learning_rate": {"log": [0, 0.1]}}, "tune")
    Traceback (most recent call last):
    trainlab.errors.UsageError: tune.learning_rate.log.0: not above zero (got 0.0). On a log scale both \
bounds are above zero.
    >>> parse_space({"seed": [0, 1]}, "tune")
    Traceback (most recent call last):
    trainlab.errors.UsageError: tune.seed: `seed` is repeated, not chosen (got 'seed'). Every variant is \
trained with all of `seeds: 5`, and their spread is reported.
    """
    if isinstance(value, Space):
        return value
    place = Place.of(where)
    if not isinstance(value, Mapping) or not value:
        raise UsageError("not a space of settings", place, value, EXAMPLE)
    refuse_repetitions(value, place)
    given = mapping(value, place, CHECKS, "setting")
    templates = []
    for key, told in given.items():
        if key in NOT_TUNED:
            raise UsageError(f"`{key}` is not tuned", place.key(key), None, NOT_TUNED[key])
        template = _setting(key, told, place / key)
        if not any(True for _ in _parameters(template)):
            cure = f"Write `{key}: {{linear: [a, b]}}` or a list to choose from, or move it to the recipe."
            raise UsageError("nothing is left open", place / key, told, cure)
        templates.append((key, _with_whole_numbers(key, template, place / key)))
    space = Space(tuple(templates), tuple((key, _plain(told)) for key, told in given.items()))
    names = [parameter.name for parameter in space.parameters]
    if len(names) > MOST_PARAMETERS:
        cure = f"Leave at most {MOST_PARAMETERS} open."
        raise UsageError(f"{len(names)} numbers and choices", place, None, cure)
    for key, template in space.templates:
        for corner in _corners(template):
            _checked(key, _filled(template, corner), place / key)
    return space


def _setting(key: str, told: object, place: Place) -> Any:
    if listed(told) is not None:
        return _choice(key, told, place, key, ())
    if key == "hidden" and isinstance(told, Mapping) and "layers" in told:
        return _layers(told, place)
    return _template(key, told, place, key, ())


def _template(key: str, told: Any, place: Place, name: str, when: tuple[Any, ...]) -> Any:
    """Read a value that may have ranges and choices inside."""
    if isinstance(told, Mapping) and len(told) == 1:
        ((scale, inside),) = told.items()
        if scale in SCALES and listed(inside) is not None:
            return _Open(_range(scale, inside, place, name, when))
        if scale == "choice":
            return _choice(key, inside, place / "choice", name, when)
    if isinstance(told, Mapping):
        return {
            part: _template(key, inside, place / part, f"{name}.{part}", when)
            for part, inside in told.items()
        }
    entries = listed(told)
    if entries is not None:
        parts = enumerate(entries)
        return [_template(key, part, place / at, f"{name}.{at + 1}", when) for at, part in parts]
    return told


def _range(
    scale: Kind, bounds: Any, place: Place, name: str, when: tuple[tuple[str, tuple[str, ...]], ...]
) -> Parameter:
    inside, entries = place / scale, listed(bounds) or ()
    if len(entries) != 2:
        cure = f"Write the lower and the upper bound, as `{{{scale}: [a, b]}}`."
        raise UsageError("not two bounds", inside, bounds, cure)
    low, high = (number()(bound, inside / at) for at, bound in enumerate(entries))
    if scale == "log" and low <= 0:
        raise UsageError("not above zero", inside / 0, low, "On a log scale both bounds are above zero.")
    if low >= high:
        raise UsageError("the lower bound is not below the upper one", inside, list(entries), "Swap them.")
    return Parameter(name, scale, low, high, when=when)


def _choice(key: str, told: Any, place: Place, name: str, when: tuple[Any, ...]) -> _Open:
    entries = listed(told)
    if not entries or len(entries) < 2:
        cure = "List at least two options, or move the only one to the recipe."
        raise UsageError("not a list to choose from", place, told, cure)
    if len(entries) > MOST_CHOICES:
        raise UsageError(f"{len(entries)} options", place, None, f"List at most {MOST_CHOICES}.")
    options: list[tuple[str, Any]] = []
    for at, option in enumerate(entries):
        label = _label(key, option, place / at, whole=name == key)
        taken = {other for other, _ in options}
        if label in taken and isinstance(option, Mapping) and isinstance(option.get(label), Mapping):
            label = f"{label}({', '.join(map(str, option[label]))})"
        if label in taken:
            raise UsageError("the same option twice", place / at, option, "List every option once.")
        inside = _inside_name(name, label, option)
        here = (*when, (name, (label,)))
        options.append((label, _template(key, option, place / at, inside, here)))
    parameter = Parameter(name, "choice", choices=tuple(label for label, _ in options), when=when)
    return _Open(parameter, tuple(options))


def _inside_name(name: str, label: str, option: object) -> str:
    """Name what is open inside of an option after it, unless its own key says so already."""
    if _is_range(option):
        return f"{name}.strength"
    return name if isinstance(option, Mapping) else f"{name}.{label}"


def _label(key: str, option: Any, place: Place, *, whole: bool) -> str:
    """Call an option by its value where it is plain, else by what it begins with."""
    if option is False:
        return "off"
    if any(_is_range(part) or _is_choice(part) for part in _parts(option)):
        # One key alone says of what kind it is, as `sgd`, `exponential` or `mixup`.
        kinds = list(option) if isinstance(option, Mapping) and not _is_range(option) else []
        if len(kinds) == 1 and kinds[0] not in _PARTS:
            return str(kinds[0])
        layers = len(listed(option) or ())
        return f"{layers} layer{'s' * (layers > 1)}" if key == "hidden" and layers else "on"
    if whole:
        return value_name(key, _checked(key, option, place))
    return "on" if option is True else str(option)


def _layers(told: Mapping[str, Any], place: Place) -> _Layers:
    """Read how many hidden layers there may be, and the units of each."""
    parts = mapping(told, place, ("layers", "units"), "part of hidden layers")
    example = "Write `hidden: {layers: [1, 3], units: {log: [8, 128]}}`."
    bounds = listed(parts["layers"]) or ()
    if len(bounds) != 2 or "units" not in parts or not _is_range(parts["units"]):
        raise UsageError("not a range of layers with their units", place, told, example)
    least, most = (count(high=20)(bound, place / "layers" / at) for at, bound in enumerate(bounds))
    if least >= most:
        raise UsageError("the lower bound is not below the upper one", place / "layers", told, example)
    layers = Parameter("hidden.layers", "linear", least, most, whole=True)
    ((scale, inside),) = parts["units"].items()
    units = []
    for layer in range(1, most + 1):
        deep = tuple(str(depth) for depth in range(max(layer, least), most + 1))
        when = (("hidden.layers", deep),) if layer > least else ()
        size = _range(scale, inside, place / "units", f"hidden.units_{layer}", when)
        units.append(replace(size, whole=True))
    return _Layers(layers, tuple(units))


def _parameters(template: Any) -> Iterator[Parameter]:
    if isinstance(template, _Open):
        yield template.parameter
        for _, option in template.options:
            yield from _parameters(option)
    elif isinstance(template, _Layers):
        yield from (template.layers, *template.units)
    elif isinstance(template, dict | list):
        for part in template.values() if isinstance(template, dict) else template:
            yield from _parameters(part)


def _filled(template: Any, point: Point) -> Any:
    if isinstance(template, _Layers):
        return [point[units.name] for units in template.units[: int(point[template.layers.name])]]
    if isinstance(template, _Open):
        value = point[template.parameter.name]
        return _filled(dict(template.options)[str(value)], point) if template.options else value
    if isinstance(template, dict):
        return {key: _filled(part, point) for key, part in template.items()}
    return [_filled(part, point) for part in template] if isinstance(template, list) else template


def _corners(template: Any) -> Iterator[dict[str, Value]]:
    """Give points between which all others lie, one thing changed at a time: bounds, and every option."""
    parameters = tuple(_parameters(template))

    def point(fixed: Point) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for parameter in parameters:
            if parameter.applies(found):
                found[parameter.name] = fixed.get(parameter.name, parameter.spaced(2)[0])
        return found

    for parameter in parameters:
        needed = {name: _typed(parameters, name, values[0]) for name, values in parameter.when}
        for value in parameter.spaced(2):
            yield point({**needed, parameter.name: value})


def _typed(parameters: Sequence[Parameter], name: str, value: str) -> Value:
    of_name = next(parameter for parameter in parameters if parameter.name == name)
    return value if of_name.kind == "choice" else int(value)


def _with_whole_numbers(key: str, template: Any, place: Place) -> Any:
    """Let those numbers be whole that the setting takes no other of."""
    for parameter in _parameters(template):
        if parameter.kind == "choice" or parameter.whole:
            continue
        between = replace(parameter, low=parameter.low + 0.37, high=parameter.high + 1.37)
        broken = _replaced(template, parameter.name, between)
        corner = next(point for point in _corners(broken) if parameter.name in point)
        try:
            checked(key, _filled(broken, corner), place)
        except UsageError as error:
            if error.message == "not a whole number":
                for at, bound in enumerate((parameter.low, parameter.high)):
                    count(low=-(10**9))(bound, place / parameter.kind / at)
                template = _replaced(template, parameter.name, replace(parameter, whole=True))
    return template


def _replaced(template: Any, name: str, by: Parameter) -> Any:
    if isinstance(template, _Open):
        options = tuple((label, _replaced(option, name, by)) for label, option in template.options)
        return _Open(by if template.parameter.name == name else template.parameter, options)
    if isinstance(template, dict):
        return {key: _replaced(part, name, by) for key, part in template.items()}
    return [_replaced(part, name, by) for part in template] if isinstance(template, list) else template


def _checked(key: str, value: object, place: Place) -> Any:
    """Check a filled setting; a refusal stands at the setting, since what is filled in has no line."""
    try:
        return checked(key, value, place)
    except UsageError as error:
        inside = error.where if isinstance(error.where, Place) else place
        depth = len(place.keys)
        same = inside.keys[:depth] == place.keys
        raise UsageError(error.message, place if same else inside, error.value, error.cure) from None


def _is_range(told: object) -> bool:
    return (
        isinstance(told, Mapping)
        and len(told) == 1
        and next(iter(told)) in SCALES
        and listed(next(iter(told.values()))) is not None
    )


def _is_choice(told: object) -> bool:
    return isinstance(told, Mapping) and len(told) == 1 and "choice" in told


def _parts(told: object) -> Iterator[object]:
    yield told
    entries = listed(told)
    if isinstance(told, Mapping):
        inside = [_parts(part) for part in told.values()]
    else:
        inside = [_parts(part) for part in entries or ()]
    yield from itertools.chain.from_iterable(inside)


def _plain(told: Any) -> Any:
    """Give what was written as plain values."""
    if isinstance(told, Mapping):
        return {str(key): _plain(part) for key, part in told.items()}
    entries = listed(told)
    if entries is not None:
        return [_plain(part) for part in entries]
    return told.item() if hasattr(told, "item") else _described(told)


def _described(told: Any) -> Any:
    if told is None or isinstance(told, str | int | float):
        return told
    # A model that lives in memory is written as its name.
    return told.document() if hasattr(told, "document") else describe_model(told).document()
