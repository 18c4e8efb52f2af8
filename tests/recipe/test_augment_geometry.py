"""Turning, moving, zooming and cropping: sampling against SciPy, maps against Keras, draws against truth."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from scipy import ndimage, stats

from trainlab.recipe.augment import augmented
from trainlab.recipe.augmenting.geometry import sampled as sampled_eagerly
from trainlab.recipe.augmenting.geometry import source_pixels

RNG = np.random.default_rng(0)
PHOTO = RNG.uniform(size=(12, 17)).astype(np.float32)
ROWS = 400
HEIGHT, WIDTH = 20, 30

# An image whose pixels say where they are: what is sampled from it says where it was taken.
COMPASS = np.stack(np.mgrid[:HEIGHT, :WIDTH], axis=-1).astype(np.float32)

sampled = jax.jit(sampled_eagerly)
program = jax.jit(augmented, static_argnums=(0, 1))


def recovered(**strengths):
    """The map of each of many random images: ``(row, 2, 2)`` matrices, ``(row, 2)`` offsets of the centre."""
    numbers = {name: jnp.float32(strength) for name, strength in strengths.items()}
    images = jnp.broadcast_to(COMPASS, (ROWS, *COMPASS.shape))
    changed = program("", tuple(strengths), jax.random.key(5), images, numbers)
    part = np.s_[7:13, 11:19]  # so far inside that no strength used here leads out of the image
    centre = np.array([(HEIGHT - 1) / 2, (WIDTH - 1) / 2])
    new = COMPASS[part].reshape(-1, 2) - centre
    design = np.column_stack([new, np.ones(len(new))])
    old = np.asarray(changed)[:, *part, :].reshape(ROWS, -1, 2) - centre
    solved = np.stack([np.linalg.lstsq(design, one, rcond=None)[0] for one in old])
    np.testing.assert_allclose(design @ solved, old, atol=1e-4)
    return solved[:, :2].transpose(0, 2, 1), solved[:, 2]


def assert_even(draws, low, high):
    """Draws fill the range evenly and leave it nowhere."""
    assert draws.min() >= low - 1e-4
    assert draws.max() <= high + 1e-4
    assert stats.kstest(draws, stats.uniform(low, high - low).cdf).pvalue > 1e-3


@pytest.mark.parametrize("channels", [(), (1,), (3,)])
def test_sampling_equals_scipy(channels):
    """
    Values at any position, also far outside, are SciPy's with `order=1` and `mode="reflect"`.
    """
    image = RNG.uniform(size=(6, 9, *channels)).astype(np.float32)
    down, right = RNG.uniform(-20, 30, size=(2, 6, 9)).astype(np.float32)

    found = sampled(jnp.asarray(image), jnp.asarray(down), jnp.asarray(right))

    for layer, ours in zip(np.atleast_3d(image).T, np.atleast_3d(found).T, strict=True):
        expected = ndimage.map_coordinates(layer.T, [down, right], order=1, mode="reflect")
        np.testing.assert_allclose(ours.T, expected, atol=1e-5)


@pytest.mark.parametrize(
    "layer, given",
    [
        (lambda: keras.layers.RandomRotation((0.1, 0.1)), {"angle": 0.2 * np.pi}),
        (lambda: keras.layers.RandomRotation((-0.3, -0.3)), {"angle": -0.6 * np.pi}),
        (lambda: keras.layers.RandomTranslation((0.2, 0.2), (-0.35, -0.35)), {"offset": (0.2, -0.35)}),
    ],
)
def test_a_map_equals_the_one_of_keras(layer, given):
    """
    One angle or one way gives the image that Keras's layer gives when its range is that single value.
    """
    expected = layer()(PHOTO[None, :, :, None], training=True)[0, :, :, 0]

    found = sampled(jnp.asarray(PHOTO), *source_pixels(*PHOTO.shape, **given))

    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_a_zoom_equals_the_one_of_scipy():
    """
    A scale of 1.3 takes each pixel from 1.3 times as far from the centre.
    """
    centre = (np.array(PHOTO.shape) - 1) / 2
    expected = ndimage.affine_transform(
        PHOTO, np.eye(2) * 1.3, centre - 1.3 * centre, order=1, mode="reflect"
    )

    found = sampled(jnp.asarray(PHOTO), *source_pixels(*PHOTO.shape, scale=1.3))

    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(
    "place, window", [((-1, -1), np.s_[:6, :8]), ((1, 1), np.s_[6:, 8:]), ((-1, 1), np.s_[:6, 8:])]
)
def test_a_crop_is_the_window_stretched(place, window):
    """
    Inside its edges, a crop to half of each side is what `jax.image.resize` makes of that window.
    """
    photo = PHOTO[:, :16]
    expected = jax.image.resize(photo[window], photo.shape, "linear")

    found = sampled(jnp.asarray(photo), *source_pixels(*photo.shape, share=0.5, place=place))

    np.testing.assert_allclose(found[1:-1, 1:-1], expected[1:-1, 1:-1], atol=1e-5)


def test_all_at_once_is_one_map_and_one_sampling():
    """
    Window, zoom, turn and move together are the product of their matrices, sampled once by SciPy.
    """
    height, width = PHOTO.shape
    cosine, sine = np.cos(0.4), np.sin(0.4)
    centre = np.array([(height - 1) / 2, (width - 1) / 2])
    window = np.array([0.5 * 0.2 * height / 2, -1.0 * 0.2 * width / 2])
    matrix = 0.8 * 1.1 * np.array([[cosine, sine], [-sine, cosine]])
    offset = centre + window - matrix @ (centre + np.array([0.1 * height, 0.2 * width]))
    expected = ndimage.affine_transform(PHOTO, matrix, offset, order=1, mode="reflect")

    found = sampled(
        jnp.asarray(PHOTO),
        *source_pixels(height, width, angle=0.4, offset=(0.1, 0.2), scale=1.1, share=0.8, place=(0.5, -1.0)),
    )

    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_quarter_turn_is_counter_clockwise():
    """
    A quarter turn of a square image is NumPy's `rot90`.
    """
    square = PHOTO[:, :12]

    found = sampled(jnp.asarray(square), *source_pixels(12, 12, angle=np.pi / 2))

    np.testing.assert_allclose(found, np.rot90(square), atol=1e-5)


def test_angles_are_even_between_their_bounds():
    """
    A rotation of 0.04 turns each image by its own angle of at most 14.4 degrees, about its centre.
    """
    matrices, offsets = recovered(rotation=0.04)
    angles = np.arctan2(matrices[:, 0, 1], matrices[:, 0, 0]) / (2 * np.pi)

    assert_even(angles, -0.04, 0.04)
    np.testing.assert_allclose(offsets, 0, atol=1e-4)
    np.testing.assert_allclose(
        matrices @ matrices.transpose(0, 2, 1), np.broadcast_to(np.eye(2), matrices.shape), atol=1e-4
    )


def test_ways_are_even_shares_of_height_and_width():
    """
    A translation of 0.1 moves each image by up to a tenth of its height and, unrelated, of its width.
    """
    matrices, offsets = recovered(translation=0.1)

    assert_even(offsets[:, 0], -0.1 * HEIGHT, 0.1 * HEIGHT)
    assert_even(offsets[:, 1], -0.1 * WIDTH, 0.1 * WIDTH)
    assert abs(np.corrcoef(offsets.T)[0, 1]) < 0.2
    np.testing.assert_allclose(matrices, np.broadcast_to(np.eye(2), matrices.shape), atol=1e-4)


def test_scales_are_even_and_alike_on_both_axes():
    """
    A zoom of 0.2 changes the scale by up to a fifth, the same for height and width, about the centre.
    """
    matrices, offsets = recovered(zoom=0.2)

    assert_even(matrices[:, 0, 0], 0.8, 1.2)
    np.testing.assert_allclose(matrices, matrices[:, :1, :1] * np.eye(2), atol=1e-4)
    np.testing.assert_allclose(offsets, 0, atol=1e-4)


def test_windows_lie_evenly_within_the_image():
    """
    A crop of 0.75 keeps three quarters of each side of every image, from anywhere within it.
    """
    matrices, offsets = recovered(crop=0.75)

    np.testing.assert_allclose(matrices, np.broadcast_to(0.75 * np.eye(2), matrices.shape), atol=1e-4)
    assert_even(offsets[:, 0], -0.125 * HEIGHT, 0.125 * HEIGHT)
    assert_even(offsets[:, 1], -0.125 * WIDTH, 0.125 * WIDTH)


def test_a_transformation_draws_the_same_beside_others():
    """
    Angles, ways and scales of three transformations together are those that each has alone.
    """
    matrices, offsets = recovered(rotation=0.02, zoom=0.1, translation=0.05)
    turned, _ = recovered(rotation=0.02)
    zoomed, _ = recovered(zoom=0.1)
    _, way = recovered(translation=0.05)

    np.testing.assert_allclose(matrices, zoomed @ turned, atol=1e-4)
    np.testing.assert_allclose(offsets, (matrices @ way[:, :, None])[:, :, 0], atol=1e-3)
