"""The marks of trials, the same in every picture: scored, chosen, given up, diverged; and their shared axis.

Trials that diverged have no score, those that were given up have none of the last epoch, and a few are so
much worse than the others that they would press all of these onto one line: they stand in a strip at the
worse end of the axis. Knows nothing of what lies across.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from trainlab.experiment.metrics import Metric
from trainlab.reporting.drawing.canvas import SMALL
from trainlab.reporting.drawing.theme import INK, LINE, MUTED, PAPER, SERIES, WARNING
from trainlab.reporting.facts.trials import Studied, Tried

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SPARE = 0.06
_STRIP = 0.13
_FURTHEST = 3.0  # times the distance from the best to the middle score: further away is "worse than shown"


@dataclass(frozen=True)
class ScoreAxis:
    """The axis of scores that all pictures of some studies share.

    Args:
        low: lower end, in the unit drawn.
        high: upper end.
        worst: the worst score that stands in its place, in the unit drawn.
        strip: where marks without a place stand; None where there are none.
        times: what scores are multiplied with.
        higher_is_better: the direction.
    """

    low: float
    high: float
    worst: float
    strip: float | None
    times: float
    higher_is_better: bool

    def at(self, score: float | None) -> float | None:
        """Give where a score stands; none, and far worse ones, stand in the strip."""
        if score is None:
            return self.strip
        here = self.times * score
        worse = here < self.worst if self.higher_is_better else here > self.worst
        return self.strip if worse else here

    def of(self, trial: Tried) -> float | None:
        """Give where a trial stands; one without a score of its own stands in the strip."""
        return self.at(trial.score if trial.scored else None)

    def fit(self, axes: "Axes") -> None:
        """Set the limits of axes, and rule the strip off."""
        axes.set_ylim(self.low, self.high)
        if self.strip is not None:
            edge = self.low if self.higher_is_better else self.high
            rule = edge + 2 * (self.strip - edge)
            axes.axhline(rule, color=LINE, linewidth=0.8, linestyle=(0, (3, 3)), zorder=1)


def score_axis(metric: Metric, studies: Iterable[Studied]) -> ScoreAxis:
    """Give the axis on which all trials of these studies stand.

    Args:
        metric: what is scored.
        studies: whose trials are drawn.
    """
    times = 100.0 if metric.is_rate else 1.0
    trials = [trial for study in studies for trial in study.trials]
    scores = np.array([times * (trial.score or 0.0) for trial in trials if trial.scored])
    if not scores.size:
        return ScoreAxis(0.0, times, 0.0, 0.5 * _STRIP * times, times, metric.higher_is_better)
    sign = 1.0 if metric.higher_is_better else -1.0
    gains = sign * scores
    best, middle = gains.max(), float(np.median(gains))
    reach = _FURTHEST * (best - middle) if best > middle else np.inf
    there = gains[gains >= best - reach]
    worst = float(there.min())
    room = (best - worst) or 0.1 * abs(best) or 1.0
    lost = any(trial.outcome in {"diverged", "pruned"} for trial in trials)
    strip = lost or there.size < gains.size
    ends = [worst - (_SPARE + _STRIP * strip) * room, best + _SPARE * room]
    middle_of_strip = ends[0] + 0.5 * _STRIP * room
    low, high = sorted(sign * end for end in ends)
    return ScoreAxis(
        low, high, sign * worst, sign * middle_of_strip if strip else None, times, metric.higher_is_better
    )


def mark_all(axes: "Axes", scale: ScoreAxis, study: Studied, across: Mapping[int, float]) -> None:
    """Mark the trials of a study.

    Args:
        axes: where they stand.
        scale: the axis of scores.
        study: whose trials are marked.
        across: place of a trial -> where it stands across; the others are left out.
    """
    looks: dict[str, tuple[dict[str, Any], list[float], list[float]]] = {}
    for place, here in across.items():
        trial = study.trials[place]
        height = scale.of(trial)
        if height is None or trial.outcome == "running":
            continue
        name = _kind(scale, study, place)
        _, right, up = looks.setdefault(name, (_LOOKS[name], [], []))
        right.append(here)
        up.append(height)
    # All marks of a kind at once: each call costs as much as a hundred marks.
    for look, right, up in looks.values():
        axes.plot(right, up, linestyle="", clip_on=False, **look)


def _kind(scale: ScoreAxis, study: Studied, place: int) -> str:
    trial = study.trials[place]
    if trial.outcome in {"diverged", "pruned"}:
        return trial.outcome
    if place == study.chosen:
        return "chosen"
    if place == study.best:
        return "best"
    if scale.of(trial) == scale.strip:
        return "far below" if scale.higher_is_better else "far above"
    return "scored"


_FAR: dict[str, Any] = {"color": MUTED, "markersize": 4.5, "zorder": 3}
_DIAMOND: dict[str, Any] = {"marker": "D", "markersize": 6.5, "markeredgecolor": INK, "markeredgewidth": 1.3}
_LOOKS: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        "scored": {
            "marker": "o",
            "markersize": 5,
            "markerfacecolor": "none",
            "markeredgecolor": SERIES[0],
            "markeredgewidth": 1.1,
            "alpha": 0.9,
            "zorder": 3,
        },
        "diverged": {
            "marker": "x",
            "markersize": 5,
            "markeredgecolor": WARNING,
            "markeredgewidth": 1.3,
            "zorder": 4,
        },
        "pruned": {"marker": "|", "markersize": 5, "markeredgecolor": MUTED, "zorder": 3},
        "chosen": {**_DIAMOND, "markerfacecolor": INK, "zorder": 6},
        "best": {**_DIAMOND, "markerfacecolor": PAPER, "zorder": 5},
        "far below": {**_FAR, "marker": "v"},
        "far above": {**_FAR, "marker": "^"},
    }
)


def marks_in_words(studies: Iterable[Studied]) -> str:
    """Say what the marks are, of those that are there."""
    studies = tuple(studies)
    trials = [trial for study in studies for trial in study.trials]
    said = ["Each circle is a trial, and the full diamond the one whose settings were taken"]
    if any(study.best != study.chosen for study in studies if study.best is not None):
        said.append("the open diamond has the best score")
    if any(trial.outcome == "pruned" for trial in trials):
        said.append("upright strokes are trials that were given up early")
    if any(trial.outcome == "diverged" for trial in trials):
        said.append("crosses are trials that diverged")
    return f"{'; '.join(said)}."


def strip_in_words(scale: ScoreAxis, studies: Iterable[Studied]) -> str:
    """Say what stands in the strip besides those without a score; empty where nothing does."""
    far = sum(trial.scored and scale.of(trial) == scale.strip for study in studies for trial in study.trials)
    if not far:
        return ""
    what = "1 trial that scored" if far == 1 else f"{far} trials that scored"
    side = "below" if scale.higher_is_better else "above"
    return f"Triangles: {what} too far {side} the others to be drawn to scale."


def named(axes: "Axes", across: float, height: float, text: str) -> None:
    """Write a short name beside a mark, on paper of its own."""
    axes.annotate(
        text,
        (across, height),
        xytext=(6, 6),
        textcoords="offset points",
        size=SMALL - 1,
        color=INK,
        zorder=7,
        annotation_clip=False,
    )
