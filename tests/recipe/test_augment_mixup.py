"""Mixup: its shares against SciPy's Beta distribution, its pairs as rows of an identity matrix tell them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from trainlab.recipe.augment import mixed
from trainlab.recipe.augmenting.mixup import symmetric_beta

EYE = jnp.eye(6)
TARGETS = jnp.asarray(np.random.default_rng(0).normal(size=(6, 2)), jnp.float32)

program = jax.jit(mixed)
draw = jax.jit(symmetric_beta)


@pytest.mark.parametrize("alpha", [0.02, 0.1, 0.2, 0.5, 1.0, 4.0, 1000.0])
def test_shares_follow_the_beta_distribution(alpha):
    """
    Draws for small and large alpha pass a test against SciPy's Beta(alpha, alpha), and all lie in [0, 1].
    """
    draws = np.asarray(draw(jax.random.key(1), jnp.full(20_000, alpha)), np.float64)

    assert ((draws >= 0) & (draws <= 1)).all()
    # Float32 knows no share between 1 - 6e-8 and 1: what is nearer to an end is compared as a count.
    inner = draws[(draws > 1e-6) & (draws < 1 - 1e-6)]
    low, high = stats.beta(alpha, alpha).cdf([1e-6, 1 - 1e-6])
    assert stats.binomtest(int((draws <= 1e-6).sum()), len(draws), low).pvalue > 1e-3
    assert stats.binomtest(int((draws >= 1 - 1e-6).sum()), len(draws), 1 - high).pvalue > 1e-3
    within = (stats.beta(alpha, alpha).cdf(inner) - low) / (high - low)
    assert stats.kstest(within, stats.uniform.cdf).pvalue > 1e-3


def test_rows_are_blended_in_pairs_with_one_share():
    """
    Each row of a batch is blended with its partner from a permutation, all with the same share.
    """
    inputs = np.stack([program(jax.random.key(seed), EYE, TARGETS, jnp.float32(1))[0] for seed in range(30)])

    np.testing.assert_allclose(inputs.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(inputs.sum(axis=2), 1, atol=1e-6)
    for batch in inputs:
        own = np.diag(batch)
        shares = own[own < 1 - 1e-6]
        assert (np.count_nonzero(batch, axis=1) <= 2).all()
        np.testing.assert_allclose(shares, shares[:1].repeat(len(shares)), atol=1e-6)
    assert len({tuple(batch.argsort(axis=1)[:, -2:].ravel()) for batch in inputs}) > 20


def test_targets_are_blended_as_their_rows():
    """
    The blend that the rows of an identity matrix show is the one that the targets have.
    """
    inputs, targets = program(jax.random.key(2), EYE, TARGETS, jnp.float32(0.5))

    np.testing.assert_allclose(targets, inputs @ TARGETS, atol=1e-5)
    assert not np.array_equal(targets, TARGETS)


def test_an_alpha_of_zero_gives_everything_back():
    """
    Without mixup, rows and targets come back bit for bit, also what is not finite and minus zero.
    """
    inputs = jnp.array([[-0.0, 1.0], [jnp.inf, 0.1], [jnp.nan, -3.0]])
    targets = jnp.array([[-0.0], [jnp.inf], [2.0]])

    rows, values = program(jax.random.key(0), inputs, targets, jnp.float32(0))

    assert np.asarray(rows).tobytes() == np.asarray(inputs).tobytes()
    assert np.asarray(values).tobytes() == np.asarray(targets).tobytes()


def test_lanes_with_their_own_alpha_are_as_alone():
    """
    Three lanes with and without mixup, together in a loop, are blended as each by itself.
    """
    alphas, keys = jnp.array([0.0, 0.2, 2.0]), jax.random.split(jax.random.key(7), 3)

    def steps(key, alpha):
        def step(number, held):
            return mixed(jax.random.fold_in(key, number), *held, alpha)

        return jax.lax.fori_loop(0, 3, step, (EYE, TARGETS))

    together = jax.jit(jax.vmap(steps))(keys, alphas)

    for lane in range(3):
        held = (EYE, TARGETS)
        for number in range(3):
            held = program(jax.random.fold_in(keys[lane], number), *held, alphas[lane])
        np.testing.assert_allclose(together[0][lane], held[0], atol=1e-6)
        np.testing.assert_allclose(together[1][lane], held[1], atol=1e-6)
    assert np.array_equal(together[0][0], EYE)
