"""What trials with a technique scored beside those without it, over all trials of a study: a description.

Trials that were drawn at random, or evenly, are an experiment of their own: whether a technique is on was
left to chance there. A sampler that goes where scores are good mixes a technique with all that it was tried
beside, and says so here. What a technique does to the settings that were chosen is measured in ``helped``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from trainlab.comparison.wording import listing, signed, size
from trainlab.experiment.metrics import Metric
from trainlab.experiment.parameter import Parameter
from trainlab.tuning.trials import Floats, Study, Trial

SCHEMA = "trainlab/main-effects/1"
ALPHA = 0.05

LEAST_TRIALS = 5
"""Trials with a technique, and without it, from which on it is told of."""

LEAST_TO_SPARE = 10
"""Trials beyond the number of terms, without which the spread of scores is a guess."""

OFF = ("off", "none", "0")
_BY_CHANCE = ("quasi_random", "random", "grid")


@dataclass(frozen=True)
class MainEffect:
    """What trials with a technique scored more than those without it, in the unit of the metric.

    Args:
        technique: name of the choice, as ``dropout``.
        option: what was chosen, as ``on`` or ``mixup``.
        difference: how much the score changes, averaged over the settings of all others.
        low: lower end of its interval, which holds for all effects at once (Bonferroni).
        high: upper end.
        trials: how many had it.
        without: how many had it off.
    """

    technique: str
    option: str
    difference: float
    low: float
    high: float
    trials: int
    without: int

    @property
    def name(self) -> str:
        """The technique, with the option where it is not just on."""
        return self.technique if self.option == "on" else f"{self.technique} {self.option}"

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "technique": self.technique,
            "option": self.option,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "trials": self.trials,
            "without": self.without,
        }


@dataclass(frozen=True)
class MainEffects:
    """What trials with each technique scored beside those without it.

    Args:
        metric: what is compared.
        effects: most helpful first.
        by_chance: whether chance alone decided what was tried and what was scored. Else this describes the
            trials, and the differences are no effects.
        trials: how many were scored.
        lost: how many diverged or were given up, and have no score.
        untold: techniques with too few trials on one side.
        sentence: all this in words.
    """

    metric: Metric
    effects: tuple[MainEffect, ...]
    by_chance: bool
    trials: int
    lost: int
    untold: tuple[str, ...]
    sentence: str

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "schema": SCHEMA,
            "metric": self.metric.name,
            "effects": [effect.document() for effect in self.effects],
            "by_chance": self.by_chance,
            "trials": self.trials,
            "lost": self.lost,
            "untold": list(self.untold),
            "sentence": self.sentence,
        }


def main_effects(study: Study) -> MainEffects | None:
    """Describe what trials with each technique scored beside those without it.

    Least squares of the score on all choices at once, and on every number that always applies, by its
    position and its square. Strengths are averaged over. Spreads may differ between trials (HC3).

    Args:
        study: its trials.

    Returns:
        An effect for each option of each choice that can be off; None where no choice can be, or where there
        are too few trials for so many terms.

    Source:
        MacKinnon & White, *Some heteroskedasticity-consistent covariance matrix estimators with improved
        finite sample properties*, Journal of Econometrics 29 (1985): HC3. Departure: t quantiles, at the
        trials beyond the number of terms, and Bonferroni's share for each effect.

    >>> from trainlab.testing import made_up_trials
    >>> from trainlab.tuning.trials import read_studies
    >>> gave = {"scores": lambda point: 0.8 + 0.05 * (point["dropout"] == "on"), "trials": 32}
    >>> space = {"dropout": [False, {"linear": [0.1, 0.5]}], "batch_norm": [False, True]}
    >>> [study] = read_studies(made_up_trials({"found": gave}, space=space))
    >>> [(effect.name, round(effect.difference, 3)) for effect in main_effects(study).effects]
    [('dropout', 0.05), ('batch_norm', 0.0)]
    """
    told = study.scored
    choices = [one for one in study.parameters if one.kind == "choice" and not one.when]
    switches = [one for one in choices if any(label in OFF for label in one.choices)]
    if not switches:
        return None
    columns = [column for one in choices for column in _dummies(one, told)]
    design = np.column_stack(
        [np.ones(len(told)), *(there for _, _, there in columns), *_numbers(study, told)]
    )
    spare = len(told) - design.shape[1]
    if spare < LEAST_TO_SPARE or np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    scores = np.array([trial.mean for trial in told])
    slopes, errors = _least_squares(design, scores)
    enough = [
        (place, parameter, label, int(there.sum()), _off(parameter, told))
        for place, (parameter, label, there) in enumerate(columns, start=1)
        if parameter in switches and min(there.sum(), _off(parameter, told)) >= LEAST_TRIALS
    ]
    reach = stats.t.ppf(1 - ALPHA / (2 * max(len(enough), 1)), spare)
    effects = [
        MainEffect(
            technique=parameter.name,
            option=label,
            difference=float(slopes[place]),
            low=float(slopes[place] - reach * errors[place]),
            high=float(slopes[place] + reach * errors[place]),
            trials=with_it,
            without=off,
        )
        for place, parameter, label, with_it, off in enough
    ]
    effects.sort(key=lambda effect: -study.better(effect.difference))
    lost = sum(trial.outcome in {"diverged", "pruned"} for trial in study.trials)
    by_chance = study.tuning.get("sampler") in _BY_CHANCE and lost == 0
    named = {effect.technique for effect in effects}
    untold = tuple(one.name for one in switches if one.name not in named)
    return MainEffects(
        metric=study.metric,
        effects=tuple(effects),
        by_chance=by_chance,
        trials=len(told),
        lost=lost,
        untold=untold,
        sentence=_told(study, effects, untold, lost),
    )


def _dummies(parameter: Parameter, trials: Sequence[Trial]) -> list[tuple[Parameter, str, Floats]]:
    """Give for each option but the one that is off, or the first, which trials chose it, if any did."""
    off = next((label for label in parameter.choices if label in OFF), parameter.choices[0])
    found = []
    for label in parameter.choices:
        there = np.array([trial.point[parameter.name] == label for trial in trials], np.float64)
        if label != off and 0 < there.sum() < len(there):
            found.append((parameter, label, there))
    return found


def _off(parameter: Parameter, trials: Sequence[Trial]) -> int:
    return sum(trial.point[parameter.name] in OFF for trial in trials)


def _numbers(study: Study, trials: Sequence[Trial]) -> list[Floats]:
    """Give position and squared position of every number that always applies, from its middle."""
    found = []
    for parameter in study.parameters:
        if parameter.kind == "choice" or parameter.when:
            continue
        here = np.array([parameter.position(trial.point[parameter.name]) - 0.5 for trial in trials])
        levels = len(np.unique(here))
        found += [here, here**2 - 1 / 12][: min(levels - 1, 2)]
    return found


def _least_squares(design: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Give coefficients, and their standard errors where spreads may differ."""
    inverse = np.linalg.inv(design.T @ design)
    slopes = inverse @ design.T @ scores
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    left = scores - design @ slopes
    # A trial that alone decides a coefficient leaves nothing over, and says nothing of the spread.
    apart = 1 - leverage
    lone = apart < 1e-9
    left = np.where(lone, 0.0, left / np.where(lone, 1.0, apart))
    half = inverse @ design.T * left
    return slopes, np.sqrt(np.einsum("ij,ij->i", half, half))


def _told(study: Study, effects: Sequence[MainEffect], untold: Sequence[str], lost: int) -> str:
    metric, parts = study.metric, []
    clear = [effect for effect in effects if effect.low > 0 or effect.high < 0]
    for better, word in ((True, "better"), (False, "worse")):
        named = [
            f"{effect.name} (by {size(metric, effect.difference)} {metric.unit_of_difference}, "
            f"{signed(metric, effect.low)} to {signed(metric, effect.high)})"
            for effect in clear
            if (study.better(effect.difference) > 0) == better
        ]
        if named:
            parts.append(f"those with {listing(named)} scored {word} than those without")
    open_ones = [effect.name for effect in effects if effect not in clear]
    if open_ones:
        parts.append(f"those with {listing(open_ones)} cannot be told from those without")
    said = f"Of {len(study.scored)} trials, averaged over the settings of the others, {'; '.join(parts)}."
    if not effects:
        said = "No technique was on and off in enough trials to tell them apart."
    elif untold:
        said += f" Of {listing(list(untold))} too few trials were on one side."
    if lost:
        one = lost == 1
        trials, were = ("trial", "was") if one else ("trials", "were")
        said += f" {lost} {trials} diverged or {were} given up and {'is' if one else 'are'} missing here."
    if study.tuning.get("sampler") not in _BY_CHANCE:
        said += (
            " The sampler went where scores were good, so trials with a technique differ from those without "
            "it in more than that: this describes the trials, and is no effect."
        )
    return said
