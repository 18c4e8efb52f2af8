"""Single numbers that a person passes to a function of this room, judged where they come in.

Arrays are judged in ``arrays``; the numbers of an experiment file in ``experiment``, a room above this one.
"""

import math
import numbers

from trainlab.errors import UsageError


def whole_number(value: object, where: str, least: int) -> int:
    """Give a whole number of at least ``least``, or refuse it.

    Raises:
        UsageError: for another kind of value, truth values among them, and for a smaller number.

    >>> whole_number(-1, "split_seed", 0)
    Traceback (most recent call last):
    trainlab.errors.UsageError: split_seed: not in the allowed range (got -1). Give a whole \
number of at least 0.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < least:
        cure = f"Give a whole number of at least {least}."
        raise UsageError("not in the allowed range", where, value, cure)
    return int(value)


def finite_number(value: object) -> float:
    """Give a finite number as a float; anything else as NaN, which no range holds.

    >>> finite_number(3), finite_number("3"), finite_number(True)
    (3.0, nan, nan)
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
        return math.nan
    return float(value)
