"""The layers in force for one run, as plain values: what the report prints."""

from typing import Any

import numpy as np

from trainlab.engine.cohort import Cohort
from trainlab.engine.step import Learner
from trainlab.model.blueprint import Bases
from trainlab.model.describing import describe
from trainlab.model.graph import can_place, graph_of, nodes_of


def layer_table(cohort: Cohort, place: int, learner: Learner, bases: Bases) -> dict[str, Any]:
    """Give the layers of a run, techniques of strength zero left out.

    Args:
        cohort: the cohort.
        place: position of the run in it.
        learner: what the cohort's steps are made of.
        bases: where models without techniques stand.
    """
    plan, model = cohort.blueprint, learner.network.model
    strengths = cohort.strengths(place)
    base = bases.base(plan)
    said: dict[str, tuple[str, ...]] = {}
    unused: set[int] = set()
    if can_place(base.model) and (plan.sites or plan.form.norms or plan.form.weight_norm):
        said = describe(base.graph, strengths, plan.form)
        off = {site.number for site, strength in strengths.items() if strength == 0}
        unused = {id(knob.owner) for knob in learner.network.knobs if knob.number in off}
    sources = _sources(model, unused) if can_place(model) else {}
    layers = [
        {
            "name": layer.name,
            "kind": type(layer).__name__,
            "output_shape": _shape(layer),
            "parameters": int(sum(np.prod(v.shape, dtype=np.int64) for v in layer.trainable_variables)),
            "settings": ", ".join([*_settings(layer), *said.get(layer.name, ())]),
            **({"from": sources[layer.name]} if layer.name in sources else {}),
        }
        for layer in model.layers
        if id(layer) not in unused
    ]
    return {
        "parameters": learner.network.parameters,
        "input": _inputs(model),
        "layers": layers,
        "takes": learner.head.sentence,
    }


def _sources(model: Any, unused: set[int]) -> dict[str, list[str]]:
    """Give for each layer of the table the layers it takes its inputs from; what is left out is passed."""
    told = {id(layer): layer.name for layer in model.layers if id(layer) not in unused}
    found: dict[int, list[str]] = {}
    for node in nodes_of(graph_of(model)):
        before = [parent.operation for parent in node.parent_nodes]
        names = [
            name
            for one in before
            for name in ([told[id(one)]] if id(one) in told else found.get(id(one), []))
        ]
        seen = found.setdefault(id(node.operation), [])
        seen += [name for name in dict.fromkeys(names) if name not in seen]
    return {told[place]: names for place, names in found.items() if place in told}


def _inputs(model: Any) -> list[list[Any]]:
    return [list(one.shape[1:]) for one in getattr(model, "inputs", None) or ()]


def _shape(layer: Any) -> list[Any] | None:
    shape = getattr(getattr(layer, "output", None), "shape", None)
    return None if shape is None else list(shape[1:])


def _settings(layer: Any) -> list[str]:
    activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
    return [] if activation == "linear" else [activation]
