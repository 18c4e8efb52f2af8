"""Random numbers drawn fast are JAX's own, to the bit."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from trainlab.engine.fast_random import with_fast_random


def drawn_twice(function, key):
    """Draw as JAX does, and by the rules; tell how many operations of JAX's own are left."""
    left = str(jax.make_jaxpr(with_fast_random(function))(key))
    return np.asarray(function(key)), np.asarray(with_fast_random(function)(key)), left


@pytest.mark.parametrize("shape", [(), (1,), (2,), (7,), (3, 5, 7), (32, 257)])
@pytest.mark.parametrize("seed", [0, 3, 2**32 - 1])
def test_bits_are_jaxs_own(shape, seed):
    """Every shape gets the bits that JAX draws for the key."""
    own, ours, left = drawn_twice(lambda key: jax.random.bits(key, shape), jax.random.key(seed))
    assert (own == ours).all()
    assert "random_bits" not in left


def test_no_numbers_are_no_numbers():
    """An empty array stays one."""
    own, ours, _ = drawn_twice(lambda key: jax.random.uniform(key, (0, 4)), jax.random.key(0))
    assert own.shape == ours.shape == (0, 4)


@pytest.mark.parametrize(
    "draw",
    [
        lambda key: jax.random.uniform(key, (33,)),
        lambda key: jax.random.normal(key, (5, 9)),
        lambda key: jax.random.bernoulli(key, 0.3, (64, 3)),
        lambda key: jax.random.permutation(key, 50),
        lambda key: jax.random.beta(key, 0.2, 0.2, (8,)),
        lambda key: jax.random.key_data(jax.random.split(key, 3)),
        lambda key: jax.random.key_data(jax.random.split(key, (2, 2))),
        lambda key: jax.random.key_data(jax.random.fold_in(key, 2**31 + 5)),
        lambda key: jax.random.uniform(jax.random.split(jax.random.fold_in(key, 7))[1], (6,)),
    ],
    ids=[
        "uniform",
        "normal",
        "bernoulli",
        "permutation",
        "beta",
        "split",
        "split to a grid",
        "fold in",
        "chain",
    ],
)
def test_what_is_made_of_bits_is_the_same(draw):
    """Distributions, keys made of keys and chains of them are those of JAX."""
    own, ours, _ = drawn_twice(draw, jax.random.key(11))
    assert (own == ours).all()


def test_wide_numbers_are_the_same():
    """In float64, where a certificate is made, bits are 64 wide."""
    with jax.enable_x64(True):
        own, ours, left = drawn_twice(lambda key: jax.random.bits(key, (9,), jnp.uint64), jax.random.key(5))
    assert own.dtype == ours.dtype == np.uint64
    assert (own == ours).all()
    assert "random_bits" not in left


def test_another_generator_stays():
    """Keys of another kind are drawn from as JAX does."""
    own, ours, left = drawn_twice(lambda key: jax.random.bits(key, (4,)), jax.random.key(0, impl="rbg"))
    assert (own == ours).all()
    assert "random_bits" in left


def test_several_keys_at_once_stay():
    """Vectorised over keys, JAX's own way is taken."""
    keys = jax.random.split(jax.random.key(0), 3)
    function = with_fast_random(jax.vmap(lambda key: jax.random.bits(key, (4,))))
    assert (np.asarray(function(keys)) == [np.asarray(jax.random.bits(key, (4,))) for key in keys]).all()


def test_old_key_chains_stay(monkeypatch):
    """Where JAX counts numbers in another way, its own bits are taken."""
    monkeypatch.setattr("trainlab.engine.fast_random._is_threefry", lambda keys: False)
    _, _, left = drawn_twice(lambda key: jax.random.bits(key, (4,)), jax.random.key(0))
    assert "random_bits" in left
