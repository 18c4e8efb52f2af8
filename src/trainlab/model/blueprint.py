"""Blueprints: which network a recipe asks for, apart from the numbers that may differ between lanes.

Two recipes with one blueprint share a program. A technique is in the blueprint if any of them uses it; those
that don't use it have strength zero there, which changes nothing.
"""

import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras
from numpy.typing import NDArray

from trainlab.errors import MissingError, UsageError
from trainlab.experiment.models import Builder, Mlp, ModelDescription, Pattern, PythonFile
from trainlab.experiment.recipe import Recipe
from trainlab.model import functional
from trainlab.model.architectures import build_mlp
from trainlab.model.functional import Network
from trainlab.model.techniques import TECHNIQUES, can_place, cloned

_OF_THE_MODEL = ("hidden", "activation", *TECHNIQUES)


@dataclass(frozen=True)
class Blueprint:
    """What is built: a description, what its builder is called with, and the techniques placed in it.

    Args:
        description: the model as the experiment gives it.
        arguments: what the builder is called with, sorted by name.
        techniques: names of the techniques that are placed from outside.
    """

    description: ModelDescription
    arguments: tuple[tuple[str, Any], ...] = ()
    techniques: frozenset[str] = frozenset()

    def with_techniques(self, techniques: frozenset[str]) -> "Blueprint":
        """Give the blueprint that has these techniques too."""
        return replace(self, techniques=self.techniques | techniques)


def blueprint(description: ModelDescription, recipe: Recipe) -> tuple[Blueprint, dict[str, float]]:
    """Split what a recipe says of the model into a blueprint and the lane's strengths.

    Raises:
        UsageError: where a builder does not take a setting that can't be placed from outside.
    """
    settings = {key: getattr(recipe, key) for key in _OF_THE_MODEL if getattr(recipe, key) is not None}
    if isinstance(description, Mlp):
        description = replace(
            description,
            hidden=settings.pop("hidden", description.hidden),
            activation=settings.pop("activation", description.activation),
        )
        arguments: dict[str, Any] = {}
    elif isinstance(description, Builder):
        taken = description.parameters
        arguments = {key: settings.pop(key) for key in list(settings) if key in taken}
        missing = [name for name, needed in taken.items() if needed and name not in arguments]
        if missing:
            raise UsageError(
                f"the builder needs {missing[0]!r}, which neither the recipe nor the variant gives",
                description.source,
                None,
                f"Add `{missing[0]}` to the recipe, or give the parameter a default.",
            )
    else:
        arguments = {}
    outright = [key for key in ("hidden", "activation") if key in settings]
    if outright:
        raise UsageError(
            f"the model is your own and takes no {outright[0]!r}",
            outright[0],
            settings[outright[0]],
            f"Give a builder function with a parameter `{outright[0]}`, or use `tl.mlp`.",
        )
    strengths = {key: float(settings[key]) for key in TECHNIQUES if key in settings}
    used = frozenset(key for key, strength in strengths.items() if strength > 0)
    return Blueprint(description, tuple(sorted(arguments.items())), used), strengths


def build(plan: Blueprint, example: NDArray[Any], *, outputs: int, probabilities: bool) -> Network:
    """Build the network of a blueprint.

    Args:
        plan: what is built.
        example: a few rows of prepared input.
        outputs: classes or targets.
        probabilities: whether a ready-made architecture ends in a softmax.

    Raises:
        UsageError: where the builder fails, gives no Keras model, or a technique can't be placed.
    """
    description = plan.description
    if isinstance(description, Pattern):
        base = description.model
        noted: Mapping[int, Any] = {}
        if not can_place(base):
            raise UsageError(
                f"a {type(base).__name__} can't be cloned with fresh weights",
                "model",
                None,
                "Give a function that builds it, as `model=lambda: MyModel()`.",
            )
        functional.first_call(base, example)
        keeps = _frozen(base)
    else:
        base, noted = functional.capture(lambda: _built(plan, example, outputs, probabilities), example)
        keeps = _set_on_purpose(noted)
    if not plan.techniques and not isinstance(description, Pattern):
        return functional.network(base, noted)
    if not can_place(base):
        names = " and ".join(f"`{name}`" for name in sorted(plan.techniques))
        raise UsageError(
            f"{names} can't be placed in a subclassed model from outside",
            "model",
            None,
            f"Let the builder take {names} as a parameter and place it itself.",
        )
    made: dict[str, Any] = {}

    def again() -> Any:
        made["model"], made["knobs"] = cloned(base, plan.techniques, keeps=keeps)
        return made["model"]

    model, noted = functional.capture(again, example)
    return functional.network(model, noted, made["knobs"])


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


def _built(plan: Blueprint, example: NDArray[Any], outputs: int, probabilities: bool) -> Any:  # noqa: FBT001
    description = plan.description
    if isinstance(description, Mlp):
        return build_mlp(
            description, input_shape=example.shape[1:], outputs=outputs, probabilities=probabilities
        )
    if not isinstance(description, Builder):
        raise TypeError(description)
    try:
        model = description.function(**dict(plan.arguments))
    except Exception as error:
        raise UsageError(
            f"the builder fails: {type(error).__name__}: {error}",
            description.source,
            dict(plan.arguments) or None,
            "Call it by itself and mend it.",
        ) from error
    if not isinstance(model, keras.Model):
        raise UsageError(
            "the builder gives no Keras model", description.source, model, "Let it return a `keras.Model`."
        )
    return model


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
