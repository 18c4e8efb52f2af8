"""The layers of a graph made anew, with another width, activation or initializer where the form says so.

Every layer is made once, however often it is called. What is put behind layers is not known here.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras

from trainlab.errors import UsageError, first_line
from trainlab.experiment.places import Place
from trainlab.model.form import Form
from trainlab.model.graph import (
    ACTIVATES,
    behind_outputs,
    free_name,
    hidden_layers,
    nodes_of,
    output_layers,
    precision_of,
)
from trainlab.model.pieces import Pieces
from trainlab.model.reform import ENDS_IN_ITS_ACTIVATION, bend_otherwise, reinitialize, widen
from trainlab.model.reweighted import Reweighting, reweighted
from trainlab.model.sites import ON_ACTIVITY, activity_layer
from trainlab.model.standing import splits_activation

_ENDINGS = (*ACTIVATES, keras.layers.Softmax)
_BENDING_OPERATIONS = "keras.src.ops.nn"


class Reformed:
    """Makes the layers of a graph anew, and calls them.

    Args:
        graph: the unchanged model.
        form: what is changed.
        pieces: makes the penalties of activities, and what drops weights.

    Raises:
        UsageError: where the form asks for what the model does not have.
    """

    def __init__(self, graph: Any, form: Form, pieces: Pieces) -> None:
        self._graph = graph
        self._form = form
        self._pieces = pieces
        self._hidden = {id(layer) for layer in hidden_layers(graph)}
        self._behind = behind_outputs(graph)
        self._positions = {id(layer): place for place, layer in enumerate(graph.layers)}
        self._split = {norm.layer for norm in form.norms if splits_activation(graph, norm)}
        self._made: dict[tuple[int, bool], Any] = {}
        self._changed: set[str] = set()
        self._penalized = self._penalties()
        self._endings = self._outputs_endings()
        for operation in graph.operations:
            if not isinstance(operation, keras.layers.InputLayer):
                self._made[id(operation), False] = self._anew(operation)
        self._check_changed()

    def split_off(self, position: int) -> Any:
        """Make the activation layer that was split off a layer; nothing where none was."""
        if position not in self._split:
            return None
        layer = self._graph.layers[position]
        activation = layer.activation
        if self._form.activation and activation not in _KEPT:
            activation = self._form.activation
        name = free_name(self._graph, f"{layer.name}_activation")
        made = keras.layers.Activation(activation, name=name, dtype=precision_of(layer))
        made.activity_regularizer = self._penalized.get(id(layer))
        return made

    def call(self, node: Any, args: Any, kwargs: Any) -> Any:
        """Call what was made of a node's layer, on what its inputs became."""
        operation = node.operation
        made = self._made[id(operation), False]
        if self._bends_hidden(node):
            made = self._made.setdefault((id(operation), True), self._bent(operation))
        if type(made) is not type(operation):
            kwargs = {}  # a softmax layer takes a mask, the activation in its place takes its input alone
        try:
            return made(*args, **kwargs)
        except Exception as error:
            if self._form.width == 1:
                raise
            raise UsageError(
                f"at layer {operation.name!r} the shapes no longer agree: {first_line(error)}",
                Place("width"),
                self._form.width,
                "Leave `width` out, or give a builder function that takes `width`.",
            ) from error

    def check_outputs(self, made: Any) -> None:
        """See that the outputs have the shapes they had.

        Raises:
            UsageError: where another width has changed one.
        """
        for before, after in zip(self._graph.outputs, made.outputs, strict=True):
            if before.shape != after.shape:
                layer = before._keras_history.operation  # noqa: SLF001  (Keras's record of where it comes from)
                raise UsageError(
                    f"the output of {layer.name!r} would have shape {after.shape[1:]} instead of "
                    f"{before.shape[1:]}",
                    Place("width"),
                    self._form.width,
                    "Give a builder function that takes `width`.",
                )

    def _anew(self, layer: Any) -> Any:
        config = _config(layer)
        position = self._positions.get(id(layer))
        if id(layer) in self._hidden:
            self._reform(layer, config)
        if position in self._split:
            config["activation"] = "linear"
        if id(layer) in self._endings:
            if isinstance(layer, _ENDINGS):
                return keras.layers.Activation(self._form.output, name=layer.name, dtype=precision_of(layer))
            config["activation"] = self._form.output
        reweighting = Reweighting() if position is None else self._reweighting(position)
        with _cloning(layer):
            if reweighting == Reweighting():
                made = layer.__class__.from_config(config)
            else:
                made = reweighted(layer.__class__, config, reweighting)
        if id(layer) in self._penalized and position not in self._split:
            made.activity_regularizer = self._penalized[id(layer)]
        return made

    def _reform(self, layer: Any, config: dict[str, Any]) -> None:
        form = self._form
        if form.width != 1 and widen(layer, config, form.width):
            self._changed.add("width")
        if form.activation and bend_otherwise(layer, config, form.activation):
            self._changed.add("activation")
        if form.initializer and reinitialize(config, form.initializer):
            self._changed.add("initializer")

    def _reweighting(self, position: int) -> Reweighting:
        normalized = tuple(site.weight for site in self._form.weight_norm if site.layer == position)
        return Reweighting(normalized, self._pieces.drops(position))

    def _penalties(self) -> dict[int, Any]:
        """Make the penalties of activities, by id of the layer whose output is the activity."""
        found = {}
        for position, layer in enumerate(self._graph.layers):
            sites = self._pieces.at(position, ON_ACTIVITY)
            if sites:
                found[id(activity_layer(self._graph, layer))] = self._pieces.regularizer(sites)
        return found

    def _bends_hidden(self, node: Any) -> bool:
        """Tell whether a call is that of an activation layer before the outputs, which gets another one."""
        layer = node.operation
        if not self._form.activation or not isinstance(layer, ACTIVATES) or id(node) in self._behind:
            return False
        return getattr(layer, "activation", None) not in _KEPT

    def _bent(self, layer: Any) -> Any:
        both = any(id(node) in self._behind for node in nodes_of(self._graph) if node.operation is layer)
        name = free_name(self._graph, f"{layer.name}_hidden") if both else layer.name
        made = keras.layers.Activation(self._form.activation, name=name, dtype=precision_of(layer))
        made.activity_regularizer = self._penalized.get(id(layer))
        return made

    def _outputs_endings(self) -> set[int]:
        """Find the layers that apply the activation of the outputs."""
        if not self._form.output:
            return set()
        after = [node.operation for node in nodes_of(self._graph) if id(node) in self._behind]
        endings = [layer for layer in after if isinstance(layer, _ENDINGS)]
        by_hand = [one for one in after if type(one).__module__ == _BENDING_OPERATIONS]
        last = output_layers(self._graph)
        unknown = [layer for layer in last if not isinstance(layer, ENDS_IN_ITS_ACTIVATION)]
        if endings and not by_hand and len(endings) == len(last):
            return {id(layer) for layer in endings}
        if endings or by_hand or unknown or not last:
            names = ", ".join(one.name for one in [*endings, *by_hand, *unknown])
            raise UsageError(
                f"it is not clear which activation of the outputs to replace ({names or 'no output layer'})",
                Place("output"),
                self._form.output,
                "Give a builder function that takes `output`.",
            )
        return {id(layer) for layer in last}

    def _check_changed(self) -> None:
        form = self._form
        if any(self._bends_hidden(node) for node in nodes_of(self._graph)):
            self._changed.add("activation")
        asked = {"width": form.width != 1, "activation": form.activation, "initializer": form.initializer}
        for setting, value in asked.items():
            if value and setting not in self._changed:
                raise UsageError(
                    f"no hidden layer has {_NEEDS[setting]}",
                    Place(setting),
                    getattr(form, setting),
                    "Leave it out, or give a builder function that takes it.",
                )


_KEPT = (keras.activations.linear, keras.activations.softmax)
_NEEDS = {
    "width": "units or filters to multiply",
    "activation": "an activation to replace",
    "initializer": "a kernel initializer to replace",
}


def _config(layer: Any) -> dict[str, Any]:
    with _cloning(layer):
        config: dict[str, Any] = layer.get_config()
    if isinstance(layer, keras.layers.Layer) and precision_of(layer) != layer.dtype_policy:
        config["dtype"] = precision_of(layer)
    return config


@contextlib.contextmanager
def _cloning(layer: Any) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise UsageError(
            f"layer {layer.name!r} can't be cloned: {first_line(error)}",
            "model",
            None,
            "Give a function that builds the model and takes the techniques as parameters, "
            "or give the layer's class a `get_config` that it can be made from.",
        ) from error
