"""What the network sees: numbers in their smallest fitting type, and the constant that scales them.

Knows nothing of targets. Nothing here is fitted: a scale is a constant known before the rows are looked at.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.data.arrays import EXACT, refuse
from trainlab.errors import DataError

BYTE = 255
PIXELS = 64
LARGE = 10
"""Inputs beyond this size deserve a word: most first layers expect numbers of about one."""


class Inputs(NamedTuple):
    """Inputs, the type they will be kept in, the scale to take where none is given, and what to say."""

    values: NDArray[Any]
    dtype: type[np.uint8] | type[np.float32]
    scale: float
    notes: tuple[str, ...]
    scale_note: str


def read_inputs(
    array: NDArray[Any], name: str = "x", *, missing: bool = False, amounts: bool = False
) -> Inputs:
    """Judge inputs and find the smallest type that holds them.

    Args:
        array: ``(row, ...)`` as read; one number a row is taken as one column.
        name: what the array is called: ``"x"``, or ``"x['image']"`` where it is one of several.
        missing: whether NaN stands for a missing value, and passes.
        amounts: whether a table is known to hold other things than pixels.

    Raises:
        DataError: for text, objects, dates and complex numbers, for NaN and infinity, and for numbers that
            float32 cannot hold.

    >>> read = read_inputs(np.array([[0, 255], [3, 7]]))
    >>> read.dtype.__name__, read.scale
    ('uint8', 1.0)
    """
    if array.dtype.kind not in "biuf":
        _refuse_not_numbers(array, name)
    notes = []
    if array.ndim == 1:
        array = array.reshape(-1, 1)
        alone = "" if name == "x" else f"{name} has "
        notes.append(f"inputs: {alone}one number a row, taken as one column")
    low, high = _span(array, name, missing=missing)
    size = max(abs(low), abs(high))
    limit = float(np.finfo(np.float32).max)
    if size > limit:
        cure = "Divide that column, or take its logarithm."
        refuse(name, array, np.abs(array) > limit, "has numbers too large for float32", cure)
    if low >= 0 and high <= BYTE and not amounts and _pixels(array, high):
        looks = "images of 8-bit pixels" if array.ndim > 2 else f"{array.shape[1]} columns of 8-bit pixels"
        said = f"scale: 1/255, since {name} looks like {looks}; pass `scale` to say otherwise"
        return Inputs(array, np.uint8, 1 / BYTE, tuple(notes), said)
    if array.dtype.kind in "bui" and low >= 0 and high <= BYTE:
        return Inputs(array, np.uint8, 1.0, tuple(notes), _unscaled(low, high, name))
    if size > EXACT and array.dtype.itemsize >= 4 and array.dtype != np.float32:
        with np.errstate(over="ignore"):  # beside float32's largest number is infinity
            blur = f"blurs differences below {np.spacing(np.float32(size)):g} there"
        notes.append(f"inputs: {name} reaches {size:.3g} and is kept as float32, which {blur}")
    return Inputs(array, np.float32, 1.0, tuple(notes), _unscaled(low, high, name))


def _span(array: NDArray[Any], name: str, *, missing: bool) -> tuple[float, float]:
    """Give the smallest and the largest number, where all are finite or, if that passes, missing."""
    if array.dtype.kind != "f":
        return array.min().item(), array.max().item()
    bad = np.isinf(array) if missing else ~np.isfinite(array)
    if bad.any():
        cure = (
            f"Fill or drop them before: `keep = numpy.isfinite({name}).reshape(len({name}), -1).all(axis=1)`."
        )
        if np.isnan(array[bad]).all():
            cure += " Where NaN is a missing value, write `missing=True` and let `prepare` fill it."
        refuse(name, array, bad, "has infinity" if missing else "has NaN or infinity", cure)
    present = array[~np.isnan(array)] if missing else array
    if present.size == 0:
        raise DataError(f"{name} has no value: all are missing", name, cure="Check how it was loaded.")
    return present.min().item(), present.max().item()


def _pixels(array: NDArray[Any], high: float) -> bool:
    """Tell levels of grey, known to go from 0 to 255, from other numbers in that range.

    Images say so by their axes. A table says so where it is as wide as a small image (8 x 8), holds whole
    numbers only, and reaches the upper half of a byte. 0 and 1 are masks or flags.
    """
    if array.ndim > 2:
        return array.dtype.kind in "bui" and high > 1
    if array.shape[1] < PIXELS or high <= BYTE / 2:
        return False
    return array.dtype.kind in "bui" or bool((array == np.floor(array)).all())


def check_scaled(values: NDArray[Any], scale: float, where: str = "scale") -> None:
    """Refuse a scale that makes inputs infinite.

    Args:
        values: ``(row, ...)`` the inputs.
        scale: what they are multiplied with.
        where: what the scale is called: ``"scale"``, or ``"scale['image']"`` for one of several inputs.

    Raises:
        DataError: where the largest input times the scale is beyond float32.

    >>> check_scaled(np.array([[1e30]]), 1e10)
    Traceback (most recent call last):
    trainlab.errors.DataError: scale: the largest input, 1e+30, leaves float32 when scaled \
(got 10000000000.0). Take a smaller scale.
    """
    size = max(abs(float(np.nanmin(values))), abs(float(np.nanmax(values))))
    if size * scale > float(np.finfo(np.float32).max):
        message = f"the largest input, {size:.3g}, leaves float32 when scaled"
        raise DataError(message, where, scale, "Take a smaller scale.")


def _unscaled(low: float, high: float, name: str) -> str:
    if max(abs(low), abs(high)) <= LARGE:
        return ""
    span = f"{name} goes from {low:.4g} to {high:.4g} into the network"
    return f"scale: 1, so {span}; pass `scale` to say otherwise"


def _refuse_not_numbers(array: NDArray[Any], name: str) -> None:
    cure = "Encode text as numbers, drop rows with missing values, write 1.5 for 1,5."
    if array.dtype.kind in "OUST":
        bad = np.reshape([not _is_number(value) for value in array.ravel()], array.shape)
        if bad.any():
            refuse(name, array, bad, "has values that are not numbers", cure)
        cure = f"All of them can be read as numbers: pass `{name}.astype(float)`."
    raise DataError(f"{name} holds {array.dtype.name} values, not numbers", name, array.ravel()[0], cure)


def _is_number(value: object) -> bool:
    try:
        float(value)  # type: ignore[arg-type]  # asking is the test
    except (TypeError, ValueError, OverflowError):
        return False
    return True
