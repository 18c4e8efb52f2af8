"""What would have been concluded with fewer trials: the best of b of the trials that there are, for every b.

Worked out by counting, not by drawing. The trial is selected on one half of the inner validation rows and
scored on the other, and the other way round: so the best of many noisy numbers is not taken at its word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from trainlab.results.naming import counted, listed
from trainlab.tuning.trials import Study

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Expected:
    """What a variant is expected to score when the best of so many trials is taken.

    Args:
        trials: how many trials.
        mean: expected score of the selected trial on the half of the rows that did not select it; None where
            no trial was scored.
        low: score that a tenth of the draws fall short of.
        high: score that a tenth of the draws exceed.
        failed: probability that none of the trials drawn was scored.
    """

    trials: int
    mean: float | None
    low: float | None
    high: float | None
    failed: float


@dataclass(frozen=True)
class Wins:
    """Who wins when every variant is given so many trials.

    Args:
        trials: how many trials each.
        best: variant -> probability that it scores best of all; ties are shared, and they add up to 1.
        beats: variant -> probability that it scores better than the reference; ties count half.
    """

    trials: int
    best: Mapping[str, float]
    beats: Mapping[str, float]


@dataclass(frozen=True)
class Budgets:
    """How conclusions depend on the number of trials.

    Args:
        reference: the variant that the others are compared with; the first that was tuned, where the
            experiment's own was not.
        expected: variant -> what it scores at every budget that it had trials for.
        wins: for every budget that all variants had trials for; empty for a single variant.
        sentence: what that comes to.
    """

    reference: str
    expected: Mapping[str, tuple[Expected, ...]]
    wins: tuple[Wins, ...]
    sentence: str


@dataclass(frozen=True, eq=False)
class _Ranked:
    """The scored trials of a study, best first: scores on the one half, ranked by the other.

    Args:
        trials: how many there are, scored or not.
        ways: ``(trial,)`` scores on the second half ranked by the first, and the other way round.
        higher: whether more is better.
    """

    trials: int
    ways: tuple[Floats, Floats]
    higher: bool

    def draw(self, way: int, budget: int) -> "_Draw":
        """Give the score of the best of so many trials drawn without replacement."""
        # The trial at rank j, from 0, is the best of a draw that holds it and none of the j before it.
        scores, all_draws = self.ways[way], comb(self.trials, budget)
        chances = [comb(self.trials - 1 - rank, budget - 1) / all_draws for rank in range(len(scores))]
        return _Draw(scores, np.array(chances, np.float64))


@dataclass(frozen=True, eq=False)
class _Draw:
    """The score of a selected trial: values with their probabilities; what these lack to 1 has none."""

    values: Floats
    chances: Floats

    @property
    def failed(self) -> float:
        return max(0.0, 1 - float(self.chances.sum()))


def budgets(studies: Sequence[Study], reference: str | None = None) -> Budgets | None:
    """Work out how conclusions would differ at budgets of 1, 2, 4 ... trials up to all.

    A budget of ``b`` draws ``b`` of a variant's trials without replacement, independently of what the others
    draw. These figures describe the trials at hand: they are no interval for new rows or new seeds, and the
    luck of a trial's own seed, which both halves of the rows see, is left in them.

    Args:
        studies: of all variants; several outer folds of one variant are averaged.
        reference: the variant that the others are compared with; left out, the first.

    Returns:
        The figures; None where no study has two trials with scores on both halves.

    Source:
        Dodge, Gururangan, Card, Schwartz & Smith, *Show Your Work*, EMNLP 2019, equation 1. Departures:
        draws are without replacement, so that the figure at all trials is that of the best; and the selected
        trial is scored on rows that did not select it.

    >>> from trainlab.testing import made_up_trials
    >>> from trainlab.tuning.trials import read_studies
    >>> studies = read_studies(
    ...     made_up_trials(
    ...         {
    ...             "sgd": {"halves": [[0.80, 0.80], [0.81, 0.81], [0.82, 0.82], [0.83, 0.83]]},
    ...             "adam": {"halves": [[0.70, 0.70], [0.70, 0.70], [0.71, 0.71], [0.90, 0.90]]},
    ...         }
    ...     )
    ... )
    >>> found = budgets(studies)
    >>> [f"{expected.mean:.3f}" for expected in found.expected["adam"]]
    ['0.752', '0.803', '0.900']
    >>> found.sentence
    'with 1 trial each `sgd` would have won in 75 % of draws; from 4 trials on `adam`'
    """
    of: dict[str, list[_Ranked]] = {}
    for study in studies:
        ranked = _ranked(study)
        if ranked.trials > 1 and len(ranked.ways[0]):
            of.setdefault(study.variant, []).append(ranked)
    if not of:
        return None
    names = tuple(of)
    against = reference if reference in of else names[0]
    expected = {
        name: tuple(
            _expected([ranked.draw(way, budget) for ranked in own for way in (0, 1)], budget)
            for budget in _steps(min(ranked.trials for ranked in own))
        )
        for name, own in of.items()
    }
    wins: tuple[Wins, ...] = ()
    if len(names) > 1:
        most = min(ranked.trials for own in of.values() for ranked in own)
        wins = tuple(_wins(of, against, budget) for budget in _steps(most))
    return Budgets(against, expected, wins, _sentence(wins))


def _steps(most: int) -> list[int]:
    """Give 1, 2, 4 ... and the largest budget itself."""
    return sorted({*(2**power for power in range(most.bit_length())), most})


def _ranked(study: Study) -> _Ranked:
    there = [trial.halves for trial in study.trials if trial.scored and np.isfinite(trial.halves).all()]
    halves = np.array(there, np.float64).reshape(-1, 2)
    higher = study.metric.higher_is_better
    turned = halves if higher else -halves
    first, second = (np.argsort(-turned[:, half], kind="stable") for half in (0, 1))
    return _Ranked(len(study.trials), (halves[first, 1], halves[second, 0]), higher)


def _expected(draws: Sequence[_Draw], budget: int) -> Expected:
    """Average over both directions and over outer folds, each as likely."""
    values = np.concatenate([draw.values for draw in draws])
    chances = np.concatenate([draw.chances for draw in draws]) / len(draws)
    failed = float(np.mean([draw.failed for draw in draws]))
    there = chances.sum()
    if there <= 0:
        return Expected(budget, None, None, None, failed)
    order = np.argsort(values)
    reached = np.cumsum(chances[order]) / there
    low, high = (float(values[order][np.searchsorted(reached, share - 1e-9)]) for share in (0.1, 0.9))
    return Expected(budget, float(values @ chances / there), low, high, failed)


def _wins(of: Mapping[str, Sequence[_Ranked]], reference: str, budget: int) -> Wins:
    best, beats = dict.fromkeys(of, 0.0), {name: 0.0 for name in of if name != reference}
    folds = min(len(own) for own in of.values())
    for fold in range(folds):
        for way in (0, 1):
            turned = {
                name: _turned(own[fold].draw(way, budget), higher=own[fold].higher)
                for name, own in of.items()
            }
            share = 1 / (2 * folds)
            for name, chance in zip(turned, _winning(list(turned.values())), strict=True):
                best[name] += share * chance
            for name in beats:
                beats[name] += share * _winning([turned[name], turned[reference]])[0]
    return Wins(budget, best, beats)


def _turned(draw: _Draw, *, higher: bool) -> tuple[Floats, Floats]:
    """Give distinct scores, more being better, with their chances; none at all is the worst of them."""
    values = np.append(draw.values if higher else -draw.values, -np.inf)
    chances = np.append(draw.chances, draw.failed)
    distinct, places = np.unique(values, return_inverse=True)
    return distinct, np.asarray(np.bincount(places, weights=chances), np.float64)


def _winning(arms: Sequence[tuple[Floats, Floats]]) -> list[float]:
    """Give each arm's probability to be the best of independent draws, ties shared among those that tie."""
    levels = np.unique(np.concatenate([values for values, _ in arms]))
    here, below = np.zeros((len(arms), len(levels))), np.zeros((len(arms), len(levels)))
    for arm, (values, chances) in enumerate(arms):
        here[arm, np.searchsorted(levels, values)] = chances
        below[arm] = np.cumsum(here[arm]) - here[arm]
    found = []
    for arm in range(len(arms)):
        # ties[k]: probability that k of the others stand at this level, and the rest below.
        ties = np.ones((1, len(levels)))
        for other in range(len(arms)):
            if other != arm:
                grown = np.zeros((len(ties) + 1, len(levels)))
                grown[:-1] += ties * below[other]
                grown[1:] += ties * here[other]
                ties = grown
        shared = (ties / np.arange(1, len(ties) + 1)[:, None]).sum(axis=0)
        found.append(float((here[arm] * shared).sum()))
    return found


def _sentence(wins: Sequence[Wins]) -> str:
    """Say who wins at one trial each, and from which budget on another does."""
    if not wins:
        return ""
    leaders = [max(found.best, key=found.best.__getitem__) for found in wins]
    first = wins[0]
    said = (
        f"with 1 trial each `{leaders[0]}` would have won in {first.best[leaders[0]]:.0%} of draws".replace(
            "%", " %"
        )
    )
    if len(set(leaders)) == 1:
        last = wins[-1]
        return f"{said}, with {last.trials} in {last.best[leaders[-1]]:.0%}".replace("%", " %").replace(
            "  ", " "
        )
    turns = [
        f"from {counted(found.trials, 'trial')} on `{name}`"
        for found, name, before in zip(wins[1:], leaders[1:], leaders, strict=False)
        if name != before
    ]
    return f"{said}; {listed(turns)}"
