"""The layers in force for one run, as plain values: what the report prints."""

from typing import Any

import numpy as np

from trainlab.engine.cohort import Cohort
from trainlab.engine.step import Learner
from trainlab.model.blueprint import Bases
from trainlab.model.describing import describe
from trainlab.model.graph import can_place


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
    layers = [
        {
            "name": layer.name,
            "kind": type(layer).__name__,
            "output_shape": _shape(layer),
            "parameters": int(sum(np.prod(v.shape, dtype=np.int64) for v in layer.trainable_variables)),
            "settings": ", ".join([*_settings(layer), *said.get(layer.name, ())]),
        }
        for layer in model.layers
        if id(layer) not in unused
    ]
    return {"parameters": learner.network.parameters, "layers": layers, "takes": learner.head.sentence}


def _shape(layer: Any) -> list[Any] | None:
    shape = getattr(getattr(layer, "output", None), "shape", None)
    return None if shape is None else list(shape[1:])


def _settings(layer: Any) -> list[str]:
    activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
    return [] if activation == "linear" else [activation]
