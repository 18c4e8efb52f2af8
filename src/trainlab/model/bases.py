"""Models as they are before any technique: built by us, by a user's function, or loaded from a file."""

import functools
import importlib.util
import inspect
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
from numpy.typing import NDArray

from trainlab.errors import MissingError, UsageError, first_line
from trainlab.experiment.models import (
    ALL,
    Builder,
    Cnn,
    KerasFile,
    Mlp,
    ModelDescription,
    Pattern,
    PythonFile,
)
from trainlab.model import functional
from trainlab.model.architectures import build_cnn, build_mlp
from trainlab.model.graph import alone, can_place, free_name, graph_of, output_layers

# The layer table says by this name that a saved output was replaced.
NEW_OUTPUT = "new_output"


@dataclass(frozen=True, eq=False)
class Base:
    """A built model.

    Args:
        model: the model.
        noted: id of variable -> how it was initialized, as ``functional.capture`` notes it.
        keeps: tells of a variable whether its value was set on purpose and is every lane's.
    """

    model: Any
    noted: Mapping[int, Any]
    keeps: Callable[[Any], bool]

    @functools.cached_property
    def graph(self) -> Any:
        """The model as a graph, whose positions sites mean; only for a model that shows its layers."""
        return graph_of(self.model)


def make_base(
    description: ModelDescription,
    arguments: Sequence[tuple[str, Any]],
    example: Any,
    *,
    inputs: Sequence[str],
    outputs: int,
    probabilities: bool,
) -> Base:
    """Build the model of a description.

    Args:
        description: what is built.
        arguments: what a builder is called with.
        example: a few rows of prepared input; a tuple where there are several inputs.
        inputs: names of the inputs where there are several.
        outputs: classes or targets.
        probabilities: whether a ready-made architecture ends in a softmax.

    Raises:
        UsageError: where the builder fails, gives no Keras model, or the model doesn't take such rows.
        MissingError: where a saved model is not there.
    """
    if isinstance(description, Pattern):
        model = description.model
        if not can_place(model):
            raise UsageError(
                f"a {type(model).__name__} can't be cloned with fresh weights",
                "model",
                None,
                "Give a function that builds it, as `model=lambda: MyModel()`.",
            )
        functional.first_call(model, example, inputs)
        return Base(model, {}, _frozen(model))

    new: list[Any] = []

    def built() -> Any:
        if isinstance(description, Mlp | Cnn):
            build: Callable[..., Any] = build_mlp if isinstance(description, Mlp) else build_cnn
            shape = _one_input(example).shape[1:]
            return build(description, input_shape=shape, outputs=outputs, probabilities=probabilities)
        if isinstance(description, KerasFile):
            model, new[:] = _loaded(description, outputs, probabilities=probabilities)
            return model
        if isinstance(description, Builder):
            return _built(description, dict(arguments))
        raise TypeError(description)

    model, noted = functional.capture(built, example, inputs)
    if isinstance(description, KerasFile):
        fresh = {id(variable) for layer in new for variable in layer.weights}
        noted = {key: value for key, value in noted.items() if key in fresh}
        return Base(model, noted, lambda variable: id(variable) not in fresh)
    return Base(model, noted, _set_on_purpose(noted))


def scaled(
    described: Mlp | Cnn, *, hidden: Sequence[int] | None, activation: str | None, width: float, depth: float
) -> Mlp | Cnn:
    """Give a ready-made architecture other sizes.

    Args:
        described: the architecture.
        hidden: units of its dense hidden layers, outright.
        activation: activation of its hidden layers.
        width: factor for units and filters; each is rounded and at least 1.
        depth: factor for the number of dense hidden layers, or of convolutional blocks.

    >>> scaled(Mlp((64, 32)), hidden=None, activation=None, width=0.5, depth=2.0).hidden
    (32, 32, 16, 16)
    """
    units = described.hidden if hidden is None else tuple(hidden)
    named = described.activation if activation is None else activation
    if isinstance(described, Mlp):
        return replace(described, hidden=_resized(units, width, depth), activation=named)
    return replace(
        described,
        filters=_resized(described.filters, width, depth),
        hidden=_resized(units, width, 1.0),
        activation=named,
    )


def load_builder(described: PythonFile) -> Builder:
    """Run a user's Python file and take the builder function from it.

    Raises:
        UsageError: where the file fails or has no such function.
        MissingError: where there is no such file.
    """
    if not described.path.is_file():
        raise MissingError(
            "there is no such file", str(described.path), None, "Check `model: {python: ...}`."
        )
    name = f"trainlab_user_{described.path.stem}"
    spec = importlib.util.spec_from_file_location(name, described.path)
    if spec is None or spec.loader is None:
        raise UsageError("not a Python file", str(described.path), None, "Name a file that ends in `.py`.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(
            f"the file fails: {type(error).__name__}: {error}", str(described.path), None, "Mend the file."
        ) from error
    function = getattr(module, described.function, None)
    if not callable(function):
        known = [key for key, value in vars(module).items() if inspect.isfunction(value)]
        raise UsageError(
            "there is no such function",
            str(described.path),
            described.function,
            f"It defines: {', '.join(known) or 'none'}.",
        )
    return Builder(function, f"{described.path.name}:{described.function}")


def _resized(sizes: Sequence[int], width: float, depth: float) -> tuple[int, ...]:
    count = max(1, round(len(sizes) * depth)) if sizes else 0
    # Python rounds halves to even; a factor of one half shall always give the larger neighbour.
    return tuple(max(1, int(sizes[place * len(sizes) // count] * width + 0.5)) for place in range(count))


def _one_input(example: Any) -> NDArray[Any]:
    if isinstance(example, tuple):
        raise UsageError(
            f"the data have {len(example)} inputs, and a ready-made architecture takes one",
            "model",
            None,
            "Give a function that builds a functional Keras model with as many inputs.",
        )
    array: NDArray[Any] = example
    return array


def _built(description: Builder, arguments: dict[str, Any]) -> Any:
    try:
        model = description.function(**arguments)
    except Exception as error:
        raise UsageError(
            f"the builder fails: {type(error).__name__}: {error}",
            description.source,
            arguments or None,
            "Call it by itself and mend it.",
        ) from error
    if not isinstance(model, keras.Model):
        raise UsageError(
            "the builder gives no Keras model", description.source, model, "Let it return a `keras.Model`."
        )
    return model


def _loaded(description: KerasFile, outputs: int, *, probabilities: bool) -> tuple[Any, list[Any]]:
    """Load a saved model, freeze what shall keep its weights, and give it an output that fits.

    Returns:
        The model, and its new output layer where it needed one.
    """
    model = _read(description)
    if not can_place(model):
        raise UsageError(
            "a subclassed model's layers can't be frozen or replaced from outside",
            str(description.path),
            type(model).__name__,
            "Load it in a builder function of your own.",
        )
    _freeze(model, description)
    if alone(model.outputs).shape[-1] == outputs:
        return model, []
    graph = graph_of(model)
    (last, *others) = output_layers(graph)
    if others or not isinstance(last, keras.layers.Dense):
        raise UsageError(
            f"the saved model has {model.output_shape[-1]} outputs, the data need {outputs}, and its last "
            "layer is not one dense layer that could be replaced",
            str(description.path),
            None,
            "Load it in a builder function of your own and end it in a dense layer.",
        )
    activation = "softmax" if probabilities else "linear"
    head = keras.layers.Dense(outputs, activation=activation, name=free_name(graph, NEW_OUTPUT))
    return keras.Model(alone(model.inputs), head(last.input), name=model.name), [head]


def _read(description: KerasFile) -> Any:
    path = description.path
    if not path.is_file():
        raise MissingError("there is no such file", str(path), None, "Check `model: {keras: ...}`.")
    if not zipfile.is_zipfile(path):
        raise UsageError("not a saved Keras model", str(path), None, "Save it with Keras 3: `model.save`.")
    try:
        # Safe mode: a file is data, so functions inside of it are not run.
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:
        raise UsageError(
            f"the saved model can't be loaded: {first_line(error)}",
            str(path),
            None,
            "Load it in a builder function of your own, where its classes are known.",
        ) from error


def _freeze(model: Any, description: KerasFile) -> None:
    if description.freeze == ALL:
        last = {id(layer) for layer in output_layers(graph_of(model))}
        for layer in model.layers:
            layer.trainable = layer.trainable and id(layer) in last
        return
    names = [layer.name for layer in model.layers]
    for name in description.freeze:
        if name not in names:
            raise UsageError(
                "the saved model has no such layer", "model.freeze", name, f"It has: {', '.join(names)}."
            )
        model.get_layer(name).trainable = False


def _frozen(model: Any) -> Callable[[Any], bool]:
    """Tell the variables of frozen and of adapted layers, also inside of inner models."""
    kept = {
        id(variable)
        for layer in model._flatten_layers()  # noqa: SLF001  (Keras's own way to all layers)
        if not layer.trainable or hasattr(layer, "adapt")
        for variable in layer.weights
    }
    return lambda variable: id(variable) in kept


def _set_on_purpose(noted: Mapping[int, Any]) -> Callable[[Any], bool]:
    def keeps(variable: Any) -> bool:
        return id(variable) in noted and noted[id(variable)][1] is not variable._value  # noqa: SLF001

    return keeps
