"""Sites: from the words of a placed technique to the layers and weights of one model where it acts.

A site names a layer by its position in the graph, since Keras counts names up through a session. What stands
at a site, and how it computes there, is said elsewhere (``placing``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras

from trainlab.errors import UsageError
from trainlab.experiment.checks import suggestion
from trainlab.experiment.placed import HIDDEN, INPUT, LAST, At, Normalized, Placed
from trainlab.experiment.places import Place
from trainlab.model.graph import (
    activation_in,
    behind_outputs,
    hidden_layers,
    nodes_of,
    normalization_in,
    output_layers,
    own_block,
)
from trainlab.model.weights import names_meant, weights_named

ON_OUTPUTS = ("dropout", "gaussian_dropout", "alpha_dropout", "gaussian_noise")
ON_ACTIVITY = ("activity_l1", "activity_l2")
PENALTIES = ("l1", "l2")
# An output layer may have these where it is named; the others would change what the model says.
_ALSO_AT_OUTPUTS = (*PENALTIES, "max_norm", "weight_decay", "prune")
_CHANGES_THE_CALL = ("drop_connect", "weight_norm")
ON_WEIGHTS = (*_ALSO_AT_OUTPUTS, *_CHANGES_THE_CALL)
NORMS = ("batch_norm", "layer_norm")


@dataclass(frozen=True, order=True)
class Site:
    """One place where one technique acts.

    Args:
        technique: its name in a recipe.
        layer: position of the layer in ``graph.layers``; an input is a layer too.
        weight: name of the variables it acts on; empty where it acts on the layer's output.

    >>> Site("l2", 1, "kernel").number, Site("dropout", 2).number
    ('l2@1.kernel', 'dropout@2')
    """

    technique: str
    layer: int
    weight: str = ""

    @property
    def number(self) -> str:
        """Name of the lane's number that is the strength here."""
        return f"{self.technique}@{self.layer}" + (f".{self.weight}" if self.weight else "")


class Norm(NamedTuple):
    """A normalization that is placed.

    Args:
        kind: ``"batch_norm"`` or ``"layer_norm"``.
        layer: position of the layer in ``graph.layers``.
        before_activation: whether it stands between the layer and its activation.
    """

    kind: str
    layer: int
    before_activation: bool = False


def resolve(graph: Any, technique: str, placed: Placed) -> dict[Site, float]:
    """Find the sites of a technique in a model, and its strength at each.

    Hidden layers are those with trainable weights before the output layers, without normalizations and frozen
    layers. A technique on outputs stands behind the hidden layer's normalization and activation, a penalty of
    activities at its activation. A technique on weights passes over hidden layers that have no such weight,
    unless they are named.

    Args:
        graph: the model, as ``graph_of`` gives it.
        technique: one of ``ON_OUTPUTS``, ``ON_ACTIVITY``, ``ON_WEIGHTS``, or ``l1_l2`` with pairs.
        placed: strength, place and weights, as the recipe says them.

    Raises:
        UsageError: where there is no such place, it makes no sense for the technique, is taken by the model's
            own, or the number of strengths is not the number of places.

    >>> mlp = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="one"), keras.layers.Dense(2)])
    >>> from trainlab.model.graph import graph_of
    >>> resolve(graph_of(mlp), "l2", Placed(0.1))
    {Site(technique='l2', layer=1, weight='kernel'): 0.1}
    """
    if technique == "l1_l2":
        return {
            site: strength
            for index, penalty in enumerate(PENALTIES)
            for site, strength in resolve(graph, penalty, _half(placed, index)).items()
        }
    places = _places(graph, technique, placed.at, placed.on)
    strengths = placed.strength if isinstance(placed.strength, tuple) else (placed.strength,) * len(places)
    if len(strengths) != len(places):
        names = ", ".join(graph.layers[place].name for place in places)
        raise UsageError(
            f"{len(strengths)} strengths for {_counted(len(places), 'place')} ({names})",
            Place(technique),
            None,
            "Give one strength, or one for each place.",
        )
    sites: dict[Site, float] = {}
    for place, strength in zip(places, strengths, strict=True):
        for site in _sites_at(graph, technique, place, placed.on):
            sites[site] = float(strength)
    return sites


def resolve_norms(graph: Any, kind: str, normalized: Normalized) -> tuple[Norm, ...]:
    """Find where a normalization stands.

    Args:
        graph: the model.
        kind: ``"batch_norm"`` or ``"layer_norm"``.
        normalized: its place.

    Raises:
        UsageError: where there is no such place, or the layer has a normalization of its own there.
    """
    norms = []
    for place in _places(graph, kind, normalized.at, ()):
        own = normalization_in(own_block(graph, graph.layers[place]))
        if own is not None:
            raise _taken(graph, kind, place, f"a normalization of its own ({own.name!r})")
        norms.append(Norm(kind, place, normalized.before_activation))
    return tuple(norms)


def resolve_weight_norm(graph: Any, normalized: Normalized) -> tuple[Site, ...]:
    """Find the kernels that weight normalization is put on.

    Raises:
        UsageError: where there is no such place.
    """
    return tuple(resolve(graph, "weight_norm", Placed(1.0, normalized.at)))


def variables_at(graph: Any, model: Any, site: Site) -> tuple[int, ...]:
    """Give the positions in ``model.trainable_variables`` of the variables that a site acts on.

    Args:
        graph: the graph whose positions the site means.
        model: that model, or one with techniques placed in it.
        site: a site of a technique on weights.
    """
    meant = {id(variable) for variable in weights_named(layer_at(graph, model, site), site.weight)}
    return tuple(i for i, variable in enumerate(model.trainable_variables) if id(variable) in meant)


def layer_at(graph: Any, model: Any, site: Site) -> Any:
    """Give the layer of a model, with techniques placed in it or not, that a site means."""
    return model.get_layer(graph.layers[site.layer].name)


def _half(placed: Placed, index: int) -> Placed:
    pairs = placed.strength
    listed = pairs and isinstance(pairs[0], tuple)
    strength = tuple(pair[index] for pair in pairs) if listed else pairs[index]
    return Placed(strength, placed.at, placed.on)


def _places(graph: Any, technique: str, at: At, on: tuple[str, ...]) -> list[int]:
    if isinstance(at, tuple):
        return [_named(graph, technique, name, on) for name in at]
    if at == INPUT:
        return _at_the_input(graph, technique)
    hidden = hidden_layers(graph)
    where = Place(technique)
    if not hidden:
        frozen = any(layer.weights and not layer.trainable for layer in graph.layers)
        cure = (
            "All before the output is frozen: name the layers with `at`, as `{strength: 0.3, at: [layer]}`."
            if frozen
            else "Give it one, as `model: {mlp: [64]}`, or leave the technique out."
        )
        raise UsageError(f"the model has no hidden layer to place {technique} in", where, None, cure)
    if isinstance(at, int):
        if at > len(hidden):
            raise UsageError(
                f"the first {at} hidden layers of a model that has {len(hidden)}",
                where,
                None,
                f"Hidden layers are: {', '.join(layer.name for layer in hidden)}.",
            )
        hidden = hidden[:at]
    elif at not in {HIDDEN, LAST}:
        raise UsageError("no such place", where, at, "Write `hidden`, `input`, `last` or layer names.")
    found = [layer for layer in hidden if not _missing(technique, layer, on)]
    if not found:
        raise UsageError(
            f"no hidden layer has a {' or '.join(on)} to place {technique} on",
            where,
            None,
            f"Hidden layers are: {', '.join(layer.name for layer in hidden)}.",
        )
    layers = graph.layers
    return [layers.index(layer) for layer in (found[-1:] if at == LAST else found)]


def _named(graph: Any, technique: str, name: str, on: tuple[str, ...]) -> int:
    layers = graph.layers
    names = [layer.name for layer in layers]
    where = Place(technique)
    if name not in names:
        meant = suggestion(name, names)
        listed = "" if meant.startswith("Known") else f" Known are: {', '.join(names)}."
        raise UsageError("the model has no such layer", where, name, meant + listed)
    place = names.index(name)
    layer = layers[place]
    if technique in ON_WEIGHTS:
        missing = _missing(technique, layer, on)
        if missing:
            has = sorted({variable.name for variable in layer.trainable_weights})
            raise UsageError(
                f"layer {name!r} has no trainable {missing}",
                where,
                None,
                f"It has: {', '.join(has)}." if has else "It has no trainable weights.",
            )
    if technique not in ON_WEIGHTS and isinstance(layer, keras.layers.InputLayer):
        if technique in ON_ACTIVITY:
            return _at_the_input(graph, technique)[0]
        if layer not in _measured_inputs(graph):
            raise _no_measurements(technique, name)
    if technique not in _ALSO_AT_OUTPUTS and _ends_the_model(graph, layer):
        raise UsageError(
            f"layer {name!r} is the output layer or comes after it",
            where,
            None,
            "Name a layer before it.",
        )
    return place


def _at_the_input(graph: Any, technique: str) -> list[int]:
    if technique not in {*ON_OUTPUTS, *NORMS}:
        raise UsageError(
            "the input has no weights and no activation",
            Place(technique),
            INPUT,
            "Place it at `hidden`, `last` or at layer names.",
        )
    found = _measured_inputs(graph)
    if not found:
        raise _no_measurements(technique, INPUT)
    return [graph.layers.index(layer) for layer in found]


def _no_measurements(technique: str, name: str) -> UsageError:
    return UsageError(
        "an input of numbers of words or categories can't be blurred, dropped or scaled",
        Place(technique),
        name,
        "Place it at `hidden` or at layer names.",
    )


def _measured_inputs(graph: Any) -> list[Any]:
    """Give the input layers whose rows are measured numbers, not numbers that an embedding looks up."""
    looked_up = {
        id(before.operation)
        for node in nodes_of(graph)
        if isinstance(node.operation, keras.layers.Embedding)
        for before in node.parent_nodes
    }
    layers = [tensor._keras_history.operation for tensor in graph.inputs]  # noqa: SLF001
    return [
        layer
        for layer, tensor in zip(layers, graph.inputs, strict=True)
        if id(layer) not in looked_up and "float" in str(tensor.dtype)
    ]


def _sites_at(graph: Any, technique: str, place: int, on: tuple[str, ...]) -> Iterable[Site]:
    if technique not in ON_WEIGHTS:
        if technique in ON_ACTIVITY:
            at = activity_layer(graph, graph.layers[place])
            if at.activity_regularizer is not None:
                raise _taken(graph, technique, place, "a penalty on its activity of its own")
        return [Site(technique, place)]
    layer = graph.layers[place]
    names = dict.fromkeys(name for word in on for name in names_meant(layer, word))
    own = {**dict.fromkeys(PENALTIES, "regularizer"), "max_norm": "constraint"}.get(technique)
    for name in names:
        if own and any(getattr(variable, own) is not None for variable in weights_named(layer, name)):
            raise _taken(graph, technique, place, f"a {own} of its own on its {name}")
    return [Site(technique, place, name) for name in names]


def activity_layer(graph: Any, layer: Any) -> Any:
    """Give the layer whose output is a layer's activity: its activation, where that is a layer, or itself."""
    return activation_in(own_block(graph, layer)) or layer


def _missing(technique: str, layer: Any, on: tuple[str, ...]) -> str:
    """Give the words that mean no weight of the layer; a layer needs one of several when not named."""
    if technique not in ON_WEIGHTS:
        return ""
    return "" if any(names_meant(layer, word) for word in on) else " or ".join(on)


def _ends_the_model(graph: Any, layer: Any) -> bool:
    behind = behind_outputs(graph)
    calls = [id(node) in behind for node in nodes_of(graph) if node.operation is layer]
    return layer in output_layers(graph) or all(calls)


def _taken(graph: Any, technique: str, place: int, what: str) -> UsageError:
    return UsageError(
        f"layer {graph.layers[place].name!r} has {what}",
        Place(technique),
        None,
        f"Leave it out of the model, or name the layers that get `{technique}` with `at`.",
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
