"""Fingerprints: whether two experiments ask the same question of the same rows.

In it: the rows themselves, the model with the source of its function or its layers, every setting in force,
the variants in their order, the seeds, how rows are split, and the metric. Not in it: the sentence of the
question, the name of the data, what tuning has found, where runs are shown, and the names of layers, which
Keras counts up through a session.
"""

import functools
import hashlib
import inspect
import json
import textwrap
from collections.abc import Callable
from typing import Any

from trainlab.experiment.models import Builder, KerasFile, ModelDescription, Pattern, PythonFile
from trainlab.experiment.settling import untuned
from trainlab.experiment.spec import Experiment


def fingerprint(experiment: Experiment) -> str:
    """Give a SHA-256 that stays where a question stays, and changes where an answer may change.

    The order of the variants counts, since it can decide the reference and is the order of the answer. A
    function counts by its own source; what it calls or finds outside of itself does not, nor does the source
    where Python has none to give (then the function's name counts).

    >>> import numpy as np
    >>> from trainlab.data.dataset import Dataset
    >>> data = Dataset(np.arange(20.0).reshape(10, 2), np.arange(10) % 2)
    >>> one = fingerprint(Experiment(data, seeds=3, question="Which?"))
    >>> len(one), one == fingerprint(Experiment(data, seeds=3)), one == fingerprint(Experiment(data, seeds=4))
    (64, True, False)
    """
    # What tuning has found is an answer, not the question.
    asked = untuned(experiment)
    document = asked.document()
    for key in ("question", "track", "tune", "budget", "search"):
        document.pop(key, None)
    if asked.tunings:
        # However it was written: for all variants, or for each.
        document["tunings"] = {name: tuning.document() for name, tuning in asked.tunings.items()}
    document["data"] = experiment.data.fingerprint
    document["model"] = _model(experiment.model)
    document["recipe"] = _settings(document["recipe"], experiment.recipe.model)
    document["variants"] = [
        [variant.name, _settings(document["variants"][variant.name], variant.changes.get("model"))]
        for variant in asked.variants
    ]
    canonical = json.dumps(_with_text_keys(document), sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _settings(written: Any, model: ModelDescription | None) -> Any:
    return written if model is None else written | {"model": _model(model)}


def _with_text_keys(value: Any) -> Any:
    """Give classes that are named by their numbers as texts: JSON can't sort both kinds."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(inner) for key, inner in value.items()}
    return [_with_text_keys(inner) for inner in value] if isinstance(value, list) else value


def _model(described: ModelDescription) -> object:
    if isinstance(described, Builder):
        return {"python": _source(described.function) or described.source}
    if isinstance(described, PythonFile | KerasFile):
        return _file(described)
    if isinstance(described, Pattern):
        try:
            return {"keras": _without_names(json.loads(described.model.to_json()))}
        except Exception:  # noqa: BLE001  # a layer of the user's may fail in any way to tell its settings
            return {"keras": type(described.model).__qualname__}
    return described.document()


def _file(described: PythonFile | KerasFile) -> object:
    """Give what is in the file, wherever it stands, and what is taken from it."""
    try:
        content = described.path.read_bytes()
    except OSError:
        return described.document()
    if isinstance(described, PythonFile):
        return {"python": [described.function, content.hex()]}
    freeze = described.freeze if isinstance(described.freeze, str) else sorted(described.freeze)
    return {"keras": [freeze, hashlib.sha256(content).hexdigest()]}


def _source(function: Callable[..., Any]) -> list[str] | None:
    """Give the source of a function, with the arguments that a partial holds, or of an object's class."""
    if isinstance(function, functools.partial):
        inner = _source(function.func)
        return inner and [*inner, repr(function.args), repr(sorted(function.keywords.items()))]
    for candidate in (function, type(function)):
        try:
            return [textwrap.dedent(inspect.getsource(candidate))]
        except (OSError, TypeError):
            continue
    return None


def _without_names(layers: Any) -> Any:
    """Number the layers of a Keras description in place of their names, wherever one refers to another."""
    numbers: dict[str, str] = {}

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("name"), str):
                numbers.setdefault(value["name"], f"layer {len(numbers)}")
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    def replaced(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: replaced(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [replaced(inner) for inner in value]
        return numbers.get(value, value) if isinstance(value, str) else value

    collect(layers)
    return replaced(layers)
