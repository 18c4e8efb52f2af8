"""Values of settings as they are called in the names of variants and trials: short, and told apart."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from trainlab.experiment.models import Cnn, KerasFile, Mlp, PythonFile
from trainlab.experiment.optimizers import OptimizerChoice
from trainlab.experiment.placed import Placed
from trainlab.experiment.recipe import written
from trainlab.experiment.stopping import EarlyStopping

# Texts that need no quotation marks in a name.
_PLAIN = re.compile(r"""[^\s,()\[\]"=]+""")


def value_name(key: str, value: Any, *, full: bool = False) -> str:
    """Write a checked value as short as it can be told from every other.

    Args:
        key: the setting.
        value: its value, checked.
        full: whether files are named with their folders, where that is needed to tell them apart.

    >>> value_name("hidden", (64, 32)), value_name("dropout", 0.3), value_name("batch_norm", True)
    ('64-32', '0.3', 'on')
    """
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
