"""The learning curve: scores against training rows, and whether twice the rows would help.

Told where variants differ in nothing but how many rows they train on (``grid: {train_fraction: [0.1, 0.2,
0.5, 1]}``); with another grid beside, each of its settings has a line of its own.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from trainlab.comparison.splits import Splits, splits_of
from trainlab.data.splitting.subsets import share_rows
from trainlab.diagnosis.measured import settings, smallest
from trainlab.diagnosis.over_units import LEAST_UNITS, Floats, Range, both_scores, by_unit
from trainlab.diagnosis.power_law import LEAST_SIZES, Laws, PowerLaw, fit_power_law, laws_within
from trainlab.experiment.metrics import Metric
from trainlab.results.table import Results

Helps = Literal["yes", "no", "open"]

ROWS = ("train_rows", "train_fraction")
# Fewer rows at equal epochs are fewer steps: a fair curve may change the epochs along with the rows.
ALONG = ("epochs",)
# A variance of few runs is worth little: each is drawn towards their mean with the weight of so many runs.
PRIOR_RUNS = 4
# The fitted law is drawn up to so many times the rows that were tried.
BEYOND = 4.0
_DRAWN = 25
# The law is given up where misfit as large as this is rarer than so by chance.
_NO_LAW = 0.001


@dataclass(frozen=True)
class Sized:
    """The runs of one number of training rows.

    Args:
        variant: its name.
        rows: training rows, the mean over folds.
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
    rows: float
    score: float | None
    low: float | None
    high: float | None
    train_score: float | None
    train_low: float | None
    train_high: float | None
    runs: int
    asked: int


@dataclass(frozen=True)
class Law:
    """The power law that was fitted: ``loss = level + scale * rows ** -rate``.

    Of a score that is better the higher, the loss is what it lacks to its highest value.

    Args:
        level: loss that more rows do not get below, in the unit of the metric.
        scale: loss above it at one row.
        rate: how fast it falls.
        level_range: 95 % interval of the level; None where there is none.
        rate_range: of the rate.
        drawn: ``(rows, score, low, high)`` of the fitted curve, to four times the rows tried; low and high
            None where there are none.
    """

    level: float
    scale: float
    rate: float
    level_range: Range | None
    rate_range: Range | None
    drawn: tuple[tuple[float, float, float | None, float | None], ...]


@dataclass(frozen=True)
class Doubling:
    """What twice the rows would bring.

    Args:
        rows: twice the most rows that were tried.
        gain: how much better the score would be, in the unit of the metric; more is better.
        low: lower end of its interval; None where there is none.
        high: upper end.
        helps: whether it is more than matters: ``"open"`` where that cannot be told.
    """

    rows: float
    gain: float
    low: float | None
    high: float | None
    helps: Helps


@dataclass(frozen=True)
class Line:
    """One learning curve.

    Args:
        name: what its variants share beside the recipe; empty where there is one line.
        points: in ascending order of rows.
        law: the fitted power law; None for fewer than three sizes, and where none fits.
        twice: what twice the rows would bring; None without a law.
        sentence: would more data help, in words.
    """

    name: str
    points: tuple[Sized, ...]
    law: Law | None
    twice: Doubling | None
    sentence: str


@dataclass(frozen=True)
class LearningCurve:
    """Scores against training rows.

    Args:
        metric: what is scored.
        claim: for what the intervals hold, in words.
        smallest_difference: the smallest difference that matters.
        lines: one for each setting of what else was varied.
    """

    metric: Metric
    claim: str
    smallest_difference: float
    lines: tuple[Line, ...]

    def document(self) -> dict[str, Any]:
        """Give plain values, as ``trainlab diagnose --json`` shows them."""
        return {
            "metric": self.metric.name,
            "claim": self.claim,
            "smallest_difference": self.smallest_difference,
            "lines": [
                {
                    "name": line.name,
                    "points": [vars(point).copy() for point in line.points],
                    "law": None if line.law is None else _law_document(line.law),
                    "twice": None if line.twice is None else vars(line.twice).copy(),
                    "sentence": line.sentence,
                }
                for line in self.lines
            ],
        }


def learning_curve(results: Results) -> LearningCurve | None:
    """Draw scores against training rows, and say whether twice the rows would help.

    Args:
        results: what is stored, finished or not.

    Returns:
        None where no two variants differ in their training rows alone.

    Source:
        See ``power_law``. Intervals are profiles of the fit to means over units: seeds on one split, whose
        claim is then about these rows alone, folds over several, widened as their scores are. In simulated
        worlds of 3, 5 and 10 seeds they covered the gain of twice the rows in 93 to 100 %.
    """
    splits = splits_of(results)
    groups = _groups(results, splits)
    if not groups:
        return None
    matters = smallest(results)
    several = len(groups) > 1
    lines = tuple(
        _line(results, splits, matters, name if several else "", group) for name, group in groups.items()
    )
    return LearningCurve(results.metric, curve_claim(splits), matters, lines)


def curve_claim(splits: Splits) -> str:
    """Say for what means and intervals over units hold.

    >>> curve_claim(Splits("one split", (80,), (20,), 20))
    'for training again on these rows, on exactly these validation rows'
    """
    if splits.kind == "one split":
        return "for training again on these rows, on exactly these validation rows"
    return splits.claim


def train_rows(asked: Mapping[str, Any], splits: Splits) -> float:
    """Give how many rows a variant trains on, the mean over folds.

    Args:
        asked: its settings in force.
        splits: how many rows each fold has.

    >>> train_rows({"train_fraction": 0.5}, Splits("one split", (81,), (20,), 20))
    41.0
    """
    if asked.get("train_rows"):
        return float(asked["train_rows"])
    share = float(asked.get("train_fraction") or 1.0)
    return float(np.mean([share_rows(rows, share) for rows in splits.training]))


def _groups(results: Results, splits: Splits) -> dict[str, list[tuple[str, float]]]:
    """Give groups of ``(variant, rows)`` that differ in their rows alone, by what they share."""
    for along in (ALONG, ()):
        found: dict[str, list[tuple[str, float]]] = {}
        for variant in results.variants:
            asked = settings(results, variant)
            changes = results.facts["experiment"]["variants"][variant] or {}
            others = {key: value for key, value in asked.items() if key not in (*ROWS, *along)}
            key = ", ".join(f"{name}={others[name]}" for name in sorted(changes) if name in others)
            found.setdefault(key, []).append((variant, train_rows(asked, splits)))
        kept = {key: sorted(group, key=lambda one: one[1]) for key, group in found.items() if len(group) > 1}
        if all(len({rows for _, rows in group}) == len(group) for group in kept.values()):
            return kept
    return {}


def _line(
    results: Results, splits: Splits, matters: float, name: str, group: Sequence[tuple[str, float]]
) -> Line:
    points = tuple(_sized(results, splits, variant, rows) for variant, rows in group)
    rows = np.array([size for _, size in group])
    table = np.stack([by_unit(_scores(results, variant, "score"), splits) for variant, _ in group], axis=1)
    whole = table[np.isfinite(table).all(axis=1)]
    head = f"{name}: " if name else ""
    if len(rows) < LEAST_SIZES:
        grid = "`grid: {train_fraction: [0.1, 0.2, 0.5, 1]}`"
        why = f"{len(rows)} sizes tell no curve; at least {LEAST_SIZES} do, as {grid}"
        return Line(name, points, None, None, f"{head}{why}")
    if not len(whole):
        return Line(name, points, None, None, f"{head}no seed or fold has a score at every size")
    losses = _as_losses(whole, results.metric)
    fitted = _fitted(rows, losses, splits, results.metric, matters)
    if fitted is None:
        why = "the scores follow no power law, so nothing is said about more rows"
        return Line(name, points, None, None, f"{head}{why}")
    law, twice = fitted
    return Line(
        name, points, law, twice, f"{head}{_sentence(results.metric, rows, twice, matters, len(whole))}"
    )


def _scores(results: Results, variant: str, ending: str) -> Floats:
    scores: Floats = results.endings[ending][results.variants.index(variant)]
    return scores


def _sized(results: Results, splits: Splits, variant: str, rows: float) -> Sized:
    return Sized(variant, rows, *both_scores(results, variant, splits))


def _as_losses(scores: Floats, metric: Metric) -> Floats:
    if not metric.higher_is_better:
        return scores
    return (metric.highest if math.isfinite(metric.highest) else 1.0) - scores


def _fitted(
    rows: Floats, losses: Floats, splits: Splits, metric: Metric, matters: float
) -> tuple[Law, Doubling] | None:
    """Fit the law with its intervals; None where losses are negative, or lie too far from any law."""
    means = losses.mean(axis=0)
    if (means < 0).any():
        return None
    weights = _weights(losses)
    law = fit_power_law(rows, means, weights)
    squares = float(weights @ (means - [law.at(size) for size in rows]) ** 2)
    beyond, units = len(rows) - LEAST_SIZES, len(losses)
    measured = units > 1 and bool(losses.std(axis=0).any())
    free = (units - 1) * len(rows)
    if measured and beyond and _by_chance(squares / beyond, beyond, free) < _NO_LAW:
        return None
    near = None
    if measured and units >= LEAST_UNITS and not splits.describes:
        # Sizes that scatter about the law more than their runs do widen it; so do training sets that overlap.
        wide = max(1.0, squares / beyond if beyond else 1.0) * (1 + units * _overlap(splits))
        near = laws_within(rows, means, weights, law, wide * _student(free) ** 2)
    return _law(law, near, rows, metric), _doubling(law, near, float(rows[-1]), matters)


def _law(law: PowerLaw, near: Laws | None, rows: Floats, metric: Metric) -> Law:
    drawn = []
    for size in np.geomspace(rows[0], BEYOND * rows[-1], _DRAWN):
        ends = None if near is None else _range(near.at(size))
        drawn.append((float(size), *_turned(law.at(size), ends, metric)))
    level, rate = (None, None) if near is None else (_range(near.levels), _range(near.rates))
    return Law(law.level, law.scale, law.rate, level, rate, tuple(drawn))


def _doubling(law: PowerLaw, near: Laws | None, most: float, matters: float) -> Doubling:
    gain = law.at(most) - law.at(2 * most)
    if near is None:
        return Doubling(2 * most, gain, None, None, "open")
    low, high = _range(near.at(most) - near.at(2 * most))
    return Doubling(2 * most, gain, low, high, "yes" if low > matters else "no" if high < matters else "open")


def _range(values: Floats) -> Range:
    return float(values.min()), float(values.max())


def _overlap(splits: Splits) -> float:
    return 0.0 if splits.kind == "one split" else splits.ratio


def _student(free: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(free, 0.975))


def _by_chance(ratio: float, beyond: int, free: int) -> float:
    from scipy.special import fdtrc

    return float(fdtrc(beyond, free, ratio))


def _weights(losses: Floats) -> Floats:
    """Weigh each size by one over the variance of its mean; all alike where there is none."""
    units = len(losses)
    if units < 2:
        return np.ones(losses.shape[1])
    variances = losses.var(axis=0, ddof=1)
    if not variances.any():
        return np.ones(losses.shape[1])
    drawn = ((units - 1) * variances + PRIOR_RUNS * variances.mean()) / (units - 1 + PRIOR_RUNS)
    weights: Floats = units / drawn
    return weights


def _turned(loss: float, ends: Range | None, metric: Metric) -> tuple[float, float | None, float | None]:
    """Give a loss and its interval as scores."""
    if not metric.higher_is_better:
        return (loss, *(ends or (None, None)))
    top = metric.highest if math.isfinite(metric.highest) else 1.0
    return (top - loss, None, None) if ends is None else (top - loss, top - ends[1], top - ends[0])


def _sentence(metric: Metric, rows: Floats, twice: Doubling, matters: float, units: int) -> str:
    change = "raise" if metric.higher_is_better else "lower"
    gain = metric.shown_difference(twice.gain).lstrip("+-")
    ends = ""
    if twice.low is not None and twice.high is not None:
        low, high = (
            metric.shown_difference(end).lstrip("+").replace("-", "−") for end in (twice.low, twice.high)
        )
        ends = f" [{low}, {high}]"
    unit = " points" if metric.is_rate else ""
    seen = (
        f"twice the rows ({twice.rows:,.0f}) would {change} {metric.label} by about {gain}{unit}{ends}, by "
        f"the power law through {len(rows)} sizes"
    )
    limit = f"{metric.shown_difference(matters).lstrip('+')}{unit}"
    if twice.helps == "yes":
        return f"{seen}: more data would help by more than matters ({limit})"
    if twice.helps == "no":
        return f"{seen}: more data would not help by what matters ({limit})"
    why = "" if ends else f" from {units} {'seed or fold' if units == 1 else 'seeds or folds'}"
    return f"{seen}: whether more data would help by what matters ({limit}) cannot be told{why}"


def _law_document(law: Law) -> dict[str, Any]:
    found = vars(law).copy()
    for name in ("level_range", "rate_range"):
        found[name] = None if found[name] is None else list(found[name])
    return found | {"drawn": [list(point) for point in law.drawn]}
