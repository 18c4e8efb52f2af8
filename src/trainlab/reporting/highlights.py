"""Which variants are drawn by themselves where not all can be, and in which colour each is drawn."""

from collections.abc import Mapping

from trainlab.reporting.outline import Outline
from trainlab.reporting.theme import INK, MUTED, SERIES


def chosen(outline: Outline, most: int) -> tuple[int, ...]:
    """Choose at most that many variants, in their own order: the reference, and those furthest from it.

    Furthest is by the measured difference, better or worse alike; a variant without one comes last.
    """
    distances = {}
    for place, variant in enumerate(outline.variants):
        difference = variant.difference
        known = difference is not None and difference.value is not None
        distances[place] = abs(difference.value) if known else -1.0  # type: ignore[union-attr,arg-type]
        if variant.is_reference:
            distances[place] = float("inf")
    return tuple(sorted(sorted(distances, key=lambda place: -distances[place])[:most]))


def colours(outline: Outline) -> Mapping[int, str]:
    """Give the colour of every variant: ink for the reference, grey for those that have none of their own."""
    found = dict.fromkeys(range(len(outline.variants)), MUTED)
    own = iter(SERIES)
    for place in chosen(outline, len(SERIES) + 1):
        found[place] = INK if outline.variants[place].is_reference else next(own)
    return found
