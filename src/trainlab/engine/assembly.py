"""From a cohort to what a step is made of: network, optimizer, what the output means, the score."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.engine.cohort import Cohort
from trainlab.engine.lane import LaneState
from trainlab.engine.step import Learner, take_step
from trainlab.engine.workshop import Workshop
from trainlab.errors import first_line
from trainlab.experiment.metrics import Metric
from trainlab.model.blueprint import Bases, Blueprint, build
from trainlab.model.functional import Network, as_taken, outputs_of
from trainlab.model.sites import variables_at
from trainlab.recipe.losses import Head, read_head
from trainlab.recipe.optimizers import make_lane_optimizer, optimizer_knobs
from trainlab.recipe.scores import SCORES, no_score

# So far from the data, a logit leaves the numbers from 0 to 1, and a probability does not.
FAR = 1000


def assemble(cohort: Cohort, workshop: Workshop, metric: Metric) -> Learner:
    """Build what a cohort's steps are made of.

    Raises:
        UsageError: where the model can't be built or doesn't fit the data.
    """
    seen, bases = workshop.data(cohort.irrelevant), workshop.bases(cohort.irrelevant)
    network, head = fitting_network(cohort.blueprint, seen, bases, loss=cohort.loss, output=cohort.output)
    optimizer = make_lane_optimizer(cohort.descent, float(cohort.learning_rates[0]))
    optimizer.build(network.model.trainable_variables)
    return Learner(
        network=network,
        optimizer=optimizer,
        knobs=optimizer_knobs(optimizer, cohort.descent.choice),
        decays=acted_on("weight_decay", cohort.blueprint, bases, network.model),
        prunes=acted_on("prune", cohort.blueprint, bases, network.model),
        schedule=cohort.descent.schedule,
        steps_per_epoch=cohort.steps,
        objective=cohort.objective,
        head=head,
        score=SCORES.get(metric.name, no_score),
        higher_is_better=metric.higher_is_better,
        scales=(1.0,) * len(seen.scales) if cohort.raw else seen.scales,
        dtype=jnp.dtype(workshop.dtype),
        whole="" if metric.of_rows else metric.name,
    )


def fitting_network(
    blueprint: Blueprint,
    dataset: Dataset,
    bases: Bases,
    *,
    loss: str | None = None,
    output: str | None = None,
) -> tuple[Network, Head]:
    """Build a network and tell from its first outputs what they mean."""
    network = build(blueprint, bases)
    return network, fitting_head(network.model, dataset, bases, loss=loss, output=output)


def fitting_head(
    model: Any, dataset: Dataset, bases: Bases, *, loss: str | None = None, output: str | None = None
) -> Head:
    """Tell from the first outputs of a model what they mean.

    Raises:
        UsageError: where outputs, targets and loss don't fit together.
    """
    labels, rows = np.unique(dataset.y, return_index=True) if dataset.classes else ((), ())
    probes = jax.tree.map(lambda part: np.concatenate([part, FAR * part, -FAR * part]), bases.example)
    return read_head(
        np.asarray(outputs_of(model, as_taken(model, probes, bases.inputs))),
        classes=len(dataset.classes),
        targets=dataset.outputs,
        first_rows={int(label): int(row) for label, row in zip(labels, rows, strict=True)},
        loss=loss,
        output=output,
    )


def acted_on(technique: str, blueprint: Blueprint, bases: Bases, model: Any) -> tuple[tuple[int, str], ...]:
    """Give each weight that a technique acts on from outside of the network, with its number's name.

    Args:
        technique: ``"weight_decay"`` or ``"prune"``.
        blueprint: the sites.
        bases: where the model without techniques stands.
        model: the network's model.
    """
    sites = sorted(site for site in blueprint.sites if site.technique == technique)
    base = bases.base(blueprint)
    return tuple((place, site.number) for site in sites for place in variables_at(base.graph, model, site))


def not_vectorised(learner: Learner, cohort: Cohort, dataset: Dataset) -> str:
    """Say why the lanes of a cohort can't be vectorised; empty where they can.

    A layer, loss or optimizer that JAX can't vectorise is found by tracing a step of two lanes: nothing is
    computed and nothing compiled.

    Args:
        learner: what a step is made of.
        cohort: the runs.
        dataset: the rows that they see.
    """
    model = learner.network.model

    def lanes(shape: Any, dtype: Any) -> Any:
        return jax.ShapeDtypeStruct((2, *shape), dtype)  # type: ignore[no-untyped-call]

    variables = (model.trainable_variables, model.non_trainable_variables, learner.optimizer.variables)
    state = LaneState(*([lanes(one.shape, one.dtype) for one in part] for part in variables))
    numbers = {
        name: lanes(values.shape[1:], values.dtype) for name, values in cohort.typed(learner.dtype).items()
    }
    rows = cohort.batch_rows
    parts = tuple(lanes((rows, *part.shape[1:]), part.dtype) for part in dataset.parts)
    inputs = parts if dataset.inputs else parts[0]
    targets = lanes((rows, *dataset.y.shape[1:]), dataset.y.dtype)
    try:
        jax.eval_shape(jax.vmap(lambda *lane: take_step(learner, *lane)), state, numbers, inputs, targets)
    except Exception as error:  # noqa: BLE001  (whatever a user's layer does)
        return first_line(error)
    return ""
