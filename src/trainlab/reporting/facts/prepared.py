"""What was done to the inputs before they were learned from, as facts: which columns, which steps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trainlab.reporting.wording.names import clean

_MOST_WORDS = 600


@dataclass(frozen=True)
class PreparationFacts:
    """What was done to some columns.

    Args:
        columns: which, in words.
        steps: what, in words.
        usual: whether nobody asked for it: it is what such columns get.
    """

    columns: str
    steps: str
    usual: bool


def preparation_facts(preparation: Iterable[str | Mapping[str, Any]] | None) -> tuple[PreparationFacts, ...]:
    """Give the stored words on preparation; none where nothing was stored.

    Args:
        preparation: for some columns each, ``"columns: steps"``, or a mapping with these two and ``default``.

    >>> preparation_facts(["age (numbers): standardized"])
    (PreparationFacts(columns='age (numbers)', steps='standardized', usual=False),)
    """
    return tuple(_facts(one) for one in preparation or ())


def _facts(one: str | Mapping[str, Any]) -> PreparationFacts:
    if isinstance(one, str):
        columns, colon, steps = one.partition(": ")
        one = {"columns": columns, "steps": steps} if colon else {"steps": one}
    return PreparationFacts(
        columns=clean(one.get("columns") or "all columns", _MOST_WORDS),
        steps=clean(one.get("steps") or "as they are", _MOST_WORDS),
        usual=bool(one.get("default")),
    )
