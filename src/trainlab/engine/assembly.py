"""From a cohort to what a step is made of: network, optimizer, what the output means, the score."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.engine.cohort import Cohort
from trainlab.engine.step import Learner
from trainlab.experiment.metrics import Metric
from trainlab.model.blueprint import Blueprint, build
from trainlab.model.functional import Network
from trainlab.recipe.losses import Head, read_head
from trainlab.recipe.optimizers import make_optimizer, optimizer_knobs
from trainlab.recipe.scores import SCORES

_LOOKED_AT = 8
# So far from the data, a logit leaves the numbers from 0 to 1, and a probability does not.
FAR = 1000


def assemble(cohort: Cohort, dataset: Dataset, metric: Metric, dtype: str = "float32") -> Learner:
    """Build what a cohort's steps are made of.

    Raises:
        UsageError: where the model can't be built or doesn't fit the data.
    """
    network, head = fitting_network(cohort.blueprint, dataset, dtype)
    optimizer = make_optimizer(cohort.optimizer, float(cohort.learning_rates[0]))
    optimizer.build(network.model.trainable_variables)
    return Learner(
        network=network,
        optimizer=optimizer,
        knobs=optimizer_knobs(optimizer, cohort.optimizer),
        head=head,
        score=SCORES[metric.name],
        scale=dataset.scale,
        dtype=jnp.dtype(dtype),
    )


def fitting_network(blueprint: Blueprint, dataset: Dataset, dtype: str) -> tuple[Network, Head]:
    """Build a network and tell from its first outputs what they mean."""
    example = dataset.prepared(np.arange(min(_LOOKED_AT, dataset.rows)), np.dtype(dtype).type)
    network = build(
        blueprint,
        example,
        outputs=dataset.outputs,
        probabilities=dataset.task == "classification",
    )
    labels, rows = np.unique(dataset.y, return_index=True) if dataset.classes else ((), ())
    probes = np.concatenate([example, FAR * example, -FAR * example])
    head = read_head(
        np.asarray(network.model(probes)),
        classes=len(dataset.classes),
        targets=dataset.outputs,
        first_rows={int(label): int(row) for label, row in zip(labels, rows, strict=True)},
    )
    return network, head


def layer_table(learner: Learner, numbers: dict[str, float]) -> dict[str, Any]:
    """Give the layers in force for one run as plain values, techniques of strength zero left out.

    Args:
        learner: what the cohort's steps are made of.
        numbers: the run's numbers, by name.
    """
    model = learner.network.model
    knobs = {id(knob.owner): knob for knob in learner.network.knobs}
    layers = []
    for layer in model.layers:
        settings = _settings(layer)
        owners = (layer, getattr(layer, "kernel_regularizer", None))
        own = [knobs[id(owner)] for owner in owners if id(owner) in knobs]
        if id(layer) in knobs and numbers.get(knobs[id(layer)].number, 0.0) == 0:
            continue
        settings += [f"{knob.number} {numbers[knob.number]:g}" for knob in own if numbers.get(knob.number)]
        shape = getattr(getattr(layer, "output", None), "shape", None)
        layers.append(
            {
                "name": layer.name,
                "kind": type(layer).__name__,
                "output_shape": None if shape is None else list(shape[1:]),
                "parameters": int(sum(np.prod(v.shape, dtype=np.int64) for v in layer.trainable_variables)),
                "settings": ", ".join(settings),
            }
        )
    return {
        "parameters": learner.network.parameters,
        "layers": layers,
        "takes": learner.head.sentence,
    }


def _settings(layer: Any) -> list[str]:
    activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
    return [] if activation == "linear" else [activation]
