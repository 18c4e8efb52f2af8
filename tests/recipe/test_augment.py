"""What holds for all transformations: lanes, loops, neutral strengths, streams of chance, and compilation."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from trainlab.experiment.augmentation import NEUTRAL, STRENGTHS
from trainlab.recipe.augment import CHANGES, augmented
from trainlab.recipe.augmenting.geometry import MOVES
from trainlab.recipe.augmenting.streams import STREAMS

IMAGE_KINDS = ("rotation", "translation", "zoom", "crop", "contrast", "brightness", "noise", "cutout")
FEW_KINDS = ("translation", "brightness")
FAMILIES = [
    pytest.param(IMAGE_KINDS, (8, 6, 2), id="images"),
    pytest.param(("shift", "mask"), (9, 3), id="sequences"),
    pytest.param(("word_dropout", "noise"), (7,), id="bags and tables"),
]
STRONG = {
    "rotation": 0.2,
    "translation": 0.3,
    "zoom": 0.3,
    "crop": 0.6,
    "contrast": 0.5,
    "brightness": 0.5,
    "noise": 0.5,
    "cutout": 3.0,
    "shift": 4.0,
    "mask": 0.4,
    "word_dropout": 0.4,
}
KEY = jax.random.key(11)

program = jax.jit(augmented, static_argnums=(0, 1))
over_lanes = jax.jit(
    lambda kinds, keys, rows, given: jax.vmap(partial(augmented, "", kinds))(keys, rows, given),
    static_argnums=0,
)


def batch(shape, rows=6):
    """Rows with numbers that arithmetic likes to change: minus zero and tiny ones."""
    values = np.random.default_rng(2).normal(size=(rows, *shape)).astype(np.float32)
    values.reshape(rows, -1)[:, :2] = -0.0, 1e-40
    return jnp.asarray(values)


def numbers(kinds, source):
    """The strengths of some kinds, as scalars of a lane."""
    return {name: jnp.float32(source[name]) for name in kinds}


def same_bits(one, other):
    """Whether two arrays are the same, bit for bit."""
    one, other = np.asarray(one), np.asarray(other)
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def test_every_transformation_has_its_place_and_its_stream():
    """
    Each word of the vocabulary is carried out and draws from a stream of its own.
    """
    assert {*MOVES, *CHANGES, "mixup"} == set(STRENGTHS)
    assert set(STREAMS) == {"flip", *STRENGTHS}
    assert len(set(STREAMS.values())) == len(STREAMS)


@pytest.mark.parametrize("kinds, shape", FAMILIES)
def test_lanes_are_as_alone_and_a_neutral_lane_is_untouched(kinds, shape):
    """
    A neutral lane beside two others gets its rows back bit for bit; the others have what they have alone.
    """
    rows, keys = batch(shape), jax.random.split(KEY, 3)
    halfway = {name: (STRONG[name] + NEUTRAL[name]) / 2 for name in kinds}
    lanes = [numbers(kinds, source) for source in (NEUTRAL, STRONG, halfway)]

    together = over_lanes(
        kinds,
        keys,
        jnp.stack([rows] * 3),
        {name: jnp.stack([lane[name] for lane in lanes]) for name in kinds},
    )

    assert same_bits(together[0], rows)
    assert not np.allclose(together[1], rows)
    for lane in range(3):
        alone = program("", kinds, keys[lane], rows, lanes[lane])
        np.testing.assert_allclose(together[lane], alone, atol=1e-5)


@pytest.mark.parametrize(
    "kinds, shape, name", [(*param.values, name) for param in FAMILIES for name in param.values[0]]
)
def test_each_strength_alone_changes_the_rows(kinds, shape, name):
    """
    With all others neutral, each transformation changes rows; with this one neutral too, no bit is changed.
    """
    rows = batch(shape)

    neutral = program("", kinds, KEY, rows, numbers(kinds, NEUTRAL))
    changed = program("", kinds, KEY, rows, numbers(kinds, {**NEUTRAL, name: STRONG[name]}))

    assert same_bits(neutral, rows)
    assert not np.allclose(changed, rows)


def test_an_image_needs_no_channels():
    """
    An image without channels becomes what it becomes with a single one.
    """
    kinds = ("rotation", "contrast", "cutout")
    rows, given = batch((8, 6)), numbers(kinds, STRONG)

    with_one = program("both", kinds, KEY, rows[..., None], given)

    np.testing.assert_allclose(program("both", kinds, KEY, rows, given), with_one[..., 0], atol=1e-6)


def test_without_transformations_rows_are_as_they_were():
    """
    No flip and no kinds, or mixup alone, which belongs to another function, give the rows themselves.
    """
    rows = batch((4, 4))

    assert augmented("", (), KEY, rows, {}) is rows
    assert augmented("", ("mixup",), KEY, rows, {"mixup": jnp.float32(1)}) is rows


def test_an_unknown_kind_is_an_error():
    """
    A kind that is not carried out is never passed over silently.
    """
    with pytest.raises(ValueError, match="no such transformations: blur"):
        augmented("", ("noise", "blur"), KEY, batch((3,)), {"noise": 0.1, "blur": 1.0})


def test_chance_comes_from_the_key_alone():
    """
    The same key gives the same rows bit for bit, another key others, and equal rows of a batch differ.
    """
    rows, given = jnp.stack([batch((8, 6, 2))[0]] * 6), numbers(FEW_KINDS, STRONG)
    make = partial(program, "both", FEW_KINDS)

    found = make(KEY, rows, given)

    assert same_bits(found, make(KEY, rows, given))
    assert not np.allclose(found, make(jax.random.key(12), rows, given))
    assert len({np.asarray(row).tobytes() for row in found}) == 6


def test_a_row_does_not_depend_on_how_many_there_are():
    """
    The first rows of a batch become what they become in a smaller batch.
    """
    rows, given = batch((8, 6, 2)), numbers(FEW_KINDS, STRONG)

    two = program("both", FEW_KINDS, KEY, rows[:2], given)

    np.testing.assert_allclose(two, program("both", FEW_KINDS, KEY, rows, given)[:2], atol=1e-6)


@pytest.mark.parametrize("kept", ["brightness", "zoom"])
def test_adding_a_transformation_leaves_the_draws_of_the_others(kept):
    """
    With all other transformations in the program and neutral, one makes the same rows as alone.
    """
    rows = batch((8, 6, 2))
    source = {**NEUTRAL, kept: STRONG[kept]}

    alone = program("", (kept,), KEY, rows, numbers((kept,), source))
    beside = program("", IMAGE_KINDS, KEY, rows, numbers(IMAGE_KINDS, source))

    np.testing.assert_allclose(beside, alone, atol=1e-6)


def test_the_order_of_the_kinds_makes_no_difference():
    """
    Transformations are done in the order of their own table, whatever the order they are named in.
    """
    rows, given = batch((8, 6, 2)), numbers(IMAGE_KINDS, STRONG)

    forth = program("", ("brightness", "cutout"), KEY, rows, given)

    assert same_bits(forth, program("", ("cutout", "brightness"), KEY, rows, given))


def test_a_loop_inside_the_program_and_new_strengths_compile_once():
    """
    Steps in a loop are what they are one by one, and other strengths use the same program.
    """
    rows, given, traces = batch((8, 6, 2)), numbers(FEW_KINDS, STRONG), []

    def steps(strengths):
        traces.append(1)

        def step(number, held):
            return augmented("both", FEW_KINDS, jax.random.fold_in(KEY, number), held, strengths)

        return jax.lax.fori_loop(0, 3, step, rows)

    whole = jax.jit(steps)
    whole({"translation": jnp.float32(0.3), "brightness": jnp.float32(0.0)})
    found = whole(given)

    held = rows
    for number in range(3):
        held = program("both", FEW_KINDS, jax.random.fold_in(KEY, number), held, given)
    np.testing.assert_allclose(found, held, atol=1e-5)
    assert len(traces) == 1


def test_double_precision_stays_double():
    """
    Rows in float64, as certificates take them, come back in float64 and neutral strengths leave their bits.
    """
    kinds = ("rotation", "brightness", "cutout")
    with jax.enable_x64(True):
        rows = jnp.asarray(np.random.default_rng(0).normal(size=(3, 6, 6, 1)))
        strong = program("", kinds, KEY, rows, {name: STRONG[name] for name in kinds})
        neutral = program("", kinds, KEY, rows, {name: NEUTRAL[name] for name in kinds})

        assert strong.dtype == rows.dtype == np.float64
        assert same_bits(neutral, rows)
