"""The score of each row, in compiled code: what a metric averages.

Metrics that are no averages over rows are computed from predictions, by ``measures``.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from trainlab.recipe.losses import Head

Score = Callable[[jax.Array, jax.Array, jax.Array], jax.Array]


def predictions(head: Head, outputs: jax.Array) -> jax.Array:
    """Turn outputs into class probabilities ``(row, class)``, or leave values as they are.

    Source:
        For estimates, the nearest point of the probability simplex: Duchi et al., *Efficient Projections onto
        the l1-Ball for Learning in High Dimensions*, ICML 2008, figure 1.
    """
    if head.reading in {"probabilities", "values"}:
        return outputs
    if head.reading == "logits":
        return jax.nn.softmax(outputs)
    if head.reading == "score_logits":
        # The softmax of logarithms divides by their sum, and also where all scores are too small for numbers.
        return jax.nn.softmax(jax.nn.log_sigmoid(outputs))
    given = outputs
    if head.reading == "logit":
        given = jax.nn.sigmoid(outputs)
    elif head.reading == "signed":
        given = (1 + outputs) / 2
    if head.outputs == 1:
        given = jnp.concatenate([1 - given, given], axis=1)
    elif head.reading in {"scores", "signed"}:
        given = _divided_by_sum(given)
    return _nearest_probabilities(given) if head.reading == "estimates" else given


def _divided_by_sum(scores: jax.Array) -> jax.Array:
    whole = scores.sum(axis=1, keepdims=True)
    return jnp.where(whole == 0, 1 / scores.shape[1], scores / jnp.where(whole == 0, 1, whole))


def _nearest_probabilities(estimates: jax.Array) -> jax.Array:
    # The largest is moved to zero first: the nearest point stays, and large estimates don't swallow the one.
    moved = estimates - estimates.max(axis=1, keepdims=True)
    falling = -jnp.sort(-moved, axis=1)
    surplus = (jnp.cumsum(falling, axis=1) - 1) / jnp.arange(1, falling.shape[1] + 1)
    kept = (falling > surplus).sum(axis=1, keepdims=True)
    return jnp.maximum(moved - jnp.take_along_axis(surplus, kept - 1, axis=1), 0)


def _accuracy(predicted: jax.Array, labels: jax.Array, losses: jax.Array) -> jax.Array:
    right = jnp.argmax(predicted, axis=1) == labels
    # A run whose outputs are not numbers is right nowhere, although argmax names a class.
    return (right & jnp.isfinite(predicted).all(axis=1)).astype(losses.dtype)


def _log_loss(predicted: jax.Array, labels: jax.Array, losses: jax.Array) -> jax.Array:
    # Clipped as Keras does, so that a sure mistake costs 16 nats instead of infinity.
    given = jnp.take_along_axis(predicted, labels[:, None], axis=1)[:, 0]
    return -jnp.log(jnp.clip(given, 1e-7, 1.0)).astype(losses.dtype)


def _brier(predicted: jax.Array, labels: jax.Array, losses: jax.Array) -> jax.Array:
    votes = jax.nn.one_hot(labels, predicted.shape[1], dtype=predicted.dtype)
    return ((predicted - votes) ** 2).sum(axis=1).astype(losses.dtype)


def _squared(predicted: jax.Array, targets: jax.Array, losses: jax.Array) -> jax.Array:
    return ((predicted - targets) ** 2).mean(axis=1).astype(losses.dtype)


def _absolute(predicted: jax.Array, targets: jax.Array, losses: jax.Array) -> jax.Array:
    return jnp.abs(predicted - targets).mean(axis=1).astype(losses.dtype)


def _loss(predicted: jax.Array, targets: jax.Array, losses: jax.Array) -> jax.Array:
    del predicted, targets
    return losses


def no_score(predicted: jax.Array, targets: jax.Array, losses: jax.Array) -> jax.Array:
    """Score nothing: rows have no scores by themselves where the metric is no average over them."""
    del predicted, targets
    return jnp.zeros_like(losses)


SCORES: dict[str, Score] = {
    "accuracy": _accuracy,
    "log_loss": _log_loss,
    "brier": _brier,
    "mse": _squared,
    "mae": _absolute,
    "loss": _loss,
}
