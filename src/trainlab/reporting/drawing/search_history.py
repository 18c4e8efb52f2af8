"""Scores of a search in the order of its trials: each trial, the best so far, and their cohorts."""

from itertools import groupby
from typing import TYPE_CHECKING, Any

from trainlab.experiment.metrics import Metric
from trainlab.reporting.drawing.canvas import (
    SMALL,
    blank,
    drawing,
    drawn,
    placed,
    ruled_across,
    ruled_up,
    written,
)
from trainlab.reporting.drawing.panel import ticks
from trainlab.reporting.drawing.rows import NARROW, WIDE
from trainlab.reporting.drawing.theme import INK, MUTED, SERIES, ZONE
from trainlab.reporting.drawing.trial_marks import ScoreAxis, mark_all
from trainlab.reporting.facts.trials import Studied
from trainlab.reporting.wording.words import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEFT, _RIGHT, _TOP, _DOWN, _FOOT = 46.0, 14.0, 24.0, 180.0, 44.0


def search_history(metric: Metric, scale: ScoreAxis, study: Studied, *, wide: bool) -> str:
    """Draw the history of a study.

    Args:
        metric: what is scored.
        scale: the axis of scores.
        study: what was tried.
        wide: for a wide page or a narrow one.
    """
    whole = WIDE if wide else NARROW
    with drawing():
        figure = blank(whole, _TOP + _DOWN + _FOOT)
        quiet: Any = {"size": SMALL, "color": MUTED, "va": "center_baseline"}
        written(figure, 4, 10, unit(metric), **quiet)
        axes = placed(figure, _LEFT, _TOP, whole - _LEFT - _RIGHT, _DOWN)
        scale.fit(axes)
        last = study.trials[-1].number
        axes.set_xlim(-0.8, last + 0.8)
        heights = [tick for tick in ticks(axes.get_ylim(), 5) if scale.at(tick / scale.times) != scale.strip]
        ruled_up(axes, heights, 6 / (whole - _LEFT - _RIGHT))
        marks = [tick for tick in ticks((0, max(last, 1)), 8 if wide else 5) if float(tick).is_integer()]
        ruled_across(axes, marks, "trial", grid=False)
        _cohorts(axes, study)
        _best_so_far(axes, scale, study)
        _standard_error(axes, scale, study)
        mark_all(axes, scale, study, {place: trial.number for place, trial in enumerate(study.trials)})
        return drawn(figure, f"{unit(metric)} of {len(study.trials)} trials in their order")


def _cohorts(axes: "Axes", study: Studied) -> None:
    """Shade every other cohort: its trials were asked for at once."""
    for _, group in groupby(study.trials, key=lambda trial: trial.generation):
        trials = list(group)
        if trials[0].generation % 2:
            axes.axvspan(trials[0].number - 0.5, trials[-1].number + 0.5, color=ZONE, linewidth=0, zorder=-1)


def _best_so_far(axes: "Axes", scale: ScoreAxis, study: Studied) -> None:
    across, up = [], []
    best: float | None = None
    for trial in study.trials:
        if trial.scored and trial.score is not None:
            here = scale.times * trial.score
            better = best is None or (here > best if scale.higher_is_better else here < best)
            best = here if better else best
        if best is not None:
            across.append(trial.number)
            up.append(min(max(best, scale.low), scale.high))
    if across:
        axes.step(across, up, where="post", color=INK, linewidth=1.3, zorder=2)


def _standard_error(axes: "Axes", scale: ScoreAxis, study: Studied) -> None:
    """Shade what lies within one standard error of the best, where the simplest of these was taken."""
    best = None if study.best is None else study.trials[study.best]
    if not study.simplest or best is None or best.score is None or best.error is None:
        return
    here, sure = scale.times * best.score, scale.times * best.error
    low, high = (here - sure, here) if scale.higher_is_better else (here, here + sure)
    axes.axhspan(low, high, color=SERIES[0], alpha=0.12, linewidth=0, zorder=0)
