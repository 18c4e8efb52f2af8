"""Overrides: findings of the protocol that somebody answers for, each with a written reason."""

import re
from collections.abc import Mapping

from trainlab.errors import UsageError
from trainlab.experiment.checks import text
from trainlab.experiment.places import Place

EXAMPLE = 'Write `override: {TL107: "the rows are all there are"}`.'


Overrides = tuple[tuple[str, str], ...]
"""Codes with their reasons, sorted; pairs, since a frozen experiment can be copied and hashed."""


def parse_override(value: object, where: str = "override") -> Overrides:
    """Read which findings are overridden, and why.

    Whether there is such a code is known to the room that has the checks.

    Raises:
        UsageError: for what is no mapping of codes to reasons, and for an empty reason.

    >>> parse_override({"TL128": "a first look"})
    (('TL128', 'a first look'),)
    >>> parse_override({"TL128": " "})
    Traceback (most recent call last):
    trainlab.errors.UsageError: override.TL128: an override without a reason (got ' '). Say why what it \
finds is all right here: the report prints it.
    """
    place = Place.of(where)
    if isinstance(value, tuple):
        value = dict(value)
    if not isinstance(value, Mapping):
        raise UsageError("not a mapping of codes to reasons", place, value, EXAMPLE)
    reasons: dict[str, str] = {}
    for code, reason in value.items():
        if not isinstance(code, str) or not re.fullmatch(r"TL\d{3}", code):
            raise UsageError("not the code of a finding", place.key(str(code)), code, EXAMPLE)
        if not isinstance(reason, str) or not reason.strip():
            cure = "Say why what it finds is all right here: the report prints it."
            raise UsageError("an override without a reason", place / code, reason, cure)
        reasons[code] = " ".join(text(1_000)(reason, place / code).split())
    return tuple(sorted(reasons.items()))
