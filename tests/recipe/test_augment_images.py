"""Flips, light and hidden squares: formulas against Keras and NumPy, draws against their stated range."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from scipy import stats

from trainlab.recipe.augment import augmented
from trainlab.recipe.augmenting.images import contrasted

ROWS = 400
IMAGES = np.random.default_rng(1).uniform(size=(ROWS, 7, 5, 2)).astype(np.float32)
KEY = jax.random.key(3)

program = jax.jit(augmented, static_argnums=(0, 1))


def changed(images=IMAGES, flip="", **strengths):
    """A batch of images as a step makes it."""
    numbers = {name: jnp.float32(strength) for name, strength in strengths.items()}
    return np.asarray(program(flip, tuple(strengths), KEY, jnp.asarray(images), numbers))


@pytest.mark.parametrize(
    "flip, ways",
    [
        ("horizontal", [lambda x: x, lambda x: x[:, ::-1]]),
        ("vertical", [lambda x: x, lambda x: x[::-1]]),
        ("both", [lambda x: x, lambda x: x[:, ::-1], lambda x: x[::-1], lambda x: x[::-1, ::-1]]),
    ],
)
@pytest.mark.parametrize("channels", [True, False])
def test_each_flip_is_as_likely(flip, ways, channels):
    """
    Every image comes as it is or mirrored along the axes that are asked for, each way as often.
    """
    images = IMAGES if channels else IMAGES[..., 0]
    found = changed(images, flip)
    taken = [
        [np.array_equal(new, way(old)) for way in ways].index(True)
        for old, new in zip(images, found, strict=True)
    ]

    counts = np.bincount(taken, minlength=len(ways))

    assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize("factor", [0.3, 1.0, 1.7])
def test_a_contrast_equals_the_one_of_keras(factor):
    """
    One factor gives the image that `keras.layers.RandomContrast` gives for it where nothing is clipped.
    """
    layer = keras.layers.RandomContrast(0.5, value_range=(-1e6, 1e6))
    expected = layer.transform_images(jnp.asarray(IMAGES[0]), {"contrast_factor": factor})

    np.testing.assert_allclose(contrasted(jnp.asarray(IMAGES[0]), factor), expected, atol=1e-6)


def test_contrasts_are_even_and_keep_the_mean():
    """
    A contrast of 0.4 stretches both channels of an image by one factor from 0.6 to 1.4, about their means.
    """
    found = changed(contrast=0.4)
    factors = found.std(axis=(1, 2)) / IMAGES.std(axis=(1, 2))

    np.testing.assert_allclose(found.mean(axis=(1, 2)), IMAGES.mean(axis=(1, 2)), atol=1e-5)
    np.testing.assert_allclose(factors[:, 0], factors[:, 1], rtol=1e-4)
    assert stats.kstest(factors[:, 0], stats.uniform(0.6, 0.8).cdf).pvalue > 1e-3


def test_brightness_adds_one_amount_to_an_image():
    """
    A brightness of 0.3 adds one amount from -0.3 to 0.3 to all pixels of an image and clips none.
    """
    amounts = changed(brightness=0.3) - IMAGES

    np.testing.assert_allclose(amounts, np.broadcast_to(amounts[:, :1, :1, :1], amounts.shape), atol=1e-6)
    assert stats.kstest(amounts[:, 0, 0, 0], stats.uniform(-0.3, 0.6).cdf).pvalue > 1e-3


def test_noise_is_normal_and_its_own_for_each_pixel():
    """
    Noise of 0.1 adds normal draws of this standard deviation, unrelated between pixels and between images.
    """
    noise = changed(noise=0.1) - IMAGES

    assert stats.kstest(noise.ravel(), stats.norm(0, 0.1).cdf).pvalue > 1e-3
    assert abs(np.corrcoef(noise.reshape(ROWS, -1).T) - np.eye(70)).max() < 0.25


@pytest.mark.parametrize("side", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [True, False])
def test_a_square_is_hidden_wherever_its_centre_falls(side, channels):
    """
    The hidden pixels are a square of the side, cut by the edges, whose centre is each pixel as often.
    """
    images = IMAGES + 1 if channels else IMAGES[..., 0] + 1
    found = changed(images, cutout=side)
    hidden = (found == 0).reshape(ROWS, 7, 5, -1)
    down, right = np.mgrid[:7, :5]
    squares = {}
    for centre in np.ndindex(7, 5):
        top, left = centre[0] - side // 2, centre[1] - side // 2
        square = (down >= top) & (down < top + side) & (right >= left) & (right < left + side)
        squares[square.tobytes()] = centre

    centres = [squares[one[..., 0].tobytes()] for one in hidden]

    assert (hidden == hidden[..., :1]).all()
    assert (found == images)[found != 0].all()
    counts = np.zeros((7, 5))
    np.add.at(counts, tuple(np.transpose(centres)), 1)
    assert stats.chisquare(counts.ravel()).pvalue > 1e-3


def test_a_hidden_square_stays_hidden_in_another_light():
    """
    The square is zero after brightness has changed the other pixels.
    """
    found = changed(cutout=3, brightness=0.2)

    assert ((found == 0).all(axis=-1).sum(axis=(1, 2)) >= 4).all()
