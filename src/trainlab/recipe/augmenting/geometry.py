"""Images that are turned, moved, zoomed and cropped: one map from pixels to pixels, sampled once.

Each transformation by itself would blur the image again and fill its edges again; taken together there is one
interpolation, and a pixel is made up only where the map as a whole leaves the image.
"""

from collections.abc import Mapping

import jax
import jax.numpy as jnp

MOVES = ("rotation", "translation", "zoom", "crop")


def source_pixels(
    height: int,
    width: int,
    *,
    angle: jax.Array | float = 0.0,
    offset: tuple[jax.Array | float, jax.Array | float] = (0.0, 0.0),
    scale: jax.Array | float = 1.0,
    share: jax.Array | float = 1.0,
    place: tuple[jax.Array | float, jax.Array | float] = (0.0, 0.0),
) -> tuple[jax.Array, jax.Array]:
    """Tell for each pixel of the new image from where in the old one it is taken.

    A window is cut from the old image, zoomed and turned about its centre, and moved.

    Args:
        height: of the image, in pixels.
        width: of the image, in pixels.
        angle: by which the image turns counter-clockwise, in radians.
        offset: shares of height and width by which the image moves down and right.
        scale: above 1 the image shrinks, below 1 it grows; height and width alike.
        share: of height and of width that the window keeps.
        place: of the window, from -1 (at the top, at the left) to 1.

    Returns:
        ``(height, width)`` row and column numbers, fractional, and possibly outside the image.

    >>> down, right = source_pixels(2, 2, angle=jnp.pi / 2)
    >>> down.round(1).tolist(), (right + 0.0).round(1).tolist()
    ([[0.0, 1.0], [0.0, 1.0]], [[1.0, 1.0], [0.0, 0.0]])
    """
    middle, centre = (height - 1) / 2, (width - 1) / 2
    down = (jnp.arange(height) - middle - offset[0] * height)[:, None]
    right = (jnp.arange(width) - centre - offset[1] * width)[None, :]
    cosine, sine = jnp.cos(angle), jnp.sin(angle)
    stretch = scale * share
    return (
        stretch * (cosine * down + sine * right) + (middle + place[0] * (1 - share) * height / 2),
        stretch * (cosine * right - sine * down) + (centre + place[1] * (1 - share) * width / 2),
    )


def sampled(image: jax.Array, down: jax.Array, right: jax.Array) -> jax.Array:
    """Take an image's values at fractional positions, mixed from the four pixels around each.

    Beyond its edges the image is mirrored, ``d c b a | a b c d | d c b a``, as Keras's layers do by default.
    torchvision's zeros are no pixel's value once rows are standardised, and a dark frame tells a network how
    the image was turned. The price: what stands at the edge may show twice.

    Args:
        image: ``(height, width)`` or ``(height, width, channel)``.
        down: ``(height, width)`` row numbers.
        right: ``(height, width)`` column numbers.

    >>> sampled(jnp.array([[0.0, 1.0]]), jnp.zeros((1, 3)), jnp.array([[0.25, 1.0, 2.5]])).tolist()
    [[0.25, 1.0, 0.5]]
    """
    height, width = image.shape[:2]
    top, left = jnp.floor(down), jnp.floor(right)
    channels = (1,) * (image.ndim - 2)
    below = (down - top).reshape(*down.shape, *channels)
    beside = (right - left).reshape(*right.shape, *channels)
    rows = [_mirrored(top.astype(int) + step, height) for step in (0, 1)]
    columns = [_mirrored(left.astype(int) + step, width) for step in (0, 1)]
    corner = [[image.at[row, column].get(mode="promise_in_bounds") for column in columns] for row in rows]
    upper = corner[0][0] * (1 - beside) + corner[0][1] * beside
    lower = corner[1][0] * (1 - beside) + corner[1][1] * beside
    return (upper * (1 - below) + lower * below).astype(image.dtype)


def moved(keys: Mapping[str, jax.Array], image: jax.Array, numbers: Mapping[str, jax.Array]) -> jax.Array:
    """Turn, move, zoom and crop an image at random.

    Args:
        keys: of the transformations that are asked for, by name.
        image: ``(height, width)`` or ``(height, width, channel)``.
        numbers: ``rotation``, the largest angle as a share of a full turn; ``translation``, the largest way
            as a share of height and width; ``zoom``, the largest change of scale; ``crop``, the share of
            height and of width that is kept.

    Returns:
        An image of the same shape; where all strengths are neutral, this one bit for bit.

    Source:
        ``keras.layers.RandomRotation``, ``RandomTranslation`` and ``RandomZoom`` (one zoom for both axes),
        each uniform between minus and plus its strength. ``crop`` keeps a fixed share, as ``RandomCrop``
        does, and stretches it to the old size. Departs in that all are sampled once, not one after the other.
    """
    height, width = image.shape[:2]
    zero = jnp.zeros((), image.dtype)
    strength = {name: jnp.asarray(numbers[name], image.dtype) for name in keys}
    draws = {
        name: jax.random.uniform(keys[name], (2,), image.dtype, minval=-1.0, maxval=1.0) for name in keys
    }
    way = strength["translation"] * draws["translation"] if "translation" in keys else (zero, zero)
    down, right = source_pixels(
        height,
        width,
        angle=2 * jnp.pi * strength["rotation"] * draws["rotation"][0] if "rotation" in keys else zero,
        offset=(way[0], way[1]),
        scale=1 + strength["zoom"] * draws["zoom"][0] if "zoom" in keys else zero + 1,
        share=strength["crop"] if "crop" in keys else zero + 1,
        place=(draws["crop"][0], draws["crop"][1]) if "crop" in keys else (zero, zero),
    )
    still = jnp.ones((), bool)
    for name, value in strength.items():
        still &= value == (1 if name == "crop" else 0)
    return jnp.where(still, image, sampled(image, down, right))


def _mirrored(index: jax.Array, size: int) -> jax.Array:
    """Fold a number of a row or column into the image, mirrored at the edges of its first and last pixel."""
    folded = jnp.mod(index, 2 * size)
    return jnp.minimum(folded, 2 * size - 1 - folded)
