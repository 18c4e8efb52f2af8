"""Images that are flipped, lit differently, and partly hidden; where pixels move, see `geometry`.

Lightness is in the units that the network sees. Nothing is clipped: the range of the data is not known here
(a standardised image has none), a rule that looked at the values would treat rows differently, and no network
minds a value of 1.1. Keras clips to its ``value_range``, which files of images need.
"""

import jax
import jax.numpy as jnp


def flipped(key: jax.Array, image: jax.Array, flip: str) -> jax.Array:
    """Mirror an image half of the time, along each axis by itself.

    Args:
        key: of this row.
        image: ``(height, width)`` or ``(height, width, channel)``.
        flip: ``"horizontal"`` (left and right change places), ``"vertical"`` or ``"both"``.

    Source:
        ``keras.layers.RandomFlip``.

    >>> image = jnp.array([[1.0, 2.0]])
    >>> sorted({flipped(jax.random.key(seed), image, "horizontal")[0, 0].item() for seed in range(9)})
    [1.0, 2.0]
    """
    upside, sideways = jax.random.bernoulli(key, shape=(2,))
    if flip in {"vertical", "both"}:
        image = jnp.where(upside, image[::-1], image)
    if flip in {"horizontal", "both"}:
        image = jnp.where(sideways, image[:, ::-1], image)
    return image


def contrasted(image: jax.Array, factor: jax.Array | float) -> jax.Array:
    """Stretch each channel's values about their mean.

    >>> contrasted(jnp.array([[1.0, 3.0]]), 0.5).tolist()
    [[1.5, 2.5]]
    """
    mean = image.mean(axis=(0, 1), keepdims=True)
    return (image - mean) * factor + mean


def contrast(key: jax.Array, image: jax.Array, strength: jax.Array) -> jax.Array:
    """Change an image's contrast by a factor from ``1 - strength`` to ``1 + strength``, evenly.

    Args:
        key: of this row.
        image: ``(height, width)`` or ``(height, width, channel)``.
        strength: largest change of the factor, in [0, 1).

    Source:
        ``keras.layers.RandomContrast``; departs in that nothing is clipped.
    """
    return contrasted(image, 1 + strength * _evenly(key, image))


def brightness(key: jax.Array, image: jax.Array, strength: jax.Array) -> jax.Array:
    """Add one amount from ``-strength`` to ``strength``, evenly, to all pixels.

    Args:
        key: of this row.
        image: ``(height, width)`` or ``(height, width, channel)``.
        strength: largest amount, in the units that the network sees: 0.2 is a fifth of the range of bytes
            that are scaled to [0, 1], and a fifth of a standard deviation of standardised pixels.

    Source:
        ``keras.layers.RandomBrightness`` with ``value_range=(0, 1)``; departs in that nothing is clipped.
    """
    return image + strength * _evenly(key, image)


def cutout(key: jax.Array, image: jax.Array, strength: jax.Array) -> jax.Array:
    """Set a square of an image to zero.

    The centre is any pixel, each as likely, so that near the edges part of the square lies outside.

    Args:
        key: of this row.
        image: ``(height, width)`` or ``(height, width, channel)``.
        strength: side of the square, in whole pixels.

    Source:
        DeVries & Taylor, *Improved Regularization of Convolutional Neural Networks with Cutout* (2017).
        Departs in that zero is the network's zero, which there was the data's mean (their pixels were
        standardised) and is black for bytes scaled to [0, 1]; and an odd side is kept, not made even.
    """
    height, width = image.shape[:2]
    # `randint` would draw twice and divide; this is even to one part in 2**23, and much faster to compile.
    chosen = jax.random.uniform(key, (2,), image.dtype)
    middle = jnp.minimum((chosen[0] * height).astype(int), height - 1)
    centre = jnp.minimum((chosen[1] * width).astype(int), width - 1)
    side = jnp.round(strength).astype(int)
    top, left = middle - side // 2, centre - side // 2
    down, right = jnp.arange(height)[:, None], jnp.arange(width)[None, :]
    hidden = (down >= top) & (down < top + side) & (right >= left) & (right < left + side)
    return jnp.where(hidden.reshape(height, width, *(1,) * (image.ndim - 2)), 0, image)


def _evenly(key: jax.Array, like: jax.Array) -> jax.Array:
    return jax.random.uniform(key, (), like.dtype, minval=-1.0, maxval=1.0)
