"""Points of a space that need no earlier result: quasi-random, random, and a grid.

A study's points depend on the space, their number and a seed alone, so that variants with equal spaces try
the same points, and a study that goes on tries those that it would have tried.
"""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from trainlab.experiment.parameter import Parameter, Value
from trainlab.experiment.space import Space


def quasi_random(space: Space, count: int, seed: int) -> list[dict[str, Value]]:
    """Spread points evenly over a space, by a scrambled Sobol sequence.

    A number that applies only where some option is chosen has a coordinate of its own all the same, so that
    each number is spread evenly among the points that use it. The first points of many are those of few.

    Args:
        space: the space, of any number of parameters.
        count: how many points; no power of two is needed, though the spread is most even at one.
        seed: of the scrambling.

    Returns:
        As many points: name of a parameter -> value, of those parameters that apply.

    Source:
        Sobol, USSR Computational Mathematics and Mathematical Physics 7 (1967); scrambled as by Owen, Journal
        of Complexity 14 (1998), in SciPy. For tuning: Bergstra & Bengio, JMLR 13 (2012), section 4.

    >>> from trainlab.experiment.space import parse_space
    >>> space = parse_space({"dropout": {"linear": [0.0, 0.8]}}, "tune")
    >>> sorted(int(point["dropout"] / 0.2) for point in quasi_random(space, 4, seed=0))
    [0, 1, 2, 3]
    """
    from scipy.stats import qmc

    engine = qmc.Sobol(len(space.parameters), scramble=True, rng=np.random.default_rng(seed))
    # Whole powers of two are drawn: SciPy warns of others, and the first of them are the same.
    units = engine.random_base2(max(count - 1, 0).bit_length())[:count]
    return [space.point(unit.tolist()) for unit in units]


def random_points(space: Space, count: int, seed: int) -> list[dict[str, Value]]:
    """Draw points of a space independently and evenly.

    The first points of more are the points of less.

    Args:
        space: the space.
        count: how many points.
        seed: of the draws.

    >>> from trainlab.experiment.space import parse_space
    >>> space = parse_space({"dropout": {"linear": [0.0, 0.5]}}, "tune")
    >>> random_points(space, 3, seed=0)[:2] == random_points(space, 2, seed=0)
    True
    """
    units = np.random.default_rng(seed).random((count, len(space.parameters)))
    return [space.point(unit.tolist()) for unit in units]


def grid_points(space: Space, count: int) -> list[dict[str, Value]]:
    """Give the points of the finest grid of at most so many.

    Every number is tried at equally many values. Where choices alone make more points than that, the first of
    them are given.

    Args:
        space: the space.
        count: how many points at most.

    >>> from trainlab.experiment.space import parse_space
    >>> space = parse_space({"dropout": [0.1, 0.3], "l2": {"log": [0.0001, 0.01]}}, "tune")
    >>> len(grid_points(space, 7)), len(grid_points(space, 1))
    (6, 1)
    """
    parameters = space.parameters
    found = list(itertools.islice(_spanned(parameters, {}, 1), count))
    for each in range(2, count + 1):
        # One more than there may be: a fine grid of many numbers is never spanned as a whole.
        finer = list(itertools.islice(_spanned(parameters, {}, each), count + 1))
        if len(finer) > count or len(finer) == len(found):
            break
        found = finer
    return found


def _spanned(
    parameters: Sequence[Parameter], point: dict[str, Value], each: int
) -> Iterator[dict[str, Value]]:
    if not parameters:
        yield point
        return
    first, *rest = parameters
    if not first.applies(point):
        yield from _spanned(rest, point, each)
        return
    for value in first.spaced(each):
        yield from _spanned(rest, {**point, first.name: value}, each)
