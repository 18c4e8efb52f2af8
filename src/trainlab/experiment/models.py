"""Which network is trained: descriptions only, built elsewhere.

A model is described here by its family and sizes, by a function that builds it, or by a Keras model that
serves as a pattern. How layers come out of it is the business of ``model``.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainlab.errors import UsageError
from trainlab.experiment.checks import count, mapping, one_of, several, suggestion
from trainlab.experiment.recipe import ACTIVATIONS


@dataclass(frozen=True)
class Mlp:
    """A multilayer perceptron: flattened input, dense hidden layers, one output layer that fits the task."""

    hidden: tuple[int, ...] = (64,)
    activation: str = "relu"

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


def mlp(hidden: list[int] | tuple[int, ...] = (64,), activation: str = "relu") -> Mlp:
    """Describe a multilayer perceptron.

    Args:
        hidden: units of each hidden layer; none gives a linear model.
        activation: activation of the hidden layers, by Keras's name.

    Raises:
        UsageError: for sizes below one or an unknown activation.

    >>> mlp([64, 32])
    Mlp(hidden=(64, 32), activation='relu')
    """
    return Mlp(
        several(count())(list(hidden), "model.mlp.hidden"),
        one_of(ACTIVATIONS, "activation")(activation, "model.mlp.activation"),
    )


def parse_model(value: object, folder: Path, where: str = "model") -> ModelDescription:
    """Read ``{mlp: [64, 32]}``, ``{linear: {}}`` or ``{python: my_model.py:build}``.

    >>> parse_model({"mlp": {"hidden": [8], "activation": "tanh"}}, Path())
    Mlp(hidden=(8,), activation='tanh')
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        raise UsageError("a model is one family with its sizes", where, value, "Write `model: {mlp: [64, 32]}`.")
    family, sizes = next(iter(value.items()))
    place = f"{where}.{family}"
    if family == "mlp":
        if isinstance(sizes, Mapping):
            sizes = mapping(sizes, place, ("hidden", "activation"), "key of mlp")
            hidden = several(count())(sizes.get("hidden", [64]), f"{place}.hidden")
            known = one_of(ACTIVATIONS, "activation")
            return Mlp(hidden, known(sizes.get("activation", "relu"), f"{place}.activation"))
        return Mlp(several(count())(sizes, place))
    if family == "linear":
        mapping({} if sizes is None else sizes, place, (), "key of linear")
        return Mlp(())
    if family == "python":
        path, _, function = str(sizes).rpartition(":")
        if not path or not function.isidentifier():
            raise UsageError(
                "not a file and a function", place, sizes, "Write `model: {python: my_model.py:build}`."
            )
        return PythonFile(folder / path, function)
    raise UsageError("unknown model", place, family, suggestion(family, ("mlp", "linear", "python")))


def describe_model(value: object) -> ModelDescription:
    """Take what Python code gives as a model: a description, a builder function or a Keras model."""
    if isinstance(value, (Mlp, Builder, Pattern, PythonFile)):
        return value
    if hasattr(value, "stateless_call"):
        return Pattern(value)
    if callable(value):
        name = getattr(value, "__qualname__", type(value).__name__)
        return Builder(value, f"{getattr(value, '__module__', '')}:{name}")
    raise UsageError(
        "not a model",
        "model",
        value,
        "Give `tl.mlp([64, 32])`, a function that builds a Keras model, or a Keras model.",
    )
