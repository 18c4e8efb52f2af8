"""The random streams of the transformations: each has its own, so adding one leaves the others' draws alone.

Lanes that differ in one transformation then see the same draws for all others (common random numbers). The
numbers are fixed for good: another number is another result.
"""

from collections.abc import Mapping
from types import MappingProxyType

import jax

STREAMS: Mapping[str, int] = MappingProxyType(
    {
        "flip": 1,
        "rotation": 2,
        "translation": 3,
        "zoom": 4,
        "crop": 5,
        "contrast": 6,
        "brightness": 7,
        "noise": 8,
        "cutout": 9,
        "shift": 10,
        "mask": 11,
        "word_dropout": 12,
        "mixup": 13,
    }
)


def stream(key: jax.Array, name: str) -> jax.Array:
    """Give the key of a transformation.

    >>> bool(
    ...     (
    ...         jax.random.key_data(stream(jax.random.key(0), "zoom"))
    ...         == jax.random.key_data(jax.random.fold_in(jax.random.key(0), 4))
    ...     ).all()
    ... )
    True
    """
    return jax.random.fold_in(key, STREAMS[name])


def row_keys(key: jax.Array, name: str, rows: int) -> jax.Array:
    """Give a transformation's ``(row,)`` keys, one for each row of the batch.

    >>> row_keys(jax.random.key(0), "zoom", 32).shape
    (32,)
    """
    return jax.random.split(stream(key, name), rows)
