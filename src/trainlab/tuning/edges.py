"""Whether the best trial lies at the edge of what was tried, so that a better one may lie beyond.

The best of many noisy numbers lies somewhere, and often at an edge by chance: with 16 trials that all are
equally good, in a fifth of all cases in one of the two outer tenths. So an edge is told only where the other
trials agree.
"""

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainlab.errors import UsageError
from trainlab.experiment.parameter import Parameter, Value
from trainlab.experiment.recipe import parse_settings
from trainlab.experiment.space import parse_space
from trainlab.tuning.trials import Study, Trial

Floats = NDArray[np.float64]

OUTER = 0.1
"""The share of a range, on its own scale, that is its edge."""
FALSE_ALARMS = 0.08
"""How often some edge may be told where nothing depends on any number, shared among the numbers."""
LEVEL = 0.2
"""How often chance makes scores rise as much as they must, at most, however few numbers were tuned."""
NEAR = 0.5
"""The share of a range, from the edge on, whose trials must agree."""
LEAST_VALUES = 3
# Up to so many trials all orders are counted; of more there are too many, and their law is near the normal.
_COUNTED = 7


@dataclass(frozen=True)
class Edge:
    """A number whose best value lies at the edge of what was tried.

    Args:
        parameter: which number.
        side: at which end of its range.
        value: its value in the best trial.
        trial: number of the best trial.
        correlation: rank correlation of score and nearness to the edge, over the other trials in the nearer
            half of the range.
        others: how many those are.
        beyond: a value beyond the edge that could be tried, as far again as the range's outer tenth is wide;
            None of a list.
    """

    parameter: Parameter
    side: Literal["lower", "upper"]
    value: Value
    trial: int
    correlation: float
    others: int
    beyond: Value | None


def edges(study: Study) -> tuple[Edge, ...]:
    """Give the numbers whose best value lies at an edge, and scores that rise towards it.

    Two things must hold. The best trial lies in the outer tenth of the range, on its own scale (of a list of
    numbers and of few whole ones: at its end). And among the other trials in the nearer half of the range, a
    diverged one being the worst, scores rise towards the edge more than chance would have it: the level of
    that test is such that some edge is told in at most a tenth of studies with a flat response (of one number
    in a twentieth).
    Ends that nothing could lie beyond, as a dropout of 0, are no edges.

    Args:
        study: its trials.

    Returns:
        In the order of the study's parameters.

    Source:
        The order of scores given the positions is exchangeable where nothing depends on the number, for
        trials that were not placed by earlier ones; so the test is one of permutations. Powers and false
        alarms are in docs/proofs.md.

    >>> from trainlab.testing import made_up_trials
    >>> from trainlab.tuning.trials import read_studies
    >>> rising = {"scores": lambda point: 0.9 + 0.02 * np.log10(point["learning_rate"]), "trials": 16}
    >>> [study] = read_studies(made_up_trials({"sgd": rising}))
    >>> [(edge.parameter.name, edge.side, edge.correlation) for edge in edges(study)]
    [('learning_rate', 'upper', 1.0)]
    """
    best = study.best
    if best is None:
        return ()
    found = (_edge(study, parameter, best) for parameter in study.parameters if parameter.name in best.point)
    return tuple(edge for edge in found if edge is not None)


def _edge(study: Study, parameter: Parameter, best: Trial) -> Edge | None:
    ordered = _ordered(parameter)
    if ordered is None:
        return None
    here = _place(parameter, ordered, best.point[parameter.name])
    if OUTER < here < 1 - OUTER:
        return None
    side: Literal["lower", "upper"] = "lower" if here <= OUTER else "upper"
    near, scores = _others(study, parameter, ordered, best, upper=side == "upper")
    allowed = FALSE_ALARMS / len(study.parameters)
    level = min(LEVEL, allowed / _share_of_edges(parameter, ordered))
    chance, correlation = _chance(near, scores)
    if chance > level or not _goes_on(study, parameter, best, upper=side == "upper"):
        return None
    return Edge(
        parameter=parameter,
        side=side,
        value=best.point[parameter.name],
        trial=best.number,
        correlation=correlation,
        others=len(near),
        beyond=None if parameter.kind == "choice" else _beyond(parameter, upper=side == "upper"),
    )


def _ordered(parameter: Parameter) -> tuple[str, ...] | None:
    """Give the labels of a list of numbers in order, nothing for a range; None for what has no order."""
    if parameter.kind != "choice":
        few = parameter.whole and parameter.high - parameter.low + 1 < LEAST_VALUES
        return None if few else ()
    try:
        labels = sorted(parameter.choices, key=float)
    except ValueError:
        return None
    return tuple(labels) if len(labels) >= LEAST_VALUES else None


def _place(parameter: Parameter, ordered: tuple[str, ...], value: Value) -> float:
    """Give where a value lies between both ends, which are 0 and 1."""
    return ordered.index(str(value)) / (len(ordered) - 1) if ordered else parameter.position(value)


@lru_cache
def _share_of_edges(parameter: Parameter, ordered: tuple[str, ...]) -> float:
    """Give how large a share of evenly spread trials lies at one of both edges."""
    spread = [parameter.at((place + 0.5) / 1_000) for place in range(1_000)]
    places = np.array([_place(parameter, ordered, value) for value in spread])
    return float(np.mean((places <= OUTER) | (places >= 1 - OUTER)))


def _others(
    study: Study, parameter: Parameter, ordered: tuple[str, ...], best: Trial, *, upper: bool
) -> tuple[Floats, Floats]:
    """Give nearness to the edge and score of the other trials in the nearer half that have come to an end."""
    near, scores = [], []
    for trial in study.trials:
        if trial is best or parameter.name not in trial.point or trial.outcome == "running":
            continue
        place = _place(parameter, ordered, trial.point[parameter.name])
        nearness = place if upper else 1 - place
        if nearness >= NEAR:
            near.append(nearness)
            # What was given up was behind then; what diverged is worst of all.
            worst = -math.inf if trial.outcome == "diverged" else -np.finfo(float).max
            scores.append(study.better(trial.mean) if trial.scored else worst)
    return np.array(near), np.array(scores)


def _chance(near: Floats, scores: Floats) -> tuple[float, float]:
    """Give how often chance makes scores rise as much towards the edge, and their rank correlation."""
    from scipy.special import ndtr
    from scipy.stats import rankdata

    if len(near) < 2:
        return 1.0, 0.0
    x, y = (rankdata(values) - (len(near) + 1) / 2 for values in (near, scores))
    spread = math.sqrt(float(x @ x) * float(y @ y))
    if spread == 0:
        return 1.0, 0.0
    seen = float(x @ y)
    if len(near) > _COUNTED:
        return float(ndtr(-seen / spread * math.sqrt(len(near) - 1))), seen / spread
    shuffled = y[_orders(len(y))] @ x
    return float(np.mean(shuffled >= seen - 1e-9)), seen / spread


@lru_cache
def _orders(count: int) -> NDArray[np.int64]:
    return np.array(list(itertools.permutations(range(count))))


def _beyond(parameter: Parameter, *, upper: bool) -> float:
    """Give a value beyond an end, on the scale of the range."""
    low, high, share = parameter.low, parameter.high, 1 + OUTER if upper else -OUTER
    if parameter.kind == "log":
        found = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    else:
        found = low + share * (high - low)
    if parameter.whole:
        return max(math.ceil(found), int(high) + 1) if upper else min(math.floor(found), int(low) - 1)
    return found


def _goes_on(study: Study, parameter: Parameter, best: Trial, *, upper: bool) -> bool:
    """Whether a recipe could take a value beyond this end."""
    if parameter.kind == "choice":
        return True
    # Its own setting alone: another one may be a model that lives in memory, and cannot be read again.
    key = parameter.name.partition(".")[0]
    space = parse_space({key: study.tuning["space"][key]}, "space")
    point: dict[str, Value] = {**best.point, parameter.name: _beyond(parameter, upper=upper)}
    try:
        parse_settings(space.settings(point), "space")
    except (UsageError, KeyError, ValueError):
        return False
    return True
