"""Answers that are asked for again and again, worked out once for the same results.

Results never change, so what was made of them holds for as long as they live. It is kept with them and goes
with them; a dictionary beside them would keep alive whatever leads back to them.
"""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from trainlab.results.table import Results

Given = ParamSpec("Given")
Made = TypeVar("Made")

OfResults = Callable[Concatenate[Results, Given], Made]

_KEPT = "_remembered"


def remembered(make: OfResults[Given, Made]) -> OfResults[Given, Made]:
    """Call a function of results once for the same results and the same other arguments.

    Args:
        make: takes results first, and then what can be hashed.

    >>> from trainlab.testing import made_up
    >>> @remembered
    ... def name(results: Results, place: int) -> str:
    ...     print("looked up")
    ...     return results.variants[place]
    >>> results = made_up({"wide": {"score": 0.9}})
    >>> name(results, 0), name(results, 0)
    looked up
    ('wide', 'wide')
    """

    @functools.wraps(make)
    def asked(results: Results, /, *given: Given.args, **named: Given.kwargs) -> Made:
        kept = vars(results).setdefault(_KEPT, {})
        key = (make, given, tuple(named.items()))
        if key not in kept:
            kept[key] = make(results, *given, **named)
        found: Made = kept[key]
        return found

    return asked
