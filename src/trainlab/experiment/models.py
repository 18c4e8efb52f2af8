"""Which network is trained: descriptions only, built elsewhere.

A model is described here by its family and sizes, by a function that builds it, or by a Keras model that
serves as a pattern. How layers come out of it is the business of ``model``.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainlab.errors import UsageError
from trainlab.experiment.checks import mapping
from trainlab.experiment.places import Place
from trainlab.experiment.recipe import CHECKS

FAMILIES = ("mlp", "linear", "python")
LATER = ("cnn", "keras")  # agreed, not built yet

SIZES = CHECKS["hidden"]
ACTIVATION = CHECKS["activation"]


@dataclass(frozen=True)
class Mlp:
    """A multilayer perceptron: flattened input, dense hidden layers, one output layer that fits the task.

    Args:
        hidden: units of each hidden layer; none gives a linear model.
        activation: activation of the hidden layers, by Keras's name.

    Raises:
        UsageError: for sizes below one or an unknown activation.
    """

    hidden: tuple[int, ...] = (64,)
    activation: str = "relu"

    def __post_init__(self) -> None:
        place = Place("model", "mlp")
        object.__setattr__(self, "hidden", SIZES(self.hidden, place / "hidden"))
        object.__setattr__(self, "activation", ACTIVATION(self.activation, place / "activation"))

    def document(self) -> dict[str, object]:
        """Give the description as an experiment file writes it."""
        return {"mlp": {"hidden": list(self.hidden), "activation": self.activation}}


@dataclass(frozen=True)
class Builder:
    """A function that builds a Keras model, with those settings that it names as parameters.

    Args:
        function: called with no argument, or with the settings (``dropout``, ``hidden`` ...) it names.
        source: where the function stands, for the report.
    """

    function: Callable[..., Any]
    source: str

    @property
    def parameters(self) -> Mapping[str, bool]:
        """The names the function takes, each with whether it must be given."""
        found = inspect.signature(self.function).parameters.values()
        return {
            parameter.name: parameter.default is parameter.empty
            for parameter in found
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        }

    def document(self) -> dict[str, object]:
        """Give the description for the record."""
        return {"python": self.source}


@dataclass(frozen=True)
class Pattern:
    """A sequential or functional Keras model of the user's; every run starts from fresh weights."""

    model: Any

    def document(self) -> dict[str, object]:
        """Give the description for the record."""
        return {"keras": str(getattr(self.model, "name", "model"))}


@dataclass(frozen=True)
class PythonFile:
    """A builder function in a Python file; running it needs the user's word (``--allow-code``)."""

    path: Path
    function: str

    def document(self) -> dict[str, object]:
        """Give the description as an experiment file writes it."""
        return {"python": f"{self.path}:{self.function}"}


ModelDescription = Mlp | Builder | Pattern | PythonFile


def mlp(hidden: Sequence[int] = (64,), activation: str = "relu") -> Mlp:
    """Describe a multilayer perceptron.

    Args:
        hidden: units of each hidden layer; none gives a linear model.
        activation: activation of the hidden layers, by Keras's name.

    Raises:
        UsageError: for sizes below one or an unknown activation.

    >>> mlp([64, 32])
    Mlp(hidden=(64, 32), activation='relu')
    """
    return Mlp(tuple(SIZES(hidden, Place("model", "mlp", "hidden"))), activation)


def parse_model(value: object, folder: Path, where: str = "model") -> ModelDescription:
    """Read ``{mlp: [64, 32]}``, ``{linear: {}}`` or ``{python: my_model.py:build}``.

    Args:
        value: as an experiment file gives it.
        folder: where Python files are looked for.
        where: where the value stands.

    Raises:
        UsageError: for another family, and for impossible sizes.

    >>> parse_model({"mlp": {"hidden": [8], "activation": "tanh"}}, Path())
    Mlp(hidden=(8,), activation='tanh')
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        cure = "Write `model: {mlp: [64, 32]}`."
        raise UsageError("a model is one family with its sizes", where, value, cure)
    family, sizes = next(iter(mapping(value, where, FAMILIES, "model", later=LATER).items()))
    place = Place.of(where) / family
    if family == "linear":
        mapping({} if sizes is None else sizes, place, (), "key of linear")
        return Mlp(())
    if family == "python":
        return _python_file(sizes, folder, place)
    if isinstance(sizes, Mapping):
        sizes = mapping(sizes, place, ("hidden", "activation"), "key of mlp")
        hidden = SIZES(sizes.get("hidden", (64,)), place / "hidden")
        return Mlp(hidden, ACTIVATION(sizes.get("activation", "relu"), place / "activation"))
    return Mlp(SIZES(sizes, place))


def describe_model(value: object) -> ModelDescription:
    """Take what Python code gives as a model: a description, a builder function or a Keras model.

    Raises:
        UsageError: for anything else, a single layer among it.

    >>> describe_model({"mlp": [64]})
    Mlp(hidden=(64,), activation='relu')
    """
    if isinstance(value, (Mlp, Builder, Pattern, PythonFile)):
        return value
    if isinstance(value, Mapping):
        return parse_model(value, Path())
    # By what it can do, since Keras is not imported here: a class of models is a builder, a layer no model.
    is_layer = hasattr(value, "stateless_call") and not isinstance(value, type)
    if is_layer and hasattr(value, "fit"):
        return Pattern(value)
    if callable(value) and not is_layer:
        name = getattr(value, "__qualname__", type(value).__name__)
        return Builder(value, f"{getattr(value, '__module__', '')}:{name}")
    raise UsageError(
        "not a model",
        Place("model"),
        value,
        "Give `tl.mlp([64, 32])`, a function that builds a Keras model, or a Keras model.",
    )


def _python_file(value: object, folder: Path, where: str) -> PythonFile:
    path, _, function = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not path.strip() or not function.isidentifier():
        cure = "Write `model: {python: my_model.py:build}`."
        raise UsageError("not a file and a function", where, value, cure)
    return PythonFile(folder / path, function)
