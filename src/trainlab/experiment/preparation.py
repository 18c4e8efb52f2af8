"""What an experiment file says about preparation, and how it is written; acting on it is for ``data``."""

from collections.abc import Mapping
from typing import Any

from trainlab.data.dataset import Dataset
from trainlab.data.preparing.preparation import PLURALS, STEPS, Prepare, Step, Steps, check_steps
from trainlab.data.preparing.steps_in_force import steps_in_force
from trainlab.errors import UsageError
from trainlab.experiment.checks import listed, mapping, one_of, suggestion
from trainlab.experiment.places import Place, standing_at

COLUMNS = "columns"
TARGET = "target"
GROUPS = (*PLURALS.values(), TARGET, COLUMNS)
"""Keys that are no names of columns; a column that is called so stands under ``columns``."""

_STEP = one_of(STEPS, "step of preparation")
_TARGET = one_of(("none", "standardize", "min_max"), "way to scale a target")
_CURE = "Write a step, a list of steps, or a mapping of columns to steps, as `{age: [{impute: median}]}`."
_KINDS = {plural: kind for kind, plural in PLURALS.items()}


def parse_prepare(value: object, where: str = "prepare") -> Prepare:
    """Read what is done to columns: steps for all numbers, or a mapping by kind and by name.

    Args:
        value: a step or a list of steps, for all numbers; or a mapping with ``numbers``, ``categories``,
            ``texts``, ``target``, and names of columns (of inputs, where there are several), which may also
            stand under ``columns``.
        where: the place of the value.

    Raises:
        UsageError: for unknown steps, values that a step does not take, steps that a kind of column cannot
            take, and an order that cannot be meant.

    >>> parse_prepare([{"impute": "median"}, "min_max"]).numbers
    (Step(name='impute', value='median', quantiles=False), Step(name='min_max', value=None, quantiles=False))
    >>> parse_prepare("standardise")
    Traceback (most recent call last):
    trainlab.errors.UsageError: prepare: unknown step of preparation (got 'standardise'). \
Did you mean `standardize`?
    """
    if isinstance(value, Prepare):
        return value
    place = Place.of(where)
    if not isinstance(value, Mapping) or _is_step(value):
        steps = _steps(value, place)
        with standing_at(place):
            return Prepare(numbers=steps)
    _check_keys(value, place)
    kinds = {key: _steps(value[key], place / key) for key in PLURALS.values() if key in value}
    for key, steps in kinds.items():
        with standing_at(place / key):
            check_steps(steps, _KINDS[key], place / key)
    named = {key: (steps, place / key) for key, steps in value.items() if key not in GROUPS}
    below = value.get(COLUMNS, {})
    if not isinstance(below, Mapping):
        raise UsageError("not a mapping of columns to steps", place / COLUMNS, below, _CURE)
    for name, steps in below.items():
        if name in named:
            raise UsageError("a column is named twice", place / COLUMNS / name, name, "Say it once.")
        named[name] = (steps, place / COLUMNS / name)
    target = _TARGET(value[TARGET], place / TARGET) if TARGET in value else None
    columns = tuple((_name(name, at), _steps(steps, at)) for name, (steps, at) in named.items())
    return Prepare(**kinds, target=target, columns=columns)


def prepare_document(prepare: Prepare) -> object:
    """Give preparation as an experiment file writes it.

    >>> prepare_document(Prepare(numbers=(Step("rescale", 255),)))
    {'rescale': 255.0}
    >>> prepare_document(parse_prepare({"age": "min_max", "target": "none"}))
    {'target': 'none', 'age': 'min_max'}
    """
    groups = {plural: steps for plural in PLURALS.values() if (steps := getattr(prepare, plural))}
    if list(groups) == ["numbers"] and prepare.target is None and not prepare.columns:
        return _written(prepare.numbers)
    document: dict[str, object] = {plural: _written(steps) for plural, steps in groups.items()}
    if prepare.target is not None:
        document[TARGET] = prepare.target
    below = {name: _written(steps) for name, steps in prepare.columns if not _stands_alone(name)}
    document |= {name: _written(steps) for name, steps in prepare.columns if _stands_alone(name)}
    return document | ({COLUMNS: below} if below else {})


def check_prepare(prepare: Prepare, dataset: Dataset, where: str = "prepare") -> None:
    """Refuse preparation that the data cannot take.

    Args:
        prepare: what the experiment says.
        dataset: the rows.
        where: the place of the value.

    Raises:
        UsageError: for a column or input that is not there, steps that do not fit its kind, levels that are
            not its own, and a scaled target of a classification.
        DataError: for a column with missing values that no step fills.

    >>> data = Dataset([[20.0], [64.0]], [0, 1], columns=["age"])
    >>> check_prepare(parse_prepare({"agee": "min_max"}), data)
    Traceback (most recent call last):
    trainlab.errors.UsageError: prepare.agee: no such column (got 'agee'). Did you mean `age`?
    """
    place = Place.of(where)

    def places(keys: tuple[str, ...]) -> str:
        # A column of no special name needs no `columns` around it.
        short = keys[0] == COLUMNS and _stands_alone(keys[-1])
        return Place(*place.keys, *(keys[1:] if short else keys))

    steps_in_force(dataset, prepare, places=places)


def _steps(value: object, place: Place) -> Steps:
    entries = listed(value)
    if entries is None:
        return (_step(value, place),)
    if not entries:
        raise UsageError("an empty list of steps", place, None, "Write `none` where nothing shall be done.")
    return tuple(_step(entry, place / index) for index, entry in enumerate(entries))


def _step(value: object, place: Place) -> Step:
    if isinstance(value, Step):
        return value
    if isinstance(value, str):
        with standing_at(place):
            return Step(_STEP(value, place))
    if not isinstance(value, Mapping) or len(value) != 1:
        raise UsageError("not a step of preparation", place, value, _CURE)
    ((name, given),) = value.items()
    if name not in STEPS:
        raise UsageError("unknown step of preparation", place.key(name), name, suggestion(name, STEPS))
    quantiles = name == "clip" and isinstance(given, Mapping)
    if quantiles:
        given = mapping(given, place / name, ("quantiles",), "setting of clip").get("quantiles")
    if given is None:
        cure = f"Write `{name}`, or `{{{name}: VALUE}}`."
        raise UsageError(f"`{name}` without a value", place / name, None, cure)
    entries = listed(given)
    with standing_at(place / name):
        return Step(name, given if entries is None else tuple(entries), quantiles=quantiles)


def _check_keys(value: Mapping[Any, Any], place: Place) -> None:
    for key in value:
        if key in STEPS:
            cure = "Write several steps as a list, and a column of that name under `columns`."
            raise UsageError("a step among columns", place.key(key), key, cure)


def _name(name: object, place: Place) -> str:
    if isinstance(name, str) and name:
        return str(name)
    raise UsageError("not the name of a column", place, name, "Write it in quotation marks.")


def _is_step(value: Mapping[Any, Any]) -> bool:
    return len(value) == 1 and next(iter(value)) in STEPS


def _stands_alone(name: str) -> bool:
    return name not in GROUPS and name not in STEPS


def _written(steps: Steps) -> object:
    return steps[0].document() if len(steps) == 1 else [step.document() for step in steps]
