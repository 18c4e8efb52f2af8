"""Which variants are drawn by themselves where not all can be, and in which colour each is drawn."""

from collections.abc import Mapping

from trainlab.reporting.drawing.theme import INK, MUTED, SERIES
from trainlab.reporting.facts.compared import Compared
from trainlab.reporting.facts.variants import furthest


def chosen(outline: Compared, most: int) -> tuple[int, ...]:
    """Choose at most that many variants, in their own order: the reference, and those furthest from it."""
    return furthest(outline.variants, most)


def colours(outline: Compared) -> Mapping[int, str]:
    """Give the colour of every variant: ink for the reference, grey for those that have none of their own."""
    found = dict.fromkeys(range(len(outline.variants)), MUTED)
    own = iter(SERIES)
    for place in chosen(outline, len(SERIES) + 1):
        found[place] = INK if outline.variants[place].is_reference else next(own)
    return found
