"""Placing techniques: one pass over a model's graph that makes its layers anew and puts pieces between them.

The order in a block is: layer, a normalization before the activation, activation, a normalization after it,
dropout, Gaussian dropout, alpha dropout, Gaussian noise. Layers keep their names, variables their names and
their order, so that one seed draws the weights it draws for the unchanged model. A layer that is shared stays
shared, with what is placed at it.
"""

from collections.abc import Callable
from typing import Any

import keras

from trainlab.errors import UsageError, first_line
from trainlab.experiment.places import Place
from trainlab.model.form import Form
from trainlab.model.graph import alone, graph_of, nodes_of
from trainlab.model.pieces import Pieces
from trainlab.model.reformed import Reformed
from trainlab.model.reweighted import GAIN, Gain, gains, norm
from trainlab.model.sites import PENALTIES, Site
from trainlab.model.standing import standing_behind
from trainlab.model.weights import incoming_axes, weights_named
from trainlab.per_lane import Knob


def placed(
    model: Any, sites: frozenset[Site], form: Form, *, keeps: Callable[[Any], bool]
) -> tuple[Any, tuple[Knob, ...]]:
    """Make a model anew with techniques placed in it, whose strengths are numbers of the lane.

    Args:
        model: a built sequential or functional model; it stays as it is.
        sites: where techniques stand; those of weight decay and pruning change no layer.
        form: what else is changed, for all lanes alike.
        keeps: tells of a variable whether its value was set on purpose and goes along.

    Returns:
        The new model, and the attributes that take the lane numbers named ``site.number``.

    Raises:
        UsageError: where a layer can't be made anew, or the form does not suit the model.

    >>> mlp = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="one"), keras.layers.Dense(2)])
    >>> made, knobs = placed(mlp, frozenset({Site("dropout", 1)}), Form(), keeps=lambda _: False)
    >>> [layer.name for layer in made.layers][1:3], [knob.number for knob in knobs]
    (['one', 'one_dropout'], ['dropout@1'])
    """
    pieces = Pieces(dict.fromkeys(sites, 0.0), lanes=True)
    return rebuilt(model, pieces, form, keeps=keeps), tuple(pieces.knobs)


def rebuilt(model: Any, pieces: Pieces, form: Form, *, keeps: Callable[[Any], bool]) -> Any:
    """Make a model anew with pieces at their sites; as ``placed``, also for plain numbers."""
    graph = graph_of(model)
    reformed = Reformed(graph, form, pieces)
    behind = standing_behind(graph, form, pieces, reformed)
    values: dict[int, Any] = {}
    inputs = []
    for tensor in graph.inputs:
        layer = tensor._keras_history.operation  # noqa: SLF001  (Keras's record of where it comes from)
        fresh = keras.Input(
            batch_shape=tensor.shape, dtype=tensor.dtype, name=layer.name, sparse=tensor.sparse
        )
        inputs.append(fresh)
        values[id(tensor)] = _through(behind.get(id(layer), []), fresh)
    for node in nodes_of(graph):
        if node.is_input:
            continue
        args, kwargs = node.arguments.fill_in(values)
        outputs = reformed.call(node, args, kwargs)
        outputs = _through(behind.get(id(node.operation), []), outputs)
        for tensor, value in zip(node.outputs, keras.tree.flatten(outputs), strict=True):
            values[id(tensor)] = value
    ends = [values[id(tensor)] for tensor in graph.outputs]
    made = keras.Model(alone(inputs), alone(ends), name=graph.name)
    reformed.check_outputs(made)
    _in_order(graph, made)
    _put_on_weights(graph, made, pieces)
    carry_over(graph, made, keeps)
    return made


def tied_starts(model: Any) -> tuple[tuple[int, int, Gain], ...]:
    """Tell which weights start as the norm of others: the gains of weight normalization.

    Returns:
        For each gain its position in ``model.trainable_variables``, the position of the variable whose norm
        it starts as (``norm(value, gain.axes)``), and the gain.
    """
    positions = {id(variable): place for place, variable in enumerate(model.trainable_variables)}
    return tuple(
        (positions[id(gain.length)], positions[id(gain.direction)], gain)
        for layer in model.layers
        for gain in gains(layer)
    )


def carry_over(graph: Any, made: Any, keeps: Callable[[Any], bool]) -> None:
    """Give a new model the values of the old one that were set on purpose."""
    for layer in graph.layers:
        fresh = made.get_layer(layer.name)
        same = [variable for variable in fresh.weights if variable.name != GAIN]
        for old, new in zip(layer.weights, same, strict=True):
            if not keeps(old):
                continue
            if old.shape != new.shape:
                raise UsageError(
                    f"layer {layer.name!r} has values of its own for {tuple(old.shape)} and needs "
                    f"{tuple(new.shape)}",
                    Place("width"),
                    None,
                    "Leave `width` out, or give a function that builds the model.",
                )
            new.assign(old)
    for layer in made.layers:
        for gain in gains(layer):
            gain.length.assign(norm(gain.direction.value, gain.axes))
    finalize_scaling(made)


def finalize_scaling(model: Any) -> None:
    """Let adapted layers compute with the values that their variables have now."""
    for layer in model._flatten_layers():  # noqa: SLF001  (Keras's own way to all layers)
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # it computes with numbers made from its variables, not with these


def _through(pieces: list[Any], outputs: Any) -> Any:
    """Send the output of a layer, the first where there are several, through what stands behind it."""
    if not pieces:
        return outputs
    several = isinstance(outputs, (list, tuple))
    first = outputs[0] if several else outputs
    for piece in pieces:
        try:
            first = piece(first)
        except Exception as error:
            raise UsageError(
                f"{piece.name!r} can't stand there: {first_line(error)}",
                "model",
                None,
                "Name other layers with `at`.",
            ) from error
    return [first, *outputs[1:]] if several else first


def _in_order(graph: Any, made: Any) -> None:
    """Let the layers stand in the order of the old model, each followed by what was placed behind it.

    Keras sorts layers by their distance from the output, which a placed layer changes for one branch and not
    for another; then like variables of two branches would draw each other's first values.
    """
    place = {layer.name: number for number, layer in enumerate(graph.operations)}
    order: dict[int, int] = {}
    current = -1
    for operation in made.operations:
        current = place.get(operation.name, current)
        order[id(operation)] = place.get(operation.name, current)
    made._operations.sort(key=lambda operation: order[id(operation)])  # noqa: SLF001  (nothing public sorts)
    made._layers.sort(key=lambda layer: order[id(layer)])  # noqa: SLF001


def _put_on_weights(graph: Any, made: Any, pieces: Pieces) -> None:
    """Put penalties and bounds on the variables themselves, so that they reach layers inside of layers."""
    places = sorted({(site.layer, site.weight) for site in pieces.strengths if site.weight})
    for layer, weight in places:
        owner = made.get_layer(graph.layers[layer].name)
        variables = weights_named(owner, weight)
        penalties = [site for site in pieces.at(layer, PENALTIES) if site.weight == weight]
        if penalties:
            regularizer = pieces.regularizer(penalties)
            for variable in variables:
                variable.regularizer = regularizer
        for site in pieces.at(layer, ("max_norm",)):
            if site.weight == weight:
                for variable in variables:
                    variable.constraint = pieces.constraint(site, incoming_axes(owner, variable))
