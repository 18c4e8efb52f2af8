"""How stored rows enter a network: prepared by what was fitted on the training rows of the lane's fold.

The rows stand once on each device; what was fitted enters as numbers of the lane, so that lanes of different
folds share a program. The arithmetic is that of ``Fitted.applied``, on the device.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from trainlab.data.preparing.fitting import FoldPreparation

PREPARED = "prepare."
TARGET = "target"
ARRAYS = ("take", "fill", "low", "high", "shift", "factor", "unit")
# A network that scales its own inputs gets them as they are, with holes filled and categories in columns.
UNSCALED = ("take", "fill", "low", "high")


def numbers_of(preparation: FoldPreparation, *, scaled: bool = True) -> dict[str, NDArray[Any]]:
    """Give what was fitted in a fold as numbers of a lane.

    Args:
        preparation: of the fold.
        scaled: whether numbers are scaled; a network that does so itself gets them as they are.
    """
    numbers: dict[str, NDArray[Any]] = {}
    for place, fitted in enumerate(preparation.parts):
        for name in ARRAYS if scaled else UNSCALED:
            values = getattr(fitted, name)
            if values is not None:
                kind = np.uint32 if name == "take" else np.float64
                numbers[f"{PREPARED}{place}.{name}"] = np.asarray(values, kind)
    if preparation.target is not None:
        numbers[f"{PREPARED}{TARGET}.shift"] = np.asarray(preparation.target.shift, np.float64)
        numbers[f"{PREPARED}{TARGET}.factor"] = np.asarray(preparation.target.factor, np.float64)
    return numbers


def entered(inputs: Any, scales: tuple[float, ...], numbers: Mapping[str, Any], dtype: Any) -> Any:
    """Turn stored rows into what the network sees.

    Args:
        inputs: ``(row, ...)`` as stored, or a tuple of such arrays.
        scales: what each is multiplied with where nothing was fitted.
        numbers: of the lane.
        dtype: what is computed in.
    """
    parts = inputs if isinstance(inputs, tuple) else (inputs,)
    seen = [
        _entered(part, scale, _of(numbers, str(place)), dtype)
        for place, (part, scale) in enumerate(zip(parts, scales, strict=True))
    ]
    return tuple(seen) if isinstance(inputs, tuple) else seen[0]


def standardized(targets: jax.Array, numbers: Mapping[str, Any]) -> jax.Array:
    """Turn amounts into what the network learns."""
    fitted = _of(numbers, TARGET)
    return (targets - fitted["shift"]) * fitted["factor"] if fitted else targets


def in_own_unit(predicted: jax.Array, numbers: Mapping[str, Any]) -> jax.Array:
    """Turn what the network says back into the unit of the targets."""
    fitted = _of(numbers, TARGET)
    return predicted / fitted["factor"] + fitted["shift"] if fitted else predicted


def _entered(part: jax.Array, scale: float, fitted: Mapping[str, Any], dtype: Any) -> jax.Array:
    if "take" in fitted:
        part = part[:, fitted["take"].astype(jnp.int32)]
    rows = part.astype(dtype)
    if "fill" in fitted:
        rows = jnp.where(jnp.isnan(rows), fitted["fill"], rows)
    if "low" in fitted:
        rows = jnp.clip(rows, fitted["low"], fitted["high"])
    if "factor" in fitted:
        rows = (rows - fitted["shift"]) * fitted["factor"]
    elif scale != 1:
        rows = rows * np.asarray(scale, dtype)
    if "unit" in fitted:
        words = fitted["unit"] > 0
        length = jnp.sqrt(jnp.where(words, rows * rows, 0).sum(axis=1, keepdims=True))
        rows = jnp.where(words, rows / jnp.where(length == 0, 1, length), rows)
    return rows


def _of(numbers: Mapping[str, Any], part: str) -> dict[str, Any]:
    start = f"{PREPARED}{part}."
    return {name.removeprefix(start): value for name, value in numbers.items() if name.startswith(start)}
