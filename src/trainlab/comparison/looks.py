"""Planned looks: after how many seeds results are compared while seeds are still being added.

The plan and what one look found, as values with their words. How a look is measured stands in ``looking``,
how its level is found in ``spending``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainlab.errors import UsageError
from trainlab.experiment.places import Place

FIRST_LOOK = 10
# The t of fewer differences is so wide that a look at them would only cost.
LEAST_FIRST = 5
METHOD = "Pocock-type spending of alpha by information, Lan & DeMets 1983"


@dataclass(frozen=True)
class Plan:
    """After how many seeds the results are looked at; stored before anything is trained.

    Args:
        seeds: seeds at each look, growing; the last number is the most that may be trained.

    >>> Plan((10, 20, 40)).at_most
    40
    """

    seeds: tuple[int, ...]

    @property
    def at_most(self) -> int:
        """How many seeds there may be in the end."""
        return self.seeds[-1]

    def reached(self, seeds: int) -> int:
        """Count the looks that so many seeds are enough for.

        >>> Plan((10, 20, 40)).reached(39)
        2
        """
        return sum(planned <= seeds for planned in self.seeds)

    def document(self) -> dict[str, Any]:
        """Give plain values, to store."""
        return {"seeds": list(self.seeds), "method": METHOD}


def planned_looks(at_most: int | None, first: int | None = None) -> Plan:
    """Plan looks at 10, 20, 40 ... seeds, the last at as many as there may be.

    Each look has as much again as all before it, so that a handful of looks reaches any number.

    Args:
        at_most: how many seeds there may be in the end.
        first: seeds at the first look; left out, 10.

    Raises:
        UsageError: where the numbers leave no first look.

    >>> planned_looks(100).seeds, planned_looks(20, first=5).seeds
    ((10, 20, 40, 80, 100), (5, 10, 20))
    """
    place = Place("--at-most")
    if at_most is None:
        cure = "Say how many seeds there may be in the end, as `--at-most 80`."
        raise UsageError("seeds are added until it is decided, without an end", place, None, cure)
    begin = FIRST_LOOK if first is None else first
    if begin < LEAST_FIRST:
        cure = f"Begin with {LEAST_FIRST} seeds or more; without `--seeds`, it begins with {FIRST_LOOK}."
        raise UsageError("too few seeds for a first look", Place("--seeds"), begin, cure)
    if at_most < begin:
        cure = f"Allow {begin} or more, or begin with fewer by `--seeds` (at least {LEAST_FIRST})."
        message = f"the first look is at {begin} seeds, and there may not be so many"
        raise UsageError(message, place, at_most, cure)
    looks = []
    while begin < at_most:
        looks.append(begin)
        begin *= 2
    return Plan((*looks, at_most))


def plan_of(facts: Mapping[str, Any]) -> Plan | None:
    """Read the plan of stored results; None where all seeds were asked for at once."""
    stored = facts.get("looks")
    return None if stored is None else Plan(tuple(int(seeds) for seeds in stored["seeds"]))


@dataclass(frozen=True)
class Look:
    """What one look at one comparison found out about going on.

    Args:
        number: which look of the plan, from 1; 0 where the first one is not reached yet.
        planned: how many looks the plan has.
        seeds: seeds that were looked at.
        at_most: how many seeds there may be.
        level: probability that the interval leaves out, for this look and this comparison.
        chance: probability that there will be a verdict when all seeds are in, as far as can be foreseen;
            None where nothing can.
        ends: why no more seeds are asked for: ``"decided"``, ``"last look"``, ``"hopeless"``, ``"diverged"``;
            empty where more are.
    """

    number: int
    planned: int
    seeds: int
    at_most: int
    level: float
    chance: float | None
    ends: str

    @property
    def goes_on(self) -> bool:
        """Whether more seeds are asked for."""
        return not self.ends

    @property
    def sentence(self) -> str:
        """Say which look it is, that its interval allows for all looks, and why there is none after it."""
        if not self.number:
            return "the first planned look is not reached yet"
        said = (
            f"look {self.number} of at most {self.planned}, at {self.seeds} seeds, and the interval holds "
            f"however often was looked ({METHOD})"
        )
        if self.ends == "hopeless":
            chance = "no" if self.chance is None or self.chance < 0.0005 else f"a {100 * self.chance:.2g} %"
            said += (
                f"; no more seeds were added, since {self.at_most} of them would have {chance} chance of a "
                "verdict: what is left of the error comes from rows or training sets, not from seeds"
            )
        if self.ends == "diverged":
            said += "; no more seeds were added, since runs that diverge are mended, not outnumbered"
        return said

    def document(self) -> dict[str, Any]:
        """Give plain values."""
        return {
            "number": self.number,
            "planned": self.planned,
            "seeds": self.seeds,
            "at_most": self.at_most,
            "level": self.level,
            "chance": self.chance,
            "ends": self.ends,
        }


def joined(sentence: str, look: Look) -> str:
    """Add to what a comparison says which look it was at.

    >>> joined("undecided", Look(0, 3, 4, 40, 0.05, None, ""))
    'undecided; the first planned look is not reached yet'
    """
    return f"{sentence}; {look.sentence}"


def shares(variances: Sequence[float]) -> list[float]:
    """Give the share of the information that each of several numbers of seeds has of that of the last.

    Args:
        variances: ``(look,)`` variance of the estimate at each of them.

    >>> shares([4.0, 2.0, 1.0])
    [0.25, 0.5, 1.0]
    """
    last = variances[-1]
    return [1.0 if variance <= last else last / variance for variance in variances]
