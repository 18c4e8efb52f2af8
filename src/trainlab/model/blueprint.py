"""Blueprints: which network a recipe asks for, apart from the numbers that may differ between lanes.

Two recipes share a program where their blueprints differ in sites alone: each then has the sites of both, and
strength zero at those it does not use, which changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NoReturn

from trainlab.errors import UsageError
from trainlab.experiment.models import Builder, Cnn, Mlp, ModelDescription, Pattern, PythonFile
from trainlab.experiment.placed import Placed
from trainlab.experiment.recipe import NORMALIZATIONS, USUAL_PLACES, Recipe, written
from trainlab.model import functional
from trainlab.model.bases import Base, make_base, scaled
from trainlab.model.form import Form
from trainlab.model.functional import Network
from trainlab.model.graph import can_place
from trainlab.model.placing import placed, tied_starts
from trainlab.model.reweighted import norm
from trainlab.model.sites import Site, resolve, resolve_norms, resolve_weight_norm

_SIZES = ("hidden", "width", "depth")
_LOOKS = ("activation", "initializer", "output")
# Decay and pruning act on weights from outside of the network, which is built without them.
OUTSIDE = ("weight_decay", "prune")
_TAKEN_BY_BUILDERS = (*_SIZES, *_LOOKS, *USUAL_PLACES, *NORMALIZATIONS)


@dataclass(frozen=True)
class Blueprint:
    """What is built.

    Args:
        description: the model, sizes written out.
        arguments: what a builder is called with, sorted by name.
        form: what is changed in it for every lane alike.
        sites: where techniques act.
    """

    description: ModelDescription
    arguments: tuple[tuple[str, Any], ...] = ()
    form: Form = Form()  # noqa: RUF009  (a frozen value)
    sites: frozenset[Site] = frozenset()

    @property
    def bare(self) -> "Blueprint":
        """The blueprint without its sites."""
        return replace(self, sites=frozenset())

    def with_sites(self, sites: frozenset[Site]) -> "Blueprint":
        """Give the blueprint that has these sites too."""
        return replace(self, sites=self.sites | sites)


@dataclass(eq=False)
class Bases:
    """The models as they are without techniques, each built once.

    Args:
        example: a few rows of prepared input; a tuple where there are several inputs.
        inputs: names of the inputs where there are several.
        outputs: classes or targets.
        probabilities: whether a ready-made architecture ends in a softmax.
    """

    example: Any
    inputs: tuple[str, ...]
    outputs: int
    probabilities: bool
    _built: dict[Any, Base] = field(default_factory=dict)

    def base(self, plan: Blueprint) -> Base:
        """Give the model that a blueprint starts from."""
        key = (plan.description, plan.arguments)
        if key not in self._built:
            self._built[key] = self.anew(plan)
        return self._built[key]

    def anew(self, plan: Blueprint) -> Base:
        """Build the model that a blueprint starts from, apart from the one that is kept."""
        return make_base(
            plan.description,
            plan.arguments,
            self.example,
            inputs=self.inputs,
            outputs=self.outputs,
            probabilities=self.probabilities,
        )


def blueprint(
    description: ModelDescription, recipe: Recipe, bases: Bases
) -> tuple[Blueprint, dict[Site, float]]:
    """Split what a recipe says of the model into a blueprint and the lane's strengths.

    Args:
        description: the model that the recipe means, with a builder loaded where a file is named.
        recipe: the recipe of a variant.
        bases: where models are built.

    Returns:
        The blueprint, and each site's strength, above zero.

    Raises:
        UsageError: where a model can't take what the recipe says, with the way out.
    """
    if isinstance(description, PythonFile):
        raise TypeError(description)
    described: ModelDescription = description
    techniques, norms = recipe.techniques, recipe.normalizations
    asked = {key: getattr(recipe, key) for key in (*_SIZES, *_LOOKS)}
    arguments: dict[str, Any] = {}
    if isinstance(described, Builder):
        arguments = _arguments(described, recipe)
        taken = set(described.parameters)
        techniques = {key: value for key, value in techniques.items() if not _is_taken(key, taken, recipe)}
        norms = {key: value for key, value in norms.items() if key not in taken}
        asked = {key: value for key, value in asked.items() if key not in taken}
    described = _sized(described, asked)
    plan = Blueprint(described, tuple(sorted(arguments.items())))
    looks = {key: asked[key] for key in _LOOKS if asked.get(key) is not None}
    if isinstance(described, Mlp | Cnn):
        looks.pop("activation", None)  # it is the description's own
    width = asked.get("width", 1.0) if not isinstance(described, Mlp | Cnn) else 1.0
    if not techniques and not norms and not looks and width == 1:
        return plan, {}
    base = bases.base(plan)
    if not can_place(base.model):
        _refuse_placing([*techniques, *norms, *looks, *["width"] * (width != 1)])
    graph = base.graph
    form = Form(
        norms=tuple(
            found
            for key, normalized in norms.items()
            if key != "weight_norm"
            for found in resolve_norms(graph, key, normalized)
        ),
        weight_norm=resolve_weight_norm(graph, norms["weight_norm"]) if "weight_norm" in norms else (),
        width=width,
        **looks,
    )
    strengths = _strengths(graph, techniques)
    used = frozenset(site for site, strength in strengths.items() if strength > 0)
    return replace(plan, form=form, sites=used), {site: strengths[site] for site in used}


def build(plan: Blueprint, bases: Bases) -> Network:
    """Build the network of a blueprint.

    Raises:
        UsageError: where the builder fails, gives no Keras model, or a technique can't be placed.
    """
    base = bases.base(plan)
    inside = frozenset(site for site in plan.sites if site.technique not in OUTSIDE)
    if not inside and plan.form == Form() and not isinstance(plan.description, Pattern):
        return functional.network(base.model, base.noted, (), bases.inputs)
    made: dict[str, Any] = {}

    def again() -> Any:
        made["model"], made["knobs"] = placed(base.model, inside, plan.form, keeps=base.keeps)
        return made["model"]

    model, noted = functional.capture(again, bases.example, bases.inputs)
    ties = [
        (slot, other, partial(norm, axes=gain.axes)) for slot, other, gain in tied_starts(model)
    ]  # the length of a normalized kernel is that of the lane's own kernel
    return functional.network(model, noted, made["knobs"], bases.inputs, ties)


def _strengths(graph: Any, techniques: Mapping[str, Placed]) -> dict[Site, float]:
    found: dict[Site, float] = {}
    for key, value in techniques.items():
        found |= resolve(graph, key, value)
    return found


def _arguments(described: Builder, recipe: Recipe) -> dict[str, Any]:
    """Give a builder those settings that it names as parameters, as plain values."""
    taken = described.parameters
    given = {}
    for key in _TAKEN_BY_BUILDERS:
        value = getattr(recipe, key)
        if key in taken and value is not None:
            plain = written(key, value)
            given[key] = tuple(plain) if isinstance(plain, list) else plain
            if isinstance(plain, dict):
                raise UsageError(
                    f"the builder takes `{key}` as a parameter and places it itself",
                    key,
                    plain,
                    "Give one number, or leave the parameter out of the builder and let it be placed.",
                )
    missing = [name for name, needed in taken.items() if needed and name not in given]
    if missing:
        raise UsageError(
            f"the builder needs {missing[0]!r}, which neither the recipe nor the variant gives",
            described.source,
            None,
            f"Add `{missing[0]}` to the recipe, or give the parameter a default.",
        )
    return given


def _is_taken(key: str, taken: set[str], recipe: Recipe) -> bool:
    """Tell whether a builder places a technique itself; ``l1_l2`` stands as its two parts."""
    return key in taken or (key in {"l1", "l2"} and "l1_l2" in taken and recipe.l1_l2 is not None)


def _sized(described: ModelDescription, asked: Mapping[str, Any]) -> ModelDescription:
    """Give a ready-made architecture its sizes; other models are refused what only a builder can do."""
    if isinstance(described, Mlp | Cnn):
        return scaled(
            described,
            hidden=asked.get("hidden"),
            activation=asked.get("activation"),
            width=asked.get("width", 1.0),
            depth=asked.get("depth", 1.0),
        )
    for key, neutral in (("hidden", None), ("depth", 1.0)):
        if asked.get(key, neutral) != neutral:
            raise UsageError(
                f"the model is your own and takes no {key!r}",
                key,
                asked[key],
                f"Give a builder function with a parameter `{key}`, or use `tl.mlp`.",
            )
    return described


def _refuse_placing(refused: list[str]) -> NoReturn:
    """Say what a model that hides its layers can't be given, and what its user can do."""
    names = " and ".join(f"`{name}`" for name in sorted(refused))
    inside = " and ".join(f"`{name}`" for name in sorted(refused) if name not in OUTSIDE)
    cures = [f"Let the builder take {inside} as a parameter and place it itself."] if inside else []
    if "weight_decay" in refused:
        cures.append("Write `optimizer: {adamw: {weight_decay: 0.01}}` to decay every weight.")
    if "prune" in refused:
        cures.append("Build a sequential or functional model, whose hidden layers can be pruned.")
    raise UsageError(
        f"{names} can't be placed in a subclassed model from outside", "model", None, " ".join(cures)
    )
