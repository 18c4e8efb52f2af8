"""From trained lanes to a plain Keras model: scaling inside, per-lane layers replaced by Keras's own."""

from collections.abc import Sequence
from typing import Any

import keras

from trainlab.errors import UsageError
from trainlab.model.graph import alone, can_place
from trainlab.model.plain import export_model
from trainlab.recipe.losses import Head

Member = tuple[Any, int, list[Any], list[Any]]


def exported_model(ready: Any, members: Sequence[Member], *, averaged: bool) -> tuple[Any, str]:
    """Build the model of one run, or of the mean of several.

    Args:
        ready: the experiment, prepared.
        members: for each run its prepared cohort, its place in it, its weights and its other variables.
        averaged: whether the outputs are to be averaged as probabilities or amounts.

    Returns:
        The model, and what its outputs mean in words.

    Raises:
        UsageError: where the outputs can't be averaged.
    """
    models = [_one(ready, *member) for member in members]
    prepared = members[0][0]
    head = prepared.learner.head
    data = ready.workshop.data(prepared.cohort.irrelevant)
    inputs = [
        keras.Input(tensor.shape[1:], name=tensor.name, dtype=tensor.dtype) for tensor in models[0].inputs
    ]
    scaled = [
        keras.layers.Rescaling(scale, name=f"{tensor.name}_scaling")(tensor) if scale != 1 else tensor
        for tensor, scale in zip(inputs, _scales(data, models[0]), strict=True)
    ]
    if not averaged:
        (model,) = models
        if all(scale == 1 for scale in data.scales):
            return model, head.sentence
        return keras.Model(alone(inputs), model(alone(scaled)), name="exported"), head.sentence
    outputs = []
    for number, model in enumerate(models, start=1):
        model.name = f"member_{number}"
        outputs.append(_answer(head, model(alone(scaled)), number))
    mean = keras.layers.Average(name="mean")(outputs)
    sentence = _answers(head) + f", the mean over {len(models)} networks"
    return keras.Model(alone(inputs), mean, name="ensemble"), sentence


def _one(ready: Any, prepared: Any, place: int, weights: list[Any], layers: list[Any]) -> Any:
    cohort, network = prepared.cohort, prepared.learner.network
    plan, bases = cohort.blueprint, ready.workshop.bases(cohort.irrelevant)
    base = bases.base(plan)
    if not can_place(base.model):
        raise UsageError(
            "a subclassed model can't be saved so that Keras alone loads it",
            "model",
            type(base.model).__name__,
            "Build it by Keras's functional API, or read its weights from the folder's `weights`.",
        )
    return export_model(
        base.model,
        cohort.strengths(place),
        plan.form,
        network.model,
        weights=weights,
        state=layers,
        keeps=base.keeps,
    )


def _scales(data: Any, model: Any) -> list[float]:
    """Give the scale of each input in the model's own order."""
    own = [tensor.name for tensor in model.inputs]
    if sorted(own) == sorted(data.inputs):
        return [data.scales[data.inputs.index(name)] for name in own]
    return list(data.scales)


def _answer(head: Head, outputs: Any, number: int) -> Any:
    """Turn outputs into what can be averaged."""
    if head.reading == "logits":
        return keras.layers.Softmax(name=f"probabilities_{number}")(outputs)
    if head.reading == "logit":
        return keras.layers.Activation("sigmoid", name=f"probability_{number}")(outputs)
    if head.reading in {"probabilities", "probability", "values"}:
        return outputs
    raise UsageError(
        "outputs that are no probabilities can't be averaged into one model",
        "--ensemble",
        head.reading,
        "Export the members one by one with `--seed`, and average their answers.",
    )


def _answers(head: Head) -> str:
    if head.reading in {"probabilities", "logits"}:
        return f"its {head.outputs} outputs are probabilities of the classes"
    if head.reading in {"probability", "logit"}:
        return "its one output is the probability of the second class"
    return head.sentence
