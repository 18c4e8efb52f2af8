"""Keras's layers and constraints that can't take an array as a number, written so that they do.

Each draws what Keras's own draws from the same state of its seed generator, and computes the same within the
rounding of one operation; a strength of zero leaves its input as it is, to the last bit.
"""

from typing import Any

import jax.numpy as jnp
import keras

from trainlab.per_lane import in_force

# Saturation of SELU, which alpha dropout sets dropped units to: -alpha * scale of Klambauer et al. (2017).
_SATURATED = -1.6732632423543772 * 1.0507009873554805


class LaneGaussianDropout(keras.layers.GaussianDropout):
    """Multiplies with noise of mean one; the rate may be an array.

    Source:
        Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*, JMLR 15
        (2014), section 10. Keras takes the root of the rate as a Python number.

    >>> layer = LaneGaussianDropout(0.5, seed=0)
    >>> layer(jnp.ones((1, 2)), training=False).tolist()
    [[1.0, 1.0]]
    """

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: FBT001, FBT002  (Keras's signature)
        """Apply the noise in training."""
        if not (training and self.rate > 0):
            return inputs
        rate = jnp.asarray(in_force(self.rate), self.compute_dtype)
        drawn = keras.random.normal(inputs.shape, dtype=self.compute_dtype, seed=self.seed_generator)
        return jnp.where(rate > 0, inputs * (drawn * jnp.sqrt(rate / (1 - rate)) + 1), inputs)


class LaneAlphaDropout(keras.layers.AlphaDropout):
    """Sets units to SELU's saturation and keeps mean and variance; the rate may be an array.

    Source:
        Klambauer et al., *Self-Normalizing Neural Networks*, NeurIPS 2017.

    >>> layer = LaneAlphaDropout(0.5, seed=0)
    >>> layer(jnp.ones((1, 2)), training=False).tolist()
    [[1.0, 1.0]]
    """

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: FBT001, FBT002  (Keras's signature)
        """Drop in training."""
        if not (training and self.rate > 0):
            return inputs
        rate = jnp.asarray(in_force(self.rate), self.compute_dtype)
        # Keras draws in floatx, not in the layer's own precision.
        kept = keras.random.uniform(inputs.shape, seed=self.seed_generator) >= rate
        scale = 1 / jnp.sqrt((1 - rate) * (1 + rate * _SATURATED**2))
        shift = -scale * _SATURATED * rate
        return jnp.where(rate > 0, scale * jnp.where(kept, inputs, _SATURATED) + shift, inputs)


class LaneMaxNorm(keras.constraints.MaxNorm):
    """Bounds the norm of each unit's weights; the bound may be an array, and zero is no bound.

    Source:
        Srebro, Rennie & Jaakkola, *Maximum-Margin Matrix Factorization*, NeurIPS 2004. As in Keras, weights
        below the bound shrink by about one ten-millionth at each step.

    >>> LaneMaxNorm(1.0, axis=0)(jnp.array([[3.0], [4.0]])).tolist()
    [[0.6], [0.8]]
    >>> LaneMaxNorm(0.0, axis=0)(jnp.array([[3.0], [4.0]])).tolist()
    [[3.0], [4.0]]
    """

    def __call__(self, w: Any) -> Any:
        """Give the bounded weights."""
        weights = keras.ops.convert_to_tensor(w)
        bound = jnp.asarray(in_force(self.max_value), weights.dtype)
        norms = jnp.sqrt(jnp.sum(jnp.square(weights), axis=self.axis, keepdims=True))
        bounded = weights * (jnp.clip(norms, 0, bound) / (keras.config.epsilon() + norms))
        return jnp.where(bound > 0, bounded, weights)
