"""Sequences, bags and tables: every row against all it may be, and how often it is."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from trainlab.recipe.augment import augmented

KEY = jax.random.key(4)

program = jax.jit(augmented, static_argnums=(0, 1))


def changed(rows, **strengths):
    """A batch as a step makes it."""
    numbers = {name: jnp.float32(strength) for name, strength in strengths.items()}
    return np.asarray(program("", tuple(strengths), KEY, jnp.asarray(rows, jnp.float32), numbers))


@pytest.mark.parametrize("most", [1, 3])
def test_a_sequence_moves_by_whole_steps(most):
    """
    Each sequence moves by up to so many steps either way, all as likely, and its end is repeated in the gap.
    """
    rows = np.random.default_rng(0).normal(size=(500, 8, 2)).astype(np.float32)
    ways = [
        np.pad(rows, ((0, 0), (most, most), (0, 0)), mode="edge")[:, start : start + 8]
        for start in range(2 * most + 1)
    ]

    found = changed(rows, shift=most)

    taken = np.array([(found == way).all(axis=(1, 2)) for way in ways])
    assert (taken.sum(axis=0) == 1).all()
    assert stats.chisquare(taken.sum(axis=1)).pvalue > 1e-3


def test_a_hidden_step_is_hidden_in_all_channels():
    """
    A mask of 0.3 sets about three tenths of the steps to zero, one by one, and leaves the others.
    """
    rows = np.random.default_rng(0).normal(size=(500, 8, 2)).astype(np.float32)
    found = changed(rows, mask=0.3)
    hidden = found == 0

    assert (hidden[..., 0] == hidden[..., 1]).all()
    assert (found == rows)[~hidden].all()
    assert stats.binomtest(int(hidden[..., 0].sum()), 4000, 0.3).pvalue > 1e-3
    assert abs(np.corrcoef(hidden[..., 0].T) - np.eye(8)).max() < 0.2


def test_words_are_left_out_one_by_one():
    """
    A word dropout of 0.2 leaves out about a fifth of the words of a bag, with their whole counts.
    """
    rows = np.random.default_rng(0).integers(1, 5, size=(300, 20))
    found = changed(rows, word_dropout=0.2)

    assert np.isin(found, [0, 1, 2, 3, 4]).all()
    assert (found == rows)[found != 0].all()
    assert stats.binomtest(int((found == 0).sum()), 6000, 0.2).pvalue > 1e-3
    assert len({row.tobytes() for row in found == 0}) > 250


def test_a_table_takes_noise():
    """
    Each number of a row gets its own normal draw, in the unit of the rows.
    """
    rows = np.random.default_rng(0).normal(size=(1000, 3)).astype(np.float32)

    noise = changed(rows, noise=2.0) - rows

    assert stats.kstest(noise.ravel(), stats.norm(0, 2).cdf).pvalue > 1e-3


def test_a_hidden_step_stays_hidden_under_noise():
    """
    Steps that are hidden are zero and no noise.
    """
    found = changed(np.ones((200, 8, 2)), noise=0.1, mask=0.5)

    assert stats.binomtest(int((found == 0).all(axis=2).sum()), 1600, 0.5).pvalue > 1e-3
