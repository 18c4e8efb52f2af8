"""One run trained by `keras.Model.fit` alone: a plain model with plain numbers, compiled and fitted.

Keras's own layers, losses, optimizers and schedules do everything here that they can do by themselves; rows
come in the order of the lane, transformed as the lane transforms them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import keras
import numpy as np

from trainlab.engine.chunk import Chunk
from trainlab.engine.cohort import objective_of
from trainlab.engine.orders import epoch_order
from trainlab.engine.step import CLASS_WEIGHTS, prepared_batch
from trainlab.engine.workshop import Workshop
from trainlab.experiment.recipe import Recipe
from trainlab.model.functional import as_taken, assign, labels_of
from trainlab.model.graph import can_place
from trainlab.model.plain import plain_for_training
from trainlab.recipe.lane_optimizers import Around
from trainlab.recipe.losses import Head
from trainlab.recipe.optimizers import NO_DECAY, make_lane_optimizer, make_optimizer
from trainlab.recipe.plateau import Plateau, after_epoch, plateau_settings
from trainlab.recipe.schedules import keras_schedule, rate

Arrays = list[np.ndarray]


def fit_alone(
    chunk: Chunk, lane: int, start: list[Arrays], workshop: Workshop
) -> tuple[Arrays, list[np.ndarray | None], list[float]]:
    """Train one run of a chunk by Keras itself.

    Args:
        chunk: the lanes.
        lane: which of them.
        start: its first weights and its first other variables.
        workshop: where models and data are made.

    Returns:
        Weights; for each of the lane's other variables the value, or None where the plain model has none; and
        the training loss of each epoch.
    """
    cohort, learner = chunk.cohort, chunk.program.learner
    recipe = cohort.recipes[chunk.places[lane]]
    model, drawing = _plain(chunk, lane, workshop)
    # A run has the weights of its lane, and those other variables that it has a use for.
    states = [learner.network.state_labels.index(label) for label in labels_of(model, drawing)]
    assign(model, start[0], [start[1][slot] for slot in states])
    optimizer = _optimizer(chunk, lane, recipe, model)
    model.compile(optimizer=optimizer, loss=_loss(learner.head, recipe))
    batches = _Batches(chunk, lane, recipe, workshop)
    history = model.fit(
        batches,
        epochs=recipe.epochs,
        steps_per_epoch=cohort.steps,
        shuffle=False,
        class_weight=_class_weight(chunk, lane, recipe),
        callbacks=_callbacks(chunk, lane, recipe, workshop),
        verbose=0,
    )
    weights = [variable.numpy() for variable in model.trainable_variables]
    state: list[np.ndarray | None] = [None] * len(learner.network.state_labels)
    for slot, variable in zip(states, model.non_trainable_variables, strict=True):
        state[slot] = variable.numpy()
    return weights, state, [float(loss) for loss in history.history["loss"]]


class _Batches(keras.utils.PyDataset):
    """The batches of all epochs of a lane, in its order and transformed as it transforms them."""

    def __init__(self, chunk: Chunk, lane: int, recipe: Recipe, workshop: Workshop) -> None:
        super().__init__()
        self._chunk, self._lane, self._recipe = chunk, lane, recipe
        self._workshop = workshop
        self._kind = np.dtype(workshop.dtype).type
        place, typed = chunk.places[lane], chunk.cohort.typed(self._kind)
        self._numbers = {name: jnp.asarray(values[place]) for name, values in typed.items()}

    def __len__(self) -> int:
        return self._chunk.cohort.steps * self._recipe.epochs

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        chunk, run = self._chunk, self._chunk.runs[self._lane]
        epoch, place = divmod(index, chunk.cohort.steps)
        order = epoch_order(chunk.rows.training[run.fold], seed=run.own_seed, fold=run.fold, epoch=epoch + 1)
        size = chunk.cohort.batch_rows
        return self._batch(order[place * size : (place + 1) * size], index)

    def _batch(self, rows: np.ndarray, step: int) -> tuple[Any, Any]:
        learner = self._chunk.program.learner
        inputs, labels = _seen(self._chunk, self._lane, self._workshop, rows)
        own = objective_of(self._recipe)
        if own.draws or (own.smooths and not _smooths_by_itself(learner.head)):
            alone = replace(learner, objective=own)
            taken = inputs if not isinstance(inputs, tuple) else tuple(map(jnp.asarray, inputs))
            mixed, wanted, _, _ = prepared_batch(
                alone, self._numbers, jnp.int32(step), jnp.asarray(taken), jnp.asarray(labels)
            )
            inputs = np.asarray(mixed)
            targets = np.asarray(wanted)
        else:
            soft = own.smooths
            targets = learner.head.soft_targets(labels, self._kind) if soft else learner.head.targets(labels)
        return as_taken(learner.network.model, inputs, learner.network.inputs), targets


def _seen(chunk: Chunk, lane: int, workshop: Workshop, rows: np.ndarray) -> tuple[Any, np.ndarray]:
    """Give rows as the lane's network sees and learns them, prepared by NumPy."""
    cohort, fold = chunk.cohort, chunk.runs[lane].fold
    inputs = workshop.seen(cohort.irrelevant, rows, fold, scaled=not cohort.raw)
    prepared = workshop.prepared(cohort.irrelevant)
    labels, target = prepared.data.y[rows], prepared.folds[fold].target
    if not prepared.data.classes:
        labels = labels.astype(workshop.dtype)
    if target is not None:
        # In float64 whatever the lanes compute in: what they are measured by is rounded once.
        labels = target.applied(labels, np.float64).astype(workshop.dtype)
    return inputs, labels


def _plain(chunk: Chunk, lane: int, workshop: Workshop) -> tuple[Any, dict[str, Any]]:
    """Build the plain model of a run, apart from the one that the lanes have."""
    cohort = chunk.cohort
    plan, bases = cohort.blueprint, workshop.bases(cohort.irrelevant)
    base = bases.base(plan)
    if not can_place(base.model):
        return bases.anew(plan).model, {}
    strengths = cohort.strengths(chunk.places[lane])
    return plain_for_training(base.model, strengths, plan.form, keeps=base.keeps)


def _optimizer(chunk: Chunk, lane: int, recipe: Recipe, model: Any) -> Any:
    cohort, learner = chunk.cohort, chunk.program.learner
    place = chunk.places[lane]
    around: dict[str, Any] = {}
    if recipe.clip_norm is not None:
        around["global_clipnorm"] = recipe.clip_norm
    if recipe.clip_value is not None:
        around["clipvalue"] = recipe.clip_value
    if recipe.ema > 0:
        around |= {"use_ema": True, "ema_momentum": recipe.ema}
    if recipe.accumulate > 1:
        around["gradient_accumulation_steps"] = recipe.accumulate
    shares = {slot: float(cohort.numbers[number][place]) for slot, number in learner.decays}
    shares = {slot: share for slot, share in shares.items() if share > 0}
    if len(set(shares.values())) > 1:
        # Keras knows one share for all weights: what differs by layer is decayed as the lanes do it.
        made = make_lane_optimizer(cohort.descent, recipe.step_size)
        around_step = Around(decays=tuple(shares.items()), clip_norm=recipe.clip_norm, ema=recipe.ema)
        object.__setattr__(made, "around", around_step)
        return made
    if shares:
        kinds = NO_DECAY.get(recipe.optimizer.name, {"weight_decay": 0.0})
        around |= dict.fromkeys(kinds, next(iter(shares.values())))
    made = make_optimizer(recipe.optimizer, _learning_rate(chunk, recipe), **around)
    if shares:
        spared = [variable for slot, variable in enumerate(model.trainable_variables) if slot not in shares]
        made.exclude_from_weight_decay(var_list=spared)
    return made


def _learning_rate(chunk: Chunk, recipe: Recipe) -> Any:
    if recipe.schedule is None or recipe.schedule.kind == "plateau":
        return recipe.step_size
    return keras_schedule(
        recipe.schedule, recipe.step_size, steps_per_epoch=chunk.cohort.steps, epochs=recipe.epochs
    )


def _smooths_by_itself(head: Head) -> bool:
    return "label_smoothing" in head.make_soft_loss().get_config()


def _loss(head: Head, recipe: Recipe) -> Any:
    own = objective_of(recipe)
    if not (own.smooths or own.mixes):
        return head.make_loss()
    loss = head.make_soft_loss()
    if own.smooths and not own.draws and _smooths_by_itself(head):
        smoothing = {**loss.get_config(), "label_smoothing": recipe.label_smoothing}
        return type(loss).from_config(smoothing)
    return loss


def _class_weight(chunk: Chunk, lane: int, recipe: Recipe) -> dict[int, float] | None:
    if recipe.class_weight is None:
        return None
    weights = chunk.cohort.numbers[CLASS_WEIGHTS][chunk.places[lane]]
    return {number: float(weight) for number, weight in enumerate(weights)}


def _callbacks(chunk: Chunk, lane: int, recipe: Recipe, workshop: Workshop) -> list[Any]:
    if recipe.schedule is None or recipe.schedule.kind != "plateau":
        return []
    rows = chunk.rows.validation[chunk.runs[lane].fold]
    head = chunk.program.learner.head
    inputs, given = _seen(chunk, lane, workshop, rows)
    labels = head.targets(given)

    def loss(model: Any) -> float:
        outputs = model(as_taken(model, inputs, chunk.program.learner.network.inputs), training=False)
        return float(np.mean(np.asarray(head.make_loss().call(labels, outputs))))

    return [_Reduction(recipe, chunk.cohort.steps, loss)]


class _Reduction(keras.callbacks.Callback):
    """Sets the learning rate of each batch, reduced where the validation loss has stopped falling."""

    def __init__(self, recipe: Recipe, steps: int, loss: Callable[[Any], float]) -> None:
        super().__init__()
        self._recipe, self._steps, self._loss = recipe, steps, loss
        self._plateau = Plateau.fresh(1)
        self._step = 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        del batch, logs
        recipe = self._recipe
        base = jnp.asarray(recipe.step_size * float(self._plateau.scale[0]), keras.config.floatx())
        numbers = {name: jnp.asarray(value, base.dtype) for name, value in recipe.schedule.numbers}
        step, steps = jnp.int32(self._step), self._steps
        now = rate("plateau", step, base, numbers, steps_per_epoch=steps, epochs=recipe.epochs)
        self.model.optimizer.learning_rate = float(now)
        self._step += 1

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        del epoch, logs
        settings = plateau_settings([self._recipe.schedule], np.array([self._recipe.step_size]))
        self._plateau = after_epoch(self._plateau, np.array([self._loss(self.model)]), **settings)
