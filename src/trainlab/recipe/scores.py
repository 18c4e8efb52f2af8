"""The score of each row, in compiled code: what a metric averages."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from trainlab.recipe.losses import Head

Score = Callable[[jax.Array, jax.Array, jax.Array], jax.Array]


def predictions(head: Head, outputs: jax.Array) -> jax.Array:
    """Turn outputs into class probabilities ``(row, class)``, or leave values as they are."""
    if head.reading == "probabilities":
        return outputs
    if head.reading == "logits":
        return jax.nn.softmax(outputs)
    if head.reading == "values":
        return outputs
    second = jax.nn.sigmoid(outputs) if head.reading == "logit" else outputs
    return jnp.concatenate([1 - second, second], axis=1)


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


SCORES: dict[str, Score] = {
    "accuracy": _accuracy,
    "log_loss": _log_loss,
    "brier": _brier,
    "mse": _squared,
    "mae": _absolute,
    "loss": _loss,
}
