"""Convergence: who is ahead after equal epochs, equal updates and equal time, and how soon.

A variant with small batches takes more steps in an epoch and more seconds for it: who is ahead after ten
epochs may be behind after ten seconds. So every question is asked three times, side by side. What is looked
at is the metric on all validation rows after each epoch, with the weights standing still; between two epochs
it is taken to lie on a straight line. Knows stored results.
"""

from dataclasses import dataclass

import numpy as np

from trainlab.comparison.budgets import AXES, Axis, cost_of_epoch
from trainlab.comparison.crossed import Floats
from trainlab.comparison.over_runs import Means, claim_of, over_runs
from trainlab.comparison.question import ALPHA
from trainlab.comparison.run_curves import RunCurves, at_points, run_curves
from trainlab.comparison.splits import Splits, splits_of
from trainlab.comparison.time_to_target import TimeToTarget, time_to_target
from trainlab.experiment.metrics import Metric
from trainlab.results.table import Results

SCHEMA = "trainlab/convergence/1"
MOST_POINTS = 240

Numbers = tuple[float | None, ...]


@dataclass(frozen=True)
class Spread:
    """A mean over runs with its interval; None where there is none."""

    mean: float | None
    low: float | None
    high: float | None

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {"mean": self.mean, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Track:
    """One variant along one axis, in the unit of the metric.

    Args:
        variant: its name.
        runs: how many runs are averaged.
        budget: how far it was trained, on this axis; None where not known.
        mean: at each point of the view; None before its first epoch and beyond its last.
        low: lower ends of 95 % intervals, one by one.
        high: upper ends.
        at_end: the score at the common end.
        difference: at the common end, variant minus reference on the same seeds and folds, with an interval
            that holds for all variants at once; None for the reference.
        area: mean height of the curve between the common start and the common end.
        area_difference: variant minus reference, as ``difference``; None for the reference.
    """

    variant: str
    runs: int
    budget: float | None
    mean: Numbers
    low: Numbers
    high: Numbers
    at_end: Spread
    difference: Spread | None
    area: Spread
    area_difference: Spread | None

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "variant": self.variant,
            "runs": self.runs,
            "budget": self.budget,
            "mean": list(self.mean),
            "low": list(self.low),
            "high": list(self.high),
            "at_end": self.at_end.document(),
            "difference": None if self.difference is None else self.difference.document(),
            "area": self.area.document(),
            "area_difference": None if self.area_difference is None else self.area_difference.document(),
        }


@dataclass(frozen=True)
class View:
    """All variants along one axis.

    Args:
        axis: ``"epochs"``, ``"updates"`` (optimizer steps) or ``"seconds"`` (of a run measured alone).
        points: where the curves are looked at.
        start: from here on every variant has a score; None where nothing is common to all.
        end: up to here every variant was trained; None where nothing is common to all.
        tracks: one for each variant, in the order of the experiment.
    """

    axis: Axis
    points: tuple[float, ...]
    start: float | None
    end: float | None
    tracks: tuple[Track, ...]

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "axis": self.axis,
            "points": list(self.points),
            "start": self.start,
            "end": self.end,
            "tracks": [track.document() for track in self.tracks],
        }


@dataclass(frozen=True)
class Convergence:
    """How the variants of an experiment learn.

    Args:
        metric: what is looked at.
        reference: the variant that the others are compared with.
        claim: what the intervals cover, in words.
        views: equal epochs, equal updates and, where a step was timed, equal time.
        times: when the runs of each variant reached the target; nothing where there is none.
        target: the score to reach; None where none was set.
    """

    metric: Metric
    reference: str
    claim: str
    views: tuple[View, ...]
    times: tuple[TimeToTarget, ...]
    target: float | None

    def document(self) -> dict[str, object]:
        """Give plain values, None where there is none."""
        return {
            "schema": SCHEMA,
            "metric": self.metric.name,
            "reference": self.reference,
            "claim": self.claim,
            "views": [view.document() for view in self.views],
            "target": self.target,
            "times": [time.document() for time in self.times],
        }


def convergence(results: Results, target: float | None = None, *, against: str | None = None) -> Convergence:
    """Tell how the variants learn: after equal epochs, equal updates and equal time.

    A run that diverged counts as the trivial predictor from then on; one that stopped early costs nothing
    more and keeps its score, which was cross-fitted and not picked as the best. An ensemble answers as one
    only at its end. Runs that have not ended are left out.

    The area under a curve is its mean height between the first point where every variant has a score and the
    last one up to which every variant was trained, so variants are measured on the same stretch.

    Args:
        results: what is stored, finished or not.
        target: the score to reach; left out, the experiment's ``target_score``.
        against: the variant to compare with; left out, the reference of the experiment.

    Source:
        Areas under learning curves: Guyon et al., *Results of the active learning challenge* (2011).
        Departure: they are means over the stretch in the metric's own unit, not shares of the largest area.
    """
    splits = splits_of(results)
    if target is None:
        target = results.facts.get("experiment", {}).get("target_score")
    curves = run_curves(results)
    reference = results.reference if against is None else against
    views = [_view(results, splits, curves, axis, reference) for axis in AXES] if curves else []
    return Convergence(
        metric=results.metric,
        reference=reference,
        claim=claim_of(splits),
        views=tuple(view for view in views if view is not None),
        times=time_to_target(results, target),
        target=None if target is None else float(target),
    )


def _view(
    results: Results, splits: Splits, curves: tuple[RunCurves, ...], axis: Axis, reference: str
) -> View | None:
    costs = [cost_of_epoch(results, place, axis) for place in range(len(results.variants))]
    if all(cost is None for cost in costs):
        return None
    start, end = _common(curves, costs)
    points = _points(curves, costs, start, end)
    values = [
        np.full((*curve.score.shape, len(points)), np.nan)
        if cost is None
        else at_points(curve, points / cost)
        for curve, cost in zip(curves, costs, strict=True)
    ]
    areas = [_areas(found, points, start, end) for found in values]
    ends = [_at(found, points, end) for found in values]
    of = results.variants.index(reference)
    alpha = ALPHA / max(len(results.variants) - 1, 1)

    def against(found: list[Floats], place: int) -> Spread | None:
        if place == of:
            return None
        return _spread(over_runs((found[place] - found[of])[..., None], splits, alpha))

    tracks = []
    for place, name in enumerate(results.variants):
        line, cost = over_runs(values[place], splits), costs[place]
        tracks.append(
            Track(
                variant=name,
                runs=int(curves[place].ended.sum()),
                budget=None if cost is None else curves[place].epochs * cost,
                mean=_plain(line.mean),
                low=_plain(line.low),
                high=_plain(line.high),
                at_end=_spread(over_runs(ends[place][..., None], splits)),
                difference=against(ends, place),
                area=_spread(over_runs(areas[place][..., None], splits)),
                area_difference=against(areas, place),
            )
        )
    return View(axis, tuple(map(float, points)), start, end, tuple(tracks))


def _common(curves: tuple[RunCurves, ...], costs: list[float | None]) -> tuple[float | None, float | None]:
    """Give from where on and up to where every variant with runs has a score; None where that is nowhere."""
    stretches = []
    for curve, cost in zip(curves, costs, strict=True):
        if not curve.ended.any():
            continue
        if cost is None:
            return None, None
        if not curve.averaged:  # an ensemble is no curve: it is looked at where the others allow it
            stretches.append((cost, curve.reach * cost))
    if not stretches:
        return None, None
    start, end = max(first for first, _ in stretches), min(last for _, last in stretches)
    longest = max(curve.epochs * cost for curve, cost in zip(curves, costs, strict=True) if cost is not None)
    end = min(end, longest)
    return (start, end) if start <= end * (1 + 1e-9) else (None, None)


def _points(
    curves: tuple[RunCurves, ...], costs: list[float | None], start: float | None, end: float | None
) -> Floats:
    """Give the ends of all epochs of all variants, thinned where there are many."""
    found = [
        cost * np.arange(1, curve.epochs + 1)
        for curve, cost in zip(curves, costs, strict=True)
        if cost is not None and curve.epochs
    ]
    if not found:
        return np.empty(0)
    points = np.unique(np.concatenate(found))
    points = points[np.diff(points, prepend=-np.inf) > 1e-9 * points[-1]]
    if len(points) > MOST_POINTS:
        points = points[np.linspace(0, len(points) - 1, MOST_POINTS).round().astype(int)]
    kept = [] if start is None or end is None else [start, end]
    whole = np.unique(np.concatenate([points, kept]))
    near: Floats = whole[np.diff(whole, append=np.inf) > 1e-9 * whole[-1]]
    return near


def _at(values: Floats, points: Floats, end: float | None) -> Floats:
    if end is None:
        return np.full(values.shape[:2], np.nan)
    found: Floats = values[..., int(np.argmin(np.abs(points - end)))]
    return found


def _areas(values: Floats, points: Floats, start: float | None, end: float | None) -> Floats:
    """Give the mean height of each run's curve on the common stretch."""
    if start is None or end is None:
        return np.full(values.shape[:2], np.nan)
    first, last = (int(np.argmin(np.abs(points - edge))) for edge in (start, end))
    if first == last:
        return _at(values, points, end)
    stretch, at = values[..., first : last + 1], points[first : last + 1]
    means: Floats = np.trapezoid(stretch, at, axis=-1) / (at[-1] - at[0])
    return means


def _spread(means: Means) -> Spread:
    mean, low, high = (_plain(part)[0] for part in (means.mean, means.low, means.high))
    return Spread(mean, low, high)


def _plain(values: Floats) -> Numbers:
    return tuple(float(value) if np.isfinite(value) else None for value in values)
