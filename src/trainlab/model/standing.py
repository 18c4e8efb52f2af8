"""What stands behind each layer of a graph: normalizations, split activations, dropouts and noises, in order.

The rules of where in a block a piece goes are here; making the other layers and connecting them is not.
"""

from typing import Any

import keras

from trainlab.errors import UsageError
from trainlab.experiment.places import Place
from trainlab.model.form import Form
from trainlab.model.graph import activation_in, block_of, free_name, hidden_layers, own_block, precision_of
from trainlab.model.pieces import Pieces
from trainlab.model.reform import ENDS_IN_ITS_ACTIVATION, bends
from trainlab.model.sites import Norm

_KINDS = {"batch_norm": keras.layers.BatchNormalization, "layer_norm": keras.layers.LayerNormalization}


def splits_activation(graph: Any, norm: Norm) -> bool:
    """Tell whether a normalization needs a layer's own activation to become a layer.

    Raises:
        UsageError: where it is to stand before an activation that is computed inside of the layer.
    """
    layer = graph.layers[norm.layer]
    if not norm.before_activation or activation_in(own_block(graph, layer)) or not bends(layer):
        return False
    if isinstance(layer, ENDS_IN_ITS_ACTIVATION):
        return True
    raise UsageError(
        f"layer {layer.name!r} computes its activation inside, where nothing can be put before it",
        Place(norm.kind),
        None,
        "Place it after the activation there, or leave the layer out with `at`.",
    )


def standing_behind(graph: Any, form: Form, pieces: Pieces, activations: Any) -> dict[int, list[Any]]:
    """Make what stands behind layers.

    Args:
        graph: the unchanged model.
        form: which normalizations are placed.
        pieces: makes what stands at sites.
        activations: gives the activation layer that was split off a layer, by the layer's position.

    Returns:
        By id of the layer, what its output is sent through, in order.
    """
    behind: dict[int, list[Any]] = {}
    norms = {norm.layer: norm for norm in form.norms}
    hidden = {id(layer) for layer in hidden_layers(graph)}
    for position, layer in enumerate(graph.layers):
        block = block_of(graph, layer) if id(layer) in hidden else [layer]
        last = behind.setdefault(id(block[-1]), [])
        norm = norms.get(position)

        def name(what: str, layer: Any = layer) -> str:
            return free_name(graph, f"{layer.name}_{what}")

        if norm is not None:
            made = _norm(norm, layer, name(norm.kind))
            if not norm.before_activation:
                last.append(made)
            else:
                behind.setdefault(id(layer), []).append(made)
                split = activations.split_off(position)
                if split is not None:
                    behind[id(layer)].append(split)
        last += pieces.layers(position, name, precision_of(layer))
    return {place: made for place, made in behind.items() if made}


def _norm(norm: Norm, layer: Any, name: str) -> Any:
    channels_first = getattr(layer, "data_format", None) == "channels_first"
    axis = 1 if norm.kind == "batch_norm" and channels_first else -1
    return _KINDS[norm.kind](axis=axis, name=name, dtype=precision_of(layer))
