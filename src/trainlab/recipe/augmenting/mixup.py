"""Mixup: rows and their targets that are blended in pairs.

It needs the whole batch and its targets, so it stands apart from the transformations of single rows.
"""

import jax
import jax.numpy as jnp

from trainlab.recipe.augmenting.streams import stream


def symmetric_beta(key: jax.Array, alpha: jax.Array) -> jax.Array:
    """Draw from a Beta(alpha, alpha) distribution without rejecting anything.

    ``jax.random.beta`` rejects in a loop, which vectorised lanes wait for until the last one has its draw.

    Args:
        key: of the draw.
        alpha: above 0, of any shape; one draw for each.

    Source:
        Bailey, *Polar Generation of Random Variates with the t-Distribution*, Mathematics of Computation 62
        (1994) gives Student's t with ``2 * alpha`` degrees of freedom from two uniform numbers; and
        ``(1 + t / sqrt(2 * alpha + t ** 2)) / 2`` is the Beta wanted (Devroye, *Random Variate Generation in
        One Line of Code*, 1996). Written with powers below one, so that nothing overflows for a small alpha.

    >>> shares = symmetric_beta(jax.random.key(0), jnp.full(100_000, 0.5))
    >>> shares.mean().round(2).item(), shares.var().round(3).item()  # 1 / (4 * (2 * 0.5 + 1)) = 0.125
    (0.5, 0.125)
    """
    size, turn = jax.random.uniform(key, (2, *alpha.shape), alpha.dtype)
    power = jnp.log1p(-size) / alpha
    cosine = jnp.cos(2 * jnp.pi * turn)
    rest = -jnp.expm1(power)
    scaled = cosine * jnp.sqrt(rest) / jnp.sqrt(jnp.exp(power) + cosine**2 * rest)
    # Fused, the quotient passes one by a rounding; a share below zero would be a negative class.
    return (1 + jnp.clip(scaled, -1, 1)) / 2


def mixed(
    key: jax.Array, inputs: jax.Array, targets: jax.Array, alpha: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Blend each row of a batch, and its target, with another row of the same batch.

    Args:
        key: of the batch.
        inputs: ``(row, ...)`` as the network sees them.
        targets: ``(row, class)`` shares of the classes, or ``(row, target)`` values; floats.
        alpha: of the Beta distribution of the share, above 0: small ones leave rows nearly as they are,
            large ones blend half and half. 0 gives everything back bit for bit.

    Returns:
        Inputs and targets of the same shapes.

    Source:
        Zhang, Cissé, Dauphin & Lopez-Paz, *mixup: Beyond Empirical Risk Minimization*, ICLR 2018; as in their
        code, one share for the batch and partners from a permutation of it.

    >>> inputs, targets = jnp.array([[0.0], [8.0]]), jnp.array([[1.0, 0.0], [0.0, 1.0]])
    >>> rows, shares = mixed(jax.random.key(3), inputs, targets, 1.0)
    >>> bool(jnp.allclose(rows[:, 0], 8 * shares[:, 1])), bool(jnp.allclose(shares.sum(axis=1), 1))
    (True, True)
    """
    alpha = jnp.asarray(alpha, inputs.dtype)
    of_share, of_partners = jax.random.split(stream(key, "mixup"))
    share = symmetric_beta(of_share, jnp.where(alpha > 0, alpha, 1))
    partners = jax.random.permutation(of_partners, len(inputs))

    def blended(rows: jax.Array) -> jax.Array:
        part = share.astype(rows.dtype)
        return jnp.where(alpha > 0, part * rows + (1 - part) * rows[partners], rows)

    return blended(inputs), blended(targets)
