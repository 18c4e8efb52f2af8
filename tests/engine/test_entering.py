"""Rows on their way into a network: prepared on the device as `Fitted.applied` prepares them on the host."""

import itertools

import jax.numpy as jnp
import numpy as np
import pytest

from trainlab.data.preparing.fitting import Fitted, FoldPreparation, TargetScale
from trainlab.engine.entering import entered, in_own_unit, numbers_of, standardized

ROWS, WIDTH = 7, 4
NAN = np.nan
PARTS = {
    "take": {"take": np.array([3, 0, 5, 0], np.uint32)},
    "fill": {"fill": np.array([0.5, NAN, -2.0, 9.0])},
    "clip": {"low": np.array([-1.0, -np.inf, -0.5, 0.0]), "high": np.array([1.0, 0.25, np.inf, 0.0])},
    "scale": {"shift": np.array([0.1, -3.0, 0.0, 2.0]), "factor": np.array([2.0, 0.5, 1.0, -4.0])},
    "unit": {"unit": np.array([True, False, True, True])},
}


def stored(columns=WIDTH):
    """Numbers with holes, and a row of zeros."""
    x = np.random.default_rng(3).normal(0, 2, (ROWS, columns)).astype(np.float32)
    x[1, 0] = x[2, 2] = x[5, 3] = NAN
    x[4] = 0
    return x


def on_device(numbers):
    """What was fitted as the numbers of a lane: amounts in the type that lanes compute in."""
    return {
        name: jnp.asarray(values if values.dtype == np.uint32 else values.astype(np.float32))
        for name, values in numbers.items()
    }


@pytest.mark.parametrize(
    "chosen", [names for size in (0, 1, 4, 5) for names in itertools.combinations(PARTS, size)], ids="-".join
)
def test_the_device_prepares_as_the_host_does(chosen):
    """
    Whatever was fitted, alone or together, holes, bounds and rows of zeros come out as they do in NumPy.
    """
    fitted = Fitted(**{name: values for part in chosen for name, values in PARTS[part].items()})
    x = stored(6 if "take" in chosen else WIDTH)
    numbers = on_device(numbers_of(FoldPreparation((fitted,))))

    seen = entered(jnp.asarray(x), (1.0,), numbers, jnp.float32)

    np.testing.assert_allclose(seen, fitted.applied(x), rtol=1e-6, atol=1e-6)


def test_a_constant_scale_acts_where_no_other_was_fitted():
    """
    Bytes are divided by 255, unless something was fitted to scale them.
    """
    pixels = np.array([[0, 51], [255, 102]], np.uint8)
    fitted = Fitted(shift=np.array([51.0]), factor=np.array([0.5]))
    scaled = on_device(numbers_of(FoldPreparation((fitted,))))

    plain = entered(jnp.asarray(pixels), (1 / 255,), {}, jnp.float32)
    own = entered(jnp.asarray(pixels), (1 / 255,), scaled, jnp.float32)

    np.testing.assert_allclose(plain, [[0, 0.2], [1, 0.4]], rtol=1e-6)
    np.testing.assert_allclose(own, [[-25.5, 0], [102, 25.5]], rtol=1e-6)


def test_several_inputs_keep_their_own_numbers():
    """
    Each of several inputs is prepared by what was fitted on it, beyond the tenth too.
    """
    parts = tuple(Fitted(shift=np.array([float(place)]), factor=np.array([2.0])) for place in range(12))
    inputs = tuple(jnp.full((2, 1), 100.0) for _ in parts)
    numbers = on_device(numbers_of(FoldPreparation(parts)))

    seen = entered(inputs, (1.0,) * 12, numbers, jnp.float32)

    assert isinstance(seen, tuple)
    assert [float(part[0, 0]) for part in seen] == [2 * (100.0 - place) for place in range(12)]


def test_a_network_that_scales_itself_gets_holes_filled_and_nothing_else():
    """
    Without scaling, columns are taken, holes filled and bounds kept, and targets are still scaled.
    """
    fitted = Fitted(**{name: values for part in PARTS.values() for name, values in part.items()})
    target = TargetScale(np.array([3.0]), np.array([0.5]))
    names = set(numbers_of(FoldPreparation((fitted,), target), scaled=False))

    assert {name.removeprefix("prepare.") for name in names} == {
        *("0.take", "0.fill", "0.low", "0.high"),
        *("target.shift", "target.factor"),
    }


def test_targets_come_back_in_their_own_unit():
    """
    What a network learns is what the host computes, and undone it is the amounts again.
    """
    target = TargetScale(np.array([10.0, -2.0]), np.array([0.25, 8.0]))
    amounts = np.array([[14.0, -2.5], [10.0, 0.0]], np.float32)
    numbers = on_device(numbers_of(FoldPreparation((Fitted(),), target)))

    learned = standardized(jnp.asarray(amounts), numbers)

    np.testing.assert_allclose(learned, target.applied(amounts))
    np.testing.assert_allclose(in_own_unit(learned, numbers), amounts)
    np.testing.assert_allclose(standardized(jnp.asarray(amounts), {}), amounts)
    np.testing.assert_allclose(in_own_unit(jnp.asarray(amounts), {}), amounts)
