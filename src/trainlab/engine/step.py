"""One step of one lane, and the score of its rows: what is vectorised elsewhere.

Keras's own layers, losses and optimizers do the arithmetic. Nothing here knows that there are other lanes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from trainlab.engine.lane import LaneState
from trainlab.model.functional import Network
from trainlab.per_lane import Knob, turned
from trainlab.recipe.losses import Head
from trainlab.recipe.scores import Score, predictions

Numbers = Mapping[str, jax.Array]


@dataclass(frozen=True, eq=False)
class Learner:
    """All that a lane's step is made of, apart from its state and numbers.

    Args:
        network: the model as pure functions.
        optimizer: Keras's, built for the model's variables.
        knobs: attributes of the optimizer that take a number of the lane.
        head: what the outputs mean.
        score: metric of each row.
        scale: what inputs are multiplied with.
        dtype: what inputs are computed in.
    """

    network: Network
    optimizer: Any
    knobs: tuple[Knob, ...]
    head: Head
    score: Score
    scale: float
    dtype: Any

    def prepared(self, inputs: jax.Array) -> jax.Array:
        """Turn stored rows into what the network sees; the same arithmetic as ``Dataset.prepared``."""
        wide = inputs.astype(self.dtype)
        return wide if self.scale == 1 else wide * np.asarray(self.scale, self.dtype)

    def labels(self, targets: jax.Array) -> jax.Array:
        """Turn stored targets into what losses and scores take."""
        return targets.astype(self.dtype if self.head.reading == "values" else jnp.int32)


def take_step(
    learner: Learner, state: LaneState, numbers: Numbers, inputs: jax.Array, targets: jax.Array
) -> tuple[LaneState, jax.Array]:
    """Take one optimizer step on one batch; gives the next state and the training loss before it."""
    measure = learner.head.make_loss()
    labels = learner.head.targets(learner.labels(targets))
    rows = learner.prepared(inputs)

    def objective(weights: list[jax.Array]) -> tuple[jax.Array, list[jax.Array]]:
        outputs, layers, penalty = learner.network.call(weights, state.layers, rows, numbers, training=True)
        return measure(labels, outputs) + penalty, layers

    (loss, layers), slopes = jax.value_and_grad(objective, has_aux=True)(state.weights)
    with turned(learner.knobs, numbers):
        weights, optimizer = learner.optimizer.stateless_apply(state.optimizer, slopes, state.weights)
    return LaneState(weights, layers, optimizer), loss


def judge_rows(
    learner: Learner, state: LaneState, numbers: Numbers, inputs: jax.Array, targets: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    """Run the network on rows with its weights standing still.

    Returns:
        ``(row, ...)`` predictions, ``(row,)`` losses, ``(row,)`` scores, and the penalty.
    """
    outputs, _, penalty = learner.network.call(
        state.weights, state.layers, learner.prepared(inputs), numbers, training=False
    )
    labels = learner.labels(targets)
    losses = learner.head.make_loss().call(learner.head.targets(labels), outputs)
    losses = losses.reshape(inputs.shape[0], -1).mean(axis=1)
    predicted = predictions(learner.head, outputs)
    return predicted, losses, learner.score(predicted, labels, losses), penalty
