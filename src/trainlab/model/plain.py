"""The plain Keras model of one run: Keras's own layers with plain numbers, nothing at sites of strength zero.

For training alone it has all that acts on the loss and the weights; for a file it is what predicts, in
classes that Keras knows by itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from trainlab.model.form import Form
from trainlab.model.functional import assign
from trainlab.model.pieces import Pieces
from trainlab.model.placing import finalize_scaling, rebuilt
from trainlab.model.reweighted import GAIN, gains
from trainlab.model.sites import ON_OUTPUTS, Site


def plain_model(
    model: Any,
    strengths: Mapping[Site, float],
    form: Form,
    *,
    keeps: Callable[[Any], bool],
    for_training: bool,
) -> Any:
    """Build the plain model of one run, with first values of its own.

    Args:
        model: the model without techniques.
        strengths: the run's strength at each site; sites of strength zero are left out.
        form: what else is changed.
        keeps: tells of a variable whether its value was set on purpose and goes along.
        for_training: whether penalties, bounds, weight normalization and drops of weights are there. Without,
            the model has Keras's own classes only and predicts the same from weights in force.

    >>> import keras
    >>> mlp = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="one"), keras.layers.Dense(2)])
    >>> site = Site("alpha_dropout", 1)
    >>> made = plain_model(mlp, {site: 0.2}, Form(), keeps=lambda _: False, for_training=True)
    >>> type(made.layers[2]).__module__.startswith("keras"), made.layers[2].rate
    (True, 0.2)
    """
    if for_training:
        return plain_for_training(model, strengths, form, keeps=keeps)[0]
    present = {site: strength for site, strength in strengths.items() if site.technique in ON_OUTPUTS}
    return plain_for_training(model, present, replace(form, weight_norm=()), keeps=keeps)[0]


def plain_for_training(
    model: Any, strengths: Mapping[Site, float], form: Form, *, keeps: Callable[[Any], bool]
) -> tuple[Any, dict[str, Any]]:
    """Build the plain model of one run for training, and tell which seed generators techniques brought.

    Returns:
        The model, and name of a site's number -> the seed generator of what stands there.
    """
    present = {site: strength for site, strength in strengths.items() if strength > 0}
    pieces = Pieces(present, lanes=False)
    return rebuilt(model, pieces, form, keeps=keeps), pieces.drawing


def export_model(
    model: Any,
    strengths: Mapping[Site, float],
    form: Form,
    trained: Any,
    *,
    weights: Sequence[Any],
    state: Sequence[Any],
    keeps: Callable[[Any], bool],
) -> Any:
    """Build the model that a trained lane is kept as; saved, Keras alone can load it.

    Args:
        model: the model without techniques.
        strengths: the run's strength at each site.
        form: what else is changed.
        trained: the network's model, whose variables ``weights`` and ``state`` are.
        weights: the lane's trainable variables.
        state: the lane's other variables.
        keeps: tells of a variable whether its value was set on purpose.
    """
    made = plain_model(model, strengths, form, keeps=keeps, for_training=False)
    ours, others = values_for(made, trained, weights, state)
    assign(made, ours, others)
    finalize_scaling(made)
    return made


def values_for(
    plain: Any, trained: Any, weights: Sequence[Any], state: Sequence[Any]
) -> tuple[list[Any], list[Any]]:
    """Give a lane's values in the order of a plain model's variables.

    Layers are found by their names. Where the plain model has no weight normalization, its kernels are the
    weights in force. States of random layers go along, so that both draw the same.

    Args:
        plain: a model of ``plain_model``.
        trained: the network's model, whose variables ``weights`` and ``state`` are.
        weights: the lane's trainable variables.
        state: the lane's other variables.

    Returns:
        Values of ``plain.trainable_variables`` and of ``plain.non_trainable_variables``.
    """
    trained_variables = [*trained.trainable_variables, *trained.non_trainable_variables]
    values = {
        id(variable): value for variable, value in zip(trained_variables, [*weights, *state], strict=True)
    }
    found: dict[int, Any] = {}
    known = {layer.name: layer for layer in trained.layers}
    for layer in plain.layers:
        # A sequential model does not list its input, which has no variables.
        if layer.name not in known and not layer.variables:
            continue
        theirs = known[layer.name]
        for variable, other in _pairs(layer, theirs):
            found[id(variable)] = values[id(other)]
        if not gains(layer):
            ours = dict(_pairs_by_id(theirs, layer))
            for gain in gains(theirs):
                direction, length = values[id(gain.direction)], values[id(gain.length)]
                found[ours[id(gain.direction)]] = np.asarray(gain.weights(direction, length))
    return (
        [found[id(variable)] for variable in plain.trainable_variables],
        [found[id(variable)] for variable in plain.non_trainable_variables],
    )


def _pairs(layer: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    """Pair the variables of a layer with those of the same layer in another model."""
    yield from zip(_own_weights(layer), _own_weights(other), strict=True)
    for gain, their in zip(gains(layer), gains(other), strict=False):
        yield gain.length, their.length
    yield from zip(_own_seeds(layer), _own_seeds(other), strict=True)
    theirs = {drop.names: drop.seed_generator.state for drop in _drops(other)}
    for drop in _drops(layer):
        yield drop.seed_generator.state, theirs[drop.names]


def _pairs_by_id(layer: Any, other: Any) -> Iterator[tuple[int, int]]:
    for one, another in zip(_own_weights(layer), _own_weights(other), strict=True):
        yield id(one), id(another)


def _own_weights(layer: Any) -> list[Any]:
    return [variable for variable in layer.weights if variable.name != GAIN]


def _own_seeds(layer: Any) -> list[Any]:
    placed = {id(drop.seed_generator) for drop in _drops(layer)}
    return [
        generator.state
        for inner in layer._flatten_layers()  # noqa: SLF001  (Keras's own way to all layers)
        for generator in inner._seed_generators  # noqa: SLF001
        if id(generator) not in placed
    ]


def _drops(layer: Any) -> Sequence[Any]:
    reweighting = getattr(layer, "reweighting", None)
    drops: Sequence[Any] = reweighting.drops if reweighting else ()
    return drops
