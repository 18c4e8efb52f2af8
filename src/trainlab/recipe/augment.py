"""Data augmentation inside the compiled step: a batch of rows, each transformed differently.

Knows the order of the transformations and where their random numbers come from; what each does to a row
stands in `augmenting`. Strengths are numbers of the lane: changing one compiles nothing, and at its neutral
strength a transformation gives rows back bit for bit, so that lanes with and without it share a program.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import jax
import jax.numpy as jnp

from trainlab.experiment.augmentation import NEUTRAL
from trainlab.recipe.augmenting.bags import word_dropout
from trainlab.recipe.augmenting.geometry import MOVES, moved
from trainlab.recipe.augmenting.images import brightness, contrast, cutout, flipped
from trainlab.recipe.augmenting.mixup import mixed
from trainlab.recipe.augmenting.sequences import mask, shift
from trainlab.recipe.augmenting.streams import row_keys
from trainlab.recipe.augmenting.tables import noise

__all__ = ["augmented", "mixed"]

Change = Callable[[jax.Array, jax.Array, jax.Array], jax.Array]

# In the order they are done. What hides comes last, so that hidden pixels and steps are zero and not noise.
CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "shift": shift,
        "contrast": contrast,
        "brightness": brightness,
        "noise": noise,
        "cutout": cutout,
        "mask": mask,
        "word_dropout": word_dropout,
    }
)


def augmented(
    flip: str, kinds: tuple[str, ...], key: jax.Array, inputs: jax.Array, numbers: Mapping[str, jax.Array]
) -> jax.Array:
    """Transform a batch of rows, each differently.

    Images are flipped, then turned, moved, zoomed and cropped in one go, then lit differently.

    Args:
        flip: ``""``, ``"horizontal"``, ``"vertical"`` or ``"both"``; part of the program.
        kinds: names of the transformations, as `Augmentation.kinds` gives them; part of the program.
            ``mixup`` is passed over here, as it takes the targets too: see `mixed`.
        key: the only source of chance. Each transformation has a stream of its own, and each row in it.
        inputs: ``(row, ...)`` float32 or float64, as the network sees them.
        numbers: name -> strength, without axes; at least for each of ``kinds``.

    Returns:
        ``(row, ...)`` of the same shape and type.

    Raises:
        ValueError: for a kind that there is not.

    >>> rows = jnp.ones((2, 3))
    >>> augmented("", ("noise",), jax.random.key(0), rows, {"noise": 0.0}).tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """
    unknown = sorted(set(kinds) - {*MOVES, *CHANGES, "mixup"})
    if unknown:
        raise ValueError(f"no such transformations: {', '.join(unknown)}")
    changed, rows = inputs, len(inputs)
    if flip:
        changed = jax.vmap(partial(flipped, flip=flip))(row_keys(key, "flip", rows), changed)
    moves = {name: row_keys(key, name, rows) for name in MOVES if name in kinds}
    if moves:
        changed = jax.vmap(moved, (0, 0, None))(moves, changed, {name: numbers[name] for name in moves})
    for name, change in CHANGES.items():
        if name in kinds:
            strength = jnp.asarray(numbers[name], inputs.dtype)
            new = jax.vmap(change, (0, 0, None))(row_keys(key, name, rows), changed, strength)
            changed = jnp.where(strength == NEUTRAL[name], changed, new)
    return changed
