"""Validation curves: training and validation scores against one number that differs between variants.

Told for every number in which variants differ while all else is equal, as ``grid: {dropout: [0, 0.2, 0.4]}``
makes them. Training rows have curves of their own (``learning_curve``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainlab.comparison.splits import Splits, splits_of
from trainlab.diagnosis.learning_curve import ROWS, curve_claim
from trainlab.diagnosis.measured import settings, smallest
from trainlab.diagnosis.over_units import both_scores, by_unit, unit_interval
from trainlab.experiment.metrics import Metric
from trainlab.experiment.recipe import DEFAULTS
from trainlab.results.table import Results

# Two values are a comparison; a curve has a middle.
LEAST_VALUES = 3
# Values that span as much are shown on a logarithmic axis.
_LOGARITHMIC = 30.0


@dataclass(frozen=True)
class Valued:
    """The runs of one value.

    Args:
        variant: its name.
        value: the number.
        score: mean validation score; None where no run has one.
        low: lower end of its interval; None where there is none.
        high: upper end.
        train_score: mean score on the training rows.
        train_low: lower end of its interval.
        train_high: upper end.
        runs: runs with a score.
        asked: runs that the experiment asks for.
    """

    variant: str
    value: float
    score: float | None
    low: float | None
    high: float | None
    train_score: float | None
    train_low: float | None
    train_high: float | None
    runs: int
    asked: int


@dataclass(frozen=True)
class ValidationCurve:
    """Scores against one number.

    Args:
        setting: which number, as an experiment file writes it.
        name: what its variants share beside the recipe; empty where there is one curve of this setting.
        metric: what is scored.
        claim: for what the intervals hold, in words.
        points: in ascending order of values.
        best: place of the point with the best validation score; None where no run has one.
        as_good: places of the points that cannot be told from the best one, or are worse by no more than
            matters: the best one among them.
        logarithmic: whether values span so much that they belong on a logarithmic axis.
        sentence: where the best value lies, in words.
    """

    setting: str
    name: str
    metric: Metric
    claim: str
    points: tuple[Valued, ...]
    best: int | None
    as_good: tuple[int, ...]
    logarithmic: bool
    sentence: str

    def document(self) -> dict[str, Any]:
        """Give plain values, as ``trainlab diagnose --json`` shows them."""
        return {
            "setting": self.setting,
            "name": self.name,
            "metric": self.metric.name,
            "claim": self.claim,
            "points": [vars(point).copy() for point in self.points],
            "best": None if self.best is None else self.points[self.best].value,
            "as_good": [self.points[place].value for place in self.as_good],
            "logarithmic": self.logarithmic,
            "sentence": self.sentence,
        }


def validation_curves(results: Results) -> tuple[ValidationCurve, ...]:
    """Draw training and validation scores against each number in which variants differ alone.

    Args:
        results: what is stored, finished or not.

    Returns:
        One for each such number and each setting of what else was varied; none where no three variants differ
        in one number.
    """
    splits = splits_of(results)
    found = []
    for setting in _varied(results):
        groups = _groups(results, setting)
        for name, group in groups.items():
            found.append(_curve(results, splits, setting, name if len(groups) > 1 else "", group))
    return tuple(found)


def _varied(results: Results) -> list[str]:
    """Give the settings that some variant changes, in the order in which they are met."""
    documents = results.facts["experiment"]["variants"].values()
    keys = {key: None for changes in documents for key in changes or {}}
    return [key for key in keys if key not in ROWS]


def _groups(results: Results, setting: str) -> dict[str, list[tuple[str, float]]]:
    """Give groups of ``(variant, value)`` that differ in this number alone, by what they share."""
    found: dict[str, list[tuple[str, float]]] = {}
    documents = results.facts["experiment"]["variants"].values()
    varied = {key for changes in documents for key in changes or {}}
    for variant in results.variants:
        asked = settings(results, variant)
        value = _number(asked.get(setting, DEFAULTS.get(setting)))
        if value is None:
            continue
        # What is off is left out by some variants and written by others.
        others = {key: told for key, told in asked.items() if key != setting and told != DEFAULTS.get(key)}
        name = ", ".join(f"{key}={others[key]}" for key in sorted(others) if key in varied)
        found.setdefault(name, []).append((variant, value))
    return {
        name: sorted(group, key=lambda one: one[1])
        for name, group in found.items()
        if len(group) >= LEAST_VALUES and len({value for _, value in group}) == len(group)
    }


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def _curve(
    results: Results, splits: Splits, setting: str, name: str, group: Sequence[tuple[str, float]]
) -> ValidationCurve:
    points = tuple(_valued(results, splits, variant, value) for variant, value in group)
    scores = [np.nan if point.score is None else point.score for point in points]
    sign = 1.0 if results.metric.higher_is_better else -1.0
    best = int(np.nanargmax(sign * np.array(scores))) if np.isfinite(scores).any() else None
    as_good = () if best is None else _as_good(results, splits, group, best)
    values = [value for _, value in group if value > 0]
    head = f"{name}: " if name else ""
    return ValidationCurve(
        setting=setting,
        name=name,
        metric=results.metric,
        claim=curve_claim(splits),
        points=points,
        best=best,
        as_good=as_good,
        logarithmic=bool(values) and max(values) / min(values) >= _LOGARITHMIC,
        sentence=head + _sentence(results.metric, setting, points, best, as_good),
    )


def _valued(results: Results, splits: Splits, variant: str, value: float) -> Valued:
    return Valued(variant, value, *both_scores(results, variant, splits))


def _as_good(
    results: Results, splits: Splits, group: Sequence[tuple[str, float]], best: int
) -> tuple[int, ...]:
    """Give the places whose paired difference from the best one is not surely more than matters."""
    matters = smallest(results)
    sign = 1.0 if results.metric.higher_is_better else -1.0
    scores = [results.endings["score"][results.variants.index(variant)] for variant, _ in group]
    kept = []
    for place, score in enumerate(scores):
        lost = by_unit(sign * (scores[best] - score), splits)
        known = lost[np.isfinite(lost)]
        interval = unit_interval(known, splits) if known.size else None
        if place == best or (known.size and (interval is None or interval[0] <= matters)):
            kept.append(place)
    return tuple(kept)


def _sentence(
    metric: Metric, setting: str, points: Sequence[Valued], best: int | None, as_good: Sequence[int]
) -> str:
    if best is None:
        return f"no run of {setting} has a score"
    chosen = points[best]
    shown = metric.shown(chosen.score) if chosen.score is not None else ""
    said = f"validation {metric.label} is best at {setting} {chosen.value:g} ({shown})"
    others = [f"{points[place].value:g}" for place in as_good if place != best]
    if others:
        listed = others[0] if len(others) == 1 else f"{', '.join(others[:-1])} and {others[-1]}"
        said += f", and {listed} cannot be told to be worse by what matters"
    if best in {0, len(points) - 1}:
        side = "smaller" if best == 0 else "larger"
        end = "smallest" if best == 0 else "largest"
        # Nothing can be tried below zero.
        if not (best == 0 and chosen.value == 0):
            said += f"; it is the {end} that was tried, so a {side} one may be better still"
    if chosen.train_score is not None and chosen.score is not None:
        gap = metric.shown(chosen.train_score)
        said += f"; there the training rows have {gap}"
    return said
