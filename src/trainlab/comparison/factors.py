"""The factors that variants cross: which settings vary, at which levels, and who differs in one alone.

A full grid crosses every level with every other. Where combinations are missing, those that are there in
matching pairs still tell the effect of a level. Knows the experiment's document, and nothing of scores.
"""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Factor:
    """One setting that varies, or several that always vary together.

    Args:
        name: the setting's name.
        levels: its values in words, that of the reference first, then in the order of the variants.
        follows: other settings that change with it, each time it does.
    """

    name: str
    levels: tuple[str, ...]
    follows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contrast:
    """A sum of scores of variants that tells one effect.

    Args:
        factors: one factor for a main effect, two for an interaction.
        levels: the level of each that is looked at.
        against: the level of each that it is looked at against.
        weights: name of a variant -> what its score counts; they come to zero.
        settings: how many settings of the other factors it is averaged over.
    """

    factors: tuple[str, ...]
    levels: tuple[str, ...]
    against: tuple[str, ...]
    weights: Mapping[str, float]
    settings: int

    @property
    def kind(self) -> str:
        """``"main effect"`` or ``"interaction"``."""
        return "main effect" if len(self.factors) == 1 else "interaction"


@dataclass(frozen=True)
class Design:
    """Which variant stands where.

    Args:
        factors: the settings that vary by themselves.
        places: name of a variant -> its level of each factor, as a number; 0 is the level of the reference.
    """

    factors: tuple[Factor, ...]
    places: Mapping[str, tuple[int, ...]]

    @property
    def full(self) -> bool:
        """Whether every combination of levels is there."""
        whole = 1
        for factor in self.factors:
            whole *= len(factor.levels)
        return len(set(self.places.values())) == whole

    def main_effects(self) -> tuple[Contrast, ...]:
        """Give the effect of each level, from pairs of variants that differ in it alone."""
        found = [
            self._contrast({place: level})
            for place, factor in enumerate(self.factors)
            for level in range(1, len(factor.levels))
        ]
        return tuple(contrast for contrast in found if contrast is not None)

    def interactions(self) -> tuple[Contrast, ...]:
        """Give what two levels together do beyond what each does: from fours of variants."""
        found = []
        for first, second in itertools.combinations(range(len(self.factors)), 2):
            ones, others = (range(1, len(self.factors[place].levels)) for place in (first, second))
            found += [self._contrast({first: one, second: other}) for one in ones for other in others]
        return tuple(contrast for contrast in found if contrast is not None)

    def _contrast(self, looked_at: Mapping[int, int]) -> Contrast | None:
        """Average over the settings of the other factors where every corner is there; None where none is."""
        names = {levels: name for name, levels in reversed(list(self.places.items()))}
        corners = list(itertools.product((False, True), repeat=len(looked_at)))
        weights: dict[str, float] = {}
        settings = 0
        for others in dict.fromkeys(
            tuple(level for place, level in enumerate(levels) if place not in looked_at)
            for levels in self.places.values()
        ):
            found = [names.get(_placed(looked_at, corner, others)) for corner in corners]
            if None in found:
                continue
            settings += 1
            for corner, name in zip(corners, found, strict=True):
                sign = -1.0 if (len(corner) - sum(corner)) % 2 else 1.0
                weights[str(name)] = sign
        if not settings:
            return None
        return Contrast(
            factors=tuple(self.factors[place].name for place in looked_at),
            levels=tuple(self.factors[place].levels[level] for place, level in looked_at.items()),
            against=tuple(self.factors[place].levels[0] for place in looked_at),
            weights={name: sign / settings for name, sign in weights.items()},
            settings=settings,
        )


def design_of(
    variants: Mapping[str, Mapping[str, Any]], recipe: Mapping[str, Any], reference: str
) -> Design | None:
    """Find the factors that variants cross; None where no two of them are crossed.

    Args:
        variants: name of each variant -> what it changes.
        recipe: what holds where a variant changes nothing.
        reference: the variant whose levels the others are looked at against.

    >>> variants = {
    ...     "plain": {},
    ...     "l2": {"l2": 0.1},
    ...     "drop": {"dropout": 0.3},
    ...     "both": {"l2": 0.1, "dropout": 0.3},
    ... }
    >>> found = design_of(variants, {"l2": 0.0, "dropout": 0.0}, "plain")
    >>> [contrast.weights for contrast in found.main_effects()][0]
    {'plain': -0.5, 'l2': 0.5, 'drop': -0.5, 'both': 0.5}
    >>> design_of({"plain": {}, "l2": {"l2": 0.1}, "drop": {"dropout": 0.3}}, {}, "plain") is None
    True
    """
    settings = list(dict.fromkeys(key for changes in variants.values() for key in changes))
    values = {
        key: {name: _written(changes.get(key, recipe.get(key))) for name, changes in variants.items()}
        for key in settings
    }
    varying = [key for key in settings if len(set(values[key].values())) > 1]
    leaders = _leaders(varying, values)
    order = [reference, *(name for name in variants if name != reference)]
    factors, numbers = [], []
    for key, followers in leaders.items():
        levels = list(dict.fromkeys(values[key][name] for name in order))
        factors.append(Factor(key, tuple(map(_shown, levels)), tuple(followers)))
        numbers.append({level: number for number, level in enumerate(levels)})
    places = {
        name: tuple(
            number[values[factor.name][name]] for number, factor in zip(numbers, factors, strict=True)
        )
        for name in variants
    }
    design = Design(tuple(factors), places)
    return design if design.interactions() else None


def _leaders(varying: Sequence[str], values: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """Put behind a setting those that it settles: a learning rate that comes with the optimizer."""
    leaders: dict[str, list[str]] = {key: [] for key in varying}
    for place, key in enumerate(varying):
        for before, other in enumerate(varying):
            if other == key or other not in leaders or not _settles(values[other], values[key]):
                continue
            # Of two that settle each other, the one that is said first leads.
            if before < place or not _settles(values[key], values[other]):
                leaders[other] += [key, *leaders.pop(key)]
                break
    return leaders


def _settles(values: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Whether who has a value here has one value there."""
    return len({(values[name], others[name]) for name in values}) == len(set(values.values()))


def _placed(looked_at: Mapping[int, int], corner: Sequence[bool], others: Sequence[int]) -> tuple[int, ...]:
    """Give the levels of one corner: those looked at or the reference's, among those of the other factors."""
    own = {
        place: level if there else 0 for (place, level), there in zip(looked_at.items(), corner, strict=True)
    }
    rest = iter(others)
    return tuple(own[place] if place in own else next(rest) for place in range(len(own) + len(others)))


def _written(value: Any) -> str:
    """Write a value so that equal ones are equal: 1 and 1.0, and what is off however it is written."""
    if value is None or value is False:
        return "null"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "null" if value == 0 else repr(float(value))
    return json.dumps(value, sort_keys=True)


def _shown(written: str) -> str:
    value = json.loads(written)
    if value is None:
        return "off"
    if value is True:
        return "on"
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else written.replace('"', "").replace("{", "").replace("}", "")
