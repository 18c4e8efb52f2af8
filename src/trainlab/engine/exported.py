"""From trained lanes to a plain Keras model: numbers prepared inside, lanes' layers replaced by Keras's."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainlab.data.preparing.fitting import Fitted, FoldPreparation, TargetScale
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
    data = ready.workshop.data(members[0][0].cohort.irrelevant)
    head = members[0][0].learner.head
    places = [_place(data, models[0], place) for place in range(len(models[0].inputs))]
    inputs = _inputs(models[0], fold_preparation(ready, members[0]), places)
    outputs = []
    for number, (model, member) in enumerate(zip(models, members, strict=True), start=1):
        fitted = fold_preparation(ready, member)
        raw = member[0].cohort.raw
        seen = [
            _entered(tensor, fitted.parts[place], 1.0 if raw else data.scales[place], number)
            for tensor, place in zip(inputs, places, strict=True)
        ]
        as_it_is = all(tensor is given for tensor, given in zip(seen, inputs, strict=True))
        if as_it_is and len(models) == 1 and fitted.target is None:
            return model, head.sentence
        # Names of layers are unique in a model, and those of inputs are the user's.
        model.name = _free(f"member_{number}" if len(models) > 1 else model.name, inputs)
        answer = model(alone(seen))
        if averaged:
            answer = _answer(head, answer, number, inputs)
        outputs.append(answer if fitted.target is None else _in_own_unit(answer, fitted.target))
    if not averaged:
        (output,) = outputs
        return keras.Model(alone(inputs), output, name="exported"), head.sentence
    mean = keras.layers.Average(name=_free("mean", inputs))(outputs)
    sentence = _answers(head) + f", the mean over {len(models)} networks"
    return keras.Model(alone(inputs), mean, name="ensemble"), sentence


def fold_preparation(ready: Any, member: Member) -> FoldPreparation:
    """Give what was fitted for a run; without its scales, where the network scales its inputs itself."""
    cohort, place = member[0].cohort, member[1]
    prepared: FoldPreparation = ready.workshop.prepared(cohort.irrelevant).folds[cohort.runs[place].fold]
    if not cohort.raw:
        return prepared
    bare = (replace(fitted, shift=None, factor=None, unit=None) for fitted in prepared.parts)
    return replace(prepared, parts=tuple(bare))


def preparation_document(ready: Any, members: Sequence[Member]) -> dict[str, Any]:
    """Say which columns an exported model takes, and what it does to them, as plain values.

    Where its networks were trained on several folds, a number that differs is a list with one for each.
    """
    document: dict[str, Any] = _together([fold_preparation(ready, member).document() for member in members])
    return document


def _together(values: Sequence[Any]) -> Any:
    first = values[0]
    if all(value == first for value in values):
        return first
    if all(isinstance(value, dict) for value in values):
        names = dict.fromkeys(name for value in values for name in value)
        return {name: _together([value.get(name) for value in values]) for name in names}
    if isinstance(first, list) and isinstance(first[0], dict):
        return [_together(parts) for parts in zip(*values, strict=True)]
    return list(values)


def _free(name: str, inputs: Sequence[Any]) -> str:
    while name in {tensor.name for tensor in inputs}:
        name += "_"
    return name


def _inputs(model: Any, preparation: FoldPreparation, places: Sequence[int]) -> list[Any]:
    """Make the inputs of an exported model: those of the network, without columns that only fill up."""
    made = []
    for tensor, place in zip(model.inputs, places, strict=True):
        padding = preparation.parts[place].padding
        shape = (*tensor.shape[1:-1], tensor.shape[-1] - padding) if padding else tensor.shape[1:]
        made.append(keras.Input(shape, name=tensor.name, dtype=tensor.dtype))
    return made


def _place(data: Any, model: Any, place: int) -> int:
    """Say which part of the data an input of a model takes."""
    own = [tensor.name for tensor in model.inputs]
    return int(data.inputs.index(own[place])) if sorted(own) == sorted(data.inputs) else place


def _entered(tensor: Any, fitted: Fitted, scale: float, number: int) -> Any:
    """Do to an input what ``Fitted.applied`` does, save for taking columns: they come in the right order."""
    own = slice(None, -fitted.padding) if fitted.padding else slice(None)
    if fitted.fill is not None:
        # A hole in a column that had none in training is not filled: the answer is no number then.
        filled = np.isfinite(fitted.fill[own])
        holes = keras.ops.logical_and(keras.ops.isnan(tensor), filled)
        tensor = keras.ops.where(holes, _constant(fitted.fill[own]), tensor)
    if fitted.low is not None and fitted.high is not None:
        tensor = keras.ops.minimum(
            keras.ops.maximum(tensor, _constant(fitted.low[own])), _constant(fitted.high[own])
        )
    if fitted.factor is not None and fitted.shift is not None:
        shifted = keras.ops.subtract(tensor, _constant(fitted.shift[own]))
        tensor = keras.ops.multiply(shifted, _constant(fitted.factor[own]))
    elif scale != 1:
        name = f"{tensor.name}_scaling" if number == 1 else f"{tensor.name}_scaling_{number}"
        tensor = keras.layers.Rescaling(scale, name=name)(tensor)
    if fitted.unit is not None and fitted.unit.any():
        words = fitted.unit[own]
        chosen = keras.ops.multiply(tensor, _constant(words))
        length = keras.ops.sqrt(keras.ops.sum(keras.ops.square(chosen), axis=-1, keepdims=True))
        length = keras.ops.maximum(length, np.float32(np.finfo(np.float32).tiny))
        tensor = keras.ops.where(np.asarray(words, bool), keras.ops.divide(tensor, length), tensor)
    if fitted.padding:
        tensor = keras.ops.pad(tensor, [[0, 0], [0, fitted.padding]])
    return tensor


def _in_own_unit(output: Any, target: TargetScale) -> Any:
    scaled = keras.ops.divide(output, _constant(target.factor))
    return keras.ops.add(scaled, _constant(target.shift))


def _constant(values: NDArray[Any]) -> NDArray[np.float32]:
    """Give numbers as a file can hold them: those that do nothing are not NaN or infinite there."""
    return np.nan_to_num(np.asarray(values, np.float32))


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


def _answer(head: Head, outputs: Any, number: int, inputs: Sequence[Any]) -> Any:
    """Turn outputs into what can be averaged."""
    if head.reading == "logits":
        return keras.layers.Softmax(name=_free(f"probabilities_{number}", inputs))(outputs)
    if head.reading == "logit":
        return keras.layers.Activation("sigmoid", name=_free(f"probability_{number}", inputs))(outputs)
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
