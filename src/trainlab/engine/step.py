"""One step of one lane, and the score of its rows: what is vectorised elsewhere.

Keras's own layers, losses and optimizers do the arithmetic. Nothing here knows that there are other lanes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from trainlab.engine.entering import entered, in_own_unit, standardized
from trainlab.engine.lane import LaneState
from trainlab.model.functional import Network
from trainlab.per_lane import Knob, turned
from trainlab.recipe.augment import augmented, mixed
from trainlab.recipe.lane_optimizers import Around, surrounded
from trainlab.recipe.losses import Head, smoothed
from trainlab.recipe.schedules import rate
from trainlab.recipe.scores import Score, predictions

Numbers = Mapping[str, jax.Array]

# Names of lane numbers that are no strength of a placed technique.
KEY, CLASS_WEIGHTS, SMOOTHING, MIXUP = "key", "class_weight", "label_smoothing", "mixup"
LEARNING_RATE, EPOCHS = "learning_rate", "epochs"


@dataclass(frozen=True)
class Objective:
    """What a step does to the rows and how it measures them; equal for all lanes of a program.

    Args:
        flip: how images are mirrored by chance; empty for not at all.
        augment: transformations of the rows, by name.
        smooths: whether targets are smoothed.
        mixes: whether rows are mixed with each other.
        weighs: whether rows count by their class.
    """

    flip: str = ""
    augment: tuple[str, ...] = ()
    smooths: bool = False
    mixes: bool = False
    weighs: bool = False

    @property
    def draws(self) -> bool:
        """Whether a step needs random numbers of its own, beside those of random layers."""
        return bool(self.flip or self.augment or self.mixes)


@dataclass(frozen=True, eq=False)
class Learner:
    """All that a lane's step is made of, apart from its state and numbers.

    Args:
        network: the model as pure functions.
        optimizer: Keras's, built for the model's variables.
        knobs: attributes of the optimizer that take a number of the lane.
        decays: position of a weight, and name of the number that says its decoupled decay.
        prunes: position of a weight, and name of the number that says which share of it is pruned at the end.
        schedule: kind of the learning-rate schedule; empty for a constant rate.
        steps_per_epoch: steps of one epoch.
        objective: what is done to the rows and how they are measured.
        head: what the outputs mean.
        score: metric of each row.
        higher_is_better: the direction of the metric.
        scales: what each input is multiplied with where nothing was fitted to it.
        dtype: what inputs are computed in.
        whole: name of the metric where it is no average over rows, and told from the predictions of all.
    """

    network: Network
    optimizer: Any
    knobs: tuple[Knob, ...]
    decays: tuple[tuple[int, str], ...]
    prunes: tuple[tuple[int, str], ...]
    schedule: str
    steps_per_epoch: int
    objective: Objective
    head: Head
    score: Score
    higher_is_better: bool
    scales: tuple[float, ...]
    dtype: Any
    whole: str = ""

    def prepared(self, inputs: Any, numbers: Numbers) -> Any:
        """Turn stored rows into what the network sees."""
        # Written out before the network: gathered within a product, every number is looked up by itself, and
        # evaluation takes up to three times as long on a CPU (docs/diary.md).
        seen = entered(inputs, self.scales, numbers, self.dtype)
        return lax.optimization_barrier(seen)  # type: ignore[no-untyped-call]

    def labels(self, targets: jax.Array, numbers: Numbers) -> jax.Array:
        """Turn stored targets into what losses take."""
        if self.head.reading != "values":
            return targets.astype(jnp.int32)
        return standardized(targets.astype(self.dtype), numbers)

    def shown(self, state: LaneState) -> list[jax.Array]:
        """Give the weights that a lane is judged by: the moving average where one is kept."""
        slots = averages_in(self.optimizer)
        return [state.optimizer[slot] for slot in slots] if slots else state.weights


def take_step(
    learner: Learner, state: LaneState, numbers: Numbers, inputs: Any, targets: jax.Array
) -> tuple[LaneState, jax.Array]:
    """Take one optimizer step on one batch; gives the next state and the training loss before it."""
    step = iterations_of(learner.optimizer, state.optimizer)
    seen, labels = learner.prepared(inputs, numbers), learner.labels(targets, numbers)
    rows, wanted, weighs, measure = prepared_batch(learner, numbers, step, seen, labels)

    def objective(weights: list[jax.Array]) -> tuple[jax.Array, list[jax.Array]]:
        outputs, layers, penalty = learner.network.call(weights, state.layers, rows, numbers, training=True)
        return measure(wanted, outputs, sample_weight=weighs) + penalty, layers

    (loss, layers), slopes = jax.value_and_grad(objective, has_aux=True)(state.weights)
    optimizer = _scheduled(learner, state.optimizer, numbers)
    # Constraints are the network's, and it is the optimizer that applies them.
    knobs = (*learner.knobs, *learner.network.knobs)
    with turned(knobs, numbers), surrounded(learner.optimizer, _around(learner, numbers)):
        weights, optimizer = learner.optimizer.stateless_apply(optimizer, slopes, state.weights)
    return LaneState(weights, layers, optimizer), loss


def prepared_batch(
    learner: Learner, numbers: Numbers, step: Any, rows: Any, labels: Any
) -> tuple[Any, Any, Any, Any]:
    """Transform rows and targets as a lane does at a step, counted from 0 over all epochs.

    Returns:
        Inputs as the network sees them, transformed by chance; targets as the loss wants them; weights of the
        rows, or None; and the loss.
    """
    asked, head = learner.objective, learner.head
    key = _key(numbers, step)
    if asked.flip or asked.augment:
        rows = augmented(asked.flip, asked.augment, key, rows, numbers)
    weighs = numbers[CLASS_WEIGHTS].astype(learner.dtype)[labels] if asked.weighs else None
    if not (asked.smooths or asked.mixes):
        return rows, head.targets(labels), weighs, head.make_loss()
    wanted = head.soft_targets(labels, learner.dtype)
    if asked.smooths:
        wanted = smoothed(head, wanted, numbers[SMOOTHING])
    if asked.mixes:
        rows, wanted = mixed(key, rows, wanted, numbers[MIXUP])
    return rows, wanted, weighs, head.make_soft_loss()


def judge_rows(
    learner: Learner, view: Any, numbers: Numbers, inputs: Any, targets: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    """Run the network on rows with its weights standing still.

    Args:
        learner: what the lane is made of.
        view: the weights and the other variables that it is judged by.
        numbers: of the lane.
        inputs: stored rows.
        targets: theirs.

    Returns:
        ``(row, ...)`` predictions, ``(row,)`` losses, ``(row,)`` scores, and the penalty.
    """
    weights, layers = view
    outputs, _, penalty = learner.network.call(
        weights, layers, learner.prepared(inputs, numbers), numbers, training=False
    )
    labels = learner.labels(targets, numbers)
    losses = learner.head.make_loss().call(learner.head.targets(labels), outputs)
    losses = losses.reshape(targets.shape[0], -1).mean(axis=1)
    predicted = predictions(learner.head, outputs)
    if learner.head.reading == "values":
        # Scores are in the unit of the targets, whatever the network was taught in.
        predicted, labels = in_own_unit(predicted, numbers), targets.astype(learner.dtype)
    return predicted, losses, learner.score(predicted, labels, losses), penalty


def iterations_of(optimizer: Any, state: list[jax.Array]) -> jax.Array:
    """Give the number of batches that a lane has seen, from its optimizer's state."""
    return state[_slot(optimizer, optimizer._iterations)]  # noqa: SLF001  (the property divides)


def averages_in(optimizer: Any) -> list[int]:
    """Give the places of the averaged weights in the optimizer's state; none where none are kept."""
    averages = getattr(optimizer, "_model_variables_moving_average", None) or ()
    return [_slot(optimizer, average) for average in averages]


def _scheduled(learner: Learner, state: list[jax.Array], numbers: Numbers) -> list[jax.Array]:
    """Put the learning rate of this step into an optimizer's state."""
    if not learner.schedule:
        return state
    named = {
        name.removeprefix("schedule."): value
        for name, value in numbers.items()
        if name.startswith("schedule.")
    }
    now = rate(
        learner.schedule,
        iterations_of(learner.optimizer, state),
        numbers[LEARNING_RATE],
        named,
        steps_per_epoch=learner.steps_per_epoch,
        epochs=numbers[EPOCHS].astype(jnp.int32),
    )
    slot = _slot(learner.optimizer, learner.optimizer._learning_rate)  # noqa: SLF001  (the property hides it)
    return [now.astype(value.dtype) if place == slot else value for place, value in enumerate(state)]


def _around(learner: Learner, numbers: Numbers) -> Around:
    return Around(
        clip_norm=numbers.get("clip_norm"),
        clip_value=numbers.get("clip_value"),
        ema=numbers.get("ema"),
        decays=tuple((place, numbers[name]) for place, name in learner.decays),
    )


def _key(numbers: Numbers, step: Any) -> jax.Array:
    key: jax.Array = jax.random.wrap_key_data(numbers[KEY])
    return jax.random.fold_in(key, step)


def _slot(optimizer: Any, variable: Any) -> int:
    return next(place for place, own in enumerate(optimizer.variables) if own is variable)
