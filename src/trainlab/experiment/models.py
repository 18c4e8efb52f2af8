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
from trainlab.experiment.checks import Check, count, listed, mapping, several, text
from trainlab.experiment.layers import ACTIVATION, SIZES
from trainlab.experiment.places import Place

FAMILIES = ("mlp", "linear", "cnn", "python", "keras")
ALL = "all"


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
class Cnn:
    """A convolutional network: blocks of convolution and pooling, dense layers, an output that fits the task.

    Args:
        filters: filters of each block's convolution, which keeps height and width.
        kernel: height and width of a filter.
        pool: rows and columns that each block's pooling makes one; 1 pools nothing.
        hidden: units of the dense layers between the last block and the output.
        activation: activation of convolutions and dense layers, by Keras's name.

    Raises:
        UsageError: for sizes below one, no block at all or an unknown activation.

    >>> Cnn((8, 16)).document()
    {'cnn': {'filters': [8, 16], 'kernel': 3, 'pool': 2, 'hidden': [], 'activation': 'relu'}}
    """

    filters: tuple[int, ...] = (32, 64)
    kernel: int = 3
    pool: int = 2
    hidden: tuple[int, ...] = ()
    activation: str = "relu"

    def __post_init__(self) -> None:
        place = Place("model", "cnn")
        for key, check in _CNN.items():
            object.__setattr__(self, key, check(getattr(self, key), place / key))

    def document(self) -> dict[str, object]:
        """Give the description as an experiment file writes it."""
        sizes = {key: getattr(self, key) for key in _CNN}
        return {"cnn": {key: list(size) if isinstance(size, tuple) else size for key, size in sizes.items()}}


_CNN: Mapping[str, Check] = {
    "filters": several(count(), least=1),
    "kernel": count(),
    "pool": count(),
    "hidden": SIZES,
    "activation": ACTIVATION,
}


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

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", Path(self.path).absolute())

    def document(self) -> dict[str, object]:
        """Give the description as an experiment file writes it."""
        return {"python": f"{self.path}:{self.function}"}


@dataclass(frozen=True)
class KerasFile:
    """A saved Keras model whose weights are where every run starts: transfer learning.

    Args:
        path: a ``.keras`` file.
        freeze: names of the layers that keep their weights, or ``"all"`` for all but the output layer. Where
            the output doesn't fit the classes or targets, a new output layer takes its place.
    """

    path: Path
    freeze: tuple[str, ...] | str = ()

    def __post_init__(self) -> None:
        # Absolute, so that it is the same file wherever the experiment is stored or read from.
        object.__setattr__(self, "path", Path(self.path).absolute())
        object.__setattr__(self, "freeze", _frozen(self.freeze, Place("model", "freeze")))

    def document(self) -> dict[str, object]:
        """Give the description as an experiment file writes it."""
        freeze = self.freeze if isinstance(self.freeze, str) else list(self.freeze)
        file = str(self.path)
        return {"keras": {"file": file, "freeze": freeze} if freeze else file}


ModelDescription = Mlp | Cnn | Builder | Pattern | PythonFile | KerasFile


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
    """Read ``{mlp: [64, 32]}``, ``{linear: {}}``, ``{cnn: [8, 16]}``, ``{keras: file}`` and the like.

    Args:
        value: as an experiment file gives it.
        folder: where files are looked for.
        where: where the value stands.

    Raises:
        UsageError: for another family, and for impossible sizes.

    >>> parse_model({"mlp": {"hidden": [8], "activation": "tanh"}}, Path())
    Mlp(hidden=(8,), activation='tanh')
    """
    families = [key for key in value if key != "freeze"] if isinstance(value, Mapping) else []
    if not isinstance(value, Mapping) or len(families) != 1:
        cure = "Write `model: {mlp: [64, 32]}`."
        raise UsageError("a model is one family with its sizes", where, value, cure)
    (family,) = families
    sizes = mapping({family: value[family]}, where, FAMILIES, "model")[family]
    if family != "keras" and "freeze" in value:
        cure = "Leave it out, or start from `{keras: model.keras}`."
        raise UsageError(
            "only a saved Keras model has layers to freeze", Place.of(where).key("freeze"), None, cure
        )
    place = Place.of(where) / family
    if family == "linear":
        mapping({} if sizes is None else sizes, place, (), "key of linear")
        return Mlp(())
    if family == "python":
        return _python_file(sizes, folder, place)
    if family == "keras":
        return _keras_file(value, folder, place)
    if family == "cnn":
        if listed(sizes) is not None:
            sizes = {"filters": sizes}
        sizes = mapping({} if sizes is None else sizes, place, _CNN, "key of cnn")
        return Cnn(**{key: _CNN[key](size, place / key) for key, size in sizes.items()})
    if isinstance(sizes, Mapping):
        sizes = mapping(sizes, place, ("hidden", "activation"), "key of mlp")
        hidden = SIZES(sizes.get("hidden", (64,)), place / "hidden")
        return Mlp(hidden, ACTIVATION(sizes.get("activation", "relu"), place / "activation"))
    return Mlp(SIZES(sizes, place))


def describe_model(value: object, where: str = "model") -> ModelDescription:
    """Take what Python code gives as a model: a description, a builder function or a Keras model.

    Args:
        value: what was given.
        where: where it stands.

    Raises:
        UsageError: for anything else, a single layer among it.

    >>> describe_model({"mlp": [64]})
    Mlp(hidden=(64,), activation='relu')
    """
    if isinstance(value, ModelDescription):
        return value
    if isinstance(value, Mapping):
        return parse_model(value, Path(), where)
    # By what it can do, since Keras is not imported here: a class of models is a builder, a layer no model.
    is_layer = hasattr(value, "stateless_call") and not isinstance(value, type)
    if is_layer and hasattr(value, "fit"):
        return Pattern(value)
    if callable(value) and not is_layer:
        name = getattr(value, "__qualname__", type(value).__name__)
        return Builder(value, f"{getattr(value, '__module__', '')}:{name}")
    raise UsageError(
        "not a model",
        Place.of(where),
        value,
        "Give `tl.mlp([64, 32])`, a function that builds a Keras model, or a Keras model.",
    )


def _python_file(value: object, folder: Path, where: str) -> PythonFile:
    path, _, function = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not path.strip() or not function.isidentifier():
        cure = "Write `model: {python: my_model.py:build}`."
        raise UsageError("not a file and a function", where, value, cure)
    return PythonFile(folder / path, function)


def _keras_file(given: Mapping[str, Any], folder: Path, place: Place) -> KerasFile:
    """Read ``{keras: model.keras, freeze: [...]}`` or the same inside of ``keras``."""
    said = given["keras"]
    beside = Place(*place.keys[:-1]) / "freeze"
    if isinstance(said, Mapping):
        said = mapping(said, place, ("file", "freeze"), "key of keras")
        if "freeze" in said and "freeze" in given:
            raise UsageError("the frozen layers are given twice", beside, given["freeze"], "Keep one list.")
        beside = place / "freeze" if "freeze" in said else beside
        said = {"freeze": given.get("freeze", ())} | said
    else:
        said = {"file": said, "freeze": given.get("freeze", ())}
    file = said.get("file")
    if not isinstance(file, str) or not file.endswith(".keras"):
        cure = "Write `model: {keras: model.keras}`; Keras's `model.save` makes such a file."
        raise UsageError("not the name of a saved Keras model", place, file, cure)
    return KerasFile(folder / file, _frozen(said["freeze"], beside))


def _frozen(value: object, where: Place) -> tuple[str, ...] | str:
    if isinstance(value, str) and value == ALL:
        return ALL
    if isinstance(value, str):
        raise UsageError("not a list of layers", where, value, f"Write `freeze: [{value}]` or `{ALL}`.")
    names: tuple[str, ...] = several(text(200))(value, where)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError("the same layer twice", where, twice, "Name every layer once.")
    return names
